"""What the story remembers: of the take that is running, and of how many there were before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from scenes.machine.replacing import replace
from scenes.story.draws import SEEDS
from scenes.story.story import Story

DAY_BEGINS = timedelta(hours=4)
"""A night that goes past midnight is one evening."""


@dataclass(frozen=True, slots=True)
class Hour:
    """What the clock on the wall says, and how long the house has been open."""

    local: datetime
    open_seconds: float | None = None
    """None: it is closed, or nobody knows."""

    @property
    def day(self) -> date:
        """The day that it belongs to, as visitors count."""
        return (self.local - DAY_BEGINS).date()


@dataclass(frozen=True, slots=True)
class History:
    """How many takes have begun; outlasts the show."""

    total: int = 0
    today: int = 0
    day: date | None = None
    """Of the last one whose day is known."""

    def after_take(self, day: date | None) -> History:
        """One more has begun. ``day``: today; None: nobody knows."""
        if day is None:
            return replace(self, total=self.total + 1)
        return History(self.total + 1, self.today + 1 if day == self.day else 1, day)


NO_TAKES = History()


@dataclass(frozen=True)  # without slots: see scenes/machine/replacing.py
class Memory:
    """What a take remembers; ends with it. While no take is running: what the next one begins with."""

    seed: int = 0
    """All that is drawn by lot in this take comes from it."""
    been: Mapping[str, int] = field(default_factory=dict)
    """How often each scene was shown."""
    took: frozenset[str] = frozenset()
    """The moods that decided a branch."""
    counters: Mapping[str, int] = field(default_factory=dict)
    draws: Mapping[str, str] = field(default_factory=dict)

    def next_take(self) -> Memory:
        """Nothing, and another seed."""
        return Memory(seed=(self.seed + 1) % SEEDS)

    def drawn(self, story: Story) -> Memory:
        """With what is drawn by lot at the start of a take; a word that was set before stays, where there is one."""
        words = {
            name: self.draws[name] if self.draws.get(name) in entry.of else entry.draw(self.seed, name)
            for name, entry in story.file.draws.items()
        }
        return replace(self, draws=words)

    def entered(self, story: Story, scene: str, moods: tuple[str, ...]) -> Memory:
        """After the scene has begun, to which these moods have led."""
        entry = story.scene(scene)
        grown = {name: self.counters.get(name, 0) + by for name, by in entry.add.items()}
        return replace(
            self,
            been={**self.been, scene: self.been.get(scene, 0) + 1},
            took=self.took.union(moods),
            counters={**self.counters, **entry.set, **grown},
        )
