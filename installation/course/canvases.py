"""Canvases that are used again: a fresh one of a screen's size costs the system more than what is drawn on it."""

from __future__ import annotations

import sys

import numpy as np

from models.arrays import Image

NOBODYS = 3
"""References to a canvas that nobody shows: the list's, the loop's and the question's own."""


class Canvases:
    """Of one size (width, height). A canvas is free again when its pictures are shown and let go."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._shape = (size[1], size[0], 4)
        self._all: list[Image] = []

    def __len__(self) -> int:
        return len(self._all)

    def free(self) -> Image:
        """One that nobody shows, with whatever was on it."""
        for canvas in self._all:
            if sys.getrefcount(canvas) <= NOBODYS:
                return canvas
        self._all.append(np.zeros(self._shape, np.uint8))
        return self._all[-1]
