"""Faces to prove a network's variants on, on any machine: computed portraits under lamps overhead, in the dark too."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.align import SIDE
from models.darkness import Condition, darkened, landmarks_aligned
from models.landmarks import aligned_faces, find_landmarks
from models.relight import MAPS

LIGHTS = (Condition(65, 40), Condition(65, 12), Condition(85, 25))


def proof_faces() -> NDArray[np.uint8]:
    """(n, 64, 64) uint8: the simulated visitors' portraits as they are and in ``LIGHTS``, and pictures without anything
    on them, which the standardising must bear as well.
    """
    with np.load(MAPS / "visitors.npz", allow_pickle=False) as file:
        keys = [key for key in file.files if not key.endswith("/depth")]
        pictures = [np.asarray(cv2.imdecode(file[key], cv2.IMREAD_GRAYSCALE), np.uint8) for key in keys]
    landmarks, found = find_landmarks(pictures)
    landmarks = landmarks[found]
    faces = aligned_faces([pictures[i] for i in np.flatnonzero(found)], landmarks)
    dark = darkened(faces, landmarks_aligned(landmarks), LIGHTS)
    flat = np.stack([np.full((SIDE, SIDE), value, np.uint8) for value in (0, 1, 128, 255)])
    flat[3, ::2] -= 1  # deviation 0.5: below what counts as flat
    return np.concatenate([faces, *dark, flat])
