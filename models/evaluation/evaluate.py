"""How well a classifier does on labelled faces: as they are, in the dark, and with a shaking box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from calibration.progress import Progress, no_progress
from models.arrays import Floats, Gray
from models.evaluation.dark_benchmark import CONDITIONS, Condition, darkened, landmarks_aligned
from models.evaluation.dataset import LabelledFaces
from models.evaluation.groups import GroupScores, by_group
from models.evaluation.landmarks import aligned_faces, find_landmarks
from models.evaluation.metrics import Scores, scores
from models.seeing.align import SIDE
from models.seeing.classifier import Classifier

BATCH = 128


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Figures of one classifier on one set of faces."""

    clean: Scores
    landmarks_found: float
    """Share of the faces whose landmarks were found; the others were aligned by the template."""
    dark: tuple[tuple[Condition, Scores, float], ...]
    """And the share of the faces that get the same answer as in clean light. Empty unless asked for."""
    jitter: float | None
    """Mean change of the top class's probability when landmarks move by up to 2 pixels of 64; None: not asked for."""
    groups: tuple[GroupScores, ...] = ()
    """The clean figures by group, where the faces say of whom they are."""


def evaluate(
    classifier: Classifier, faces: LabelledFaces, in_the_dark: bool = False, progress: Progress = no_progress
) -> Evaluation:
    """Measure ``classifier`` on the faces that have a label. Raises ValueError if there is none."""
    faces = faces.with_label()
    landmarks, found = find_landmarks(faces.images, partial(progress, "landmarks"))
    aligned = aligned_faces(faces.images, landmarks)
    probabilities = classify_all(classifier, aligned, partial(progress, "classifying"))
    clean, groups = scores(probabilities, faces.labels), by_group(probabilities, faces.labels, faces.groups)
    if not in_the_dark:
        return Evaluation(clean, float(found.mean()), (), None, groups)
    dark = []
    for i, condition in enumerate(CONDITIONS):
        progress(f"lamp {condition.elevation:.0f}, mean {condition.mean:.0f}", i / len(CONDITIONS))
        (seen,) = darkened(aligned, landmarks_aligned(landmarks), (condition,))
        answers = classify_all(classifier, seen)
        same = float((answers.argmax(1) == probabilities.argmax(1)).mean())
        dark.append((condition, scores(answers, faces.labels), same))
    jitter = _jitter(classifier, faces, landmarks, probabilities)
    return Evaluation(clean, float(found.mean()), tuple(dark), jitter, groups)


def classify_all(
    classifier: Classifier, aligned: Gray, progress: Callable[[float], None] = partial(no_progress, "")
) -> Floats:
    """Probabilities (n, 8) of aligned faces (n, 64, 64), in batches."""
    parts = []
    for start in range(0, len(aligned), BATCH):
        parts.append(classifier.classify(aligned[start : start + BATCH])[0])
        progress(min(1.0, (start + BATCH) / len(aligned)))
    return np.concatenate(parts)


def _jitter(classifier: Classifier, faces: LabelledFaces, landmarks: Floats, before: Floats) -> float:
    sides = np.array([min(image.shape) for image in faces.images], np.float32)[:, None, None]
    shifts = np.random.default_rng(4).uniform(-2, 2, (len(landmarks), 1, 2)) * sides / SIDE  # the whole box is shifted
    shifted = np.asarray(landmarks + shifts, np.float32)
    after = classify_all(classifier, aligned_faces(faces.images, shifted))
    top = before.argmax(1)[:, None]
    change = np.take_along_axis(after, top, 1) - np.take_along_axis(before, top, 1)
    return float(np.abs(change).mean())
