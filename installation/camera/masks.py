"""Areas of the picture that nobody may see: black before anything looks at it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.settings import Corner, Polygon
from calibration.venue import Venue
from models.arrays import Image

FRACTION_BITS = 8
"""Of a pixel: corners lie between pixels too."""
BLACK, WHITE = (0, 0, 0), (255, 255, 255)


class Masks:
    """Blackens ``polygons`` and what lies outside of ``zone``, where there is one; what their edges touch is black too.

    All are shares of the picture as it is turned and mirrored.
    """

    def __init__(self, polygons: Sequence[Polygon] = (), zone: Sequence[Corner] = ()) -> None:
        self._polygons, self._zone = polygons, zone
        self._shape: tuple[int, int] = (0, 0)
        self._keep: Image = np.empty(0, np.uint8)

    def apply(self, image: Image) -> Image:
        """``image``, (height, width, 3) uint8, with the areas black: itself without any, else a new one."""
        if not self._polygons and not self._zone:
            return image
        if image.shape[:2] != self._shape:
            self._shape = (image.shape[0], image.shape[1])
            self._keep = self._drawn(*self._shape)
        return np.asarray(cv2.bitwise_and(image, self._keep), np.uint8)

    @property
    def open_share(self) -> float:
        """The share of the picture that may be seen, 0 to 1."""
        return float(Masks(self._polygons, self._zone).apply(np.full((200, 200, 3), 255, np.uint8)).mean() / 255)

    def _drawn(self, height: int, width: int) -> Image:
        """255 in all three channels where the picture may be seen, 0 where not."""
        keep = np.full((height, width, 3), 0 if self._zone else 255, np.uint8)
        scale = np.array([width, height], np.float64)

        def pixels(polygon: Sequence[Corner]) -> NDArray[np.int32]:
            corners = np.rint((np.array(polygon) * scale - 0.5) * (1 << FRACTION_BITS))
            return corners.astype(np.int32)

        if self._zone:
            cv2.fillPoly(keep, [pixels(self._zone)], WHITE, shift=FRACTION_BITS)
            cv2.polylines(keep, [pixels(self._zone)], True, BLACK, shift=FRACTION_BITS)
        for polygon in self._polygons:
            cv2.fillPoly(keep, [pixels(polygon)], BLACK, shift=FRACTION_BITS)
        return keep


def masks_of(venue: Venue) -> Masks:
    """What nobody may see in this room: the camera's masks, and what lies outside of the zone of consent."""
    return Masks(venue.camera.masks, venue.privacy.zone)
