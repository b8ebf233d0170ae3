"""Keeps ALSA's own messages off the console: nine lines on stderr, again at every try, for a machine without a card."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path


def silence_alsa() -> None:
    """We report what is wrong with a sound device ourselves, once; call this before a device is opened."""
    if not sys.platform.startswith("linux"):
        return
    # Whatever is called must not be Python: SDL's own thread complains while the one that opens the device waits for it
    # and holds Python's lock. A Python function there stopped the whole show, for ever, at about one try of thirty.
    nothing = ctypes.cast(ctypes.CDLL(None).getpid, ctypes.c_void_p)
    maps = Path("/proc/self/maps").read_text(errors="replace").splitlines()
    # The wheel's own copy is loaded already; SDL may load the system's one later.
    for library in {"libasound.so.2", *(line.split()[-1] for line in maps if "libasound" in line)}:
        try:
            ctypes.CDLL(library).snd_lib_error_set_handler(nothing)
        except (OSError, AttributeError):
            continue  # no such library, no such noise
