"""Intervals and quartiles, from counts alone."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from models.arrays import Doubles
from models.evaluation.groups import wilson

RESAMPLES = 2000


def newcombe(before: tuple[int, int], after: tuple[int, int]) -> tuple[float, float]:
    """The 95 % interval of the second share minus the first (Newcombe 1998, method 10); each (part, whole)."""
    (low1, high1), (low2, high2) = wilson(*before), wilson(*after)
    first, second = before[0] / before[1], after[0] / after[1]
    difference = second - first
    down = math.hypot(second - low2, high1 - first)
    up = math.hypot(high2 - second, first - low1)
    return difference - down, difference + up


def quantile(counted: Counter[int], share: float) -> float:
    """The value that this share of what was counted does not exceed; at least one must have been counted."""
    wanted, seen = share * counted.total(), 0
    for value in sorted(counted):
        seen += counted[value]
        if seen >= wanted:
            return float(value)
    return float(max(counted))


def median_difference(before: Counter[int], after: Counter[int]) -> tuple[float, float]:
    """The 95 % interval of the second median minus the first: bootstrap with a fixed seed (Efron 1979)."""
    dice = np.random.default_rng(17)
    medians = _medians(after, dice) - _medians(before, dice)
    low, high = np.percentile(medians, (2.5, 97.5))
    return float(low), float(high)


def _medians(counted: Counter[int], dice: np.random.Generator) -> Doubles:
    values = np.array(sorted(counted), dtype=float)
    weights = np.array([counted[int(value)] for value in values], dtype=float)
    total = int(weights.sum())
    drawn = dice.multinomial(total, weights / total, size=RESAMPLES)
    medians: Doubles = values[(drawn.cumsum(axis=1) * 2 >= total).argmax(axis=1)]
    return medians
