"""What was seen of a scene so far, so that a branch can ask "mostly angry between 0:12 and 0:30" and say why.

Integrals over film time are kept at the edges of equal bins; a question about any window is then the difference of
two of them, however long the scene. When there are too many bins, every second edge is dropped: memory is bounded.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from models.arrays import Doubles
from models.labels import LABELS
from models.mood import Mood

BIN_SECONDS = 0.1
BINS_AT_MOST = 4096  # 6.8 minutes in bins of 0.1 s, then bins of 0.2 s ...
RUNS_AT_MOST = 1024  # changes of belief remembered for ``held``
LONGEST_STEP_SECONDS = 1.0
"""A mood counts for no longer than this before the moment at which it was observed (the stage may have stood still)."""

_KINDS = len(LABELS) + 1  # time by believed emotion; the last is "undecided"
_SHOWN = _KINDS + len(LABELS)  # after the integral of each probability: of the share of visitors who show it
_LEVELS = _SHOWN + len(LABELS)  # then of each level, each with the time in which it was known
LEVELS = ("valence", "arousal", "facing", "speaking")
FACING_STEPS = tuple(round(0.1 * k, 1) for k in range(1, 10))
"""Of each: in which share of the visitors of whom it is known ``facing`` is above it."""
_FACING = _LEVELS + 2 * len(LEVELS)
_NOBODY_FACES = (0.0,) * len(FACING_STEPS)
_COLUMNS = _FACING + len(FACING_STEPS)
_UNSEEN = -1
_INDEX: dict[str | None, int] = {label: k for k, label in enumerate(LABELS)} | {None: len(LABELS)}

Labels = Collection[str] | str


def _zeros(*shape: int) -> Doubles:
    return np.zeros(shape)


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that one scene has seen. ``Evidence()`` begins at film time 0; ``observe`` gives the next one.

    Time counts as seen while the mood could be trusted and somebody was there; an undecided visitor counts as seen.
    Windows are ``since <= film time < until`` in seconds of the scene; None: from its start, up to now.
    """

    seconds: float = 0.0
    """Film time of the last observation."""
    bin_seconds: float = BIN_SECONDS
    _edges: Doubles = field(default_factory=lambda: _zeros(1, _COLUMNS))
    _total: Doubles = field(default_factory=lambda: _zeros(_COLUMNS))
    _runs: tuple[tuple[int, float, float], ...] = ()
    _run: tuple[int, float, float] = (_UNSEEN, 0.0, 0.0)

    def observe(self, mood: Mood, seconds: float, longest_step: float = LONGEST_STEP_SECONDS) -> Evidence:
        """Credit the film time since the last observation to ``mood``.

        Steps may be irregular; a ``seconds`` that is not finite or does not go forward changes nothing.
        ``longest_step``: for whoever knows that the mood was so all the time.
        """
        if not math.isfinite(seconds) or seconds <= self.seconds:
            return self
        start = max(self.seconds, seconds - longest_step)
        before = self if start == self.seconds else self._step(start, _UNSEEN, None)
        if not (mood.trusted and mood.present):
            return before._step(seconds, _UNSEEN, None)  # noqa: SLF001 - our own kind
        return before._step(seconds, _INDEX[mood.dominant], _measures(mood))  # noqa: SLF001 - our own kind

    @property
    def seen_seconds(self) -> float:
        """How long somebody could be seen and judged."""
        return sum(self._sums[:_KINDS])

    def share(self, labels: Labels, since: float | None = None, until: float | None = None) -> float:
        """Share (0 to 1) of the seen time in which the believed emotion was one of ``labels``; 0: nothing seen."""
        return self._of_seen(_indices(labels), since, until)

    def mean(self, labels: Labels, since: float | None = None, until: float | None = None) -> float:
        """Mean probability (0 to 1) of ``labels`` together over the seen time; 0 if nothing was seen."""
        return self._of_seen([_KINDS + k for k in _indices(labels)], since, until)

    def peak(self, labels: Labels) -> float:
        """Greatest probability (0 to 1) of ``labels`` together, as the mean of one bin; 0 if nothing was seen."""
        columns = [_KINDS + k for k in _indices(labels)]
        integrals = np.vstack((self._edges, self._total))
        seen = np.diff(integrals[:, :_KINDS].sum(axis=1))
        felt = np.diff(integrals[:, columns].sum(axis=1))
        return float(np.max(felt[seen > 1e-6] / seen[seen > 1e-6], initial=0.0))

    def held(self, labels: Labels, since: float | None = None, until: float | None = None) -> float:
        """Longest unbroken time in seconds in which the believed emotion was one of ``labels``.

        Time that was not seen breaks it.
        """
        wanted, longest, now = set(_indices(labels)), 0.0, 0.0
        low, high = since or 0.0, math.inf if until is None else until
        for kind, start, end in self._all_runs():
            now = now + max(min(end, high) - max(start, low), 0.0) if kind in wanted else 0.0
            longest = max(longest, now)
        return longest

    def share_of_visitors(self, labels: Labels) -> float:
        """Share (0 to 1) of the visitors whose believed emotion was one of ``labels``, in the mean over the seen time.

        A mood that says nothing of single visitors counts as one who feels what all of them do.
        """
        return self._of_seen([_SHOWN + k for k in _indices(labels)], None, None)

    def known_seconds(self, level: str) -> float:
        """How long one of ``LEVELS`` was known."""
        return float(self._total[_level_column(level) + 1])

    def level(self, level: str, since: float | None = None, until: float | None = None) -> float | None:
        """Mean of one of ``LEVELS`` over the time in which it was known; None: it never was."""
        column = _level_column(level)
        value, known = self._window(since, until)[column : column + 2]
        return float(value / known) if known > 1e-6 else None

    def level_held(self, level: str, above: float | None, below: float | None) -> float:
        """Longest unbroken time in seconds in which one of ``LEVELS`` was above and below what is given.

        Looked at bin by bin; one that was known for less than half of its time breaks it.
        """
        column, times = _level_column(level), np.append(self.bin_seconds * np.arange(len(self._edges)), self.seconds)
        value, known = np.diff(np.vstack((self._edges, self._total))[:, column : column + 2], axis=0).T
        so = known >= np.diff(times) / 2
        if above is not None:
            so &= value > above * known
        if below is not None:
            so &= value < below * known
        changes = np.flatnonzero(np.diff(np.concatenate(([False], so, [False])).astype(int)))
        return float(np.max(times[changes[1::2]] - times[changes[::2]], initial=0.0))

    def level_share(self, level: str, above: float | None, below: float | None) -> float:
        """Share (0 to 1) of the time in which one of ``LEVELS`` was known, in which it was above and below what is
        given, bin by bin; 0: it never was known.
        """
        column = _level_column(level)
        value, known = np.diff(np.vstack((self._edges, self._total))[:, column : column + 2], axis=0).T
        so = known > 0
        if above is not None:
            so &= value > above * known
        if below is not None:
            so &= value < below * known
        return float(known[so].sum() / max(known.sum(), 1e-9))

    def share_facing(self, above: float) -> float:
        """Share (0 to 1) of the visitors whose ``facing`` was above one of ``FACING_STEPS``, in the mean over the time
        in which it was known of somebody.
        """
        known = self.known_seconds("facing")
        return float(self._total[_FACING + FACING_STEPS.index(round(above, 1))] / known) if known > 1e-6 else 0.0

    def leading(self) -> str | None:
        """The label believed for the longest time, or None when none ever was."""
        times = self._total[: len(LABELS)]
        return LABELS[int(times.argmax())] if times.max() > 0 else None

    def _of_seen(self, columns: list[int], since: float | None, until: float | None) -> float:
        window = self._sums if since is until is None else self._window(since, until).tolist()
        seen = sum(window[:_KINDS])
        return sum(window[column] for column in columns) / seen if seen > 0 else 0.0

    @cached_property
    def _sums(self) -> list[float]:
        """The integrals up to now; a few of them are added quicker as numbers than as an array."""
        sums: list[float] = self._total.tolist()
        return sums

    def _step(self, seconds: float, kind: int, measures: tuple[float, ...] | None) -> Evidence:
        rate = _zeros(_COLUMNS)
        if measures is not None:
            rate[kind] = 1.0
            rate[_KINDS:] = measures
        edges, width = self._edges, self.bin_seconds
        while seconds / width >= BINS_AT_MOST:
            edges, width = edges[::2].copy(), 2 * width
        passed = int(seconds / width) + 1 - len(edges)
        if passed > 0:
            times = width * np.arange(len(edges), len(edges) + passed)[:, None] - self.seconds
            edges = np.concatenate((edges, self._total + rate * np.maximum(times, 0.0)))
        runs, run = self._runs, self._run
        if kind == run[0]:
            run = (kind, run[1], seconds)
        else:
            runs, run = (*runs[1 - RUNS_AT_MOST :], run), (kind, self.seconds, seconds)
        total = self._total + rate * (seconds - self.seconds)
        return Evidence(seconds, width, edges, total, runs, run)

    def _all_runs(self) -> Iterator[tuple[int, float, float]]:
        yield from self._runs
        yield self._run

    def _window(self, since: float | None, until: float | None) -> Doubles:
        end = self._total if until is None else self._at(until)
        return end if since is None else np.maximum(end - self._at(since), 0.0)

    def _at(self, seconds: float) -> Doubles:
        """The integrals at a moment, on a straight line between the two edges around it."""
        seconds = min(max(seconds, 0.0), self.seconds)
        k = min(int(seconds / self.bin_seconds), len(self._edges) - 1)
        start = k * self.bin_seconds
        last = k + 1 == len(self._edges)
        after, width = (self._total, self.seconds - start) if last else (self._edges[k + 1], self.bin_seconds)
        between: Doubles = self._edges[k] + (after - self._edges[k]) * (
            (seconds - start) / width if width > 1e-9 else 0.0
        )
        return between


