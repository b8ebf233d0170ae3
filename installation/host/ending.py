"""What ends a show: a supervisor's signal, Ctrl-C, a terminal that closes; and its processes with it."""

from __future__ import annotations

import ctypes
import signal
import sys

HANGUP: int | None = getattr(signal, "SIGHUP", None)
"""The terminal in which the show was started has closed; Windows knows no such signal."""


KILL_ON_PARENT_DEATH = 1
"""prctl(2)."""


def ending_signals() -> list[int]:
    """What ends a show. Whoever started it with nohup has the terminal's end ignored, and it stays so."""
    if HANGUP is None or signal.getsignal(HANGUP) is signal.SIG_IGN:
        return [signal.SIGTERM, signal.SIGINT]
    return [signal.SIGTERM, signal.SIGINT, HANGUP]


def ignore_hangup() -> None:
    """A show without anybody goes on when its terminal closes, and so do the processes that it starts."""
    if HANGUP is not None:
        signal.signal(HANGUP, signal.SIG_IGN)


def die_with_the_stage() -> None:
    """Even a stopped or hung process of the stage must not outlive it; elsewhere than on Linux its line ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(KILL_ON_PARENT_DEATH, signal.SIGKILL)
