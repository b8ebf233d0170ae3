"""Whether the eyes of an aligned face are shut: a small linear classifier of the edges around each eye.

Edges in eight directions over a grid (Dalal & Triggs 2005) in the logarithm of the light, each eye stretched to its own
contrast, so that an eye in the shadow of its brow is judged as one in full light. Fitted by
``models.training.make_eyes``.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from calibration.array_file import FLOAT, FLOATS, load_shipped_arrays
from models import MAPS
from models.arrays import Floats, Gray
from models.seeing.align import TEMPLATE

EYES = MAPS / "eyes.npz"
HALF_WIDTH, HALF_HEIGHT = 9, 7
"""Of an eye's place around its landmark, in pixels of an aligned face."""
DIRECTIONS = 8
LEAST_EYES_APART, LEAST_LUMINANCE = 16.0, 15.0
"""Pixels of the frame between the eyes, and the mean of the face (of 255), below which nothing can be told of them."""


def shut_log_odds(faces: Gray) -> Floats:
    """How surely both eyes of each aligned face (n, 64, 64) are shut, (n,): log odds, 0 is either.

    Compared over one person's pictures it shows blinks; glasses and deep-set eyes shift it from person to person.
    """
    weights, bias = _read_classifier()
    both = hog(np.concatenate(eye_patches(faces))) @ weights
    return np.asarray(both.reshape(2, -1).mean(axis=0) + bias, np.float32)


def eye_patches(faces: Gray) -> tuple[Floats, Floats]:
    """Both eyes (n, 15, 19) of aligned faces, the right one mirrored; each with mean 0 and deviation 1."""
    found = []
    for x, y in np.round(TEMPLATE[:2]).astype(int):
        eye = _LIGHT[faces[:, y - HALF_HEIGHT : y + HALF_HEIGHT + 1, x - HALF_WIDTH : x + HALF_WIDTH + 1]]
        eye = eye - eye.mean((1, 2), keepdims=True)
        found.append(eye / (eye.std((1, 2), keepdims=True) + 0.05))
    return found[0], found[1][:, :, ::-1]


_LIGHT = np.log(np.arange(256, dtype=np.float32) + 4)


def hog(eyes: Floats) -> Floats:
    """Features of eyes (n, 15, 19): oriented gradients (HOG) on a grid of 4 by 5, and the eye at 8 by 10 pixels."""
    down, right = (np.asarray(slope, np.float32) for slope in np.gradient(eyes, axis=(1, 2)))
    angles = 2 * np.pi / DIRECTIONS * np.arange(DIRECTIONS, dtype=np.float32)[:, None, None]
    along = right[:, None] * np.cos(angles) + down[:, None] * np.sin(angles)  # (n, 8, 15, 19): strength times cosine
    np.maximum(along, 0, out=along)
    along *= along * along / np.maximum(right**2 + down**2, 1e-12)[:, None]
    parts = [_reduced(along, (4, 5)), 0.3 * _reduced(eyes, (8, 10))]
    return np.concatenate([part.reshape(len(eyes), -1) for part in parts], axis=1)


def _reduced(pictures: Floats, size: tuple[int, int]) -> Floats:
    """Pictures (..., h, w) averaged by area to so many rows and columns, (..., rows * columns)."""
    return pictures.reshape(*pictures.shape[:-2], -1) @ _area_weights(pictures.shape[-2:], size)


@cache
def _area_weights(shape: tuple[int, int], size: tuple[int, int]) -> Floats:
    """(h * w, rows * columns): how much of each pixel lies in each part; every column sums to 1."""
    sides = []
    for length, parts in zip(shape, size, strict=True):
        edges, pixel = np.linspace(0, length, parts + 1), np.arange(length)[:, None]
        inside = np.minimum(edges[1:], pixel + 1) - np.maximum(edges[:-1], pixel)
        sides.append(np.maximum(inside, 0) * parts / length)
    return np.kron(*sides).astype(np.float32)


@cache
def _read_classifier() -> tuple[Floats, float]:
    file = load_shipped_arrays(EYES, {"weights": FLOATS, "bias": FLOAT})
    return file["weights"].astype(np.float32), float(file["bias"])
