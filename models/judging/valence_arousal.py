"""Valence and arousal of a distribution over emotions."""

from __future__ import annotations

from models.labels import LABELS

AFFECT: dict[str, tuple[float, float]] = {
    "neutral": (0.0, 0.0),
    "happiness": (0.81, 0.51),
    "surprise": (0.40, 0.67),
    "sadness": (-0.63, -0.27),
    "anger": (-0.51, 0.59),
    "disgust": (-0.60, 0.35),
    "fear": (-0.64, 0.60),
    "contempt": (-0.555, 0.47),
}
"""(valence, arousal), each -1 to 1: mean pleasure and arousal of the terms happy (31), surprised (52), sad (151),
angry (82), disgusted (75) and fearful (101) in Russell & Mehrabian, "Evidence for a three-factor theory of emotions",
Journal of Research in Personality 11 (1977) 273-294, https://doi.org/10.1016/0092-6566(77)90037-X.
Two are ours: neutral is the origin, contempt halfway between anger and disgust."""

_VALENCE = tuple(AFFECT[label][0] for label in LABELS)
_AROUSAL = tuple(AFFECT[label][1] for label in LABELS)


def valence_and_arousal(probabilities: tuple[float, ...]) -> tuple[float, float]:
    """Expected (valence, arousal) under ``probabilities`` in the order of ``LABELS``; (0, 0) where all are 0."""
    valence = sum(p * v for p, v in zip(probabilities, _VALENCE, strict=True))
    arousal = sum(p * a for p, a in zip(probabilities, _AROUSAL, strict=True))
    return valence, arousal
