"""A course on paper and in an operator's page: the drawing that a visitor sees on the wall, as SVG.

What stands where is the wall's (``course_layout``): the choices with their reasons on top, the moods' curves below
them, the strip of scenes with the way at the foot. On the wall ``installation/course/sheet.py`` paints it, in the
film's own colours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from installation.drawings.course_layout import Layout, spread, strongest, top_of
from installation.drawings.svg import (
    ACCENT,
    EMOTIONS,
    GREY,
    INK,
    PALE,
    RULE,
    area,
    figure,
    image,
    line,
    polyline,
    rect,
    short,
    text,
)

SIZE = (1040, 470)
"""Flatter than the wall: beside other things on a page."""
LETTERS, SMALL = 14.0, 12.0
Run = Sequence[tuple[float, float]]
"""Moments in seconds and levels from 0 to 1, unbroken."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One scene. Times are seconds since the take began."""

    scene: str
    begin: float


@dataclass(frozen=True, slots=True)
class Turn:
    """A choice that fell."""

    at: float
    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class Curve:
    """One mood over the take."""

    name: str
    emotion: str
    """The emotion in whose colour it is drawn."""
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A take, or what takes were like in the middle."""

    seconds: float
    visits: tuple[Visit, ...]
    turns: tuple[Turn, ...]
    curves: tuple[Curve, ...]


def course_svg(course: Course, title: str, picture_of: Callable[[str], str] = lambda _: "", least: int = 0) -> str:
    """The drawing. ``picture_of``: address of a scene's thumbnail, '' for none; ``least``: see ``figure``."""
    layout = Layout(SIZE, course.seconds)
    top = layout.reasons.y - 8
    parts = [*_turns(course, layout), *_curves(course, layout), *_strip(course, layout, picture_of)]
    return figure(SIZE[0], layout.names.bottom + 8 - top, title, parts, least, top)


def _turns(course: Course, layout: Layout) -> Iterator[str]:
    slots = layout.turn_slots([turn.at for turn in course.turns])
    for turn, (place, begin, end) in zip(course.turns, slots, strict=True):
        yield line(place, layout.reasons.y, place, layout.way_y, RULE)
        room, y = float(end - begin), layout.reasons.y + LETTERS
        if room > 3 * LETTERS:
            yield text(begin, y, short(turn.target, room, LETTERS), LETTERS, INK, weight=600)
            yield text(begin, y + 1.4 * SMALL, short(turn.reason, room, SMALL), SMALL, GREY)


def _curves(course: Course, layout: Layout) -> Iterator[str]:
    box = layout.curves
    yield line(box.x, box.bottom, box.right, box.bottom, RULE)
    means = {}
    for curve in course.curves:
        levels = [level for run in curve.runs for _, level in run]
        means[curve.name] = sum(levels) / len(levels) if levels else 0.0
    named = {curve.name: curve for curve in course.curves}
    shown = [named[name] for name in strongest(means)]
    top = top_of(level for curve in shown for run in curve.runs for _, level in run)

    def place(moment: tuple[float, float]) -> tuple[float, float]:
        return layout.x(moment[0]), box.bottom - box.high * min(moment[1] / top, 1.0)

    ends = []
    for curve in shown:
        colour = EMOTIONS[curve.emotion]
        for run in curve.runs:
            points = [place(moment) for moment in run]
            if len(points) > 1:
                foot = [(points[-1][0], float(box.bottom)), (points[0][0], float(box.bottom))]
                yield area([*points, *foot], colour, opacity=0.12)
                yield polyline(points, colour, 2.5, curve.name)
        if curve.runs:
            ends.append((place(curve.runs[-1][-1])[1], curve))
    ends.sort(key=lambda end: end[0])
    heights = spread([round(y) for y, _ in ends], round(1.25 * LETTERS), box.y, box.bottom)
    for y, (_, curve) in zip(heights, ends, strict=True):
        yield text(box.right + 10, y + 4, short(curve.name, layout.right - box.right, LETTERS), LETTERS, weight=600)
        yield rect(box.right + 10, y + 7, 22, 3, EMOTIONS[curve.emotion])


def _strip(course: Course, layout: Layout, picture_of: Callable[[str], str]) -> Iterator[str]:
    boxes = layout.visits([visit.begin for visit in course.visits])
    for visit, box in zip(course.visits, boxes, strict=True):
        if box.wide < 2:
            continue
        yield rect(box.x, box.y, box.wide, box.high, PALE, visit.scene)
        address = picture_of(visit.scene)
        if address:
            yield image(box.x, box.y, box.wide, box.high, address)
        said = short(visit.scene, box.wide - 8, LETTERS)
        if len(said) > 2 or said == visit.scene:  # below its picture, or in its place
            yield text(box.x + (0 if address else 6), (layout.names if address else box).y + LETTERS + 2, said, LETTERS)
    yield line(layout.strip.x, layout.way_y, layout.strip.right, layout.way_y, INK, 2)
    for at in (0.0, *(turn.at for turn in course.turns), course.seconds):
        yield f'<circle cx="{layout.x(at)}" cy="{layout.way_y}" r="4" fill="{ACCENT}" class="accent"/>'
