"""The mood's curves as coverage from 0 to 255: seen runs as lines, what was not seen as gaps, the median broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import cv2
import numpy as np

from installation.course.course_record import TakeCourse
from installation.course.earlier_visitors import PARTS, EarlierVisitors
from installation.drawings.course_layout import Box
from models.arrays import Doubles, Gray

SMOOTH_SECONDS = 0.5
BRIDGED_SECONDS = 0.4
"""A gap shorter than this is a blink of the detector, not somebody who was not seen."""
FRACTION = 4
"""Bits of a pixel to which points are drawn."""

Run = tuple[Doubles, Doubles]
"""Times (n,) in seconds and levels (n,), unbroken."""


def seen_runs(times: Doubles, levels: Doubles) -> Iterator[Run]:
    """The stretches of one mood in which somebody was seen, each smoothed by itself."""
    seen = ~np.isnan(levels)
    times, levels = times[seen], levels[seen]
    if not len(times):
        return
    for part in np.split(np.arange(len(times)), np.flatnonzero(np.diff(times) > BRIDGED_SECONDS) + 1):
        yield times[part], _smoothed(times[part], levels[part])


def unseen_runs(course: TakeCourse) -> Iterator[tuple[float, float]]:
    """From when to when nobody was seen, in seconds."""
    times = course.times[~np.isnan(course.levels).any(axis=1)] if course.moods else course.times[:0]
    edges = np.concatenate(([0.0], times, [course.seconds]))
    for begin, end in pairwise(edges):
        if end - begin > 2 * BRIDGED_SECONDS:
            yield float(begin), float(end)


def widest_part(begin: int, end: int, lines: Iterable[int]) -> tuple[int, int]:
    """The widest part from ``begin`` to ``end`` that none of the upright ``lines`` crosses."""
    edges = sorted({begin, end, *(x for x in lines if begin < x < end)})
    return max(pairwise(edges), key=lambda part: part[1] - part[0], default=(begin, end))


def median_runs(course: TakeCourse, earlier: EarlierVisitors, mood: str) -> Iterator[Run]:
    """The median of earlier visitors along the scenes of this take."""
    for visit in course.visits:
        levels = earlier.median(visit.scene, mood)
        length = visit.length or visit.end - visit.begin
        times = visit.begin + (np.arange(PARTS) + 0.5) / PARTS * length
        known = ~np.isnan(levels) & (times < visit.end)
        if known.sum() > 1:
            yield times[known], np.convolve(np.pad(levels[known], 1, mode="edge"), (0.25, 0.5, 0.25), "valid")


class Plot:
    """Turns runs into coverage masks as large as ``box``. Levels from 0 to ``top`` fill its height."""

    def __init__(self, box: Box, seconds: float, top: float, thickness: int) -> None:
        self._box, self._seconds, self._top, self._thick = box, max(seconds, 1e-3), max(top, 1e-3), thickness

    def line(self, runs: list[Run], thickness: int | None = None) -> Gray:
        """Whole lines; a run of one moment is a dot."""
        mask = self._blank()
        for run in runs:
            points = self._points(run)
            if len(points) == 1:
                cv2.circle(mask, _whole(points[0]), self._thick << FRACTION, 255, -1, cv2.LINE_AA, FRACTION)
            cv2.polylines(mask, [points], False, 255, thickness or self._thick, cv2.LINE_AA, FRACTION)
        return mask

    def broken(self, runs: list[Run], dash: int, thickness: int) -> Gray:
        """Lines of dashes, as long as the gaps between them."""
        mask = self._blank()
        for run in runs:
            points = self._points(run).astype(np.float64)
            steps = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T)))) / (1 << FRACTION)
            for begin in np.arange(0.0, steps[-1], 2.2 * dash):
                along = np.linspace(begin, min(begin + dash, steps[-1]), 6)
                piece = np.stack([np.interp(along, steps, points[:, k]) for k in (0, 1)], axis=1)
                cv2.polylines(mask, [np.rint(piece).astype(np.int32)], False, 255, thickness, cv2.LINE_AA, FRACTION)
        return mask

    def under(self, runs: list[Run]) -> Gray:
        """What lies below the lines, fading towards the foot."""
        mask = self._blank()
        for run in runs:
            points = self._points(run)
            foot = (self._box.high - 1) << FRACTION
            closed = np.concatenate((points, [[points[-1, 0], foot], [points[0, 0], foot]])).astype(np.int32)
            cv2.fillPoly(mask, [closed], 255, cv2.LINE_AA, FRACTION)
        fade = np.linspace(0.34, 0.03, self._box.high, dtype=np.float32)[:, None]
        return np.asarray(mask * fade, np.uint8)

    def y(self, level: float) -> int:
        """The row of a level, from the top of the box."""
        return round((1 - min(level / self._top, 1.0)) * (self._box.high - 1 - 2 * self._thick)) + self._thick

    def _blank(self) -> Gray:
        return np.zeros((self._box.high, self._box.wide), np.uint8)

    def _points(self, run: Run) -> np.ndarray:
        times, levels = run
        scale = 1 << FRACTION
        x = times / self._seconds * (self._box.wide - 1)
        y = (1 - np.minimum(levels / self._top, 1.0)) * (self._box.high - 1 - 2 * self._thick) + self._thick
        points: np.ndarray = np.rint(np.stack((x * scale, y * scale), axis=1)).astype(np.int32)
        return points


def _whole(point: np.ndarray) -> tuple[int, int]:
    return int(point[0]), int(point[1])


def _smoothed(times: Doubles, levels: Doubles) -> Doubles:
    """The levels with a Gaussian over ``SMOOTH_SECONDS``."""
    if len(times) < 3:
        return levels
    step = max(float(np.median(np.diff(times))), 1e-3)
    reach = max(1, round(2 * SMOOTH_SECONDS / step))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / SMOOTH_SECONDS) ** 2)
    padded = np.pad(levels, reach, mode="edge")
    return np.convolve(padded, weights / weights.sum(), "valid")
