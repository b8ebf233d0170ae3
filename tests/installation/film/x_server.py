"""A real X display whose picture can be read back, for tests of what a projector would get."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from installation.host.system_libraries import missing_libraries

MISSING = [one.file for one in missing_libraries() if one.file in ("libX11.so.6", "libXext.so.6")]
needs_x_server = pytest.mark.skipif(
    shutil.which("Xvfb") is None or bool(MISSING),
    reason=f"no window here: {', '.join(MISSING) or 'Xvfb'} is not installed",
)
QUIET = ("-noreset", "-nolisten", "tcp")


class XServer:
    """Xvfb on a free number, or on that of ``name``, which is what DISPLAY is to be. Its memory lies in ``folder``."""

    def __init__(self, folder: Path, size: tuple[int, int], name: str = "") -> None:
        self._memory, self._size = folder / "Xvfb_screen0", size
        reading, writing = os.pipe()
        self.process = subprocess.Popen(
            [
                "Xvfb",
                *([name] if name else []),
                "-displayfd",
                str(writing),
                *QUIET,
                "-fbdir",
                folder,
                "-screen",
                "0",
                f"{size[0]}x{size[1]}x24",
            ],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as answer:
            self.name = f":{answer.readline().strip()}"

    def picture(self) -> np.ndarray:
        """What is on the display now: uint8 (height, width, 3), red first. (An XWD file: head, colour map, pixels.)"""
        raw = self._memory.read_bytes()
        head = np.frombuffer(raw[:100], ">u4")
        pixels = np.frombuffer(raw, np.uint8, offset=int(head[0]) + 12 * int(head[19]))
        line = int(head[12])
        wide, high = self._size
        return pixels[: line * high].reshape(high, line)[:, : wide * 4].reshape(high, wide, 4)[:, :, 2::-1]

    def resize(self, window: int, size: tuple[int, int]) -> None:
        """Give a window another size, as a window manager does: by a connection that is not the window's own."""
        with self._connection() as (x11, connection):
            x11.XResizeWindow(connection, ctypes.c_ulong(window), *size)

    def sync(self) -> None:
        """Return when the server has done what it was asked for so far: it answers one client after another."""
        with self._connection() as (x11, connection):
            for _ in range(3):
                x11.XSync(connection, 0)

    @contextmanager
    def _connection(self) -> Iterator[tuple[Any, Any]]:
        x11 = ctypes.CDLL(ctypes.util.find_library("X11"))
        x11.XOpenDisplay.restype = ctypes.c_void_p
        connection = ctypes.c_void_p(x11.XOpenDisplay(self.name.encode()))
        try:
            yield x11, connection
        finally:
            x11.XCloseDisplay(connection)

    def kill(self) -> None:
        """As a crash would, and tidied up after."""
        self.process.kill()
        self.process.wait()
        number = self.name.removeprefix(":")
        for left in (f"/tmp/.X{number}-lock", f"/tmp/.X11-unix/X{number}"):  # noqa: S108 - where X servers have them
            Path(left).unlink(missing_ok=True)


@contextmanager
def x_server(folder: Path, size: tuple[int, int] = (640, 480), name: str = "") -> Iterator[XServer]:
    """A display that is gone afterwards."""
    server = XServer(folder, size, name)
    try:
        yield server
    finally:
        server.kill()
