"""Simulated visitors go through a story: which ends are reached and how often, which never, how long a way takes.

The visitors are dice, not people: each has a temperament (some emotions more than others), changes its face every few
seconds, sometimes cannot be seen and sometimes leaves. The figures show whether every way is open, not what an
audience will do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from models.judging.valence_arousal import valence_and_arousal
from models.labels import LABELS
from models.mood import Mood, unseen
from scenes.machine.cue import Branched, Cue, SceneStarted, TakeEnded, TakeStarted
from scenes.machine.dry_run import dry_run
from scenes.machine.memory import Hour, Memory
from scenes.machine.state import StoryState
from scenes.story.story import Story

LEAVES_EARLY = 0.1
UNSEEN = 0.05
CHANGES_EACH_SECONDS = (1.0, 6.0)
OPEN_SECONDS = 36000.0
PATIENCE_SECONDS = 900.0
"""A visitor whose film has not ended by then goes home; the scene is reported as one that holds visitors."""


class Visitors:
    """One visitor after the other, from a seed. ``mood`` must be asked in the order of time."""

    def __init__(self, story: Story, seed: int, gap_seconds: float = 2.0) -> None:
        self._dice = np.random.default_rng(seed)
        self._gap, self._until_left = gap_seconds, story.file.left.after_seconds
        self._take = 0
        self._face, self._change = unseen(0.0, "no face yet"), 0.0
        self._await_next(0.0)

    def mood(self, now: float, state: StoryState) -> Mood:
        """What the eye would see at ``now``."""
        if now < self._come:
            return Mood(captured_at=now, trusted=True)
        over = state.take > self._take and not state.in_take
        if over or now >= self._leave:
            self._take = state.take
            self._await_next(now + (self._until_left if state.in_take else 0.0))
            return Mood(captured_at=now, trusted=True)
        if now >= self._change:
            self._change = now + self._dice.uniform(*CHANGES_EACH_SECONDS)
            self._face = self._new_face(now)
        return self._face

    def _await_next(self, now: float) -> None:
        self._come = now + self._gap
        self._temperament = self._dice.dirichlet(np.full(len(LABELS), 0.5))
        early = self._dice.random() < LEAVES_EARLY
        self._leave = self._come + (self._dice.uniform(1.0, 60.0) if early else PATIENCE_SECONDS)
        self._change = 0.0

    def _new_face(self, now: float) -> Mood:
        if self._dice.random() < UNSEEN:
            return unseen(now, "simulated")
        label, strength = int(self._dice.choice(len(LABELS), p=self._temperament)), self._dice.uniform(0.3, 0.95)
        spread = [(1 - strength) / (len(LABELS) - 1)] * len(LABELS)
        spread[label] = strength
        dominant = LABELS[label] if strength > 0.4 else None
        valence, arousal = valence_and_arousal(tuple(spread))
        return Mood(
            captured_at=now,
            trusted=True,
            present=True,
            count=1,
            probabilities=tuple(spread),
            dominant=dominant,
            confidence=strength if dominant else 0.0,
            valence=valence,
            arousal=arousal,
        )


@dataclass(slots=True)
class Tally:
    """What was counted."""

    story: Story
    takes: int = 0
    scenes: Counter[str] = field(default_factory=Counter)
    branches: Counter[tuple[str, str]] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    take_seconds: list[float] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)
    """Scenes that visitors gave up in."""
    show_seconds: float = 0.0
    _since: float = 0.0

    def count(self, now: float, state: StoryState, cue: Cue) -> None:
        """Take one cue into account."""
        self.show_seconds = now
        match cue:
            case SceneStarted(_, scene, _):
                self.scenes[scene] += 1
            case Branched(source, target):
                self.branches[source, target] += 1
                if state.in_take and now - self._since > PATIENCE_SECONDS:
                    self.held[source] += 1
            case TakeStarted():
                self._since = now
            case TakeEnded(_, outcome):
                self.takes += 1
                self.outcomes[outcome] += 1
                self.take_seconds.append(now - self._since)

    @property
    def never_seen(self) -> tuple[str, ...]:
        """Scenes that no visitor came to (the safe scene is not for visitors)."""
        return tuple(name for name in self.story.names if not self.scenes[name] and name != self.story.file.safe)

    @property
    def never_taken(self) -> tuple[tuple[str, str], ...]:
        """Branches that no visitor took, as (from, to)."""
        ways = [(name, b.to) for name in self.story.names for b in self.story.branches(name)]
        return tuple(way for way in dict.fromkeys(ways) if not self.branches[way] and way[0] != self.story.file.safe)


def _hour(now: float) -> Hour:
    """Visitors come one after the other while the house is open, from 10 to 20 o'clock, day after day."""
    day, seconds = divmod(now, OPEN_SECONDS)
    return Hour(datetime(2026, 1, 1, 10) + timedelta(days=day, seconds=seconds), seconds)


def simulate(
    story: Story,
    visitors: int,
    seed: int,
    tick_seconds: float = 0.5,
    progress: Callable[[int], None] = lambda _takes: None,
) -> Tally:
    """Let so many takes go through ``story``. The same seed gives the same tally."""
    tally, room = Tally(story), Visitors(story, seed)
    longest = visitors * (PATIENCE_SECONDS + story.file.left.after_seconds + 3600.0)
    for now, state, cues in dry_run(story, room.mood, longest, tick_seconds, hour=_hour, memory=Memory(seed)):
        for cue in cues:
            tally.count(now, state, cue)
            if isinstance(cue, TakeEnded):
                progress(tally.takes)
                if tally.takes >= visitors:
                    return tally
    return tally
