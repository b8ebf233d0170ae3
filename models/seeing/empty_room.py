"""A room in which nobody is: when its picture is searched for a face again."""

from __future__ import annotations

import cv2
import numpy as np

from models.arrays import Floats, Image

EACH_SECONDS, STILL_EACH_SECONDS = 0.2, 1.0
"""Between two searches, and between two where the picture does not change: who was not found in it then is not now."""
RESTLESS_SECONDS = 2.0
"""So long after a change every search is made: in the dark one picture of three may show who stands still by then."""
JITTER_SECONDS = 0.03
"""So much too early a picture may come: by a camera's jitter alone, 5 searches a second must not become 2 or 3."""
PARTS, CHANGED = (64, 36), 2.0
"""Parts of a picture, across and down, and by how much of 255 one of them must have become lighter or darker. The
noise of its many pixels comes to less."""


class EmptyRoom:
    """Remembers when it was searched last, and 64x36 pixels of the picture."""

    def __init__(self) -> None:
        self._searched_at = self._changed_at = float("-inf")
        self._parts: Floats | None = None

    def is_due(self, image: Image, seconds: float) -> bool:
        """Whether to search in ``image`` (BGR or gray) of ``seconds``; if so, later ones are compared with it."""
        since = seconds - self._searched_at + JITTER_SECONDS
        if since < EACH_SECONDS:
            return False
        small = cv2.resize(image, PARTS, interpolation=cv2.INTER_AREA)
        parts = small.reshape(*small.shape[:2], -1).mean(axis=2, dtype=np.float32)
        if self._parts is None or float(np.abs(parts - self._parts).max()) >= CHANGED:
            self._changed_at = seconds
        if since < STILL_EACH_SECONDS and seconds - self._changed_at > RESTLESS_SECONDS:
            return False
        self._searched_at, self._parts = seconds, parts
        return True
