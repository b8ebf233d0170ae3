"""Counts of spans of time, and what of them may be told (``installation.report.suppression``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable

from installation.report.counts import SpanCounts
from installation.report.figures import FEWEST, Figures, Quartiles, Share
from installation.report.statistics import quantile
from installation.report.suppression import Cell, Sum, hidden_cells
from models.evaluation.groups import wilson

PEOPLE = ("visits", "stopped", "passed", "takes", "ended", "completed", "left")
"""Counts of visitors; what an operator or a fault cut short is none."""
LEAST_SEEING_SECONDS = 600.0
"""With less, visits by the hour would say nothing."""

COARSE = 10
"""To the nearest of so many a hidden count is drawn."""
NOTHING = Share(None, None, None)


class Told:
    """Gathers counts and how they add up; then tells what can be told."""

    def __init__(self) -> None:
        self._counts: dict[Cell, int] = {}
        self._sums: list[Sum] = []
        self._spans: dict[Hashable, SpanCounts] = {}
        self._hidden: set[Cell] | None = None

    def add(self, cell: Cell, count: int) -> None:
        """Another count."""
        self._counts[cell] = count

    def adds_up(self, parts: Iterable[Cell], total: Cell) -> None:
        """These counts add up to that one."""
        self._sums.append(Sum(tuple(parts), total))

    def add_span(self, key: Hashable, span: SpanCounts) -> None:
        """An hour, a day ..."""
        self._spans[key] = span
        numbers = span.numbers + Counter(ended=span.numbers["completed"] + span.numbers["left"])
        for name in PEOPLE:
            self.add((name, key), numbers[name])
        self.adds_up([("stopped", key), ("passed", key)], ("visits", key))
        self.adds_up([("completed", key), ("left", key)], ("ended", key))

    def spans_add_up(self, parts: Iterable[Hashable], total: Hashable) -> None:
        """These spans add up to that one. Where they do not, the rest is a span that nobody is told of."""
        listed = list(parts)
        for name in PEOPLE:
            rest = self._counts[(name, total)] - sum(self._counts[(name, part)] for part in listed)
            unlisted = [(name, "rest of", total)] if rest else []
            for cell in unlisted:
                self.add(cell, rest)
            self.adds_up([*((name, part) for part in listed), *unlisted], (name, total))

    def count(self, cell: Cell) -> int | None:
        """A count, or None where it must not be told."""
        if self._hidden is None:
            self._hidden = hidden_cells(self._counts, self._sums)
        return None if cell in self._hidden else self._counts.get(cell, 0)

    def about(self, cell: Cell) -> int | None:
        """A count that is not told, to the nearest ten, where it is ten or more.

        So coarse, it gives no other away: what is left of an exact sum is known to five more or less at best.
        """
        count = self._counts.get(cell, 0)
        return round(count, -1) if self.count(cell) is None and count >= COARSE else None

    def share(self, part: Cell, rest: Cell, whole: Cell) -> Share:
        """A share; ``rest`` is what is not in the part."""
        of, told = self.count(whole), self.count(part)
        if not of:
            return Share(None, None, of)
        if told is not None:
            low, high = wilson(told, of)
            return Share(told / of, told, of, low, high)
        all_but_few = 1.0 - (FEWEST - 1) / of
        if 0 < self._counts[rest] < FEWEST and all_but_few > 0:
            return Share(None, None, of, at_least=all_but_few)
        if 0 < self._counts[part] < FEWEST and all_but_few > 0:
            return Share(None, None, of, at_most=1.0 - all_but_few)
        return Share(None, None, of)

    def figures(self, key: Hashable) -> Figures:
        """All figures of a span."""
        span = self._spans[key]
        numbers, seconds = span.numbers, span.seconds
        known, visits = numbers["lines"] > 0, self.count(("visits", key))
        seeing = seconds["seeing"] if known else None
        by_hour = visits / (seeing / 3600) if visits is not None and seeing and seeing >= LEAST_SEEING_SECONDS else None
        needed, holding = self._holding(key, span)
        return Figures(
            visits=visits,
            stopped=self.share(("stopped", key), ("passed", key), ("visits", key)),
            dwell=self._quartiles(("stopped", key), span.dwell),
            takes=self.count(("takes", key)),
            completed=self.share(("completed", key), ("left", key), ("ended", key)),
            take_seconds=self._quartiles(("ended", key), span.lengths),
            holding=holding,
            needed_seconds=needed,
            open_seconds=round(seconds["open"], 1) if known else None,
            seeing_seconds=None if seeing is None else round(seeing, 1),
            visits_per_hour=None if by_hour is None else round(by_hour, 2),
            pictures=numbers["pictures"] if known else None,
            pictures_late=min(numbers["late"], numbers["pictures"]) if known else None,
        )

    def _quartiles(self, cell: Cell, counted: Counter[int]) -> Quartiles:
        if (self.count(cell) or 0) < FEWEST or not counted:
            return Quartiles(None, None, None)
        return Quartiles(quantile(counted, 0.25), quantile(counted, 0.5), quantile(counted, 0.75))

    def _holding(self, key: Hashable, span: SpanCounts) -> tuple[float | None, float | None]:
        """The length of film that a completed way needs, and the mean take by it."""
        completed, ended = self.count(("completed", key)) or 0, self.count(("ended", key)) or 0
        if completed < FEWEST or ended < FEWEST or not span.seconds["needed"]:
            return None, None
        needed = span.seconds["needed"] / max(1, span.numbers["needed"])
        mean = sum(length * times for length, times in span.lengths.items()) / max(1, span.lengths.total())
        return round(needed, 1), round(mean / needed, 3)
