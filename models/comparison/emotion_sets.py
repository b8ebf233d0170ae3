"""Sets of emotions that stories ask for: fewer and more distant ones are read more surely, and by how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats, Integers
from models.labels import LABELS

Group = tuple[str, ...]
"""Emotions that count as one answer."""

UNPLEASANT: Group = ("sadness", "anger", "disgust", "fear", "contempt")
EMOTION_SETS: dict[str, tuple[Group, ...]] = {
    "all eight": tuple((name,) for name in LABELS),
    "six, without disgust and contempt": tuple((name,) for name in LABELS if name not in ("disgust", "contempt")),
    "neutral, happiness, surprise, sadness, anger": tuple((name,) for name in LABELS[:5]),
    "happiness, surprise, sadness, anger": tuple((name,) for name in LABELS[1:5]),
    "neutral, happiness, surprise": tuple((name,) for name in LABELS[:3]),
    "happiness, sadness, anger": (("happiness",), ("sadness",), ("anger",)),
    "neutral, sadness, anger": (("neutral",), ("sadness",), ("anger",)),
    "sadness, anger, fear": (("sadness",), ("anger",), ("fear",)),
    "pleasant, neutral, unpleasant": (("happiness",), ("neutral",), UNPLEASANT),
    "pleasant or unpleasant": (("happiness",), UNPLEASANT),
    "happiness or sadness": (("happiness",), ("sadness",)),
    "sadness or anger": (("sadness",), ("anger",)),
}
"""Near and distant ones of the same number stand side by side."""


@dataclass(frozen=True, slots=True)
class SetScores:
    """How well a method tells the emotions of one set apart, on the faces that show one of them."""

    n: int
    accuracy: float
    balanced: float
    """Mean recall: every emotion counts the same, however many faces show it."""
    macro_f1: float
    commonest: float
    """Share of the commonest answer: what naming it always would give."""


def set_scores(probabilities: Floats, labels: Integers, groups: tuple[Group, ...]) -> SetScores | None:
    """Figures where only these answers may be given; None where fewer than two of them occur."""
    group_of = np.full(len(LABELS), -1)
    for k, names in enumerate(groups):
        group_of[[LABELS.index(name) for name in names]] = k
    inside = (labels >= 0) & (group_of[labels] >= 0)
    true = group_of[labels[inside]]
    occurs = np.bincount(true, minlength=len(groups))
    if np.count_nonzero(occurs) < 2:
        return None
    shares = np.stack([probabilities[inside][:, group_of == k].sum(axis=1) for k in range(len(groups))], axis=1)
    answer = np.where(occurs > 0, shares, -1.0).argmax(axis=1)
    right = np.bincount(true[answer == true], minlength=len(groups))
    given = np.bincount(answer, minlength=len(groups))
    there = occurs > 0
    return SetScores(
        n=len(true),
        accuracy=float(right.sum() / len(true)),
        balanced=float((right[there] / occurs[there]).mean()),
        macro_f1=float((2 * right[there] / (occurs + given)[there]).mean()),
        commonest=float(occurs.max() / len(true)),
    )


def classes_of(labels: Integers) -> tuple[Group, ...]:
    """The emotions that occur, each its own answer."""
    return tuple((LABELS[i],) for i in np.unique(labels[labels >= 0]))
