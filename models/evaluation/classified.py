"""What a detector's landmarks are worth: how well faces are classified that were aligned by them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from models.arrays import Floats, Gray, Image
from models.evaluation.dataset import LabelledFaces
from models.evaluation.evaluate import classify_all
from models.seeing.align import align
from models.seeing.classifier import Classifier
from models.seeing.detector import Detector

ENLARGED, BORDER = 96, 80
"""Sides of a face in its frame, and of what is around it, in pixels."""


def accuracies(
    detectors: dict[str, Detector], faces: LabelledFaces, classifier: Classifier
) -> tuple[dict[str, tuple[float, float]], int]:
    """For each detector its accuracy on the faces that all of them found, and the share that it found.

    And how many all found; if none, every accuracy is 0.
    """
    frames = [framed(image) for image in faces.images]
    landmarks = {name: [_nearest(detector, frame) for frame in frames] for name, detector in detectors.items()}
    seen = {name: np.array([five is not None for five in fives]) for name, fives in landmarks.items()}
    by_all = np.flatnonzero(np.all(list(seen.values()), axis=0))
    answers = {}
    for name, fives in landmarks.items():
        aligned = [align(frames[k], five) for k in by_all if (five := fives[k]) is not None]
        right = classify_all(classifier, np.stack(aligned)).argmax(axis=1) == faces.labels[by_all] if aligned else [0]
        answers[name] = float(np.mean(right)), float(seen[name].mean())
    return answers, len(by_all)


def framed(image: Gray) -> Image:
    """A face that was cut out, as a camera might see it: its border goes on around it."""
    large = cv2.resize(image, (ENLARGED, ENLARGED), interpolation=cv2.INTER_LINEAR)
    around = cv2.copyMakeBorder(large, BORDER, BORDER, BORDER, BORDER, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.cvtColor(around, cv2.COLOR_GRAY2BGR), np.uint8)


def _nearest(detector: Detector, frame: Image) -> Floats | None:
    """The landmarks of the face in the middle."""
    middle = np.array(frame.shape[1::-1]) / 2
    found: Sequence[Floats] = [face.landmarks for face in detector.detect(frame)]
    near = [five for five in found if np.abs(five.mean(axis=0) - middle).max() < ENLARGED / 3]
    return min(near, key=lambda five: float(np.abs(five.mean(axis=0) - middle).max())) if near else None
