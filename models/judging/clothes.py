"""A face printed on clothes is no visitor: it goes where the head above it goes, and never moves by itself.

A child before an adult, or who sits before who stands, is in the same place of the picture. What tells them apart takes
some seconds: a print keeps its place on the body when the body moves, and its five landmarks stay those of something
flat. (Where the nose lies between eyes and mouth, in affine coordinates, is the same for any view of a flat picture,
from afar; a head that turns or nods moves it.)
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.arrays import Doubles, Floats
from models.estimate import EmotionEstimate

WINDOW_SECONDS, LEAST_SECONDS = 4.0, 3.0
"""What is judged, and the least of it."""
SAMPLE_SECONDS, SMOOTH_SECONDS = 0.1, 0.3
LEAST_SAMPLES = 12
BODY_WIDE, BODY_FROM, BODY_TO = 0.8, 0.85, 4.5
"""The body below a face, in heights of it: so far to both sides of its middle, and from where to where below it."""
SMALLEST, LARGEST = 0.3, 2.6
"""A print's face against the one above it."""
MOVED = 0.12
"""From here on the head above has moved: deviations of place and size, all in heights of that head."""
WITH_IT, WITH_IT_SHARE, WITH_IT_AT_MOST = 0.04, 0.25, 0.15
"""A print goes with it as well as so much, and so much of what the head moved, allow; but for no more than the last."""
FLAT, TURNS = 0.02, 0.05
"""Deviation of the nose's place up to which a face may be flat (one that nobody prints may be so still for seconds),
and from which on it is a head."""
BY_ITSELF = 0.25
"""Deviation from its place on the body from which on it does not belong to it: a head that leans moves by 0.1."""

AGAIN_WITHIN, MOST_BELOW = 0.5, 8
"""Of its place on the body: a face that was lost and is found there is the same one. And how many are remembered."""

Verdict = Literal["print", "visitor", "unsure"]


@dataclass(slots=True)
class Below:
    """A face below another one, remembered beyond its track: in the dark a face is lost and found again."""

    visitor_id: int
    place: tuple[float, float]
    """From the one above, in heights of that face."""
    since: float
    seen: float
    verdict: Verdict = "unsure"


class FacesBelow:
    """Those that were found where the body of one face is."""

    def __init__(self) -> None:
        self._known: list[Below] = []

    def at(self, visitor_id: int, place: tuple[float, float], now: float) -> Below:
        """The one of this track, or the one that was lost in this place, or a new one."""
        lost = [one for one in self._known if one.seen < now and math.dist(one.place, place) < AGAIN_WITHIN]
        found = next((one for one in self._known if one.visitor_id == visitor_id), None) or next(iter(lost), None)
        if found is None:
            found = Below(visitor_id, place, now, now)
            self._known = [*self._known[-MOST_BELOW:], found]
        found.visitor_id, found.place, found.seen = visitor_id, place, now
        return found


class Course:
    """What one face did in the last seconds."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, ...]] = deque()
        self._smooth: tuple[float, ...] | None = None
        self._at = 0.0

    def update(self, estimate: EmotionEstimate, now: float) -> None:
        """The face in the frame of ``now``."""
        x, y, width, height = estimate.detection.box
        found = (x + width / 2, y + height / 2, height, *nose_place(estimate.detection.landmarks))
        before, since = self._smooth, now - self._at
        if before is None or math.isnan(before[-1]):
            before, since = found, 0.0
        part = 1 - math.exp(-since / SMOOTH_SECONDS)
        self._smooth = tuple(one + part * (new - one) for one, new in zip(before, found, strict=True))
        self._at = now
        if not self._samples or now - self._samples[-1][0] >= SAMPLE_SECONDS:
            self._samples.append((now, *self._smooth))
        while now - self._samples[0][0] > WINDOW_SECONDS:
            self._samples.popleft()

    @property
    def seconds(self) -> float:
        """How long the face has been followed, as far as is remembered."""
        return self._samples[-1][0] - self._samples[0][0] if self._samples else 0.0

    @property
    def rows(self) -> Doubles:
        """(n, 6): time, x, y, height, and both coordinates of the nose; smoothed."""
        return np.array(self._samples).reshape(-1, 6)


def on_body(upper: tuple[float, float, float], lower: tuple[float, float, float]) -> bool:
    """Whether the lower face is where the body of the upper one is: x, y of their middles and heights."""
    across, down = (lower[0] - upper[0]) / upper[2], (lower[1] - upper[1]) / upper[2]
    return abs(across) <= BODY_WIDE and BODY_FROM <= down <= BODY_TO and SMALLEST <= lower[2] / upper[2] <= LARGEST


def judge(upper: Course, lower: Course) -> Verdict:
    """What the face below is, from what both did while both were seen."""
    if min(upper.seconds, lower.seconds) < LEAST_SECONDS:
        return "unsure"
    above, below = _together(upper.rows, lower.rows)
    if len(above) < LEAST_SAMPLES or above[-1, 0] - above[0, 0] < LEAST_SECONDS:
        return "unsure"
    head = float(np.median(above[:, 3]))
    place = np.column_stack([(below[:, 1:3] - above[:, 1:3]) / above[:, 3:4], np.log(below[:, 3] / above[:, 3])])
    apart, turned = _spread(place), float(below[:, 4:].std(axis=0).max())
    if apart > BY_ITSELF or turned > TURNS:
        return "visitor"
    moved = _spread(np.column_stack([above[:, 1:3] / head, np.log(above[:, 3])]))
    goes_along = apart <= min(WITH_IT + WITH_IT_SHARE * moved, WITH_IT_AT_MOST)
    return "print" if moved >= MOVED and goes_along and turned <= FLAT else "unsure"


def nose_place(landmarks: Floats) -> tuple[float, float]:
    """Where the nose lies along the line of the eyes, and from there towards the mouth, in affine coordinates.

    ``landmarks`` (5, 2). NaN where they lie on one line.
    """
    (lx, ly), (rx, ry), (nx, ny), (mx, my), (ox, oy) = landmarks.tolist()
    middle_x, middle_y = (lx + rx) / 2, (ly + ry) / 2
    a, b, c, d = rx - lx, ry - ly, (mx + ox) / 2 - middle_x, (my + oy) / 2 - middle_y
    x, y = nx - middle_x, ny - middle_y
    area = a * d - b * c
    if abs(area) < 1e-6:
        return math.nan, math.nan
    return (x * d - y * c) / area, (a * y - b * x) / area


def _together(above: Doubles, below: Doubles) -> tuple[Doubles, Doubles]:
    """The samples of both at the same times."""
    nearest = np.abs(above[:, :1] - below[None, :, 0]).argmin(axis=1)
    both = np.abs(above[:, 0] - below[nearest, 0]) < SAMPLE_SECONDS
    return above[both], below[nearest[both]]


def _spread(rows: Doubles) -> float:
    """The deviation of all columns together."""
    return float(np.sqrt((rows.std(axis=0) ** 2).sum()))
