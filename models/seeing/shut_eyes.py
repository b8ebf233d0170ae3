"""Whether the eyes of an aligned face are shut: a small linear classifier of the edges around each eye.

Edges in eight directions over a grid (Dalal & Triggs 2005) in the logarithm of the light, each eye stretched to its own
contrast, so that an eye in the shadow of its brow is judged as one in full light. Fitted by
``models.training.make_eyes``.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from calibration.array_file import FLOAT, FLOATS, load_shipped_arrays
from models import MAPS
from models.arrays import Floats, Gray
from models.seeing.align import TEMPLATE

EYES = MAPS / "eyes.npz"
HALF_WIDTH, HALF_HEIGHT = 9, 7
"""Of an eye's place around its landmark, in pixels of an aligned face."""
DIRECTIONS = 8


def shut_log_odds(faces: Gray) -> Floats:
    """How surely both eyes of each aligned face (n, 64, 64) are shut, (n,): log odds, 0 is either.

    Compared over one person's pictures it shows blinks; glasses and deep-set eyes shift it from person to person.
    """
    weights, bias = _read_classifier()
    return np.asarray(np.mean([hog(eye) @ weights for eye in eye_patches(faces)], axis=0) + bias, np.float32)


def eye_patches(faces: Gray) -> tuple[Floats, Floats]:
    """Both eyes (n, 15, 19) of aligned faces, the right one mirrored; each with mean 0 and deviation 1."""
    light = np.log(faces.astype(np.float32) + 4)
    found = []
    for x, y in np.round(TEMPLATE[:2]).astype(int):
        eye = light[:, y - HALF_HEIGHT : y + HALF_HEIGHT + 1, x - HALF_WIDTH : x + HALF_WIDTH + 1]
        eye = eye - eye.mean((1, 2), keepdims=True)
        found.append(eye / (eye.std((1, 2), keepdims=True) + 0.05))
    return found[0], found[1][:, :, ::-1]


def hog(eyes: Floats) -> Floats:
    """Features of eyes (n, 15, 19): oriented gradients (HOG) on a grid of 4 by 5, and the eye at 8 by 10 pixels."""
    down, right = np.gradient(eyes, axis=(1, 2))
    strength, angle = np.hypot(right, down), np.arctan2(down, right)
    parts = []
    for k in range(DIRECTIONS):
        along = strength * np.maximum(np.cos(angle - k * 2 * np.pi / DIRECTIONS), 0) ** 3
        parts.append(_reduced(along, (5, 4)))
    return np.concatenate([*parts, 0.3 * _reduced(eyes, (10, 8))], axis=1)


def _reduced(pictures: Floats, size: tuple[int, int]) -> Floats:
    small = [cv2.resize(np.ascontiguousarray(one), size, interpolation=cv2.INTER_AREA).ravel() for one in pictures]
    return np.asarray(small, np.float32)


@cache
def _read_classifier() -> tuple[Floats, float]:
    file = load_shipped_arrays(EYES, {"weights": FLOATS, "bias": FLOAT})
    return file["weights"].astype(np.float32), float(file["bias"])
