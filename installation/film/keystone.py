"""Keystone and tone: what makes a picture sit right on a real wall."""

from __future__ import annotations

import cv2
import numpy as np

from calibration.settings import ScreenSettings
from models.arrays import Image

BAND = 32
"""Rows."""
UNIT = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)


def is_straight(settings: ScreenSettings) -> bool:
    """Whether the corners are those of the screen itself."""
    return np.allclose(np.array(settings.corners), UNIT)


def picture_of_wall(settings: ScreenSettings) -> np.ndarray:
    """3 x 3 homography from a place on the screen to the place in the picture, both in shares of their size."""
    return cv2.getPerspectiveTransform(np.array(settings.corners, np.float32), UNIT)


def picture_of_wall_pixels(settings: ScreenSettings, size: tuple[int, int]) -> np.ndarray:
    """The same from pixel to pixel, by their numbers, for ``cv2.warpPerspective``."""
    wide, high = size
    numbers = np.array([(wide, 0, -0.5), (0, high, -0.5), (0, 0, 1)])  # of pixels, from shares: their middles count
    return np.asarray(numbers @ picture_of_wall(settings) @ np.linalg.inv(numbers))


def remap_tables(settings: ScreenSettings, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Where each pixel of the screen lies in the picture, in the form that ``cv2.remap`` is quickest with.

    Made in bands: a thread that makes them holds Python's lock for a moment at a time only.
    """
    wide, high = size
    pixels = picture_of_wall_pixels(settings, size)
    bands = []
    for top in range(0, high, BAND):
        rows, columns = np.mgrid[top : min(top + BAND, high), 0:wide].astype(np.float32)
        inside = cv2.perspectiveTransform(np.stack([columns, rows], -1), pixels)
        bands.append(cv2.convertMaps(inside[..., 0], inside[..., 1], cv2.CV_16SC2))
    places, fractions = zip(*bands, strict=True)
    return np.concatenate(places), np.concatenate(fractions)


class Tone:
    """What becomes of each canvas's light where no graphics card does it; it may change while pictures are shown."""

    def __init__(self, settings: ScreenSettings | None = None) -> None:
        self.table = tone_of(settings) if settings else None

    def apply(self, canvas: Image) -> Image:
        """A canvas as the venue wants it; itself where nothing is to be changed."""
        return canvas if self.table is None else np.asarray(cv2.LUT(canvas, self.table), np.uint8)


def tone_of(settings: ScreenSettings) -> np.ndarray | None:
    """Black level and gamma as a table of 256 (uint8), or None where nothing is to be changed."""
    if settings.gamma == 1.0 and settings.black_level == 0.0:
        return None
    light = (np.arange(256) / 255) ** (1 / settings.gamma)
    light = settings.black_level + (1 - settings.black_level) * light
    return np.rint(light * 255).astype(np.uint8)
