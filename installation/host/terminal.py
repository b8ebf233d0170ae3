"""Printing, through ``plain``: nobody's text is obeyed by the terminal, and no password stands on it.

Nothing else in ``installation`` prints, but ``plain_console`` with its tables and bars: ``tests/test_architecture.py``.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from contextlib import suppress
from errno import EDQUOT, ENOSPC
from types import TracebackType

from calibration.plain import plain


def say(text: str, err: bool = False, nl: bool = True) -> None:
    """Print ``text`` on stdout or stderr."""
    print(plain(text), end="\n" if nl else "", file=sys.stderr if err else sys.stdout, flush=True)


def print_what_can_be_printed() -> None:
    """Write letters that the terminal, or the file behind ``>``, does not know by their numbers, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def cannot_print(error: Exception) -> bool:
    """Whether ``error`` is that the disk behind ``>`` is full; then says so on stderr. (Our own files have names.)"""
    full = isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT) and error.filename is None
    if full:
        with suppress(OSError):
            say(f"x the output cannot be written: {os.strerror(ENOSPC)}", err=True)
    return full


def flush_printed() -> None:
    """Write what is still to be written, so that a full disk is told by us. Raises ``OSError``."""
    if sys.stdout is not None:
        with suppress(BrokenPipeError, ValueError):  # whoever read has had enough, or closed it
            sys.stdout.flush()


def print_traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What ``sys.excepthook`` does, through ``plain``: an error's text may hold an address or a name from outside."""
    lines = "".join(traceback.format_exception(kind, error, trace))
    say(lines, err=True, nl=False)
