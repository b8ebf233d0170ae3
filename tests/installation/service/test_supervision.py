"""The watch without systemd: scripted shows under a fake clock, then real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from installation.host.console import log
from installation.service.show_process import NotifySocket, RealShow
from installation.service.supervision import Supervision
from installation.service.unit import AGAIN_SECONDS
from tests.installation.waiting import LONG, wait_until

ROOT = Path(__file__).parents[3]
FOR_EVER = 1e9


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class ScriptedShow:
    """A show that beats until ``hangs_after``, and ends by itself after ``lives`` seconds with ``code``."""

    def __init__(self, clock: Clock, code: int = 0, lives: float = FOR_EVER, hangs_after: float = FOR_EVER) -> None:
        self.begun, self._clock = clock.now, clock
        self._code, self._lives, self._hangs_after = code, lives, hangs_after
        self.done: list[str] = []
        self._end: int | None = None

    def age(self) -> float:
        return self._clock.now - self.begun

    def ended(self) -> int | None:
        return self._end if self._end is not None else self._code if self.age() >= self._lives else None

    def messages(self) -> Sequence[str]:
        return ["READY=1", "WATCHDOG=1"] if self.age() < self._hangs_after else []

    def stop(self) -> None:
        self.done.append("stop")

    def abort(self) -> None:
        self.done.append("abort")

    def kill(self) -> None:
        self.done.append("kill")
        if self.ended() is None:
            self._end = -9


class Room:
    """A supervisor whose shows are scripted; after the script it is asked to end, and the last show obeys."""

    def __init__(self, *script: dict[str, float], unattended: bool = True, until: float = FOR_EVER) -> None:
        self.clock, self.script, self.until = Clock(), list(script), 1000.0 + until
        self.shows: list[ScriptedShow] = []
        self.watch = Supervision(self.begin, unattended, self.clock, self.wait)

    def begin(self) -> ScriptedShow:
        show = ScriptedShow(self.clock, **(self.script.pop(0) if self.script else {"lives": 0.0}))  # type: ignore[arg-type]
        self.shows.append(show)
        return show

    def wait(self, seconds: float) -> None:
        self.clock.now += seconds
        if self.clock.now >= self.until and not self.watch.asked:
            self.watch.asked = 1

    def begun(self) -> list[float]:
        return [show.begun - 1000.0 for show in self.shows]


@pytest.mark.parametrize("code", [70, 69, -11, -9, 1])
def test_a_show_that_crashed_once_is_back_at_once(code: int) -> None:
    room = Room({"lives": 3600.0, "code": code}, {"lives": 100.0})
    assert room.watch.run() == 0
    assert room.begun() == [0.0, 3600.0]
    assert room.shows[0].done == ["kill"]  # what it may have left


def test_one_that_crashes_all_night_is_never_given_up_and_waits_10_seconds_at_most() -> None:
    room = Room(*[{"lives": 0.5, "code": 70}] * 5000, {"lives": 1.0})
    assert room.watch.run() == 0
    begun = room.begun()
    gaps = [later - earlier - 0.5 for earlier, later in pairwise(begun)]
    assert len(begun) == 5001
    assert gaps[:6] == [0.0, 1.0, 2.0, 4.0, 8.0, 10.0]
    assert max(gaps) == 10.0


def test_after_a_quiet_minute_it_is_forgiven() -> None:
    room = Room(*[{"lives": 0.5, "code": 70}] * 6, {"lives": 61.0, "code": 70}, {"lives": 1.0})
    room.watch.run()
    assert room.begun()[-1] - room.begun()[-2] == 61.0


@pytest.mark.parametrize("code", [0, 2, 75, 78])
def test_at_a_desk_an_ending_that_a_person_must_mend_ends_the_watch_with_its_code(code: int) -> None:
    room = Room({"lives": 1.0, "code": code}, unattended=False)
    assert room.watch.run() == code
    assert len(room.shows) == 1


@pytest.mark.parametrize("code", [2, 75, 78])
def test_with_nobody_there_it_is_tried_again_each_minute(code: int) -> None:
    room = Room({"lives": 1.0, "code": code}, {"lives": 1.0, "code": code}, {"lives": 1.0})
    assert room.watch.run() == 0
    assert room.begun() == [0.0, 1.0 + AGAIN_SECONDS, 2.0 + 2 * AGAIN_SECONDS]


def test_a_show_whose_picture_stands_still_tells_its_stacks_and_is_replaced() -> None:
    room = Room({"hangs_after": 30.0}, {"lives": 1.0})
    assert room.watch.run() == 0
    assert room.shows[0].done[:2] == ["abort", "kill"]
    assert 40.0 <= room.begun()[1] <= 48.0  # 10 s without a beat, 5 s for the stacks


def test_a_show_that_never_begins_is_replaced() -> None:
    room = Room({"hangs_after": 0.0}, {"lives": 1.0})
    room.watch.run()
    assert 90.0 <= room.begun()[1] <= 98.0


def test_one_that_waits_for_its_display_has_the_time_that_it_asks_for() -> None:
    class Waiting(ScriptedShow):
        def messages(self) -> Sequence[str]:
            return ["STATUS=waits for a display", "EXTEND_TIMEOUT_USEC=30000000"]

    room = Room()
    show = Waiting(room.clock, lives=500.0)
    room.watch.begin = lambda: show
    assert room.watch.run() == 0
    assert "abort" not in show.done


def test_a_show_that_replaces_itself_has_the_time_that_it_asked_for() -> None:
    class Restarting(ScriptedShow):
        def messages(self) -> Sequence[str]:
            if 10.0 <= self.age() < 12.0:
                return ["WATCHDOG_USEC=60000000", "WATCHDOG=1"]
            return [] if 12.0 <= self.age() < 50.0 else ["READY=1", "WATCHDOG=1"]

    room = Room()
    show = Restarting(room.clock, lives=100.0)
    room.watch.begin = lambda: show
    assert room.watch.run() == 0
    assert "abort" not in show.done


def test_whatever_comes_on_the_socket_the_watch_goes_on() -> None:
    class Babbling(ScriptedShow):
        def messages(self) -> Sequence[str]:
            return ["WATCHDOG_USEC=soon", "EXTEND_TIMEOUT_USEC=", "=", "", "READY", "\x00\ufffd", *super().messages()]

    room = Room()
    show = Babbling(room.clock, lives=100.0)
    room.watch.begin = lambda: show
    assert room.watch.run() == 0
    assert "abort" not in show.done


def test_a_watch_that_was_itself_held_up_ends_nobody_for_it() -> None:
    """A machine that was suspended, or so busy that the watch came late: the show's beats are as old as the watch."""

    class Suspended(ScriptedShow):
        slept = False

        def messages(self) -> Sequence[str]:
            if self.age() > 20.0 and not self.slept:
                self.slept = True
                self._clock.now += 3600.0
                return []
            return [] if 20.0 < self.age() < 3625.0 else super().messages()

    room = Room()
    show = Suspended(room.clock, lives=3700.0)
    room.watch.begin = lambda: show
    assert room.watch.run() == 0
    assert "abort" not in show.done


