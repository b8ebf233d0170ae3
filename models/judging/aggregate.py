"""From the visitors' moods to one aggregate: whose feeling the film answers to."""

from __future__ import annotations

from collections.abc import Sequence

from models.labels import LABELS
from models.mood import NOTHING, Distribution, VisitorMood

NEARER_BY = 1.25
"""Somebody must be so much nearer (larger in the picture) than the one the film answers to before it turns to them."""


def mean(visitors: Sequence[VisitorMood]) -> Distribution:
    """All visitors alike."""
    if not visitors:
        return NOTHING
    columns = zip(*(visitor.probabilities for visitor in visitors), strict=True)
    return tuple(sum(column) / len(visitors) for column in columns)


def strongest(visitors: Sequence[VisitorMood]) -> Distribution:
    """The visitor who shows the clearest emotion (neutral, the first label, is none)."""
    return max((visitor.probabilities for visitor in visitors), key=lambda p: max(p[1:]), default=NOTHING)


def majority(visitors: Sequence[VisitorMood]) -> Distribution:
    """One vote for each visitor's believed emotion; the undecided share theirs out by probability."""
    if not visitors:
        return NOTHING
    votes = [0.0] * len(LABELS)
    for visitor in visitors:
        if visitor.dominant is not None:
            votes[LABELS.index(visitor.dominant)] += 1.0
        else:
            votes = [vote + p for vote, p in zip(votes, visitor.probabilities, strict=True)]
    return tuple(vote / len(visitors) for vote in votes)


def mean_facing(visitors: Sequence[VisitorMood]) -> float | None:
    """How much they face the film, in the mean of those of whom it is known; None: of nobody."""
    known = [visitor.facing for visitor in visitors if visitor.facing is not None]
    return sum(known) / len(known) if known else None


def share_speaking(visitors: Sequence[VisitorMood]) -> float | None:
    """Share of those who speak, of those of whom it is known; None: of nobody."""
    known = [visitor.speaking for visitor in visitors if visitor.speaking is not None]
    return sum(known) / len(known) if known else None


def nearest(visitors: Sequence[VisitorMood], last: int | None) -> VisitorMood | None:
    """The visitor closest to the camera; the one of ``last`` (a visitor id) as long as nobody is clearly closer."""
    closest = max(visitors, key=lambda visitor: visitor.size, default=None)
    held = next((visitor for visitor in visitors if visitor.visitor_id == last), None)
    if closest is None or held is None or closest.size > NEARER_BY * held.size:
        return closest
    return held


RULES = {"mean": mean, "strongest": strongest, "majority": majority}
"""Rules that give a distribution, by their names in the venue file; ``nearest`` gives a visitor."""
