"""Fits the detector of shut eyes (``models.seeing.shut_eyes``) to training faces that were labelled one by one.

Run as ``python -m models.training.make_eyes FACES`` with the training sheet; a minute. ``maps/shut_eyes.csv`` names
the faces by their row in it; 1 in the second column: both eyes shut (squinting counts as open, doubtful ones are not
in it), in the third: drawn by chance from frontal faces (the others were looked for). Each is learned as it is and
under lamps overhead. Prints how well left-out faces are classified (cross-validation, near duplicates in one fold).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from calibration.fitting import minimize_cross_entropy
from calibration.program import run_program, say
from models.arrays import Doubles, Floats, Gray, Integers, Mask
from models.evaluation.dark_benchmark import SENSOR, landmarks_aligned
from models.evaluation.dataset import read_faces
from models.evaluation.landmarks import aligned_faces, find_landmarks
from models.lighting.exposure import captured, expose, linear, noisy
from models.lighting.relight import DARK_ROOM, Lamp, LampBank, read_face_maps
from models.seeing.shut_eyes import EYES, eye_patches, hog

LABELS_FILE = EYES.with_name("shut_eyes.csv")
RIDGE_STRENGTH = 2.25
FOLDS, RELIT_COPIES = 6, 3
DUPLICATE_CORRELATION = 0.95
"""Correlation of two eye strips from which on they count as the same photograph."""


def main() -> None:
    """Fit, print the figures of a cross-validation, write ``maps/eyes.npz``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faces", type=Path)
    rows, state, drawn = np.loadtxt(LABELS_FILE, delimiter=",", skiprows=1, dtype=np.int64).T
    faces = read_faces(parser.parse_args().faces).subset(rows)
    landmarks, _ = find_landmarks(faces.images)
    aligned, aligned_landmarks = aligned_faces(faces.images, landmarks), landmarks_aligned(landmarks)
    rng = np.random.default_rng(9)
    seen = [aligned, *(_darkened(aligned, aligned_landmarks, rng) for _ in range(RELIT_COPIES))]
    eyes = [[hog(eye) for eye in eye_patches(one)] for one in seen]
    fold = _folds(aligned, rng)
    scores = np.zeros((len(seen), len(rows)))
    for left_out in range(FOLDS):
        weights, bias = _fit(eyes, state, fold != left_out)
        mine = fold == left_out
        scores[:, mine] = [np.mean([eye[mine] @ weights for eye in both], axis=0) + bias for both in eyes]
    for light, one in (("in full light", scores[0]), ("under lamps overhead", scores[1])):
        for name, some in (("all", drawn >= 0), ("drawn by chance", drawn == 1)):
            shut, open_ = one[some & (state == 1)], one[some & (state == 0)]
            say(
                f"{light}, {name}: area under the curve {_roc_auc(shut, open_):.3f}; at 0 {(shut > 0).mean():.0%} "
                f"of {len(shut)} shut with {(open_ > 0).mean():.0%} of {len(open_)} open ones"
            )
    weights, bias = _fit(eyes, state, np.ones(len(rows), bool))
    np.savez_compressed(EYES, weights=weights.astype(np.float32), bias=np.float32(bias))


def _darkened(aligned: Gray, landmarks: Floats, rng: np.random.Generator) -> Gray:
    drawn = [Lamp(rng.uniform(-60, 60), rng.uniform(40, 85), np.exp(rng.uniform(0.7, 2.7))) for _ in range(40)]
    means = np.exp(rng.uniform(np.log(15), np.log(60), len(aligned))).astype(np.float32)
    light = linear(aligned) * LampBank(read_face_maps("train"), drawn, DARK_ROOM).draw(landmarks, rng)
    return captured(noisy(expose(light, means), SENSOR, rng))


def _fit(eyes: list[list[Floats]], state: Integers, which: Mask) -> tuple[Doubles, float]:
    """Logistic regression on single eyes, shut and open ones weighing alike."""
    x = np.concatenate([eye[which] for both in eyes for eye in both]).astype(np.float64)
    y = np.tile(state[which], len(x) // int(which.sum()))
    share = float(y.mean())
    weigh = np.where(y == 1, 0.5 / share, 0.5 / (1 - share)) / (1 + RELIT_COPIES)
    change = minimize_cross_entropy(
        np.zeros((len(x), 2)), np.c_[x, np.full(len(x), 10.0)], np.eye(2)[y], weigh, RIDGE_STRENGTH
    )
    both = change[:, 1] - change[:, 0]
    return both[:-1], 10.0 * float(both[-1])


def _folds(aligned: Gray, rng: np.random.Generator) -> Integers:
    """The fold of each face; the same photograph, which the sheet has more than once, in the same one."""
    strips = aligned[:, 12:38, 8:56].reshape(len(aligned), -1).astype(np.float32)
    strips -= strips.mean(1, keepdims=True)
    strips /= np.linalg.norm(strips, axis=1, keepdims=True)
    alike = strips @ strips.T > DUPLICATE_CORRELATION
    folds: Integers = rng.integers(FOLDS, size=len(aligned))
    return np.asarray(folds[alike.argmax(1)], np.int64)


def _roc_auc(shut: Doubles, open_: Doubles) -> float:
    """Area under the ROC curve: how often a shut one scores above an open one."""
    return float((shut[:, None] > open_).mean())


if __name__ == "__main__":
    run_program(main)
