"""Faces that are only numbers, for the tests of the judgement."""

import numpy as np

from models.arrays import Floats
from models.estimate import EmotionEstimate
from models.frame import Detection
from models.labels import LABELS

FRAME = (1280, 720)
LANDMARKS = np.zeros((5, 2), np.float32)


def showing(label: str | None, probability: float = 0.8) -> Floats:
    """A distribution in which ``label`` has ``probability``; None: all alike."""
    p = np.full(len(LABELS), (1 - probability) / (len(LABELS) - 1) if label else 1 / len(LABELS), np.float32)
    if label:
        p[LABELS.index(label)] = probability
    return p


def face(  # noqa: PLR0913 - each test names the one or two that it is about
    x: float = 640.0,
    y: float = 360.0,
    size: float = 100.0,
    label: str | None = "neutral",
    probability: float = 0.8,
    quality: float = 0.9,
    luminance: float = 20.0,
) -> EmotionEstimate:
    """One face with its centre at (x, y) pixels."""
    box = (x - size / 2, y - size / 2, size, size)
    return EmotionEstimate(Detection(box, 0.9, LANDMARKS), showing(label, probability), quality, luminance)
