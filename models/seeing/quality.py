"""How far to trust the estimate of one face: size, light, sharpness, pose, score and a free mouth in one number."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from models.arrays import Gray
from models.frame import Detection

SMALL, LARGE = 6.0, 24.0
"""Pixels between the eyes at which a face is worth nothing, and all (24 is how they lie in the aligned face)."""
DARK, LIT = 0.5, 12.0
"""Mean of the face (of 255) at which it is worth nothing, and all: below 12 the noise has a say."""
BLURRED, SHARP = 0.3, 0.65
"""Fine against middling detail: a sharp face has 0.7 in any light, 15 pixels of motion 0.6, out of focus 0.4."""
FRONTAL, TURNED = 0.15, 0.7
"""Nose tip beside the middle of the eyes, as a share of their distance, at which a face is worth all, and nothing."""


def quality(face: Gray, detection: Detection, mouth_free: float = 1.0) -> float:
    """From 0 (worthless) to 1: the weakest of the five, or of a mouth that something covers, decides.

    ``face`` is the aligned one (64, 64) uint8; ``mouth_free``: of ``models.seeing.covered_mouth``.
    """
    return min(*quality_parts(face, detection).values(), mouth_free)


Weakness = Literal["small", "dark", "blurred", "turned", "unsure"]
"""What takes from a face's worth; unsure: the detector itself."""


def quality_parts(face: Gray, detection: Detection) -> dict[Weakness, float]:
    """What a face is worth by each of the five, 0 to 1."""
    eyes = float(np.hypot(*(detection.landmarks[1] - detection.landmarks[0])))
    return {
        "small": _share(eyes, SMALL, LARGE),
        "dark": _share(float(np.log2(max(luminance(face), 1e-3))), np.log2(DARK), np.log2(LIT)),
        "blurred": _share(sharpness(face), BLURRED, SHARP),
        "turned": _share(_sideways(detection, eyes), TURNED, FRONTAL),
        "unsure": _share(detection.score, 0.5, 0.95),
    }


def luminance(face: Gray) -> float:
    """Mean of the aligned face without its corners, 0 to 255: the background has no say."""
    return float(face[8:56, 12:52].mean())


def _share(value: float, nothing: float, all_of_it: float) -> float:
    return float(np.clip((value - nothing) / (all_of_it - nothing), 0.0, 1.0))


def sharpness(face: Gray) -> float:
    """Detail of 1 to 2 pixels against detail of 2 to 4: what a slope of light or the exposure does not change."""
    one = cv2.GaussianBlur(face.astype(np.float32), (0, 0), 1.0)
    two = cv2.GaussianBlur(one, (0, 0), 2.0)
    four = cv2.GaussianBlur(two, (0, 0), 4.0)
    middle = slice(8, 56)
    fine, middling = (one - two)[middle, middle], (two - four)[middle, middle]
    return float(fine.std() / max(float(middling.std()), 0.1))


def _sideways(detection: Detection, eyes: float) -> float:
    """How far the nose tip lies beside the middle of the eyes, along their line; 0 from the front."""
    left, right, nose = detection.landmarks[:3]
    along = (right - left) / max(eyes, 1e-3)
    return abs(float(along @ (nose - (left + right) / 2))) / max(eyes, 1e-3)
