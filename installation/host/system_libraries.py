"""Shared libraries of the system that our wheels load, and the Debian packages that bring them.

The wheels carry nearly everything: picture files, decoding and a show without a window need nothing from apt. A window
and real sound are the system's own.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from calibration.errors import BadInput

Purpose = Literal["window", "graphics card", "sound"]
NEEDED_BY_IMPORT = ("av", "cv2", "pygame.font", "pygame.freetype")
"""Modules of the film that cannot even be imported when the system lacks one of their libraries."""
NOT_FOUND = re.compile(r"(\S+\.so[.\d]*): cannot open shared object file")
PACKAGES = {
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgomp.so.1": "libgomp1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libxcb.so.1": "libxcb1",
    "libz.so.1": "zlib1g",
}
"""Debian's packages for libraries that wheels have been seen to want."""


@dataclass(frozen=True, slots=True)
class SystemLibrary:
    """A library that is loaded while the show opens, the Debian package that brings it, and what it is for."""

    file: str
    package: str
    purpose: Purpose


LIBRARIES = (
    SystemLibrary("libX11.so.6", "libx11-6", "window"),
    SystemLibrary("libXext.so.6", "libxext6", "window"),
    SystemLibrary("libXcursor.so.1", "libxcursor1", "window"),
    SystemLibrary("libXi.so.6", "libxi6", "window"),
    SystemLibrary("libXrandr.so.2", "libxrandr2", "window"),
    SystemLibrary("libGL.so.1", "libgl1", "graphics card"),
    SystemLibrary("libEGL.so.1", "libegl1", "graphics card"),
    SystemLibrary("libasound.so.2", "libasound2-plugins", "sound"),
)
"""What SDL loads by itself when it opens a window under X11, OpenGL, or a sound device."""
INSTEAD: dict[Purpose, tuple[str, ...]] = {
    "window": ("libwayland-client.so.0", "libwayland-cursor.so.0", "libxkbcommon.so.0"),
    "sound": ("libpulse.so.0",),
}
"""Libraries that serve the same purpose when all of them are there."""


class MissingLibrary(BadInput):
    """This system lacks a shared library; the text names the Debian package that brings it."""


def missing_libraries(loads: Callable[[str], bool] | None = None) -> tuple[SystemLibrary, ...]:
    """The libraries of ``LIBRARIES`` that this system lacks and that nothing replaces; () anywhere but on Linux.

    ``loads`` says whether a library can be loaded (a test's stand-in for the system's loader).
    """
    if not sys.platform.startswith("linux"):
        return ()
    loads = loads or _loads
    replaced = {purpose for purpose, files in INSTEAD.items() if all(map(loads, files))}
    if not os.environ.get("WAYLAND_DISPLAY"):
        replaced.discard("window")
    return tuple(one for one in LIBRARIES if one.purpose not in replaced and not loads(one.file))


def apt_line(missing: Sequence[SystemLibrary]) -> str:
    """The command that installs what is missing; '' when nothing is."""
    packages = " ".join(dict.fromkeys(library.package for library in missing))
    return f"apt-get install {packages}" if packages else ""


def hint(purpose: Purpose) -> str:
    """An ending for a message about a window or a sound that did not open: what to install, or ''."""
    missing = [library for library in missing_libraries() if library.purpose == purpose]
    if not missing:
        return ""
    return f"; this system lacks {missing[0].file}: {apt_line(missing)}"


def require_libraries() -> None:
    """Import what the film is made of. Raises ``MissingLibrary`` before any device, file or port is opened."""
    for name in NEEDED_BY_IMPORT:
        try:
            importlib.import_module(name)
        except ImportError as error:
            if missing := missing_library(error):
                raise missing from error
            raise


def missing_library(error: BaseException) -> MissingLibrary | None:
    """What to tell somebody whose import failed of a missing system library; None for any other failure."""
    found = NOT_FOUND.search(str(error))
    if not found:
        return None
    file = found[1]
    package = PACKAGES.get(file)
    what = f"apt-get install {package}" if package else f"install the package that contains it (apt-file search {file})"
    return MissingLibrary(f"this system lacks the library {file}: {what}")


def _loads(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True
