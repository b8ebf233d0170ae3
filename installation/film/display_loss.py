"""When the display server dies, the process ends with a line and a code that means "try again later"."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any

from calibration.errors import Exit
from installation.host.terminal import say

_kept: list[Any] = []
"""The callback must outlive the call that hands it over."""


def end_when_the_display_is_lost() -> None:
    """Xlib ends the process by itself when its server is gone (exit code 1, which says "a bug"); let it say 69.

    Does nothing where there is no Xlib (Windows, macOS, Wayland).
    """
    if not sys.platform.startswith("linux") or _kept:
        return
    try:
        xlib = ctypes.CDLL("libX11.so.6")  # by its name: to look for it would start a process of its own
    except OSError:
        return

    def lost(_display: int | None) -> int:
        say("the display is lost; start again when it is back", err=True)
        os._exit(Exit.UNAVAILABLE)

    handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(lost)
    _kept.append(handler)
    xlib.XSetIOErrorHandler(handler)
