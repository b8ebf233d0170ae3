"""The whole show as real processes: stage, eye with its real networks, OSC on loopback, a journal on disk."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage
from pythonosc.udp_client import SimpleUDPClient

from installation.host import priority
from tests.clips import make_clip

STORY = """
title = "Two rooms"
start = "door"
attract = "lamp"
safe = "still"
[draws.actor]
of = ["anna", "ben"]
[scenes.lamp]
clip = "lamp.mp4"
loop = true
[scenes.still]
clip = "lamp.mp4"
loop = true
[scenes.door]
clip = "door.mp4"
listen = { from_seconds = 0.2, until_seconds = 2.0 }
branch = [{ to = "cellar", when = { mood = "anger" } }]
next = "garden"
[scenes.garden]
clip = "garden.mp4"
end = true
[scenes.cellar]
clip = "cellar.mp4"
transition = { kind = "crossfade", seconds = 0.4 }
end = true
cue = [{ at_seconds = 0.2, osc = { address = "/cue/lamp", arguments = [0.5] } },
       { at_seconds = 0.2, caption = "Down." }]
"""


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


class Listener:
    """A receiver on loopback that keeps every message it hears."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.heard: list[tuple[float, str, list[Any]]] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            datagram = self._socket.recv(65536)
            bundle = list(OscBundle(datagram)) if datagram.startswith(b"#bundle") else [OscMessage(datagram)]
            self.heard += [(time.monotonic(), message.address, list(message.params)) for message in bundle]

    def values(self, address: str) -> list[list[Any]]:
        return [values for _, heard, values in self.heard if heard == address]


