"""Printing, through ``plain``: nobody's text is obeyed by the terminal, and no password stands on it.

Nothing else in ``installation`` prints, but ``plain_console`` with its tables and bars: ``tests/test_architecture.py``.
"""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

from calibration.plain import plain


def say(text: str, err: bool = False, nl: bool = True) -> None:
    """Print ``text`` on stdout or stderr."""
    print(plain(text), end="\n" if nl else "", file=sys.stderr if err else sys.stdout, flush=True)


def print_traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What ``sys.excepthook`` does, through ``plain``: an error's text may hold an address or a name from outside."""
    lines = "".join(traceback.format_exception(kind, error, trace))
    say(lines, err=True, nl=False)
