"""Where everything of a course stands on a screen of any size: pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from installation.course.course_record import TakeCourse

DESIGNED_FOR = (1720, 1080)
"""All lengths below are in pixels of this; they grow and shrink with the screen."""
EDGE, NAMES = 104, 176
"""Left and right margin; the column in which the curves are named."""
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

    def visits(self, course: TakeCourse) -> list[Box]:
        """The scenes of the way, one beside the other."""
        gap = self.length(3)
        edges = [self.x(visit.begin) for visit in course.visits] + [self.strip.right]
        return [Box(begin, self.strip.y, max(0, end - begin - gap), self.strip.high) for begin, end in pairwise(edges)]

    def turn_slots(self, course: TakeCourse) -> list[tuple[int, int, int]]:
        """For each choice: where it stands, and from where to where its words may go."""
        places = [self.x(turn.at) for turn in course.turns]
        gap = self.length(16)
        slots = []
        for place, following in pairwise([*places, self.right]):
            slots.append((place, place + gap, max(place + gap, following - gap)))
        return slots

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
