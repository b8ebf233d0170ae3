"""Finds faces anew in each picture, with a detector that is quick enough for that: one on a GPU."""

from __future__ import annotations

from models.arrays import Image
from models.frame import Detection
from models.seeing.detector import Detector
from models.seeing.empty_room import EACH_SECONDS, EmptyRoom
from models.seeing.finding import EMPTY_SECONDS, Finder, Timed, nearest
from models.seeing.io_binding import VariantUnavailable


class EachPicture:
    """No face is followed; in an empty room only a picture that changes is searched (see ``EmptyRoom``).

    ``otherwise``: goes on once the detector raises ``VariantUnavailable``.
    """

    def __init__(self, detector: Detector, otherwise: Finder) -> None:
        self._detector, self._otherwise, self._failed = detector, otherwise, False
        self._empty, self._seen_at, self.rest_seconds = EmptyRoom(), float("-inf"), 0.0

    def find(self, image: Image, seconds: float, at_most: int, timed: Timed) -> list[Detection]:
        """See ``Finder``."""
        if not self._failed:
            try:
                return self._find(image, seconds, at_most, timed)
            except VariantUnavailable:
                self._failed = True
        found = self._otherwise.find(image, seconds, at_most, timed)
        self.rest_seconds = self._otherwise.rest_seconds
        return found

    def _find(self, image: Image, seconds: float, at_most: int, timed: Timed) -> list[Detection]:
        empty = seconds - self._seen_at > EMPTY_SECONDS
        found: list[Detection] = []
        if not empty or self._empty.is_due(image, seconds):
            with timed("detect"):
                found = nearest(self._detector.detect(image), at_most)
        if found:
            self._seen_at = seconds
        self.rest_seconds = EACH_SECONDS if empty and not found else 0.0
        return found

    def sees_face(self, image: Image) -> bool:
        """See ``Finder``."""
        self.forget()
        if not self._failed:
            try:
                return bool(self._detector.detect(image))
            except VariantUnavailable:
                self._failed = True
        return self._otherwise.sees_face(image)

    def forget(self) -> None:
        """See ``Finder``."""
        self._empty, self._seen_at, self.rest_seconds = EmptyRoom(), float("-inf"), 0.0
        self._otherwise.forget()
