"""Memory of a long evening with the clips of the demo film: its scenes in a minute, by an operator's hand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pythonosc.udp_client import SimpleUDPClient

from installation.host.memory import ARENAS_AT_MOST
from tests.installation.show.test_show_end_to_end import free_port

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads a process's memory from /proc")
ROUND = ("opening", "rain", "attract", "opening", "eclipse", "lanterns")
"""Each has other scenes that may follow, three on average: their clips are opened too."""
ARENA_BYTES = 64 << 20
MAPPED = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw-p 00000000 00:00 0\s*$")


class Evening:
    """``chiaro run`` with the demo film, led from scene to scene as fast as it follows."""

    def __init__(self, folder: Path) -> None:
        self._folder, port = folder, free_port()
        (folder / "venue.toml").write_text(f'name = "soak"\n[osc]\nlisten_port = {port}\n')
        command = [sys.executable, "-m", "installation", "run", "--headless", "--mute", "--camera", "visitor"]
        self.process = subprocess.Popen(
            [*command, "--venue", str(folder / "venue.toml")],
            env=os.environ | {"CHIARO_STATE": str(folder)},
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        self._room = SimpleUDPClient("127.0.0.1", port)

    def scenes(self) -> int:
        """How many scenes have begun."""
        lines = [line for file in (self._folder / "journal").glob("*") for line in file.read_text().splitlines()]
        return sum(json.loads(line)["kind"] == "scene_start" for line in lines)

    def play(self, until: int) -> None:
        """Go on until so many scenes have begun. Asking twice for one that is opening would open it anew."""
        while (begun := self.scenes()) < until:
            assert self.process.poll() is None, "the show has ended"
            self._room.send_message("/emo/control/goto", [ROUND[begun % len(ROUND)]])
            again = time.monotonic() + 5.0
            while self.scenes() == begun and time.monotonic() < again:
                time.sleep(0.05)

    def least_megabytes(self) -> float:
        """What the stage holds in memory: the least value of a second, for it swings with the clips that are open."""
        sizes = []
        for _ in range(10):
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
            sizes.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
            time.sleep(0.1)
        return min(sizes)

    def arenas(self) -> int:
        """The allocator's arenas beside the first: each begins at a multiple of 64 MiB and may grow to as much."""
        lines = Path(f"/proc/{self.process.pid}/maps").read_text().splitlines()
        mapped = [(int(found[1], 16), int(found[2], 16)) for found in map(MAPPED.match, lines) if found]
        return sum(begin % ARENA_BYTES == 0 and end - begin <= ARENA_BYTES for begin, end in mapped)


PIECES_AT_MOST = 6 * ARENAS_AT_MOST
"""An arena may need several pieces of 64 MiB (6 to 7 in all were seen); each decoder thread with its own makes 18."""


@contextmanager
def evening(folder: Path) -> Iterator[Evening]:
    running = Evening(folder)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait()


def test_all_decoders_of_the_demo_film_share_the_arenas_of_one_show(tmp_path: Path) -> None:
    with evening(tmp_path) as show:
        show.play(until=6)
        assert show.arenas() <= PIECES_AT_MOST


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_memory_is_flat_over_two_hundred_clips_of_the_demo_film(tmp_path: Path) -> None:
    with evening(tmp_path) as show:
        show.play(until=20)
        early = show.least_megabytes()
        show.play(until=80)
        late = show.least_megabytes()
        assert show.arenas() <= PIECES_AT_MOST
    assert late - early < 100, f"megabytes after 20 scenes {early}, after 80 {late}"
