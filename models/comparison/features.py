"""Numbers that classical methods read a face by: gradients, and distances and angles between landmarks."""

from __future__ import annotations

import numpy as np

from models.arrays import Floats, Gray
from models.evaluation.hog_svm import hog_features
from models.seeing.align import prepare

CHOSEN = (
    *(17, 19, 21, 22, 24, 26),  # brows
    *(36, 37, 39, 41, 42, 44, 45, 46),  # eyes
    *(30, 31, 35),  # nose
    *(48, 50, 52, 54, 56, 58, 62, 66),  # mouth
)
"""Of the usual 68 landmarks those that move with expressions, and what they move against."""


def gradients(faces: Gray) -> Floats:
    """HOG (n, 1764) of faces (n, 64, 64), each brightened first as much as the network's input is."""
    return hog_features(np.clip(prepare(faces)[:, 0] * 50 + 110, 0, 255).astype(np.uint8))


def upright(points: Floats) -> Floats:
    """68 landmarks (n, 68, 2) in distances of the eyes, with the middle between the eyes as origin and no tilt."""
    left, right = points[:, 36:42].mean(axis=1), points[:, 42:48].mean(axis=1)
    across = (right - left)[:, 0] + 1j * (right - left)[:, 1]
    middle = (left + right) / 2
    z = points[..., 0] - middle[:, :1] + 1j * (points[..., 1] - middle[:, 1:])
    z = z / np.where(np.abs(across) > 0, across, 1)[:, None]
    return np.stack([z.real, z.imag], axis=2).astype(np.float32)


def distances_and_angles(points: Floats) -> Floats:
    """Between every two of the chosen landmarks: how far apart they are, and cosine and sine of their line's angle."""
    chosen = upright(points)[:, CHOSEN]
    i, j = np.triu_indices(len(CHOSEN), 1)
    between = chosen[:, j] - chosen[:, i]
    distance = np.linalg.norm(between, axis=2)
    angle = between / np.maximum(distance, 1e-6)[..., None]
    return np.concatenate([distance, angle[..., 0], angle[..., 1]], axis=1).astype(np.float32)


def coordinates(points: Floats) -> Floats:
    """All 68 landmarks as (n, 136) numbers."""
    return upright(points).reshape(len(points), -1)
