"""Simulated visitors go through a story: which ends are reached and how often, which never, how long a way takes.

The figures show whether every way is open, not what an audience will do (see ``scenes/machine/audience.py``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from scenes.machine.audience import PATIENCE_SECONDS, Visitor
from scenes.machine.cue import Branched, Cue, SceneStarted, TakeEnded, TakeStarted
from scenes.machine.next_event import Plans, run_visitor
from scenes.machine.state import StoryState
from scenes.story.graph import asks
from scenes.story.story import Story

BATCH = 250
"""Visitors that a core takes at a time."""


@dataclass(slots=True)
class Tally:
    """What was counted."""

    visitors: int = 0
    takes: int = 0
    scenes: Counter[str] = field(default_factory=Counter)
    branches: Counter[tuple[str, str]] = field(default_factory=Counter)
    taken: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Each branch, by its number in its scene: two may lead to the same scene."""
    outcomes: Counter[str] = field(default_factory=Counter)
    take_seconds: list[float] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)
    """Scenes that visitors gave up in."""
    show_seconds: float = 0.0

    def count(self, way: Iterable[tuple[float, StoryState, tuple[Cue, ...]]]) -> None:
        """Take one visitor's way into account."""
        self.visitors += 1
        now, since, begun, last = 0.0, 0.0, False, ""
        for now, state, cues in way:
            for cue in cues:
                if isinstance(cue, SceneStarted):
                    self.scenes[cue.scene] += 1
                elif isinstance(cue, Branched):
                    self.branches[cue.source, cue.target] += 1
                    if state.pending and state.pending.way is not None:
                        self.taken[cue.source, state.pending.way] += 1
                    if state.in_take and now - since >= PATIENCE_SECONDS:
                        self.held[cue.source] += 1
                elif isinstance(cue, TakeStarted):
                    since, begun = now, True
                elif isinstance(cue, TakeEnded):
                    self.takes += 1
                    self.outcomes[cue.outcome] += 1
                    self.take_seconds.append(now - since)
            last = state.scene
        if not begun:
            self.held[last] += 1
        self.show_seconds += now

    def add(self, other: Tally) -> None:
        """Take what another core has counted into account."""
        self.visitors += other.visitors
        self.takes += other.takes
        for mine, others in ((self.scenes, other.scenes), (self.outcomes, other.outcomes), (self.held, other.held)):
            mine.update(others)
        self.branches.update(other.branches)
        self.taken.update(other.taken)
        self.take_seconds += other.take_seconds
        self.show_seconds += other.show_seconds

    def never_seen(self, story: Story) -> tuple[str, ...]:
        """Scenes that no visitor came to (the safe scene is not for visitors)."""
        return tuple(name for name in story.names if not self.scenes[name] and name != story.file.safe)

    def never_taken(self, story: Story) -> tuple[tuple[str, str, str], ...]:
        """Branches that no visitor took, as (from, to, what it asks for)."""
        return tuple(
            (name, branch.to, asks(branch))
            for name in story.names
            for number, branch in enumerate(story.branches(name))
            if not self.taken[name, number] and name != story.file.safe
        )

    @staticmethod
    def not_simulated(story: Story) -> tuple[str, ...]:
        """What branches ask for and no simulated visitor has."""
        asked = [
            when
            for name in story.names
            for branch in story.branches(name)
            if branch.when
            for _, when in branch.when.walk()
        ]
        levels = [level for level in ("facing", "speaking") if any(level in when.levels for when in asked)]
        rooms = any(story.scene(name).wait_for or story.scene(name).together for name in story.names)
        several = any((when.visitors_at_least or 0) > 1 for when in asked)
        return (
            *(["signals"] if any(when.signal for when in asked) else []),
            *levels,
            *(["other rooms (a scene waits for them as long as it may)"] if rooms else []),
            *(["several visitors at once"] if several else []),
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of the visitors, for one core: it can be sent to another process, and so can what it has counted."""

    story: Story
    seed: int
    numbers: range

    def run(self) -> Tally:
        """Let them go through the story, one after the other."""
        tally, plans = Tally(), Plans(self.story)
        for number in self.numbers:
            tally.count(run_visitor(self.story, plans, Visitor(self.seed, number)))
        return tally


def simulate(
    story: Story,
    visitors: int,
    seed: int,
    run_all: Callable[[Iterable[Batch]], Iterable[Tally]] = lambda batches: map(Batch.run, batches),
    progress: Callable[[int], None] = lambda _visitors: None,
) -> Tally:
    """Let so many visitors go through ``story``. The same seed gives the same tally, however they are shared out.

    ``run_all`` gives the tallies in the order of the batches. ``progress`` hears how many visitors are through.
    """
    tally = Tally()
    starts = range(0, visitors, BATCH)
    for part in run_all(Batch(story, seed, range(first, min(first + BATCH, visitors))) for first in starts):
        tally.add(part)
        progress(tally.visitors)
    return tally
