"""The signals that end a show: a supervisor's, Ctrl-C, and that of a terminal that closes."""

from __future__ import annotations

import signal

HANGUP: int | None = getattr(signal, "SIGHUP", None)
"""The terminal in which the show was started has closed; Windows knows no such signal."""


def ending_signals() -> list[int]:
    """What ends a show. Whoever started it with nohup has the terminal's end ignored, and it stays so."""
    if HANGUP is None or signal.getsignal(HANGUP) is signal.SIG_IGN:
        return [signal.SIGTERM, signal.SIGINT]
    return [signal.SIGTERM, signal.SIGINT, HANGUP]


def ignore_hangup() -> None:
    """A show without anybody goes on when its terminal closes, and so do the processes that it starts."""
    if HANGUP is not None:
        signal.signal(HANGUP, signal.SIG_IGN)