class RunningShow:
    """``chiaro run`` as a visitor's evening has it.

    ``spoil`` is called when the files are there, before the show begins. ``launcher`` stands before the command.
    """

    def __init__(
        self,
        folder: Path,
        *options: str,
        spoil: Callable[[], object] = lambda: None,
        launcher: Sequence[str] = (),
        environment: Mapping[str, str] = os.environ,
        headless: bool = True,
        command_name: str = "run",
    ) -> None:
        self.folder, self.listener, self.control_port = folder, Listener(), free_port()
        for name in ("lamp", "door", "garden", "cellar"):
            make_clip(folder / f"{name}.mp4", seconds=3.0, fps=30, size=(320, 180), sound=True)
        (folder / "story.toml").write_text(STORY)
        (folder / "venue.toml").write_text(
            f'name = "{folder.name}"\n[osc]\nlisten_port = {self.control_port}\n[screen]\nwidth = 320\nheight = 180\n'
        )
        spoil()
        command = [*launcher, sys.executable, "-m", "installation", command_name, str(folder / "story.toml")]
        command += [
            *(["--headless"] if headless else []),
            "--venue",
            str(folder / "venue.toml"),
            "--osc",
            f"127.0.0.1:{self.listener.port}",
            *options,
        ]
        self.log = (folder / "log.txt").open("w+")
        environment = {**environment, "CHIARO_STATE": str(folder / "state")}
        self.process = subprocess.Popen(command, env=environment, stderr=self.log, stdin=subprocess.DEVNULL)

    def control(self, command: str, *arguments: float | str) -> None:
        """What a guard's phone sends."""
        SimpleUDPClient("127.0.0.1", self.control_port).send_message(f"/emo/control/{command}", list(arguments))

    def journal(self, kind: str) -> list[dict[str, Any]]:
        lines = [
            line for file in (self.folder / "state" / "journal").glob("*") for line in file.read_text().splitlines()
        ]
        return [line for line in map(json.loads, lines) if line["kind"] == kind]

    def eyes(self) -> list[int]:
        """Its children that are eyes; others (fontconfig's list of fonts, say) live for a moment only."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = []
        for file in children.parents[1].glob("*/children"):
            with suppress(FileNotFoundError, ProcessLookupError):  # a thread or a child that has ended since
                pids = [int(pid) for pid in file.read_text().split()]
                found += [pid for pid in pids if b"installation.eye" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        return found

    def another_eye(self, than: int = 0) -> int:
        """The number of an eye that is not ``than``, once there is one. (One look at /proc can miss a child.)"""
        found: list[int] = []

        def look() -> bool:
            found[:] = [pid for pid in self.eyes() if pid != than]
            return bool(found)

        self.wait(look, f"an eye other than {than}")
        return found[0]

    def wait(self, true: Callable[[], bool], what: str, seconds: float = 15.0) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert self.process.poll() is None, self.told()
            if true():
                return
            time.sleep(0.02)
        pytest.fail(f"{what}: not within {seconds:g} s\n{self.told()}")

    def told(self) -> str:
        self.log.flush()
        return Path(self.log.name).read_text()

    def end(self) -> int:
        """Ask it to end; its exit code."""
        self.process.terminate()
        code = self.process.wait(timeout=5)
        assert "Traceback" not in self.told(), self.told()
        return code


@pytest.fixture
def show(tmp_path: Path) -> Iterator[RunningShow]:
    running = RunningShow(tmp_path, "--camera", "visitor")
    yield running
    running.process.kill()
    running.process.wait()
    running.log.close()


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the eye by /proc")


@linux
def test_a_visitors_anger_leads_to_the_cellar_and_every_machine_and_the_journal_hear_why(show: RunningShow) -> None:
    show.wait(lambda: bool(show.journal("scene_start")), "the first picture")
    show.control("mood", "anger", 0.95)
    show.wait(lambda: any(line["scene"] == "cellar" for line in show.journal("scene_start")), "the cellar")
    show.wait(lambda: bool(show.listener.values("/emo/cue/lamp")), "the story's own cue")
    branch = next(line for line in show.journal("branch") if line["target"] == "cellar")
    assert branch["emotion"] == "anger"
    assert branch["reason"]
    assert branch["mood"]["dominant"] == "anger"
    start = show.journal("take_start")[0]
    assert start["draws"]["actor"] in ("anna", "ben")
    assert start["seed"] >= 0
    (takes,) = (show.folder / "state" / "takes").glob("*.json")
    assert '"total"' in takes.read_text()
    _, source, target, emotion, confidence = show.listener.values("/emo/event/branch")[-1]
    assert (source, target, emotion) == (3, 5, 5)
    assert confidence > 0.5
    assert ["lamp"] in show.listener.values("/emo/scene/id")
    assert show.end() == 0
    assert show.journal("take_end")[-1]["take"] == show.journal("take_start")[-1]["take"]


@linux
def test_an_eye_that_is_killed_or_stopped_comes_back_and_the_film_does_not_wait(show: RunningShow) -> None:
    show.wait(lambda: any(line["trusted"] for line in show.journal("mood")), "the eye's first look")
    first = show.another_eye()
    os.kill(first, signal.SIGKILL)
    killed = time.monotonic()
    second = show.another_eye(first)
    show.wait(lambda: "eye is back" in show.told(), "the eye's first word")
    back = time.monotonic()
    os.kill(second, signal.SIGSTOP)
    show.another_eye(second)
    replaced = time.monotonic()
    times = [at for at, address, _ in show.listener.heard if address == "/emo/scene/time"]
    for lost, found in ((killed, back), (back, replaced)):
        # Five are due per second; half of them, since a quick eye is back in 0.4 s and the machine may be busy.
        due = 5 * (found - lost) / 2
        assert sum(lost < at < found for at in times) >= int(due), "the film waited for the eye"
    assert show.end() == 0


@linux
def test_sigterm_ends_everything_within_five_seconds_and_leaves_no_process_behind(show: RunningShow) -> None:
    show.wait(lambda: bool(show.journal("scene_start")), "the first picture")
    eye = show.another_eye()
    assert show.end() == 0
    assert not Path(f"/proc/{eye}").exists()
    assert show.journal("show_end")


@linux
def test_sigterm_before_the_first_picture_ends_it_as_cleanly(show: RunningShow) -> None:
    eye = show.another_eye()  # it starts before the window opens
    assert show.end() == 0
    assert not Path(f"/proc/{eye}").exists()


def test_a_second_show_in_the_same_room_leaves_with_75_and_names_the_first(show: RunningShow) -> None:
    show.wait(lambda: bool(show.journal("scene_start")), "the first picture")
    command = [sys.executable, "-m", "installation", "run", str(show.folder / "story.toml"), "--headless"]
    second = subprocess.run(
        [*command, "--venue", str(show.folder / "venue.toml")],
        env=os.environ | {"CHIARO_STATE": str(show.folder / "state")},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert second.returncode == 75
    assert str(show.process.pid) in second.stderr


@linux
def test_where_memory_is_short_the_eye_gives_way_to_the_film(show: RunningShow) -> None:
    eye, film = show.another_eye(), show.process.pid

    def score(pid: int) -> int:
        return int(Path(f"/proc/{pid}/oom_score_adj").read_text())

    show.wait(lambda: score(eye) > score(film), "an eye that goes before the film")


@linux
def test_where_the_processor_is_short_the_sound_goes_before_the_pictures_and_they_before_the_eye(
    show: RunningShow,
) -> None:
    eye, film = show.another_eye(), show.process.pid

    def nice_values() -> set[int]:
        with suppress(ProcessLookupError):  # a thread that has ended since
            return {os.getpriority(os.PRIO_PROCESS, int(task.name)) for task in Path(f"/proc/{film}/task").iterdir()}
        return set()

    own = os.getpriority(os.PRIO_PROCESS, 0)
    show.wait(lambda: own + priority.PICTURES in nice_values(), "decoders that yield to the sound")
    show.wait(lambda: os.getpriority(os.PRIO_PROCESS, eye) == min(19, own + priority.EYE), "an eye that yields to both")
    if os.geteuid() == 0:
        show.wait(lambda: own + priority.SOUND in nice_values(), "a sound that goes first")
