"""The mood over time as areas that fill the height: an evening and a scene (report), the last minutes (console)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Protocol

from installation.drawings.svg import EMOTIONS, area
from models.labels import LABELS


class Span(Protocol):
    """The mean mood of a while."""

    @property
    def begin(self) -> float:
        """In any unit, as long as all spans have the same."""

    @property
    def end(self) -> float:
        """In the same unit."""

    @property
    def probabilities(self) -> tuple[float, ...] | None:
        """By emotion, in the order of ``models.labels.LABELS``; None: nothing is told, and nothing drawn."""


def mood_areas(
    spans: Sequence[Span],
    across: Callable[[float], float],
    foot: float,
    room: float,
    called: Callable[[str], str],
) -> Iterator[str]:
    """One area for each emotion and unbroken stretch. ``across``: from time to a column; ``foot``: the lowest row;
    ``room``: the height that all emotions fill together; ``called``: an emotion's name ('': not written).
    """
    for told, found in groupby(spans, key=lambda one: one.probabilities is not None):
        if not told:
            continue
        run = list(found)
        middles = ((one.begin + one.end) / 2 for one in run)
        columns = [across(at) for at in (run[0].begin, *middles, run[-1].end)]
        low = [0.0] * len(run)
        for number, label in enumerate(LABELS):
            high = [below + _part(one, number) for below, one in zip(low, run, strict=True)]
            lower, upper = [low[0], *low, low[-1]], [high[0], *high, high[-1]]
            points = [(x, foot - room * share) for x, share in zip(columns, upper, strict=True)]
            points += [(x, foot - room * share) for x, share in zip(reversed(columns), reversed(lower), strict=True)]
            yield area(points, EMOTIONS[label], called(label))
            low = high


def _part(one: Span, number: int) -> float:
    shares = one.probabilities or ()
    whole = sum(shares)
    return shares[number] / whole if whole > 0 else 0.0
