"""A screen without a window that notes what is on it and since when it has not moved."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pygame

from calibration.settings import ScreenSettings
from installation.bench.marked_clip import Mark, read_mark
from installation.film.screen import Screen
from models.arrays import Image

DARK = 0.1
"""A level below this is black to whoever looks."""
GROUND = 4.0
"""Of 255: what most of a drawn picture is at least."""


class WatchedScreen(Screen):
    """``moved_at`` is when the picture last changed, ``lit_at`` when it last was one, by ``clock``."""

    def __init__(self, settings: ScreenSettings, clock: Callable[[], float]) -> None:
        super().__init__(settings, headless=True)
        self._clock = clock
        self._last: Image | None = None
        self.mark: Mark | None = None
        self.level = 0.0
        self.moved_at = self.lit_at = clock()

    def show(self, canvas: Image, level: float = 1.0, overlay: pygame.Surface | None = None) -> None:
        """Show it, and look at it."""
        super().show(canvas, level, overlay)
        now = self._clock()
        if self._last is None or not np.array_equal(canvas, self._last):
            self._last, self.moved_at = canvas.copy(), now
        self.mark, self.level = read_mark(canvas), level
        if (self.mark is not None or _is_drawn(canvas)) and level > DARK:
            self.lit_at = now


def _is_drawn(canvas: Image) -> bool:
    """Whether it is a picture without a mark: a course has a ground, where a black wall has at most some letters."""
    return float(np.median(canvas[::4, ::4, :3])) >= GROUND
