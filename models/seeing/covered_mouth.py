"""Whether something (a hand, a cup, a mask) covers the mouth of an aligned face: a very small network.

Three convolutions and two dense layers, 1 M multiply-adds, on the logarithm of the light, so that a chin in shadow is
judged as one in full light. Trained by ``models.training.make_covered`` on faces that were labelled one by one.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from calibration.array_file import FLOAT_ROWS, FLOATS, load_shipped_arrays
from models import MAPS
from models.arrays import Floats, Gray

COVERED = MAPS / "covered.npz"
KERNELS = (5, 3, 3)
"""Sides of the convolutions' kernels; each takes every second place."""
LAYERS = range(len(KERNELS) + 2)
FREE, HIDDEN = 1.5, 2.5
"""Log odds of a covered mouth up to which a look is worth all, and from which it is worth nothing."""


def mouths_free(faces: Gray) -> Floats:
    """What is free of the mouth of each aligned face (n, 64, 64), (n,): 1 all as far as is known, 0 it is covered."""
    return np.asarray(np.clip((HIDDEN - covered_log_odds(faces)) / (HIDDEN - FREE), 0.0, 1.0), np.float32)


def covered_log_odds(faces: Gray) -> Floats:
    """How surely at least half of the lips of each aligned face (n, 64, 64) is covered, (n,): log odds."""
    layers = _network()
    seen = logarithms(faces)[..., None]
    for (weights, bias), side in zip(layers, KERNELS, strict=False):
        seen = np.maximum(_windows(seen, side) @ weights.T + bias, 0)
    flat = seen.transpose(0, 3, 1, 2).reshape(len(faces), -1)
    (weights, bias), (last, last_bias) = layers[len(KERNELS) :]
    return np.asarray((np.maximum(flat @ weights.T + bias, 0) @ last.T + last_bias)[:, 0], np.float32)


def logarithms(faces: Gray) -> Floats:
    """The logarithm of the light of faces (n, 64, 64), each with mean 0 and deviation 1."""
    light = _LIGHT[faces]
    light = light - light.mean((1, 2), keepdims=True)
    return np.asarray(light / (light.std((1, 2), keepdims=True) + 0.05), np.float32)


_LIGHT = np.log(np.arange(256, dtype=np.float32) + 4)


def _windows(seen: Floats, side: int) -> Floats:
    """Squares of every second place of (n, h, w, c), as (n, h', w', c * side * side)."""
    cut = np.lib.stride_tricks.sliding_window_view(seen, (side, side), axis=(1, 2))[:, ::2, ::2]
    return cut.reshape(*cut.shape[:3], -1)


@cache
def _network() -> tuple[tuple[Floats, Floats], ...]:
    """(out, in) weights and biases (out,) of each layer; those of a convolution in the order channel, row, column."""
    names = {f"weights{k}": FLOAT_ROWS for k in LAYERS} | {f"bias{k}": FLOATS for k in LAYERS}
    file = load_shipped_arrays(COVERED, names)
    return tuple((file[f"weights{k}"].astype(np.float32), file[f"bias{k}"].astype(np.float32)) for k in LAYERS)
