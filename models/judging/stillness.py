"""A poster of a face is not a visitor: it never moves."""

from __future__ import annotations

import math
from dataclasses import dataclass

from calibration.settings import MAX_VISITORS

TOLERANCE = 0.15
"""Share of the face's height by which its smoothed place and size may change and still be "not moved": well above
what a detector's box trembles, well below what a standing person sways in a minute."""
SMOOTH_SECONDS = 1.0
MAX_SPOTS = MAX_VISITORS


@dataclass(frozen=True, slots=True)
class Spot:
    """A place at which a face is, and since when it has not moved from it."""

    x: float
    y: float
    size: float
    still_seconds: float = 0.0

    def near(self, x: float, y: float, size: float) -> bool:
        """Is a face here still the same face in the same place?"""
        reach = TOLERANCE * self.size
        return math.hypot(x - self.x, y - self.y) <= reach and abs(size - self.size) <= reach


class Stillness:
    """How long one face has not moved from its spot."""

    def __init__(self, spot: Spot) -> None:
        self.spot = spot
        self._x, self._y, self._size = spot.x, spot.y, spot.size

    def update(self, x: float, y: float, size: float, seconds: float) -> None:
        """The face is here now, ``seconds`` after the last time."""
        part = 1.0 - math.exp(-seconds / SMOOTH_SECONDS)
        self._x += part * (x - self._x)
        self._y += part * (y - self._y)
        self._size += part * (size - self._size)
        if self.spot.near(self._x, self._y, self._size):
            spot = self.spot
            self.spot = Spot(spot.x, spot.y, spot.size, spot.still_seconds + seconds)
        else:
            self.spot = Spot(self._x, self._y, self._size)


class Spots:
    """Where faces did not move, remembered beyond their tracks: a poster behind which somebody passed is still one."""

    def __init__(self) -> None:
        self._spots: list[Spot] = []

    def at(self, x: float, y: float, size: float) -> Spot:
        """The remembered spot here, or a new one."""
        return next((spot for spot in self._spots if spot.near(x, y, size)), Spot(x, y, size))

    def forget_below(self, still_seconds: float) -> None:
        """Keep only the spots where a face has not moved for so long: those of posters."""
        self._spots = [spot for spot in self._spots if spot.still_seconds >= still_seconds]

    def remember(self, spot: Spot) -> None:
        """Keep the spot of a face that has been lost; of too many, those that were still for longest."""
        rest = [other for other in self._spots if not other.near(spot.x, spot.y, spot.size)]
        rest.append(spot)
        self._spots = sorted(rest, key=lambda one: -one.still_seconds)[:MAX_SPOTS]
