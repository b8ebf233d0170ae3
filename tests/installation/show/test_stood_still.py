"""A stage that stood still (stopped, swapped out, suspended) goes on at once where it was; a real process each time."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from installation.bench.marked_clip import make_clip, read_samples
from installation.film.audio_decoder import RATE
from tests.installation.film.cinema import wait_until
from tests.installation.show.test_show import open_room
from tests.installation.show.test_show_end_to_end import RunningShow, linux

BEAT = "WATCHDOG=1"
STORY = """
title = "A long room"
start = "door"
attract = "lamp"
safe = "lamp"
[left]
after_seconds = 2
[scenes.lamp]
clip = "lamp.mkv"
loop = true
[scenes.door]
clip = "door.mkv"
branch = [{ to = "lamp", when = { mood = "anger" } }]
next = "lamp"
"""


def write_long_room(folder: Path) -> None:
    for mark, (name, seconds) in enumerate((("lamp", 1.0), ("door", 30.0)), 1):
        make_clip(folder / f"{name}.mkv", mark, seconds, (160, 90), 10)
    (folder / "story.toml").write_text(STORY)


class Supervisor:
    """Hears the watchdog's messages as systemd does."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.address)
        self.environment = {"NOTIFY_SOCKET": self.address, "WATCHDOG_USEC": "1000000"}

    def heard(self, what: str, within: float) -> bool:
        """Whether ``what`` comes."""
        until = time.monotonic() + within
        while (left := until - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                if what in self.socket.recv(1000).decode():
                    return True
            except TimeoutError:
                break
        return False

    def forget(self) -> None:
        """What came so far counts no more."""
        while self.heard("", 0.001):
            pass


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    if not hasattr(socket, "AF_UNIX"):
        pytest.skip("no Unix sockets here; the watchdog was not tried")
    one = Supervisor(tmp_path)
    yield one
    one.socket.close()


def ended(show: RunningShow) -> None:
    show.process.kill()
    show.process.wait()
    show.log.close()


@linux
@pytest.mark.parametrize("seconds", [3.0, pytest.param(20.0, marks=pytest.mark.slow)])
def test_a_stage_that_stood_still_goes_on_where_it_was_and_nothing_is_decided_or_given_up(
    tmp_path: Path, supervisor: Supervisor, seconds: float
) -> None:
    stream = tmp_path / "heard.raw"
    driver = {"SDL_AUDIODRIVER": "disk", "SDL_DISKAUDIOFILE": str(stream)}
    show = RunningShow(
        tmp_path,
        "--camera",
        "visitor",
        spoil=lambda: write_long_room(tmp_path),
        environment=os.environ | driver | supervisor.environment,
    )
    try:
        show.wait(lambda: any(line["trusted"] for line in show.journal("mood")), "the eye's first look")
        show.control("goto", "door")
        show.wait(lambda: at(show) > 1.5 and scene(show) == "door", "the long room")
        eye, before, lines = show.another_eye(), at(show), show.told()
        show.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        supervisor.forget()
        told = len(show.listener.heard)
        show.process.send_signal(signal.SIGCONT)
        assert supervisor.heard(BEAT, 2.0)
        show.wait(lambda: len(show.listener.heard) > told and at(show) > before, "the film's next word")
        assert at(show) < before + 2.0  # a stop counts as a quarter of a second; the rest is this test's own slowness
        show.wait(lambda: at(show) > before + 3.0, "the film going on")
        assert scene(show) == "door"
        assert show.another_eye() == eye
        assert " lost: " not in show.told().removeprefix(lines), show.told()
        assert not show.journal("take_end")
        picture, sound = at(show), last_sample(stream)
        assert sound == pytest.approx(picture, abs=1.0)  # far less than the stop; how near is measured by the bench
        assert show.end() == 0
    finally:
        ended(show)


def at(show: RunningShow) -> float:
    """Seconds of the scene, as the room is told."""
    told = show.listener.values("/emo/scene/time")
    return float(told[-1][0]) if told else 0.0


def scene(show: RunningShow) -> str:
    values = show.listener.values("/emo/scene/id")
    return str(values[-1][0]) if values else ""


def last_sample(stream: Path) -> float:
    """Seconds of the door's sound that were heard."""
    samples = np.fromfile(stream, np.int16)
    marks, numbers = read_samples(samples[: len(samples) // 2 * 2].reshape(-1, 2))
    return float(numbers[marks == 2][-1]) / RATE


def test_what_passes_while_the_stage_stands_still_decides_nothing(tmp_path: Path) -> None:
    with open_room(tmp_path) as room:
        room.ask("goto", "door")
        room.run_until(lambda: room.scene == "door")
        state, now = room.show._state, time.monotonic()
        room.show.tick(now)
        clock = room.show._state.clock
        room.show.tick(now + 20.0)
        assert room.show._state.clock - clock <= 0.25
        assert room.show._state.entry == state.entry
        assert not room.show.parts.film.playhead.failed


def test_the_watchdogs_beat_comes_from_the_tick_and_from_nowhere_else(
    tmp_path: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in supervisor.environment.items():
        monkeypatch.setenv(name, value)
    with open_room(tmp_path) as room:
        assert supervisor.heard("READY=1", 5.0)
        supervisor.forget()
        assert not supervisor.heard(BEAT, 1.2), "it beats though nothing is shown"
        room.show.run(0.7)
        assert supervisor.heard(BEAT, 5.0)


HANGS = """
import sys, time
from installation.film.film import Film
draw = Film.draw

def hang_for_ever():
    while True:
        time.sleep(0.05)

def draw_for_a_while(film, now, overlay=None):
    draw(film, now, overlay)
    if film.playhead.seconds > 0.5:
        hang_for_ever()

Film.draw = draw_for_a_while
from installation.cli import main
sys.argv = ["chiaro", *sys.argv[4:]]  # behind the command that it stands before
main()
"""
"""The show with a loop that hangs: a stand-in for a driver that never returns."""


@linux
def test_a_hung_stage_says_where_every_thread_stands_when_the_watchdog_ends_it(
    tmp_path: Path, supervisor: Supervisor
) -> None:
    show = RunningShow(
        tmp_path,
        "--camera",
        "visitor",
        spoil=lambda: write_long_room(tmp_path),
        launcher=(sys.executable, "-c", HANGS),
        environment=os.environ | supervisor.environment,
    )
    try:
        show.wait(lambda: "scene lamp" in show.told(), "the film")
        eye = show.another_eye()
        while supervisor.heard(BEAT, 3.0):  # a period of 1 s, on a busy machine
            pass
        show.process.send_signal(signal.SIGABRT)  # what systemd's watchdog sends (systemd.service(5), WatchdogSignal=)
        assert show.process.wait(timeout=10) == -signal.SIGABRT
        watched, own = show.told().split("Fatal Python error: Aborted")
        assert "the show hangs" in watched
        for where in ("in hang_for_ever", "in tick", "sound.py", "journal.py", "control.py", "supervisor.py"):
            assert where in watched, watched
        assert "in hang_for_ever" in own  # also where the loop holds Python's lock, and nobody can watch it
        wait_until(lambda: not Path(f"/proc/{eye}").exists())
    finally:
        ended(show)
