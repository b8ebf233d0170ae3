"""Figures of a classifier: accuracy, macro-F1, recall of each class, calibration error, confusion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.arrays import Doubles, Floats, Integers, Mask
from models.labels import LABELS

BINS = 15


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """How well a classifier does on labelled faces."""

    n: int
    accuracy: float
    macro_f1: float
    """Mean over the classes that occur."""
    recall: dict[str, float]
    """By label; classes that do not occur are left out."""
    ece: float
    """Expected calibration error over 15 bins of equal width."""
    confusion: Integers
    """(8, 8): row = true class, column = predicted class."""
    reliability: Doubles
    """(15, 3): mean confidence, accuracy, share of the faces; NaN where a bin is empty."""


def scores(probabilities: Floats, labels: Integers) -> Scores:
    """Figures from probabilities (n, 8) and labels (n,); faces labelled -1 are left out. Raises ValueError if none."""
    labelled = labels >= 0
    probabilities, labels = probabilities[labelled], labels[labelled]
    if not len(labels):
        raise ValueError("no labelled faces to measure with")
    prediction, confidence = probabilities.argmax(1), probabilities.max(1)
    confusion = np.zeros((len(LABELS), len(LABELS)), np.int64)
    np.add.at(confusion, (labels, prediction), 1)
    correct, actual, predicted = confusion.diagonal(), confusion.sum(1), confusion.sum(0)
    occurs = actual > 0
    f1 = 2 * correct / np.maximum(actual + predicted, 1)
    reliability = _reliability(confidence, prediction == labels)
    gaps = np.abs(reliability[:, 0] - reliability[:, 1]) * reliability[:, 2]
    return Scores(
        n=len(labels),
        accuracy=float((prediction == labels).mean()),
        macro_f1=float(f1[occurs].mean()),
        recall={LABELS[i]: float(correct[i] / actual[i]) for i in np.flatnonzero(occurs)},
        ece=float(np.nansum(gaps)),
        confusion=confusion,
        reliability=reliability,
    )


def _reliability(confidence: Floats, correct: Mask) -> Doubles:
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = np.full((BINS, 3), np.nan)
    for i in range(BINS):
        inside = bins == i
        if inside.any():
            rows[i] = confidence[inside].mean(), correct[inside].mean(), inside.mean()
    return rows


def fit_temperature(probabilities: Floats, labels: Integers) -> float:
    """The temperature that makes confidences fit best (least negative log-likelihood; Guo et al. 2017)."""
    labelled = labels >= 0
    logits = np.log(np.maximum(probabilities[labelled], 1e-12)).astype(np.float64)
    true = labels[labelled]
    candidates = np.exp(np.linspace(np.log(0.3), np.log(3.0), 161))
    losses = []
    for t in candidates:
        z = logits / t
        z -= z.max(1, keepdims=True)
        losses.append(float((np.log(np.exp(z).sum(1)) - z[np.arange(len(true)), true]).mean()))
    return float(candidates[int(np.argmin(losses))])
