"""Heads of many shapes for training: each stored depth with another relief, brow, fringe of hair or cap."""

from __future__ import annotations

import cv2
import numpy as np

from calibration.array_file import FLOAT_CUBE, INTEGER_CUBE, load_shipped_arrays
from models import MAPS
from models.arrays import Floats
from models.lighting.relight import MARGIN, FaceMaps

COARSE_STEP = 0.03
"""Pixels of depth in one step of ``heads.npz``."""
CAP, FRINGE = 0.12, 0.3
"""Shares of the heads with a cap and with hair on the forehead, where both throw shadows."""


def varied_heads(seed: int, variants: int = 2) -> FaceMaps:
    """``variants`` of every head of ``maps/heads.npz``, their shapes drawn from ``seed``."""
    stored = load_shipped_arrays(MAPS / "heads.npz", {"depth": INTEGER_CUBE, "mask": INTEGER_CUBE, "five": FLOAT_CUBE})
    rng = np.random.default_rng(seed)
    mask = np.tile((stored["mask"] / 15).astype(np.float32), (variants, 1, 1))
    landmarks = np.tile(stored["five"], (variants, 1, 1))
    depth = np.stack(
        [
            _varied(one.astype(np.float32) * np.float32(COARSE_STEP), five + MARGIN, rng)
            for one, five in zip(np.tile(stored["depth"], (variants, 1, 1)), landmarks, strict=True)
        ]
    )
    normals = np.stack([_normals(one, float(rng.uniform(0.5, 1.1))) for one in depth])
    return FaceMaps(normals, depth, mask, landmarks)


def _varied(depth: Floats, five: Floats, rng: np.random.Generator) -> Floats:
    """One depth (96, 96) reshaped; ``five`` are its landmarks (5, 2) in pixels of it."""
    depth = depth * np.float32(rng.uniform(0.8, 1.4))
    soft = cv2.GaussianBlur(depth, (0, 0), 2.5)
    (x1, y1), (x2, y2) = five[:2]
    (m1, n1), (m2, n2) = five[3:]
    lids = _bump(x1, y1, 6, 5) + _bump(x2, y2, 6, 5)
    lips = _bump((m1 + m2) / 2, (n1 + n2) / 2, 11, 6)
    # a share of what is finer than 2.5 pixels goes, or grows: from no lips at all to sharp ones
    depth = depth + (np.minimum(lids, 1) * rng.uniform(-0.7, 1) + lips * rng.uniform(-0.6, 1)) * (soft - depth)
    above = rng.uniform(5, 9)
    brows = _bump(x1, y1 - above, 8, 3) + _bump(x2, y2 - above, 8, 3)
    nose = _bump(five[2, 0], five[2, 1] - 1, rng.uniform(3, 6), rng.uniform(5, 9))
    depth = depth + brows * rng.uniform(-0.8, 2.2) + nose * rng.uniform(-2, 3)
    y, x = np.mgrid[: depth.shape[0], : depth.shape[1]].astype(np.float32)
    middle, between = (x1 + x2) / 2, (y1 + y2) / 2
    kind = rng.random()
    if kind < CAP:
        edge = between - rng.uniform(7, 16) + ((x - middle) / 16) ** 2 * rng.uniform(-1, 4)
        depth = depth + rng.uniform(6, 16) * np.exp(-np.maximum(edge - y, 0) / rng.uniform(3, 10)) * (y < edge)
    elif kind < CAP + FRINGE:
        wave = np.interp(np.arange(depth.shape[1]), np.arange(0, 97, 8), rng.normal(0, 2, 13))
        edge = between - rng.uniform(8, 20) + wave
        depth = depth + rng.uniform(1, 3.5) * np.clip((edge - y) / 2 + 0.5, 0, 1)
    bumps = cv2.GaussianBlur(rng.standard_normal(depth.shape).astype(np.float32), (0, 0), 5)
    return np.asarray(depth + bumps / bumps.std() * rng.uniform(0, 0.35), np.float32)


def _bump(x: float, y: float, wide: float, high: float) -> Floats:
    """1 around (x, y), falling to 0 smoothly, (96, 96)."""
    from_y, from_x = np.mgrid[:96, :96].astype(np.float32)
    return np.asarray(np.exp(-(((from_x - x) / wide) ** 2) - ((from_y - y) / high) ** 2), np.float32)


def _normals(depth: Floats, blur: float) -> Floats:
    """Normals (96, 96, 3) of a depth: right, up, towards the camera."""
    smooth = cv2.GaussianBlur(depth, (0, 0), blur)
    normal = np.stack(
        [-cv2.Sobel(smooth, -1, 1, 0, scale=1 / 8), cv2.Sobel(smooth, -1, 0, 1, scale=1 / 8), np.ones_like(smooth)], -1
    )
    return np.asarray(normal / np.linalg.norm(normal, axis=-1, keepdims=True), np.float32)
