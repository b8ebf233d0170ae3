"""Brightness and keystone computed by the processor, where no graphics card does it."""

from __future__ import annotations

import threading

import cv2
import numpy as np

from calibration.settings import ScreenSettings
from installation.film.keystone import is_straight, picture_of_wall_pixels, remap_tables
from models.arrays import Image

AT_REST_SECONDS = 1.0
"""Corners that have stood for so long are worth tables, which take a fifth of a second to make at 1920x1080."""


class Correction:
    """Darkens and warps canvases of ``size`` (width, height) as the venue's screen settings say."""

    def __init__(self, settings: ScreenSettings, size: tuple[int, int]) -> None:
        self._size, self._settings = size, settings
        self._tables = None if is_straight(settings) else (settings, remap_tables(settings, size))
        self._at_rest = threading.Timer(AT_REST_SECONDS, self._make_tables, (settings,))
        self._dimmed = np.zeros((size[1], size[0], 4), np.uint8)
        self._warped = np.zeros_like(self._dimmed)

    def correct(self, settings: ScreenSettings) -> None:
        """Other corners from the next canvas on. While they are dragged each costs 13 ms instead of 7 (1920x1080)."""
        if settings.corners == self._settings.corners:
            return
        self._settings = settings
        self._at_rest.cancel()
        self._at_rest = threading.Timer(AT_REST_SECONDS, self._make_tables, (settings,))
        self._at_rest.daemon = True
        self._at_rest.start()

    def apply(self, canvas: Image, level: float) -> Image:
        """The canvas at brightness ``level`` (0 to 1), warped to the corners; valid until the next call."""
        if level < 0.999:
            canvas = cv2.convertScaleAbs(canvas, dst=self._dimmed, alpha=max(0.0, level))  # type: ignore[assignment]
        settings, made = self._settings, self._tables
        if is_straight(settings):
            return canvas
        if made and made[0] is settings:
            return cv2.remap(canvas, *made[1], cv2.INTER_LINEAR, dst=self._warped)  # type: ignore[return-value]
        pixels, how = picture_of_wall_pixels(settings, self._size), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpPerspective(canvas, pixels, self._size, dst=self._warped, flags=how)  # type: ignore[return-value]

    def _make_tables(self, settings: ScreenSettings) -> None:
        if not is_straight(settings):
            self._tables = settings, remap_tables(settings, self._size)
