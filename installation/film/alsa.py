"""Keeps ALSA's own words off the console: nine lines on stderr, again at every try, for a machine without a card."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

_SAY_NOTHING = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)(
    lambda *_: None
)
"""Kept for as long as the process lives, since ALSA keeps only its address."""


def silence_alsa() -> None:
    """What is wrong with a sound device is told by us, once; call it before a device is opened."""
    if not sys.platform.startswith("linux"):
        return
    maps = Path("/proc/self/maps").read_text(errors="replace").splitlines()
    # The wheel's own copy is loaded already; SDL may load the system's one later.
    for library in {"libasound.so.2", *(line.split()[-1] for line in maps if "libasound" in line)}:
        try:
            ctypes.CDLL(library).snd_lib_error_set_handler(_SAY_NOTHING)
        except (OSError, AttributeError):
            continue  # no such library, no such noise
