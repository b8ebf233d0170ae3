"""The folder with the films is moved away and put back: a real show in a real window, whose wall is read meanwhile."""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from calibration.errors import Exit
from installation.bench.marked_clip import make_clip, read_mark
from tests.clips import make_still
from tests.installation.film.x_server import XServer, needs_x_server, x_server
from tests.installation.show.test_show_end_to_end import RunningShow, linux

pytestmark = [needs_x_server, linux, pytest.mark.slow]

SIZE = (320, 180)
LAMP, DOOR, HALL, SAFE = 1, 2, 3, 4
STORY = """
title = "A film on another disk"
start = "door"
attract = "lamp"
safe = "safe"
[left]
after_seconds = 60
[scenes.lamp]
clip = "media/lamp.mkv"
loop = true
[scenes.door]
clip = "media/door.mkv"
next = "hall"
[scenes.hall]
clip = "media/hall.mkv"
next = "lamp"
[scenes.safe]
clip = "media/safe.mkv"
"""
AWAY_SECONDS = 25.0
FROZEN_SECONDS = 3.0
"""P1 of our promises."""


@dataclass
class Look:
    at: float
    mark: int
    number: int


class Wall:
    """Reads the mark that is on the display, some twenty times a second."""

    def __init__(self, server: XServer) -> None:
        self.looks: list[Look] = []
        self._server, self._over = server, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def shows(self, *marks: int) -> bool:
        """Whether one of ``marks`` is on the wall now."""
        return bool(self.looks) and self.looks[-1].mark in marks

    def since(self, at: float) -> list[Look]:
        return [look for look in self.looks if look.at >= at]

    def broken_promises(self, since: float) -> list[str]:
        """What stood for more than 3 s without being the safe picture; black is mark 0."""
        found, begun = [], self.since(since)[0]
        for look in self.since(since):
            if (look.mark, look.number) != (begun.mark, begun.number):
                begun = look
            if look.mark != SAFE and look.at - begun.at > FROZEN_SECONDS:
                found.append(f"{f'frozen on {look.mark}' if look.mark else 'black'} at {look.at - since:.1f} s")
        return found

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            mark = read_mark(self._server.picture()[: SIZE[1], : SIZE[0]])
            self.looks.append(Look(time.monotonic(), mark.mark if mark else 0, mark.number if mark else 0))


class House:
    """The show, its wall, and the disk with the films."""

    def __init__(self, folder: Path, server: XServer) -> None:
        self.media, self.away = folder / "media", folder / "away"
        self.show = RunningShow(
            folder,
            "--camera",
            str(folder / "dark"),  # nobody comes: the film goes where this test sends it
            spoil=lambda: self._write(folder),
            environment=os.environ | {"DISPLAY": server.name, "SDL_VIDEODRIVER": "x11"},
            headless=False,
        )
        self.wall = Wall(server)

    def _write(self, folder: Path) -> None:
        self.media.mkdir()
        for mark, (name, seconds) in enumerate((("lamp", 2.0), ("door", 5.0), ("hall", 4.0), ("safe", 2.0)), 1):
            make_clip(self.media / f"{name}.mkv", mark, seconds, SIZE, 10)
        (folder / "story.toml").write_text(STORY)
        (folder / "dark").mkdir()
        make_still(folder / "dark" / "dark.png", (320, 240))

    def begin(self, *marks: int) -> float:
        """Wait until one of these scenes plays; when that was."""
        self.show.wait(lambda: self.wall.shows(*marks), f"one of the scenes {marks}", 30.0)
        return time.monotonic()

    def close(self) -> None:
        self.wall.close()
        self.show.process.kill()
        self.show.process.wait()
        self.show.log.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with x_server(tmp_path, SIZE) as server:
        one = House(tmp_path, server)
        try:
            yield one
        finally:
            one.close()


def lost(house: House) -> set[str]:
    """The scenes that the journal says are lost. (The sound of one is back when that scene plays again.)"""
    state: dict[str, str] = {}
    for line in house.show.journal("lost") + house.show.journal("back"):
        if line["part"].startswith("scene"):
            state[line["part"]] = max(state.get(line["part"], ""), f"{line['t']:012.3f} {line['kind']}")
    return {part for part, last in state.items() if last.endswith("lost")}


@pytest.mark.parametrize("scene", [LAMP, DOOR], ids=["while a loop plays", "while a one-shot scene plays"])
def test_films_that_are_gone_for_25_seconds_leave_the_safe_picture_and_come_back_by_themselves(
    house: House, scene: int
) -> None:
    house.begin(LAMP)
    time.sleep(3.0)  # the safe picture comes into memory
    house.show.control("goto", {LAMP: "lamp", DOOR: "door"}[scene])
    begun = house.begin(scene)
    house.media.rename(house.away)
    if scene == LAMP:
        time.sleep(2.0)
        house.show.control("next")  # a loop plays on from its open file; then somebody comes
    time.sleep(AWAY_SECONDS)
    stood = house.wall.shows(SAFE)
    assert stood or house.wall.shows(LAMP), house.show.told()  # a loop that was open when the folder went plays on
    house.away.rename(house.media)
    back = time.monotonic()
    house.begin(LAMP, DOOR, HALL)
    healed = time.monotonic() - back
    house.show.wait(lambda: lost(house) == set(), "all that was lost", 70.0)
    house.show.wait(lambda: len({look.number for look in house.wall.since(back) if look.mark != SAFE}) > 10, "a film")
    assert not house.wall.broken_promises(begun), house.show.told()
    assert healed < 10.0  # probes are 2 s apart
    print(f"{'the safe picture' if stood else 'a loop'} stood; a film again after {healed:.1f} s")
    assert house.show.end() == 0


def test_films_that_are_gone_for_good_leave_the_safe_picture_for_a_minute_and_then_the_show_ends_to_be_started_again(
    house: House,
) -> None:
    begun = house.begin(LAMP)
    time.sleep(3.0)
    house.media.rename(house.away)
    house.show.control("next")
    house.begin(SAFE)
    stood = time.monotonic()
    while house.show.process.poll() is None:
        last = time.monotonic()
        assert last - stood < 120.0, house.show.told()
        time.sleep(0.05)
    assert house.show.process.returncode == Exit.UNAVAILABLE
    assert last - stood > 50.0
    assert "nothing could be played for 60 s" in house.show.told()
    assert not [
        broken for broken in house.wall.broken_promises(begun) if float(broken.split()[-2]) < last - begun - 2.0
    ]
    assert house.show.journal("show_end")
