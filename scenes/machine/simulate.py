"""Simulated visitors go through a story: which ends are reached and how often, which never, how long a way takes.

The figures show whether every way is open, not what an audience will do (see ``scenes/machine/audience.py``).
"""

from __future__ import annotations

import gc
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from scenes.machine.audience import PATIENCE_SECONDS, Visitor
from scenes.machine.cue import Branched, Cue, SceneStarted, TakeEnded, TakeStarted
from scenes.machine.next_event import Plans, run_visitor
from scenes.machine.state import StoryState
from scenes.story.story import Story

BATCH = 250
"""Visitors that a core takes at a time."""
ALONE_BELOW = 500
"""Fewer visitors are done before another process has started."""


@dataclass(slots=True)
class Tally:
    """What was counted."""

    visitors: int = 0
    takes: int = 0
    scenes: Counter[str] = field(default_factory=Counter)
    branches: Counter[tuple[str, str]] = field(default_factory=Counter)
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
                match cue:
                    case SceneStarted(_, scene, _):
                        self.scenes[scene] += 1
                    case Branched(source, target):
                        self.branches[source, target] += 1
                        if state.in_take and now - since >= PATIENCE_SECONDS:
                            self.held[source] += 1
                    case TakeStarted():
                        since, begun = now, True
                    case TakeEnded(_, outcome):
                        self.takes += 1
                        self.outcomes[outcome] += 1
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
        self.take_seconds += other.take_seconds
        self.show_seconds += other.show_seconds

    def never_seen(self, story: Story) -> tuple[str, ...]:
        """Scenes that no visitor came to (the safe scene is not for visitors)."""
        return tuple(name for name in story.names if not self.scenes[name] and name != story.file.safe)

    def never_taken(self, story: Story) -> tuple[tuple[str, str], ...]:
        """Branches that no visitor took, as (from, to)."""
        ways = [(name, branch.to) for name in story.names for branch in story.branches(name)]
        return tuple(way for way in dict.fromkeys(ways) if not self.branches[way] and way[0] != story.file.safe)

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
        several = any((when.visitors_at_least or 0) > 1 for when in asked)
        return (
            *(["signals"] if any(when.signal for when in asked) else []),
            *levels,
            *(["several visitors at once"] if several else []),
        )


def simulate(
    story: Story, visitors: int, seed: int, cores: int = 1, progress: Callable[[int], None] = lambda _visitors: None
) -> Tally:
    """Let so many visitors go through ``story``. The same seed gives the same tally, on however many cores.

    ``progress`` hears how many are through.
    """
    tally = Tally()
    batches = [range(first, min(first + BATCH, visitors)) for first in range(0, visitors, BATCH)]
    with _results(story, seed, batches, cores if visitors >= ALONE_BELOW else 1) as results:
        for part in results:
            tally.add(part)
            progress(tally.visitors)
    return tally


@contextmanager
def _results(story: Story, seed: int, batches: list[range], cores: int) -> Iterator[Iterable[Tally]]:
    if cores <= 1:
        plans = Plans(story)
        yield (_batch(story, plans, seed, batch) for batch in batches)
        return
    context = multiprocessing.get_context("spawn")  # a fork would copy the threads' locks of whoever called
    with ProcessPoolExecutor(cores, context, _have, (story, seed)) as pool:
        yield pool.map(_batch_here, batches)


_here: list[tuple[Story, Plans, int]] = []
"""What a process of the pool was given at its start."""


def _have(story: Story, seed: int) -> None:
    gc.disable()  # states are trees, and nothing else runs here
    _here.append((story, Plans(story), seed))


def _batch_here(batch: range) -> Tally:
    story, plans, seed = _here[-1]
    return _batch(story, plans, seed, batch)


def _batch(story: Story, plans: Plans, seed: int, batch: range) -> Tally:
    tally = Tally()
    for number in batch:
        tally.count(run_visitor(story, plans, Visitor(seed, number)))
    return tally
