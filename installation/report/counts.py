"""What was counted of evenings, before anything is hidden. It never leaves the machine's memory but as ``Report``."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import add

from installation.report.figures import End

PARTS = 20
"""Of a scene, from its beginning to its end, each with a mean mood."""
BIN_SECONDS = 1800
"""Of an evening, for its curve of moods."""
FlowKey = tuple[str, str, End]
"""Source, target, and how a take ended there."""
MEANS = 10
"""Figures of a mood: eight probabilities, valence, arousal."""
Mean = list[float]


@dataclass(slots=True)
class SpanCounts:
    """One hour, or more of them added up."""

    numbers: Counter[str] = field(default_factory=Counter)
    """visits stopped passed takes completed left cut; needed (completed takes of known length); pictures late; lines
    (of counters)."""
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """needed, open, seeing."""
    dwell: Counter[int] = field(default_factory=Counter)
    """Whole seconds of those who stopped."""
    lengths: Counter[int] = field(default_factory=Counter)
    """Whole seconds of takes that visitors ended."""

    def add(self, other: SpanCounts) -> None:
        """Count that too."""
        self.numbers.update(other.numbers)
        self.dwell.update(other.dwell)
        self.lengths.update(other.lengths)
        for name, seconds in other.seconds.items():
            self.seconds[name] += seconds


@dataclass(slots=True)
class MeanMood:
    """A sum of moods over visits or takes, each with the same weight."""

    sums: Mean = field(default_factory=lambda: [0.0] * MEANS)
    weight: int = 0
    """How many moods."""
    visits: int = 0
    """How many visits (or takes) are in it."""

    def add(self, other: MeanMood) -> None:
        """Count that too."""
        self.sums = list(map(add, self.sums, other.sums))
        self.weight += other.weight
        self.visits += other.visits

    def take(self, mood: Mean) -> None:
        """Count one mood."""
        self.sums = list(map(add, self.sums, mood))
        self.weight += 1

    @property
    def mean(self) -> Mean:
        """Of all that were counted; at least one."""
        return [value / self.weight for value in self.sums]


def parts_of_a_scene() -> list[MeanMood]:
    """Nothing counted yet."""
    return [MeanMood() for _ in range(PARTS)]


@dataclass(slots=True)
class WayCounts:
    """One way out of a scene, over all choices."""

    taken: int = 0
    stood: int = 0
    shares: float = 0.0
    """Sum over ``stood`` choices."""
    needed: float | None = None


@dataclass(slots=True)
class StoryCounts:
    """The takes with one version of the story."""

    title: str = ""
    scenes: dict[str, float | None] = field(default_factory=dict)
    endings: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()
    """Attract and safe: no scenes of the film."""
    first_at: float = 0.0
    """Unix seconds of its first and its last take."""
    last_at: float = 0.0
    numbers: Counter[str] = field(default_factory=Counter)
    """takes completed left cut."""
    lengths: Counter[int] = field(default_factory=Counter)
    flows: Counter[FlowKey] = field(default_factory=Counter)
    """How many takes went so."""

    def add(self, other: StoryCounts) -> None:
        """Count that too, which was later."""
        if other.scenes:
            self.title, self.scenes, self.endings, self.homes = other.title, other.scenes, other.endings, other.homes
        self.first_at, self.last_at = self.first_at or other.first_at, max(self.last_at, other.last_at)
        self.numbers.update(other.numbers)
        self.lengths.update(other.lengths)
        self.flows.update(other.flows)


@dataclass(slots=True)
class Gone:
    """A part that went."""

    at: float
    part: str
    why: str
    seconds: float | None = None


@dataclass(slots=True)
class EveningCounts:
    """One evening of one room."""

    day: date
    hours: defaultdict[int, SpanCounts] = field(default_factory=lambda: defaultdict(SpanCounts))
    """By the unix second at which the hour began."""
    moods: defaultdict[int, MeanMood] = field(default_factory=lambda: defaultdict(MeanMood))
    """By the unix second at which the half hour began."""
    scenes: defaultdict[str, list[MeanMood]] = field(default_factory=lambda: defaultdict(parts_of_a_scene))
    choices: defaultdict[str, dict[tuple[str, str], WayCounts]] = field(default_factory=lambda: defaultdict(dict))
    """By scene, then by target and what is asked."""
    stories: defaultdict[str, StoryCounts] = field(default_factory=lambda: defaultdict(StoryCounts))
    """By hash, in the order in which they came."""
    lost_seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    losses: list[Gone] = field(default_factory=list)
    rehearsed: int = 0
    unreadable: int = 0
    opened: datetime | None = None
    closed: datetime | None = None
    venue: str = ""
