"""Figures of a classifier: accuracy, macro-F1, recall of each class, calibration error, confusion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.arrays import Doubles, Floats, Integers, Mask
from models.labels import LABELS

BINS = 15


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What a classifier is worth on labelled faces."""

    n: int
    accuracy: float
    macro_f1: float
    """Mean over the classes that occur."""
    recall: dict[str, float]
    """By label; classes that do not occur are left out."""
    ece: float
    """Expected calibration error over 15 bins of equal width."""
    confusion: Integers
    """(8, 8): row = true class, column = what it was taken for."""
    reliability: Doubles
    """(15, 3): mean confidence, accuracy, share of the faces; NaN where a bin is empty."""


def scores(probabilities: Floats, labels: Integers) -> Scores:
    """Figures from probabilities (n, 8) and labels (n,); faces labelled -1 are left out. Raises ValueError if none."""
    judged = labels >= 0
    probabilities, labels = probabilities[judged], labels[judged]
    if not len(labels):
        raise ValueError("no labelled faces to measure with")
    guess, confidence = probabilities.argmax(1), probabilities.max(1)
    confusion = np.zeros((len(LABELS), len(LABELS)), np.int64)
    np.add.at(confusion, (labels, guess), 1)
    right, true, taken = confusion.diagonal(), confusion.sum(1), confusion.sum(0)
    there = true > 0
    f1 = 2 * right / np.maximum(true + taken, 1)
    reliability = _reliability(confidence, guess == labels)
    gaps = np.abs(reliability[:, 0] - reliability[:, 1]) * reliability[:, 2]
    return Scores(
        n=len(labels),
        accuracy=float((guess == labels).mean()),
        macro_f1=float(f1[there].mean()),
        recall={LABELS[i]: float(right[i] / true[i]) for i in np.flatnonzero(there)},
        ece=float(np.nansum(gaps)),
        confusion=confusion,
        reliability=reliability,
    )


def _reliability(confidence: Floats, right: Mask) -> Doubles:
    of = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = np.full((BINS, 3), np.nan)
    for i in range(BINS):
        inside = of == i
        if inside.any():
            rows[i] = confidence[inside].mean(), right[inside].mean(), inside.mean()
    return rows


def temperature(probabilities: Floats, labels: Integers) -> float:
    """The temperature that makes confidences fit best (least negative log-likelihood; Guo et al. 2017)."""
    judged = labels >= 0
    logits = np.log(np.maximum(probabilities[judged], 1e-12)).astype(np.float64)
    true = labels[judged]
    tried = np.exp(np.linspace(np.log(0.3), np.log(3.0), 161))
    losses = []
    for t in tried:
        z = logits / t
        z -= z.max(1, keepdims=True)
        losses.append(float((np.log(np.exp(z).sum(1)) - z[np.arange(len(true)), true]).mean()))
    return float(tried[int(np.argmin(losses))])