def test_asked_to_end_it_asks_the_show_once_and_ends_what_does_not_obey() -> None:
    room = Room({"lives": 105.0}, until=100.0)
    assert room.watch.run() == 0
    assert room.shows[0].done[0] == "stop"
    assert len(room.shows) == 1
    stubborn = Room({}, until=100.0)
    assert stubborn.watch.run() == -9
    assert stubborn.shows[0].done[:2] == ["stop", "kill"]
    assert stubborn.clock.now - 1100.0 <= 10.0


def test_asked_while_it_waits_it_begins_nothing_more() -> None:
    room = Room(*[{"lives": 0.5, "code": 70}] * 9, until=20.0)
    assert room.watch.run() == 70
    assert room.clock.now <= 1022.0


def test_three_bad_starts_within_a_minute_are_told(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "propagate", True)
    Room(*[{"lives": 0.5, "code": 70}] * 3, {"lives": 1.0}).watch.run()
    assert sum("3 bad starts" in record.message for record in caplog.records) == 1


# -- real processes ------------------------------------------------------------------------------------------------

posix = pytest.mark.skipif(os.name != "posix", reason="no signals here: real shows were not ended")
BEAT = """
import faulthandler, os, socket, sys, time
faulthandler.enable()
from installation.host.heartbeat import Heartbeat
heart = Heartbeat()
def the_show_stands_still_here():
    open(sys.argv[1], "w").write(str(os.getpid()))
    while True: time.sleep(60)
heart.beat(1.0)
the_show_stands_still_here()
"""


