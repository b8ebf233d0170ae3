"""Lines that libraries print by themselves while they look for devices or read damaged files, kept from the console."""

from __future__ import annotations

import faulthandler
import io
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

NOISE = re.compile(
    rb"XDG_RUNTIME_DIR (is invalid or )?(is )?not set|^ALSA lib |^Fontconfig (warning|error)|^libEGL warning|^MESA"
    rb"|^\[ ?(WARN|ERROR):\d|^\[[A-Za-z0-9_, ]+ @ 0x"
)
"""Of libwayland, ALSA, fontconfig, Mesa, OpenCV and FFmpeg. What went wrong is told in our own words."""
READ_AT_ONCE = 65536
JOIN_SECONDS = 0.5


@contextmanager
def native_noise_aside(listener: Callable[[str], None]) -> Iterator[None]:
    """Within, what libraries in C write to stderr goes past a thread: noise to ``listener``, the rest on at once.

    Our own lines, and the stacks of a crash, go straight to stderr; child processes write as libraries do.
    """
    try:
        straight = os.dup(2)
    except OSError:  # a program without stderr
        yield
        return
    ours = _straightened(straight)
    from_libraries, instead = os.pipe()
    os.dup2(instead, 2)
    os.close(instead)
    thread = threading.Thread(target=_sort, args=(from_libraries, straight, listener), name="native noise", daemon=True)
    thread.start()
    try:
        yield
    finally:
        os.dup2(straight, 2)  # the pipe ends here, unless a child still has it
        thread.join(JOIN_SECONDS)
        if ours:
            sys.stderr = ours  # a log that was opened meanwhile keeps ``straight``
            _tell_crashes(ours)
        elif not thread.is_alive():
            os.close(straight)


def _straightened(straight: int) -> io.TextIOWrapper | None:
    """Let Python's own stderr write to ``straight``; what it was, or None where it is not the process's stderr."""
    ours = sys.stderr
    with suppress(OSError, ValueError):
        if isinstance(ours, io.TextIOWrapper) and ours.fileno() == 2:
            ours.flush()
            now = open(  # noqa: SIM115 - it lives as long as the process
                straight, "w", encoding=ours.encoding, errors=ours.errors, buffering=1, closefd=False
            )
            sys.stderr = now
            _tell_crashes(now)
            return ours
    return None


def _tell_crashes(stderr: io.TextIOWrapper) -> None:
    if faulthandler.is_enabled():
        faulthandler.enable(stderr, all_threads=False)


def _sort(from_libraries: int, straight: int, listener: Callable[[str], None]) -> None:
    rest = b""
    with os.fdopen(from_libraries, "rb", buffering=0) as pipe:
        while chunk := pipe.read(READ_AT_ONCE):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                _pass_on(line + b"\n", straight, listener)
            if len(rest) > READ_AT_ONCE:  # no line of anybody's
                _pass_on(rest, straight, listener)
                rest = b""
    if rest:
        _pass_on(rest, straight, listener)


def _pass_on(line: bytes, straight: int, listener: Callable[[str], None]) -> None:
    if NOISE.search(line):
        listener(line.decode(errors="backslashreplace").rstrip())
    else:
        with suppress(OSError):  # nobody reads it any more
            os.write(straight, line)
