"""Brightness and keystone computed by the processor, where no graphics card does it."""

from __future__ import annotations

import cv2
import numpy as np

from calibration.settings import ScreenSettings
from installation.film.keystone import is_straight, remap_tables
from models.arrays import Image


class Correction:
    """Darkens and warps canvases of ``size`` (width, height) as the venue's screen settings say."""

    def __init__(self, settings: ScreenSettings, size: tuple[int, int]) -> None:
        self._tables = None if is_straight(settings) else remap_tables(settings, size)
        self._dimmed = np.zeros((size[1], size[0], 4), np.uint8)
        self._warped = np.zeros_like(self._dimmed)

    def apply(self, canvas: Image, level: float) -> Image:
        """The canvas at brightness ``level`` (0 to 1), warped to the corners; valid until the next call."""
        if level < 0.999:
            canvas = cv2.convertScaleAbs(canvas, dst=self._dimmed, alpha=max(0.0, level))  # type: ignore[assignment]
        if self._tables:
            canvas = cv2.remap(canvas, *self._tables, cv2.INTER_LINEAR, dst=self._warped)  # type: ignore[assignment]
        return canvas
