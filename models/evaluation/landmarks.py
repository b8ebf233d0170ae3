"""Five landmarks of faces that are already cut out, so that they can be aligned as the camera loop aligns its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from calibration.progress import no_progress
from models.arrays import Floats, Gray, Image, Mask
from models.seeing.align import SIDE, TEMPLATE, align
from models.seeing.brighten import brighten
from models.seeing.mtcnn import Mtcnn

CROP_SCALES = (1.0, 0.85, 1.15)
"""Sides of the squares tried around the middle, as shares of the picture: some crops are tighter than others."""
SEARCH_ABOVE = 96
"""Pictures with a longer side, in pixels, are searched for a face; smaller ones are assumed to be one."""
MIN_SCORE = 0.7


def open_landmark_detector() -> Mtcnn:
    """What finds them; to be opened once by whoever looks at faces part by part."""
    return Mtcnn(smallest_face=24)


def find_landmarks(
    images: Sequence[Gray],
    progress: Callable[[float], None] = partial(no_progress, ""),
    detector: Mtcnn | None = None,
) -> tuple[Floats, Mask]:
    """Landmarks (n, 5, 2) in pixels of each gray image, and whether they were found (n,).

    Where they are not, the template stands in for them, scaled to the picture. ``detector``: None opens one.
    """
    detector = detector or open_landmark_detector()
    found = np.zeros(len(images), np.bool_)
    landmarks = np.empty((len(images), 5, 2), np.float32)
    for i, image in enumerate(images):
        points = _landmarks(detector, image)
        found[i] = points is not None
        landmarks[i] = points if points is not None else TEMPLATE * (np.array(image.shape[::-1]) / SIDE)
        if i % 200 == 0:
            progress(i / len(images))
    return landmarks, found


def aligned_faces(images: Sequence[Gray], landmarks: Floats) -> Gray:
    """Faces (n, 64, 64) uint8, each aligned by its own landmarks (n, 5, 2)."""
    faces = np.empty((len(images), SIDE, SIDE), np.uint8)
    for face, image, points in zip(faces, images, landmarks, strict=True):
        face[:] = align(image, points)
    return faces


def _landmarks(detector: Mtcnn, image: Image) -> Floats | None:
    if max(image.shape) > SEARCH_ABOVE:
        seen = detector.detect(image)
        if seen:
            return max(seen, key=lambda face: face.box[2] * face.box[3]).landmarks
    height, width = image.shape
    sides = np.array(CROP_SCALES)[:, None] * min(height, width) / 2
    centre = np.array([width, height]) / 2
    boxes = np.concatenate([centre - sides, centre + sides], axis=1).astype(np.float32)
    _, scores, points = detector.score_boxes(brighten(image), boxes)
    best = int(scores.argmax())
    return np.asarray(points[best], np.float32) if scores[best] > MIN_SCORE else None
