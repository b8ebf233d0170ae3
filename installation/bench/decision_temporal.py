"""Temporal networks in the place of the judgement's filter: rows and figures (``temporal_exam`` has the courses).

Every row has the same tracker, resting face and belief; only the filter differs. A row's belief is as patient as it
must be for the calm of today's filter, so that quickness is compared at the same calm.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import numpy as np

from calibration.settings import MoodSettings
from installation.bench.decision_courses import Seen
from installation.bench.decision_measures import a_minute, carried, decisions, onset_delays
from installation.bench.decision_rows import Reference
from models.arrays import Doubles
from models.comparison.result import FilterResult
from models.estimate import EmotionEstimate, Track
from models.judging.aggregate import NEARER_BY
from models.judging.belief import Belief
from models.judging.smoothing import Baseline, ExponentialFilter, log_probabilities, softmax
from models.judging.tracker import Tracker
from models.labels import LABELS

BELIEVE_AFTER = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.35, 0.5)
SETTLED, FIRST_SECONDS = 3.0, 1 / 30
TODAY = MoodSettings().believe_after_seconds
CALM = (0.25, 0.0)
"""Label changes a minute on held faces, false events a minute on neutral ones: at most so many where a row's patience
is chosen (today's filter has 0.23 and 0 on all courses of the bench; one change in these four minutes is 0.24)."""
EXPONENTIALS = {"exponential 0.2 s (today)": 0.2, "exponential 0.1 s": 0.1}


class Smoothing(Protocol):
    """A filter of one visitor's looks."""

    def update(self, estimate: EmotionEstimate, offset: Doubles, seconds: float) -> Doubles:
        """Probabilities (8,) after one more look; ``offset`` is the visitor's resting face."""
        ...


class Exponential:
    """Today's filter."""

    def __init__(self, smooth_seconds: float) -> None:
        self._filter = ExponentialFilter(smooth_seconds)

    def update(self, estimate: EmotionEstimate, offset: Doubles, seconds: float) -> Doubles:
        """As ``Smoothing``."""
        logs = log_probabilities(estimate.probabilities) - offset
        return softmax(self._filter.update(logs, estimate.quality, seconds))


@dataclass
class _Visitor:
    smoothing: Smoothing
    baseline: Baseline
    belief: Belief
    seen_at: float | None = None


class Filtered(Reference):
    """Tracker, resting face, a filter, and the belief about the nearest visitor."""

    def __init__(self, make: Callable[[], Smoothing], believe_after: float) -> None:
        super().__init__()
        self._make, self._settings = make, MoodSettings(believe_after_seconds=believe_after)
        self._tracker = Tracker(self._settings)
        self._visitors: dict[int, _Visitor] = {}
        self._followed: int | None = None

    def update(self, faces: Sequence[EmotionEstimate], now: float) -> str | None:
        """The label that the film would get at ``now``."""
        tracks = self._tracker.update(faces, now)
        self._visitors = {
            t.visitor_id: self._visitors.get(t.visitor_id)
            or _Visitor(self._make(), Baseline(self._settings.baseline_seconds), Belief(self._settings, now))
            for t in tracks
        }
        for track in tracks:
            if track.last_seen == now:
                self._read(self._visitors[track.visitor_id], track.estimate, now)
        self._followed = nearest([track for track in tracks if not track.doubtful] or tracks, self._followed)
        believed = self._visitors[self._followed].belief.current if self._followed is not None else None
        return None if believed is None else LABELS[believed]

    def _read(self, visitor: _Visitor, estimate: EmotionEstimate, now: float) -> None:
        seconds = FIRST_SECONDS if visitor.seen_at is None else now - visitor.seen_at
        visitor.baseline.learn(log_probabilities(estimate.probabilities), estimate.quality, seconds)
        said = visitor.smoothing.update(estimate, visitor.baseline.offset, seconds)
        visitor.belief.update(said.tolist(), now)
        visitor.seen_at = now


def nearest(tracks: Sequence[Track], last: int | None) -> int | None:
    """The visitor whom the film answers to: as ``models.judging.aggregate.nearest``, of tracks."""
    height = {track.visitor_id: track.estimate.detection.box[3] for track in tracks}
    closest = max(height, key=height.__getitem__, default=None)
    if closest is None or last not in height or height[closest] > NEARER_BY * height[last]:
        return closest
    return last


@dataclass(frozen=True, slots=True)
class Exam:
    """Courses, all seen beforehand, so that every row gets the very same looks."""

    still: list[list[Seen]]
    neutral: list[list[Seen]]
    onsets: list[list[Seen]]
    onsets_at_15: list[list[Seen]]
    visits: list[list[Seen]]
    talk: list[list[Seen]] = field(default_factory=list)
    turns: list[list[Seen]] = field(default_factory=list)
    subtle: list[list[Seen]] = field(default_factory=list)
    subtle_computed: list[list[Seen]] = field(default_factory=list)
    films: list[tuple[list[Seen], list[Seen]]] = field(default_factory=list)
    """The same film bright and dark, to and fro."""


Row = Callable[[], Filtered]


def changed(before: str | None, now: str | None) -> bool:
    """The label has become another one."""
    return before != now


def false_event(before: str | None, now: str | None) -> bool:
    """An emotion is reported anew, of somebody who shows none."""
    return now not in (before, None, "neutral")


def calm(row: Row, exam: Exam) -> tuple[float, float]:
    """Label changes a minute on held faces, false events a minute on neutral ones."""
    return a_minute(row, exam.still, changed), a_minute(row, exam.neutral, false_event)


def measured(row: Row, exam: Exam) -> Iterator[tuple[str, float]]:
    """Every figure of one row."""
    changes, events = calm(row, exam)
    yield "label changes a minute, held face", changes
    yield "false events a minute, neutral face", events
    for name, group in (("talking", exam.talk), ("turning, nodding", exam.turns)):
        if group:
            yield f"false events a minute, {name}", a_minute(row, group, false_event, SETTLED)
    named = (("onset", exam.onsets), ("onset at 15/s", exam.onsets_at_15), ("subtle", exam.subtle))
    for name, group in (*named, ("subtle, computed", exam.subtle_computed)):
        if group:
            delays, missed = onset_delays(row, group)
            yield f"{name}, median s", float(np.median(delays))
            yield f"{name}, p95 s", float(np.percentile(delays, 95))
            yield f"{name}, missed %", 100 * missed
    if exam.visits:
        yield "mood carried to the next visitor, %", 100 * float(np.mean([carried(row, one) for one in exam.visits]))
    if exam.films:
        yield "same bright and dark, %", 100 * float(np.mean([_same(row, *pair) for pair in exam.films]))
        for name, which in (("bright", 0), ("dark", 1)):
            group = [pair[which] for pair in exam.films]
            yield f"false events a minute, films {name}", a_minute(row, group, false_event, SETTLED)


def _same(row: Row, bright: list[Seen], dark: list[Seen]) -> float:
    one, other = (dict(decisions(row(), course)) for course in (bright, dark))
    late = [t for t in one if t in other and t >= bright[0][0] + SETTLED]
    return float(np.mean([one[t] == other[t] for t in late]))


def patience(make: Callable[[], Smoothing], exam: Exam, wanted: tuple[float, float]) -> float:
    """The shortest time before belief with which a filter is as calm as ``wanted``; the longest tried, if none is."""
    for seconds in BELIEVE_AFTER:
        got = calm(partial(Filtered, make, seconds), exam)
        if got[0] <= wanted[0] and got[1] <= wanted[1]:
            return seconds
    return BELIEVE_AFTER[-1]


def cost(make: Callable[[], Smoothing], estimate: EmotionEstimate, times: int = 400) -> float:
    """Median milliseconds of one look."""
    one, took = make(), []
    for _ in range(times):
        start = time.perf_counter()
        one.update(estimate, np.zeros(len(LABELS)), 1 / 15)
        took.append(time.perf_counter() - start)
    return 1000 * float(np.median(took))


def filtered(name: str, make: Callable[[], Smoothing], choosing: Exam, exam: Exam) -> list[FilterResult]:
    """Figures of one filter on ``exam``: with today's patience, and with the least that is as calm on ``choosing``."""
    milliseconds = cost(make, next(face for _, faces, _ in exam.still[0] for face in faces))
    return [
        FilterResult(name, seconds, dict(measured(partial(Filtered, make, seconds), exam)), milliseconds)
        for seconds in sorted({patience(make, choosing, CALM), TODAY})
    ]
