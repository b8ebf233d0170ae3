"""What ends a show from outside: a supervisor, Ctrl-C, a terminal that closes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from installation.host.ending import ending_signals, ignore_hangup
from installation.show.opening import end_by_signal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal of a terminal that closes")


@pytest.fixture(autouse=True)
def signals_as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_each_of_them_ends_the_show_as_it_should_end(number: int) -> None:
    show: Any = SimpleNamespace(ending=False)
    end_by_signal(show)
    os.kill(os.getpid(), number)
    assert show.ending


def test_a_second_sigterm_ends_it_at_once() -> None:
    program = (
        "import os, signal; from types import SimpleNamespace; from installation.show.opening import end_by_signal;"
        "end_by_signal(SimpleNamespace(ending=False)); "
        "os.kill(os.getpid(), signal.SIGTERM); print('fades', flush=True);"
        "os.kill(os.getpid(), signal.SIGTERM); print('fades on', flush=True)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert ended.stdout.endswith("fades\n")
    assert ended.returncode == 128 + signal.SIGTERM


def test_a_terminal_that_closes_tells_it_twice_and_the_show_still_ends_as_it_should() -> None:
    show: Any = SimpleNamespace(ending=False)
    end_by_signal(show)
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGHUP)  # a second one of the others ends the process on the spot
    assert show.ending


def test_with_nohup_the_show_goes_on_when_the_terminal_closes() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    show: Any = SimpleNamespace(ending=False)
    end_by_signal(show)
    os.kill(os.getpid(), signal.SIGHUP)
    assert not show.ending


def test_so_does_a_show_without_anybody() -> None:
    ignore_hangup()
    assert signal.SIGHUP not in ending_signals()
    os.kill(os.getpid(), signal.SIGHUP)
