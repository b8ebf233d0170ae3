"""``chiaro`` as it is, that writes down each picture that it shows: when, on which screen, and the mark in it.

    python -m tests.installation.screens.witness FILE ARGUMENTS OF chiaro

A line is ``seconds of the monotonic clock``, ``name of the window``, ``mark``, ``frame``, ``brightness``.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pygame

from installation.bench.marked_clip import read_mark
from installation.film.screen import FurtherScreen, Screen
from models.arrays import Image


def write_down(file: Path) -> None:
    """From now on each picture that any screen of this process shows."""
    out = file.open("w", buffering=1)
    show = Screen.show

    def shown(self: Screen, canvas: Image, level: float = 1.0, overlay: pygame.Surface | None = None) -> None:
        show(self, canvas, level, overlay)
        mark = read_mark(canvas)
        further = isinstance(self, FurtherScreen)
        number = (mark.mark, mark.number) if mark else (0, 0)
        print(time.monotonic(), "further" if further else "first", *number, f"{level:.2f}", file=out)

    Screen.show = shown  # type: ignore[method-assign]


if __name__ == "__main__":
    from installation.cli import main

    write_down(Path(sys.argv[1]))
    sys.argv = ["chiaro", *sys.argv[2:]]
    main()
