"""The mood over time, as report and console draw it."""

import re
from dataclasses import dataclass

from installation.drawings.mood import mood_areas
from installation.drawings.svg import EMOTIONS
from models.labels import LABELS


@dataclass(frozen=True)
class Told:
    begin: float
    end: float
    probabilities: tuple[float, ...] | None


HALVES = (0.5, 0.5, *[0.0] * 6)


def corners(polygon: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.]+),([\d.]+)", polygon)]


def test_areas_fill_the_height_and_break_where_nothing_is_told() -> None:
    spans = [Told(0, 1, HALVES), Told(1, 2, None), Told(2, 3, tuple(2 * share for share in HALVES))]
    areas = list(mood_areas(spans, lambda at: 10 * at, 100.0, 80.0, str.upper))
    assert len(areas) == 2 * len(LABELS)
    first, second = corners(areas[0]), corners(areas[1])
    assert first == [(0, 60), (5, 60), (10, 60), (10, 100), (5, 100), (0, 100)], "neutral: the lower half"
    assert {y for _, y in second} == {60, 20}, "happiness above it, whatever the shares sum to"
    assert EMOTIONS[LABELS[1]] in areas[1]
    assert f"<title>{LABELS[1].upper()}</title>" in areas[1]
    assert {x for area in areas[len(LABELS) :] for x, _ in corners(area)} == {20, 25, 30}