NOTHING_SEEN = Evidence()


def _measures(mood: Mood) -> tuple[float, ...]:
    """All that is integrated of a mood that was seen, after the time by believed emotion."""
    shown = [0.0] * len(LABELS)
    read = [visitor.dominant for visitor in mood.visitors if visitor.dominant or any(visitor.probabilities)]
    believed = read or [mood.dominant]
    for label in believed:
        if label is not None:
            shown[LABELS.index(label)] += 1 / len(believed)
    judged = any(mood.probabilities)
    levels = (mood.valence if judged else None, mood.arousal if judged else None, mood.facing, mood.speaking)
    known = (part for level in levels for part in ((0.0, 0.0) if level is None else (level, 1.0)))
    return (*mood.probabilities, *shown, *known, *_facing(mood))


def _facing(mood: Mood) -> tuple[float, ...]:
    """For each of ``FACING_STEPS`` the share of the visitors who face the film by more."""
    if mood.facing is None:
        return _NOBODY_FACES
    each = [visitor.facing for visitor in mood.visitors if visitor.facing is not None] or [mood.facing]
    return tuple(sum(one > step for one in each) / len(each) for step in FACING_STEPS)


def _level_column(level: str) -> int:
    return _LEVELS + 2 * LEVELS.index(level)


def _indices(labels: Labels) -> list[int]:
    """Raises ``ValueError`` for a word that is not a label."""
    return [LABELS.index(label) for label in ((labels,) if isinstance(labels, str) else labels)]