@pytest.fixture
def notify() -> Iterator[NotifySocket]:
    made = NotifySocket()
    yield made
    made.close()


@posix
def test_a_real_show_is_heard_and_tells_where_it_hangs(
    notify: NotifySocket, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    show = RealShow([sys.executable, "-c", BEAT, str(tmp_path / "pid")], notify, 10.0)
    heard: list[str] = []

    def beats() -> bool:
        heard.extend(show.messages())
        return "WATCHDOG=1" in heard

    wait_until(beats, LONG)
    wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text(), LONG)
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGSTOP)  # even one that is stopped
    show.abort()
    wait_until(lambda: show.ended() is not None, LONG)
    show.kill()
    assert show.ended() == -signal.SIGABRT
    assert "READY=1" in heard
    assert "the_show_stands_still_here" in capfd.readouterr().err


@posix
def test_nothing_of_a_show_is_left(notify: NotifySocket, tmp_path: Path) -> None:
    script = f"sleep 1000 & echo $! > {tmp_path}/pid; wait"
    show = RealShow(["/bin/sh", "-c", script], notify, 10.0)
    wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip(), LONG)
    child = int((tmp_path / "pid").read_text())
    show.kill()
    wait_until(lambda: not lives(child), LONG)


def lives(pid: int) -> bool:
    """Whether it runs; what waits for its parent is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ties a process to its parent")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_the_real_watch_begins_a_real_show_and_takes_it_along(how: signal.Signals, tmp_path: Path) -> None:
    if signal.getsignal(how) is signal.SIG_IGN:
        pytest.skip("these tests were started with nohup, so that nothing ends by SIGHUP")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "CHIARO_STATE": str(tmp_path),
        "CHIARO_LAUNCHER": str(launcher(tmp_path)),
    }
    command = [sys.executable, "-m", "installation", "supervise", "--headless", "--camera", "visitor"]
    with (tmp_path / "log").open("w") as log, subprocess.Popen(command, env=environment, stderr=log) as watch:
        try:
            wait_until(lambda: shows(tmp_path), LONG * 2)
            first = shows(tmp_path)
            os.kill(first, signal.SIGKILL)  # the show, not its watch
            wait_until(lambda: shows(tmp_path) not in (0, first), LONG)
            second = shows(tmp_path)
            time.sleep(0.2)
            watch.send_signal(how)
            assert watch.wait(LONG) in (0, -signal.SIGKILL)
            wait_until(lambda: not lives(second), LONG)
        finally:
            watch.kill()
    if how != signal.SIGKILL:
        assert (tmp_path / "told").read_text().split() == ["run", "--headless", "--camera", "visitor", "TERM"]


def shows(folder: Path) -> int:
    """The process of the show that runs now."""
    try:
        return int((folder / "show").read_text())
    except (OSError, ValueError):
        return 0


def launcher(folder: Path) -> Path:
    """A show of five lines: it says who it is, and ends in good order when asked."""
    file = folder / "launch"
    file.write_text(
        f'#!/bin/sh\necho "$@" > {folder}/told\necho $$ > {folder}/show\n'
        f"trap 'echo TERM >> {folder}/told; exit 0' TERM\nwhile true; do sleep 0.1; done\n"
    )
    file.chmod(0o755)
    return file
