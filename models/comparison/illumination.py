"""Illumination corrections of the field, put before a plain network: what they save where the light is the trouble."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from models.arrays import Floats, Gray
from models.seeing.align import SIDE

Correction = Callable[[Gray], Gray]
"""Faces (n, 64, 64) uint8 to as many of the same shape."""

CLAHE_LIMIT, CLAHE_TILES = 2.0, 8
RETINEX_SIGMAS = (3.0, 8.0, 20.0)
"""Pixels of 64."""


def none(faces: Gray) -> Gray:
    """No correction."""
    return faces


def equalised(faces: Gray) -> Gray:
    """Histogram equalisation: each gray level equally often."""
    return _each(faces, cv2.equalizeHist)


def clahe(faces: Gray) -> Gray:
    """Contrast-limited adaptive equalisation, tile by tile (Zuiderveld 1994)."""
    return _each(faces, cv2.createCLAHE(CLAHE_LIMIT, (CLAHE_TILES, CLAHE_TILES)).apply)


def plane_fitted(faces: Gray) -> Gray:
    """The plane of light that fits each face best is taken off, then it is equalised (Sung & Poggio 1998)."""
    y, x = np.mgrid[:SIDE, :SIDE].reshape(2, -1) / (SIDE - 1) - 0.5
    basis = np.stack([x, y, np.ones_like(x)], axis=1)
    flat = faces.reshape(len(faces), -1).astype(np.float64)
    planes = flat @ basis @ np.linalg.inv(basis.T @ basis) @ basis.T
    return equalised(_stretched((flat - planes).reshape(faces.shape)))


def retinex(faces: Gray) -> Gray:
    """Multi-scale retinex: the logarithm of each place over that of its surroundings (Jobson et al. 1997)."""
    light = np.log1p(faces.astype(np.float32))
    shown = np.empty_like(light)
    for face, out in zip(light, shown, strict=True):
        around = [cv2.GaussianBlur(face, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE) for sigma in RETINEX_SIGMAS]
        out[:] = face - np.mean(around, axis=0)
    return _stretched(shown)


def _each(faces: Gray, correct: Callable[[Gray], object]) -> Gray:
    return np.stack([np.asarray(correct(face), np.uint8) for face in faces]) if len(faces) else faces


def _stretched(values: Floats) -> Gray:
    """Each picture to mean 128 and deviation 50."""
    mean = values.mean(axis=(1, 2), keepdims=True)
    spread = np.maximum(values.std(axis=(1, 2), keepdims=True), 1e-6)
    return np.asarray(np.clip((values - mean) / spread * 50 + 128, 0, 255), np.uint8)
