"""The classical baseline of the field on the same faces: histograms of gradients and a linear support vector machine.

Run as ``python -m models.evaluation.hog_svm TRAINING VALIDATION`` (needs the extra ``train``).
"""

from __future__ import annotations

import sys

import cv2
import numpy as np

from calibration.errors import BadInput
from calibration.extras import needs_extra
from calibration.program import run_program, say
from models.arrays import Floats, Gray
from models.evaluation.dark_benchmark import Condition, darkened, landmarks_aligned
from models.evaluation.dataset import LabelledFaces, read_faces
from models.evaluation.landmarks import aligned_faces, find_landmarks
from models.seeing.align import SIDE, prepare

COMBINED = Condition(65, 25)
"""Lamp overhead and dark together."""


def hog_features(faces: Gray) -> Floats:
    """HOG (Dalal & Triggs 2005) of aligned faces (n, 64, 64): (n, 1764), cells of 8 pixels, blocks of 2x2 cells."""
    hog = cv2.HOGDescriptor((SIDE, SIDE), (16, 16), (8, 8), (8, 8), 9)
    return np.stack([np.asarray(hog.compute(face), np.float32).ravel() for face in faces])


def hog_svm(training: LabelledFaces, valid: LabelledFaces) -> tuple[float, float]:
    """Accuracy on the validation faces as they are, and with a lamp overhead and dark; all faces must have labels."""
    from sklearn.svm import LinearSVC

    svm = LinearSVC(C=0.01, random_state=1)
    svm.fit(hog_features(aligned_faces(training.images, find_landmarks(training.images)[0])), training.labels)
    landmarks, _ = find_landmarks(valid.images)
    aligned = aligned_faces(valid.images, landmarks)
    (dark,) = darkened(aligned, landmarks_aligned(landmarks), (COMBINED,))
    # brightened as much as the network's input
    stretched = np.clip(prepare(dark)[:, 0] * 50 + 110, 0, 255).astype(np.uint8)
    plain, overhead = (svm.predict(hog_features(faces)) for faces in (aligned, stretched))
    return float((plain == valid.labels).mean()), float((overhead == valid.labels).mean())


def main() -> None:
    """Print both figures of the files that are named."""
    needs_extra("train", "this comparison", "sklearn")
    if len(sys.argv) != 3:
        raise BadInput("expected two files of faces: TRAINING VALIDATION")
    clean, combined = hog_svm(*(read_faces(path).with_label() for path in sys.argv[1:]))
    say(f"HOG + linear SVM: accuracy {clean:.4f}; lamp at 65 degrees and face mean 25: {combined:.4f}")


if __name__ == "__main__":
    run_program(main)
