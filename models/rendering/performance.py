"""Who stands before the simulated camera, when, and what they show: the course that ``SimulatedVisitor`` draws.

A performance is a plan without pictures. ``Evening`` makes one up from a seed; ``DirectedVisit`` shows what is asked.
All times are seconds since the first picture.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Protocol

COURSE = ("happiness", "surprise", "neutral", "sadness", "anger", "happiness", "fear", "disgust", "contempt")
COMMON = (6.0, 3.0, 2.0, 3.0, 3.0, 4.0, 1.0, 1.0, 0.6)
"""How often each comes, relative to the others."""
WALK = 1.6
"""Seconds from the edge of the light to the place under the lamp."""


@dataclass(frozen=True, slots=True)
class Feeling:
    """One emotion that rises (onset), stays (apex) and falls (offset)."""

    label: str
    begins: float
    onset: float
    apex: float
    offset: float
    strength: float

    @property
    def ends(self) -> float:
        """The second at which nothing is left of it."""
        return self.begins + self.onset + self.apex + self.offset

    def at(self, t: float) -> float:
        """Intensity, 0 to its strength."""
        up = smooth_step((t - self.begins) / self.onset)
        down = smooth_step((t - self.begins - self.onset - self.apex) / self.offset)
        return self.strength * (up - down)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visitor from entering to leaving."""

    person: int
    enters: float
    leaves: float
    feelings: tuple[Feeling, ...]
    blinks: tuple[float, ...]
    phase: float
    """Shifts the small movements of the body, so that two visitors do not sway alike."""
    side: float
    """-1: comes from the picture's left, 1: from its right."""

    def feeling_at(self, t: float) -> tuple[str, float]:
        """The emotion shown and its intensity, 0 to 1; ("neutral", 0.0) between two feelings."""
        for feeling in self.feelings:
            if feeling.begins <= t <= feeling.ends:
                return feeling.label, feeling.at(t)
        return "neutral", 0.0

    def truth(self, t: float) -> str | None:
        """The label that a classifier should give; None while walking, or while the face is between two."""
        if not self.enters + WALK <= t <= self.leaves - WALK:
            return None
        label, intensity = self.feeling_at(t)
        if intensity > 0.6:
            return label
        return "neutral" if intensity < 0.1 else None


class Performance(Protocol):
    """Says who is there at which second."""

    def visit_at(self, t: float) -> Visit | None:
        """The visit that is under way at second ``t``; None: the room is empty."""


class Evening:
    """Visitors who come and go, one at a time. The same seed gives the same evening; ``people`` is how many there are.

    Ask for times in any order; what lies ahead is planned when it is first needed.
    """

    def __init__(self, people: int, seed: int) -> None:
        self._people, self._rng = people, random.Random(seed)  # noqa: S311 - a reproducible course, no secret
        self._visits: list[Visit] = []

    def visit_at(self, t: float) -> Visit | None:
        """The visit that is under way at second ``t``; None between two visits."""
        while not self._visits or self._visits[-1].leaves < t:
            begins = self._visits[-1].leaves + self._rng.uniform(4.0, 8.0) if self._visits else 0.5
            visit = plan_visit(self._rng, self._people, begins)
            if self._visits and visit.person == self._visits[-1].person:
                visit = plan_visit(self._rng, self._people, begins)
            self._visits.append(visit)
        return next((visit for visit in reversed(self._visits) if visit.enters <= t <= visit.leaves), None)


class DirectedVisit:
    """A visitor who stands in place and shows what ``direct`` asked for last; nobody is there before the first call."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311 - a reproducible course, no secret
        self._visit: Visit | None = None

    def direct(self, person: int | None, label: str, now: float) -> None:
        """From ``now`` on ``person`` (None: nobody) is there and shows ``label`` ('' or 'neutral': at rest)."""
        if person is None:
            self._visit = None
            return
        feelings = () if label in ("", "neutral") else (Feeling(label, now - 1, 0.4, 1e6, 1.0, 0.95),)
        blinks = (now + self._rng.uniform(0.5, 4),)
        self._visit = Visit(person, now - 60, now + 1e6, feelings, blinks, self._rng.uniform(0, 6), 1)

    def visit_at(self, t: float) -> Visit | None:  # noqa: ARG002 - a Performance is asked for a second
        """What was directed last, at any second."""
        return self._visit


def plan_visit(rng: random.Random, people: int, begins: float) -> Visit:
    """A visit of 20 to 40 seconds. Onsets of 0.3 to 0.5 s and apexes of 1 to 4 s are those of real faces."""
    t, leaves = begins + WALK + rng.uniform(1.0, 2.5), begins + rng.uniform(20.0, 40.0)
    feelings: list[Feeling] = []
    while t < leaves - 5.5:
        label = rng.choices(COURSE, COMMON)[0]
        one = Feeling(
            label, t, rng.uniform(0.3, 0.5), rng.uniform(1.5, 4.0), rng.uniform(0.5, 1.0), rng.uniform(0.85, 1.0)
        )
        if label != "neutral":
            feelings.append(one)
        t = one.ends + rng.uniform(1.0, 3.5)
    blinks, t = [], begins
    while t < leaves:
        t += rng.uniform(2.0, 6.0)
        blinks.append(t)
    return Visit(
        rng.randrange(people), begins, leaves, tuple(feelings), tuple(blinks), rng.uniform(0, 6.0), rng.choice((-1, 1))
    )


def smooth_step(share: float) -> float:
    """0 before 0, 1 after 1, and between them a cubic without corners (Hermite)."""
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)
