"""``Evidence`` of moods that hold for long, as those of simulated visitors do: kept as they are, not in bins.

Every question gets the answer of ``Evidence`` but for rounding. Those that simulated visitors are asked at every
choice are answered from the few stretches of time; all others by ``Evidence`` itself, which is made then.
"""

from __future__ import annotations

import math
from functools import cache, cached_property
from operator import mul

from models.labels import LABELS
from models.mood import Mood
from scenes.machine.evidence import BIN_SECONDS, BINS_AT_MOST, LONGEST_STEP_SECONDS, Evidence, Labels

Stretch = tuple[float, float, Mood | None]
"""Film time from, until, and what was seen meanwhile; None: nothing."""


class LongMoods(Evidence):
    """See ``Evidence``."""

    def __init__(self, seconds: float = 0.0, stretches: tuple[Stretch, ...] = ()) -> None:
        self.__dict__.update(seconds=seconds, bin_seconds=BIN_SECONDS, _stretches=stretches)

    _stretches: tuple[Stretch, ...]

    def observe(self, mood: Mood, seconds: float, longest_step: float = LONGEST_STEP_SECONDS) -> LongMoods:
        """See ``Evidence``."""
        if not math.isfinite(seconds) or seconds <= self.seconds:
            return self
        start, stretches = max(self.seconds, seconds - longest_step), self._stretches
        if start > self.seconds:
            stretches = (*stretches, (self.seconds, start, None))
        seen = mood if mood.trusted and mood.present else None
        if stretches and stretches[-1][2] is seen:
            start, stretches = stretches[-1][0], stretches[:-1]
        return LongMoods(seconds, (*stretches, (start, seconds, seen)))

    @cached_property
    def _seen(self) -> tuple[tuple[float, Mood], ...]:
        return tuple((until - since, mood) for since, until, mood in self._stretches if mood is not None)

    @cached_property
    def _believed(self) -> dict[str | None, float]:
        """Seconds in which each emotion, or none, was believed."""
        found: dict[str | None, float] = {}
        for length, mood in self._seen:
            found[mood.dominant] = found.get(mood.dominant, 0.0) + length
        return found

    @cached_property
    def _needs_bins(self) -> bool:
        """Bins are wider than they were, or one of them may lie in no stretch wholly."""
        wide = self.seconds >= BINS_AT_MOST * BIN_SECONDS
        return wide or min([until - since for since, until, _ in self._stretches], default=math.inf) < 2 * BIN_SECONDS

    @cached_property
    def _exact(self) -> Evidence:
        evidence = Evidence()
        for _, until, mood in self._stretches:
            evidence = evidence.observe(mood or NOT_SEEN, until, math.inf)
        return evidence

    @cached_property
    def seen_seconds(self) -> float:
        """See ``Evidence``."""
        return sum(length for length, _ in self._seen)

    def share(self, labels: Labels, since: float | None = None, until: float | None = None) -> float:
        """See ``Evidence``."""
        if since is not None or until is not None:
            return self._exact.share(labels, since, until)
        seen, believed = self.seen_seconds, self._believed
        return sum([believed.get(label, 0.0) for label in _asked(labels)]) / seen if seen > 0 else 0.0

    def mean(self, labels: Labels, since: float | None = None, until: float | None = None) -> float:
        """See ``Evidence``."""
        if since is not None or until is not None:
            return self._exact.mean(labels, since, until)
        seen, felt = self.seen_seconds, self._felt(labels)
        lengths = [length for length, _ in self._seen]
        return sum(map(mul, lengths, felt)) / seen if seen > 0 else 0.0

    def peak(self, labels: Labels) -> float:
        """See ``Evidence``."""
        if self._needs_bins:
            return self._exact.peak(labels)
        return max(self._felt(labels), default=0.0)

    def _felt(self, labels: Labels) -> list[float]:
        """The probability of ``labels`` together in each stretch that was seen."""
        places = _places(_asked(labels))
        return [sum([mood.probabilities[place] for place in places]) for _, mood in self._seen]

    def held(self, labels: Labels, since: float | None = None, until: float | None = None) -> float:
        """See ``Evidence``."""
        if since is not None or until is not None:
            return self._exact.held(labels, since, until)
        asked, longest, now = _asked(labels), 0.0, 0.0
        for begun, ended, mood in self._stretches:
            now = now + ended - begun if mood is not None and mood.dominant in asked else 0.0
            longest = max(longest, now)
        return longest

    def share_of_visitors(self, labels: Labels) -> float:
        """See ``Evidence``."""
        return self._exact.share_of_visitors(labels)

    def known_seconds(self, level: str) -> float:
        """See ``Evidence``."""
        return self._exact.known_seconds(level)

    def level(self, level: str, since: float | None = None, until: float | None = None) -> float | None:
        """See ``Evidence``."""
        return self._exact.level(level, since, until)

    def level_held(self, level: str, above: float | None, below: float | None) -> float:
        """See ``Evidence``."""
        return self._exact.level_held(level, above, below)

    def level_share(self, level: str, above: float | None, below: float | None) -> float:
        """See ``Evidence``."""
        return self._exact.level_share(level, above, below)

    def share_facing(self, above: float) -> float:
        """See ``Evidence``."""
        return self._exact.share_facing(above)

    def leading(self) -> str | None:
        """See ``Evidence``."""
        return self._exact.leading()


NOT_SEEN = Mood(captured_at=0.0, trusted=True)
KNOWN = frozenset(LABELS)


def _asked(labels: Labels) -> tuple[str, ...]:
    """Raises ``ValueError`` for a word that is not a label."""
    return _known((labels,) if isinstance(labels, str) else tuple(labels))


@cache  # asked at every choice, always for the same few
def _known(asked: tuple[str, ...]) -> tuple[str, ...]:
    if not KNOWN.issuperset(asked):
        raise ValueError(f"there is no emotion {', '.join(sorted(set(asked) - KNOWN))}")
    return asked


@cache
def _places(asked: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(map(LABELS.index, asked))
