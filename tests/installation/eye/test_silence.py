"""The silence of real processes: asleep, stopped, spinning, and kept from the processor by others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest

from installation.eye.silence import FORGIVEN_AT_MOST, LATE, SUSPICIOUS, Silence
from installation.host.thread_times import ThreadTimes, thread_times
from tests.installation.waiting import LONG, wait_until

pytestmark = pytest.mark.skipif(
    not thread_times(os.getpid()), reason="no schedstat: nothing was shown of busy machines"
)
SPIN, SLEEP = "while True: pass", "import time; time.sleep(600)"


@pytest.fixture
def processes() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def started(stack: ExitStack, program: str, nice: int = 0) -> int:
    """A process on the first processor alone."""
    cpu = min(os.sched_getaffinity(0))
    lines = f"import os; os.sched_setaffinity(0, {{{cpu}}}); os.nice({nice}); print(flush=True)\n{program}"
    child = stack.enter_context(subprocess.Popen([sys.executable, "-c", lines], stdout=subprocess.PIPE))
    stack.callback(child.kill)
    assert child.stdout is not None
    child.stdout.readline()
    return child.pid


def rests(pid: int) -> bool:
    return not any(one.runnable for one in thread_times(pid).values())


def silent_seconds(pid: int, seconds: float = 2.5) -> tuple[float, float]:
    """What is counted, and what the clock says, after some ``seconds``, the first looks not counted."""
    silence = Silence(pid, time.monotonic() - SUSPICIOUS)
    since, counted = time.monotonic(), 0.0
    while (now := time.monotonic()) - since < seconds:
        counted = silence.seconds(now) - SUSPICIOUS
        time.sleep(0.05)
    return counted, now - since


def test_an_eye_that_sleeps_or_is_stopped_counts_as_silent_all_the_time(processes: ExitStack) -> None:
    asleep, stopped = started(processes, SLEEP), started(processes, SPIN)
    os.kill(stopped, signal.SIGSTOP)
    for pid in (asleep, stopped):
        wait_until(partial(rests, pid), LONG)
        now = time.monotonic()
        silence = Silence(pid, now)
        for turn in range(1, 41):  # a clock of our own: how busy this machine is does not matter
            counted = silence.seconds(now + turn * 0.05)
        assert counted == pytest.approx(2.0, abs=0.1)


def test_an_eye_that_others_keep_from_the_processor_is_not_silent(processes: ExitStack) -> None:
    eye = started(processes, SPIN, nice=19)
    for _ in range(4):
        started(processes, SPIN)
    counted, passed = silent_seconds(eye)
    assert counted < passed / 2


def test_seconds_in_which_the_stage_itself_stood_still_are_not_counted(processes: ExitStack) -> None:
    silence = Silence(started(processes, SLEEP), 0.0)
    assert silence.seconds(0.2) == pytest.approx(0.2)
    assert silence.seconds(20.2) == pytest.approx(0.2)  # it was suspended
    assert silence.seconds(20.2 + LATE / 2) == pytest.approx(0.2 + LATE / 2)
    silence.heard(21.0)
    assert silence.seconds(21.1) == pytest.approx(0.1)


def test_a_stage_that_stood_still_for_a_night_blames_no_eye_for_it() -> None:
    silence = Silence(os.getpid(), 0.0)
    assert silence.seconds(40_000.0) == 0.0


def test_no_eye_is_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = {"1": ThreadTimes(0.0, 0.0, runnable=True)}  # it wants a processor and has none, for ever
    monkeypatch.setattr("installation.eye.silence.thread_times", lambda _pid: waiting)
    silence = Silence(1, 0.0)
    for turn in range(1, 2001):
        counted = silence.seconds(turn * 0.05)
    assert counted == pytest.approx(100.0 - FORGIVEN_AT_MOST)
