"""Areas of the picture that nobody may see: black before anything looks at it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from calibration.settings import Polygon
from models.arrays import Image

FRACTION_BITS = 8
"""Of a pixel: corners lie between pixels too."""


class Masks:
    """Blackens ``polygons``, shares of the picture as it is turned and mirrored. What they touch is black."""

    def __init__(self, polygons: Sequence[Polygon]) -> None:
        self._polygons = polygons
        self._shape: tuple[int, int] = (0, 0)
        self._keep: Image = np.empty(0, np.uint8)

    def apply(self, image: Image) -> Image:
        """``image``, (height, width, 3) uint8, with the areas black: itself without any, else a new one."""
        if not self._polygons:
            return image
        if image.shape[:2] != self._shape:
            self._shape = (image.shape[0], image.shape[1])
            self._keep = self._drawn(*self._shape)
        return np.asarray(cv2.bitwise_and(image, self._keep), np.uint8)

    def _drawn(self, height: int, width: int) -> Image:
        """255 in all three channels where the picture may be seen, 0 where not."""
        keep = np.full((height, width, 3), 255, np.uint8)
        scale = np.array([width, height], np.float64)
        for polygon in self._polygons:
            points = np.rint((np.array(polygon) * scale - 0.5) * (1 << FRACTION_BITS)).astype(np.int32)
            cv2.fillPoly(keep, [points], (0, 0, 0), shift=FRACTION_BITS)
        return keep


def open_share(polygons: Sequence[Polygon]) -> float:
    """The share of the picture that no mask covers, 0 to 1."""
    return float(Masks(polygons).apply(np.full((200, 200, 3), 255, np.uint8)).mean() / 255)
