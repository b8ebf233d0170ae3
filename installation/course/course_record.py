"""What one take was: the scenes it led through, what the face showed, where each choice fell and why.

It is kept in memory while the take runs, for the course at its end, and never written.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from models.arrays import Doubles
from models.mood import Mood

STEP_SECONDS = 0.1
SAMPLES_AT_MOST = 6000
"""Ten minutes by tenths of a second; a longer take keeps every second one, then every fourth."""
VISITS_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Visit:
    """One scene of the take. Times are seconds since the take began."""

    scene: str
    begin: float
    end: float
    length: float
    """Of the scene as it was written; 0: it has no end of its own."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A choice that fell, seconds since the take began."""

    at: float
    source: str
    target: str
    reasons: tuple[str, ...]
    """Why, in the languages of the house; empty where nobody's face or presence decided."""
    others: tuple[str, ...]
    """Where else it could have led."""


@dataclass(frozen=True, slots=True, eq=False)
class TakeCourse:
    """A take as far as it has come."""

    moods: tuple[str, ...]
    visits: tuple[Visit, ...]
    turns: tuple[Turn, ...]
    times: Doubles
    """(n,) seconds since the take began."""
    levels: Doubles
    """(n, moods) probabilities, 0 to 1; NaN: nobody was seen, or nothing could be."""
    seconds: float


class CourseRecord:
    """Written by the stage at each tick; ``course`` gives what it holds. Moments are of the show's own clock."""

    def __init__(self, moods: dict[str, tuple[str, ...]], clock: float) -> None:
        self._moods, self._began = moods, clock
        self._visits: list[Visit] = []
        self._turns: list[Turn] = []
        self._turn: Turn | None = None
        self._samples: list[tuple[float, tuple[float, ...] | None]] = []
        self._step, self._next = STEP_SECONDS, 0.0

    def enter(self, scene: str, length: float, clock: float) -> None:
        """A scene has begun, and the choice that led there is what happened."""
        at = clock - self._began
        if self._visits:
            self._visits[-1] = replace(self._visits[-1], end=at)
        if len(self._visits) < VISITS_AT_MOST:
            self._visits.append(Visit(scene, at, at, length if math.isfinite(length) else 0.0))
        if self._turn is not None and self._turn.target == scene and len(self._turns) < VISITS_AT_MOST:
            self._turns.append(self._turn)
        self._turn = None

    def choose(self, source: str, target: str, reasons: tuple[str, ...], others: tuple[str, ...], clock: float) -> None:
        """A choice has fallen; a later one in the same scene replaces it."""
        self._turn = Turn(clock - self._began, source, target, reasons, others)

    def sample(self, mood: Mood, clock: float) -> None:
        """Take note of the mood, ten times a second at most."""
        at = clock - self._began
        if at < self._next:
            return
        self._next = at + self._step
        seen = mood.trusted and mood.present and any(mood.probabilities)
        levels = tuple(mood.probability(*labels) for labels in self._moods.values()) if seen else None
        self._samples.append((at, levels))
        if len(self._samples) >= SAMPLES_AT_MOST:
            self._samples, self._step = self._samples[::2], 2 * self._step

    def course(self, clock: float) -> TakeCourse:
        """What the take has been until now."""
        seconds = clock - self._began
        visits = tuple(self._visits)
        if visits:
            visits = (*visits[:-1], replace(visits[-1], end=seconds))
        samples, unseen = tuple(self._samples), (math.nan,) * len(self._moods)
        times = np.array([at for at, _ in samples])
        levels = np.array([unseen if one is None else one for _, one in samples]).reshape(
            len(samples), len(self._moods)
        )
        return TakeCourse(tuple(self._moods), visits, tuple(self._turns), times, levels, seconds)
