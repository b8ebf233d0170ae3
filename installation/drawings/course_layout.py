"""Where everything of a course stands: on a visitor's wall, in an operator's page, on paper. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

DESIGNED_FOR = (1720, 1080)
"""All lengths below are in pixels of this; they grow and shrink with the screen."""
EDGE, NAMES = 104, 176
"""Left and right margin; the column in which the curves are named."""
LEAST_TOP = 0.4
"""The curves' scale ends here at least: moods that hardly stirred are not blown up to storms."""
MOODS_AT_MOST = 6
NARROWEST = 46
"""A thumbnail that would be narrower is left dark: nothing could be made out on it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the screen, in pixels."""

    x: int
    y: int
    wide: int
    high: int

    @property
    def right(self) -> int:
        """First column to the right of it."""
        return self.x + self.wide

    @property
    def bottom(self) -> int:
        """First row below it."""
        return self.y + self.high

    def rows(self) -> slice:
        """Its rows in a picture."""
        return slice(self.y, self.bottom)

    def columns(self) -> slice:
        """Its columns in a picture."""
        return slice(self.x, self.right)


class Layout:
    """Bands of the screen from top to bottom: heading, reasons, curves, strip, names, ways not taken, foot."""

    def __init__(self, size: tuple[int, int], seconds: float) -> None:
        self.size = size
        self.unit = min(size[0] / DESIGNED_FOR[0], size[1] / DESIGNED_FOR[1])
        self._down = size[1] / DESIGNED_FOR[1]
        self._seconds = max(seconds, 1e-3)
        left, right = self.length(EDGE), size[0] - self.length(EDGE)
        self.left, self.right = left, right
        end = right - self.length(NAMES)
        self.heading = Box(left, self.row(50), right - left, self.length(96))
        self.reasons = self._band(left, end, 168, 310)
        self.curves = self._band(left, end, 322, 590)
        self.strip = self._band(left, end, 610, 812)
        self.names = self._band(left, end, 832, 872)
        self.others = self._band(left, right, 888, 1000)
        self.foot = Box(left, self.row(1022), right - left, self.length(34))

    def length(self, pixels: float) -> int:
        """A length of the design on this screen, at least one pixel."""
        return max(1, round(pixels * self.unit))

    def row(self, pixels: float) -> int:
        """A height of the design on this screen."""
        return round(pixels * self._down)

    def x(self, seconds: float) -> int:
        """Where a moment of the take stands."""
        share = min(max(seconds / self._seconds, 0.0), 1.0)
        return self.strip.x + round(share * self.strip.wide)

    def visits(self, begins: Sequence[float]) -> list[Box]:
        """The scenes of the way, one beside the other; ``begins`` in seconds."""
        gap = self.length(3)
        edges = [self.x(begin) for begin in begins] + [self.strip.right]
        return [Box(begin, self.strip.y, max(0, end - begin - gap), self.strip.high) for begin, end in pairwise(edges)]

    def turn_slots(self, moments: Sequence[float]) -> list[tuple[int, int, int]]:
        """For each choice: where it stands, and from where to where its words may go; ``moments`` in seconds."""
        places = [self.x(moment) for moment in moments]
        gap = self.length(16)
        slots = []
        for place, following in pairwise([*places, self.right]):
            slots.append((place, place + gap, max(place + gap, following - gap)))
        return slots

    @property
    def way_y(self) -> int:
        """The row of the way's own line, just below the strip."""
        return self.strip.bottom + self.length(12)

    def _band(self, left: int, right: int, top: float, bottom: float) -> Box:
        return Box(left, self.row(top), max(1, right - left), max(1, self.row(bottom) - self.row(top)))


def spread(places: Sequence[int], step: int, top: int, bottom: int) -> list[int]:
    """Sorted heights moved apart by ``step`` at least, and kept between ``top`` and ``bottom`` as far as they fit."""
    apart: list[int] = []
    for place in places:
        apart.append(max(place, top, apart[-1] + step if apart else top))
    over = bottom
    for number in range(len(apart) - 1, -1, -1):
        apart[number] = max(top, min(apart[number], over))
        over = apart[number] - step
    return apart


def top_of(peaks: Iterable[float]) -> float:
    """The level at which the curves' scale ends."""
    return max((LEAST_TOP, *peaks)) * 1.04


def strongest(means: Mapping[str, float]) -> list[str]:
    """The moods that were shown most, at most ``MOODS_AT_MOST``, in the order that they came in."""
    kept = sorted(means, key=lambda mood: -means[mood])[:MOODS_AT_MOST]
    return [mood for mood in means if mood in kept]
