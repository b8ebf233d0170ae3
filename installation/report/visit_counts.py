"""Visits of one evening: who stopped, who passed, for how long, and the mood of the room over the evening."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from installation.report.counts import BIN_SECONDS, EveningCounts, Mean
from installation.report.figures import PASSED_SECONDS


class VisitCounts:
    """Counts who came and left. A visit belongs to the hour in which it began."""

    def __init__(self, counts: EveningCounts, hour_of: Callable[[float], int]) -> None:
        self._counts, self._hour_of = counts, hour_of
        self.here: list[float] = []
        """When each of those who are there came."""
        self._visits: list[tuple[float, float]] = []

    def count(self, kind: str, line: dict[str, Any], within: bool) -> None:
        """Somebody came or left."""
        at = float(line["at"])
        if kind == "enter":
            self.here.append(at)
            return
        begin = at - float(line["seconds"])
        mine = min(self.here, key=lambda came: abs(came - begin), default=None)
        if mine is not None:
            self.here.remove(mine)
        elif not within:
            return
        self._visits.append((begin, at))

    def mood(self, at: float, mood: Mean) -> None:
        """The mood of those who are there."""
        hour = self._hour_of(at)
        self._counts.moods[hour + BIN_SECONDS * int((at - hour) // BIN_SECONDS)].take(mood)

    def interrupted(self, at: float) -> None:
        """The show ended without a word: so do the visits, as far as is known."""
        self._visits += [(begin, max(begin, at)) for begin in self.here]
        self.here.clear()

    def end(self, at: float, takes: list[tuple[float, float]]) -> None:
        """The evening is over; ``takes``: when one ran, in the order of time."""
        self.interrupted(at)
        ends = [end for _, end in takes]
        present: defaultdict[int, int] = defaultdict(int)
        for begin, end in self._visits:
            span, seconds = self._counts.hours[self._hour_of(begin)], max(0.0, end - begin)
            after = bisect_left(ends, begin)
            stopped = seconds >= PASSED_SECONDS or (after < len(takes) and takes[after][0] <= end)
            span.numbers["visits"] += 1
            span.numbers["stopped" if stopped else "passed"] += 1
            if stopped:
                span.dwell[round(seconds)] += 1
            for half in {key for key in self._counts.moods if key < end and begin < key + BIN_SECONDS}:
                present[half] += 1
        for half, mood in self._counts.moods.items():
            mood.visits = present[half]
