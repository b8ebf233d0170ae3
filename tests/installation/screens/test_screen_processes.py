"""``chiaro screen`` beside a real show, in processes of their own: the same picture, a leader killed, and back."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from installation.bench.marked_clip import make_clip

PATIENCE_SECONDS = 60.0
SIZE = (160, 90)
STORY = """
title = "Two walls"
start = "hall"
attract = "door"
safe = "rest"
[scenes.door]
clip = "1.mkv"
minimum_seconds = 1
[scenes.hall]
clip = "2.mkv"
end = true
[scenes.rest]
clip = "3.mkv"
"""
DOOR, REST = 1, 3
VENUE = """
[screen]
width = 160
height = 90
[screens]
leads = true
listen = "127.0.0.1"
port = {port}
announce = false
[screens.left]
leader = "127.0.0.1"
[osc]
listen = false
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for mark, seconds in enumerate((3.0, 2.0, 1.0), 1):
        make_clip(tmp_path / f"{mark}.mkv", mark, seconds, SIZE)
    (tmp_path / "story.toml").write_text(STORY)
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as free:
        free.bind(("127.0.0.1", 0))
        (tmp_path / "venue.toml").write_text(VENUE.format(port=free.getsockname()[1]))
    return tmp_path


class Process:
    """``chiaro`` without a window, and what it shows: (monotonic seconds, clip, frame), the newest last."""

    def __init__(self, folder: Path, name: str, *words: str) -> None:
        self._pictures = folder / f"{name}.pictures"
        environment = os.environ | {"SDL_AUDIODRIVER": "there-is-none", "CHIARO_STATE": str(folder / "state")}
        options = ("--venue", str(folder / "venue.toml"), "--headless")
        command = [sys.executable, "-m", "tests.installation.screens.witness", str(self._pictures), *words, *options]
        self.printed = folder / f"{name}.log"
        with self.printed.open("w") as out:
            self.process = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)

    def seen(self) -> list[tuple[float, int, int]]:
        lines = self._pictures.read_text().splitlines(keepends=True) if self._pictures.exists() else []
        found = [line.split() for line in lines[-60:] if line.endswith("\n")]
        return [(float(at), int(mark), int(frame)) for at, _, mark, frame, _ in found]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    begun: list[Process] = []
    yield begun
    for one in begun:
        one.kill()


def wait_until(condition: Callable[[], bool], told: Process) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        waits = told.process.poll() is None and time.monotonic() < until
        assert waits, told.printed.read_text()
        time.sleep(0.05)


def in_step(lead: Process, screen: Process) -> bool:
    """Whether lately a picture of the one was the other's at its moment, but for one before or behind."""
    mine, others = lead.seen(), screen.seen()
    return any(
        clip == other and abs(frame - number) <= 1 and abs(at - when) < 1 / 60
        for at, clip, frame in mine[-20:]
        for when, other, number in others[-20:]
        if clip
    )


def begun(folder: Path, processes: list[Process]) -> tuple[Process, Process]:
    """A show, and a screen that was started late and has joined."""
    story = str(folder / "story.toml")
    lead = Process(folder, "lead", "play", story)
    processes.append(lead)
    wait_until(lambda: any(clip == DOOR for _, clip, _ in lead.seen()), lead)
    screen = Process(folder, "left", "screen", "left", "--story", story)
    processes.append(screen)
    wait_until(lambda: in_step(lead, screen), screen)
    return lead, screen


def test_a_screen_that_is_started_late_shows_the_picture_of_the_show(folder: Path, processes: list[Process]) -> None:
    lead, screen = begun(folder, processes)
    screen.process.send_signal(signal.SIGTERM)
    assert screen.process.wait(PATIENCE_SECONDS) == 0
    assert "screen left follows (127.0.0.1)" in lead.printed.read_text()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no process can be stopped here")
def test_a_screen_survives_a_stop_of_its_own_and_the_death_of_the_show_and_is_back(
    folder: Path, processes: list[Process]
) -> None:
    lead, screen = begun(folder, processes)
    screen.process.send_signal(signal.SIGSTOP)
    time.sleep(1.5)
    stopped = time.monotonic()
    screen.process.send_signal(signal.SIGCONT)
    wait_until(lambda: any(at > stopped for at, _, _ in screen.seen()) and in_step(lead, screen), screen)
    lead.kill()
    wait_until(lambda: bool(screen.seen()) and screen.seen()[-1][1] == REST, screen)
    again = Process(folder, "again", "play", str(folder / "story.toml"))
    processes.append(again)
    wait_until(lambda: in_step(again, screen), screen)
    told = screen.printed.read_text()
    assert "lost" in told
    assert "is back" in told
