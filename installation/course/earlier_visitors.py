"""What all earlier visitors of this show were like in each scene, as counts: nobody's own course is kept.

For each scene, mood and part of the scene it is counted how many visitors were at which level, and for each way how
many took it. The median comes from the counts. They live as long as the show runs.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from installation.course.course_record import TakeCourse, Visit
from models.arrays import Doubles

PARTS = 24
"""Of a scene, from its beginning to its end."""
LEVELS = 20
"""Steps from 0 to 1 in which a level is counted."""
FEWEST = 5
"""Of fewer visitors no median is shown: it would be somebody's own."""


class EarlierVisitors:
    """Counts the takes that are over."""

    def __init__(self) -> None:
        self.count = 0
        self._levels: dict[tuple[str, str], np.ndarray] = {}
        self._ways: Counter[tuple[str, str]] = Counter()

    def add(self, course: TakeCourse) -> None:
        """Count one take, which is over."""
        self.count += 1
        self._ways.update((turn.source, turn.target) for turn in course.turns)
        for visit in course.visits:
            parts, levels = parts_of(visit, course)
            for number, mood in enumerate(course.moods):
                seen = ~np.isnan(levels[:, number])
                of_part = np.bincount(parts[seen], minlength=PARTS)
                sums = np.bincount(parts[seen], levels[seen, number], minlength=PARTS)
                there = of_part.nonzero()[0]
                steps = np.minimum((sums[there] / of_part[there] * LEVELS).astype(int), LEVELS - 1)
                counts = self._levels.setdefault((visit.scene, mood), np.zeros((PARTS, LEVELS), np.int32))
                counts[there, steps] += 1

    def median(self, scene: str, mood: str) -> Doubles:
        """The median level in each part of a scene, (PARTS,); NaN where fewer than ``FEWEST`` were seen."""
        counts = self._levels.get((scene, mood))
        if counts is None:
            return np.full(PARTS, np.nan)
        total = counts.sum(axis=1)
        over = np.cumsum(counts, axis=1)
        step = (over * 2 >= np.maximum(total, 1)[:, None]).argmax(axis=1)  # the step that the middle one stands in
        inside = np.take_along_axis(counts, step[:, None], axis=1)[:, 0]
        below = np.take_along_axis(over, step[:, None], axis=1)[:, 0] - inside
        median: Doubles = (step + (total / 2 - below) / np.maximum(inside, 1)) / LEVELS
        return np.where(total >= FEWEST, median, np.nan)

    def ways(self, source: str) -> Counter[str]:
        """How many went where after a scene; empty where fewer than ``FEWEST`` came to it."""
        taken = Counter({target: count for (scene, target), count in self._ways.items() if scene == source})
        return taken if taken.total() >= FEWEST else Counter()


def parts_of(visit: Visit, course: TakeCourse) -> tuple[np.ndarray, Doubles]:
    """Of each sample in ``visit`` the part of the scene that it lies in, and its levels."""
    inside = (course.times >= visit.begin) & (course.times < visit.end)
    length = max(visit.length or visit.end - visit.begin, 1e-6)
    share = (course.times[inside] - visit.begin) / length
    return np.minimum((share * PARTS).astype(int), PARTS - 1), course.levels[inside]
