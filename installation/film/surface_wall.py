"""The picture's way to the wall without a graphics card: into the window's own memory."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pygame

from calibration.settings import ScreenSettings
from installation.film.correction import Correction
from installation.film.frame_scaler import place
from models.arrays import Image

ORDER = (0xFF0000, 0xFF00, 0xFF)
"""Masks of a display whose bytes lie as ours do: blue, green, red, unused."""


class SurfaceWall:
    """Copies each canvas into ``surface``, a window's; brightness and keystone are computed by the processor.

    ``flip`` shows what was copied.
    """

    def __init__(
        self, surface: pygame.Surface, settings: ScreenSettings, flip: Callable[[], None] = pygame.display.flip
    ) -> None:
        self._flip = flip
        self.size: tuple[int, int] = surface.get_size()
        self._surface = surface
        self._direct = surface.get_bitsize() == 32 and surface.get_masks()[:3] == ORDER
        self._correction = Correction(settings, self.size)

    def show(self, canvas: Image, level: float, overlay: pygame.Surface | None) -> None:
        """Show ``canvas``, uint8 (height, width, 4), blue first, at brightness ``level``, ``overlay`` above it."""
        canvas = self._correction.apply(canvas, level)
        if self._surface.get_size() != self.size:
            canvas = fitted(canvas, self._surface.get_size())
        self._copy(canvas)
        if overlay is not None:
            self._surface.blit(overlay, (0, 0))
        self._flip()

    def correct(self, settings: ScreenSettings) -> None:
        """Other corners from the next picture on."""
        self._correction.correct(settings)

    def close(self) -> None:
        """Nothing is held."""

    def _copy(self, canvas: Image) -> None:
        high, wide = canvas.shape[:2]
        if self._direct:
            memory: memoryview = self._surface.get_buffer()  # type: ignore[assignment]
            rows = np.frombuffer(memory, np.uint8).reshape(high, self._surface.get_pitch())
            np.copyto(rows[:, : wide * 4].reshape(high, wide, 4), canvas)  # without Python's lock
            return
        picture = pygame.image.frombuffer(np.ascontiguousarray(canvas).data, (wide, high), "BGRA")
        picture.set_alpha(None)
        self._surface.blit(picture, (0, 0))


def fitted(canvas: Image, size: tuple[int, int]) -> Image:
    """The whole canvas in a window that a window manager, or a display of another size, has made ``size``."""
    high, wide = canvas.shape[:2]
    placing = place((wide, high), size, "fit")
    out = np.zeros((size[1], size[0], 4), np.uint8)
    rows = slice(placing.top, placing.top + placing.height)
    columns = slice(placing.left, placing.left + placing.width)
    out[rows, columns] = cv2.resize(canvas, (placing.width, placing.height), interpolation=cv2.INTER_LINEAR)
    return out
