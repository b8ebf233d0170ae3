"""Simulated visitors: dice, not people.

Each has a temperament (some emotions more than others), changes its face every few seconds, sometimes cannot be seen
and sometimes leaves early. Each has a seed of its own, so that they may be simulated in any order, on any core.
"""

from __future__ import annotations

import math
import random
from bisect import bisect
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate

from models.judging.valence_arousal import valence_and_arousal
from models.labels import LABELS
from models.mood import Mood, unseen
from scenes.machine.memory import History, Hour, Memory
from scenes.machine.state import StoryState
from scenes.story.draws import SEEDS

COMES_AFTER_SECONDS = 2.0
LEAVES_EARLY = 0.1
EARLY_SECONDS = (1.0, 60.0)
"""After the film has begun."""
UNSEEN = 0.05
SHORTEST, LONGEST = 1.0, 6.0
"""Seconds for which a face stays as it is."""
WEAKEST, STRONGEST, STRENGTHS = 0.3, 0.95, 66
"""Probability of what a face shows, in steps of 0.01."""
BELIEVED_FROM = 0.4
PATIENCE_SECONDS = 900.0
"""A visitor whose film has not ended by then goes home; the scene is reported as one that holds visitors."""
OPENS = datetime(2026, 1, 5, 10)
NOBODY = Mood(captured_at=0.0, trusted=True)
CANNOT_BE_SEEN = unseen(0.0, "simulated")
A_DAY = 200
"""Visitors, one each three minutes, until 20:00."""
APART = timedelta(minutes=3)


class Visitor:
    """One who comes once. ``mood`` and ``pass_by`` must be asked in the order of time."""

    def __init__(self, seed: int, number: int) -> None:
        self._dice = random.Random(f"{seed} {number}")  # noqa: S311 - dice
        # A Dirichlet distribution of 0.5 each: squared normal variates (gamma of 0.5), divided by their sum.
        temperament = list(accumulate(self._dice.gauss() ** 2 for _ in LABELS))
        self._temperament = [share / temperament[-1] for share in temperament]
        early, stays = self._dice.random(), self._dice.uniform(*EARLY_SECONDS)
        self._stays = stays if early < LEAVES_EARLY else PATIENCE_SECONDS
        """Seconds from the film's begin."""
        self.leaves = COMES_AFTER_SECONDS + PATIENCE_SECONDS
        self.changes = COMES_AFTER_SECONDS
        """When the next change comes: it arrives, shows another face, or leaves."""
        self.begun = self.there = False
        self._face = CANNOT_BE_SEEN
        day, turn = divmod(number, A_DAY)
        self.hour = Hour(OPENS + timedelta(days=day) + turn * APART, (turn * APART).total_seconds())
        """When it came; the clock stands still meanwhile."""
        yesterday = self.hour.day - timedelta(days=1)
        self.history = History(number, turn or min(day, 1) * A_DAY, self.hour.day if turn else yesterday)
        self.memory = Memory(seed=self._dice.randrange(SEEDS))

    def mood(self, now: float, state: StoryState) -> Mood:
        """What the eye would see at ``now`` (seconds since the show began)."""
        self.pass_by(now, state)
        return self.face

    def pass_by(self, now: float, state: StoryState) -> None:
        """Time goes on; the film begins and ends."""
        if state.in_take and not self.begun:
            self.begin(now)
        over = self.begun and not state.in_take
        if over or now >= self.leaves:
            self.there, self.changes, self.leaves = False, math.inf, -math.inf
        elif now >= self.changes:
            self.there, self._face = True, self._new_face()
            self.changes = min(now + SHORTEST + (LONGEST - SHORTEST) * self._dice.random(), self.leaves)

    def begin(self, now: float) -> None:
        """It notices that the film has begun."""
        self.begun, self.leaves = True, now + self._stays
        self.changes = min(self.changes, self.leaves)

    @property
    def is_gone(self) -> bool:
        """It has left, and does not come again."""
        return self.leaves < 0

    @property
    def face(self) -> Mood:
        """What it shows since the last change."""
        return self._face if self.there else NOBODY

    def _new_face(self) -> Mood:
        random = self._dice.random  # three for each of many faces: randrange and uniform would cost four times as much
        if random() < UNSEEN:
            return CANNOT_BE_SEEN
        label = min(bisect(self._temperament, random()), len(LABELS) - 1)
        return _face(label, int(random() * STRENGTHS))


@cache
def _face(label: int, step: int) -> Mood:
    """One of the faces that there are; a mood costs more to make than to look at."""
    strength = WEAKEST + (STRONGEST - WEAKEST) * step / (STRENGTHS - 1)
    spread = [(1 - strength) / (len(LABELS) - 1)] * len(LABELS)
    spread[label] = strength
    dominant = LABELS[label] if strength > BELIEVED_FROM else None
    valence, arousal = valence_and_arousal(tuple(spread))
    return Mood(
        captured_at=0.0,
        trusted=True,
        present=True,
        count=1,
        probabilities=tuple(spread),
        dominant=dominant,
        confidence=strength if dominant else 0.0,
        valence=valence,
        arousal=arousal,
    )


class Audience:
    """One visitor after the other in a show that goes on. ``mood`` must be asked in the order of time."""

    def __init__(self, seed: int, gap_seconds: float = COMES_AFTER_SECONDS) -> None:
        self._seed, self._gap = seed, gap_seconds
        self._number, self._since = 0, gap_seconds - COMES_AFTER_SECONDS
        self._visitor = Visitor(seed, 0)

    def mood(self, now: float, state: StoryState) -> Mood:
        """What the eye would see at ``now`` (seconds since the show began)."""
        if self._visitor.is_gone and not state.in_take:
            self._number += 1
            self._visitor = Visitor(self._seed, self._number)
            self._since = now + self._gap - COMES_AFTER_SECONDS
        return self._visitor.mood(now - self._since, state)
