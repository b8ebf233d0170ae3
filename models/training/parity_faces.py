"""Faces for the parity check of a network's variants, on any machine: computed portraits, under lamps, in the dark."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from calibration.array_file import load_shipped_arrays
from models import MAPS
from models.arrays import Floats, Gray
from models.evaluation.dark_benchmark import Condition, darkened, landmarks_aligned
from models.evaluation.landmarks import aligned_faces, find_landmarks
from models.seeing.align import SIDE

LIGHTS = (Condition(65, 40), Condition(65, 12), Condition(85, 25))


def parity_faces() -> Gray:
    """(n, 64, 64) uint8: the simulated visitors' portraits as they are and in ``LIGHTS``, and pictures without anything
    on them, which the standardising must bear as well.
    """
    portraits = load_shipped_arrays(MAPS / "visitors.npz")
    keys = [key for key in portraits if not key.endswith("/depth")]
    pictures = [np.asarray(cv2.imdecode(portraits[key], cv2.IMREAD_GRAYSCALE), np.uint8) for key in keys]
    landmarks, found = find_landmarks(pictures)
    return parity_faces_from([pictures[i] for i in np.flatnonzero(found)], landmarks[found])


def parity_faces_from(images: Sequence[Gray], landmarks: Floats) -> Gray:
    """The same from any gray faces with landmarks (n, 5, 2): a network just trained is checked on validation faces."""
    faces = aligned_faces(images, landmarks)
    dark = darkened(faces, landmarks_aligned(landmarks), LIGHTS)
    flat = np.stack([np.full((SIDE, SIDE), value, np.uint8) for value in (0, 1, 128, 255)])
    flat[3, ::2] -= 1  # deviation 0.5: below what counts as flat
    return np.concatenate([faces, *dark, flat])
