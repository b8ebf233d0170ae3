"""The direction of the lamp from one face: a small network inverts the relighting model.

Trained on training faces relit by lamps everywhere (``models.training.make_lamp``), so it has seen what beards, brows
and a face's own light do, and which edges only a cast shadow draws. Plain numpy; there is no picture of anybody in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from calibration.array_file import FLOAT_ROWS, FLOATS, load_shipped_arrays
from models import MAPS
from models.arrays import Floats, Gray, Mask
from models.lighting.exposure import linear
from models.lighting.relight import MARGIN, affine, read_face_maps
from models.seeing.align import SIDE, TEMPLATE

LAMP = MAPS / "lamp.npz"
LAYERS = range(3)
SMALL = SIDE // 2
HAIR = 10
"""Rows of 64 at the top that are not asked: a fringe is as dark as a shadow, and cost 20 degrees of elevation."""
FACES_USED = 6
"""Of the 16 training heads: more change the answer by less than a degree."""
DARKEST = 0.03
"""Of the face's mean light: what is darker is only noise."""


@dataclass(frozen=True, slots=True, eq=False)
class LampNet:
    """features (n, d) -> vectors (n, 3) to the lamp, shorter where it is less sure."""

    weights: tuple[Floats, ...]
    """(out, in) of each layer."""
    biases: tuple[Floats, ...]

    def __call__(self, seen: Floats) -> Floats:
        """Vectors (n, 3) to the lamp from features (n, d)."""
        for k, (weights, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            seen = seen @ weights.T + bias
            if k < len(self.weights) - 1:
                seen = np.maximum(seen, 0)
        return np.asarray(seen, np.float32)

    def write(self, path: Path) -> None:
        """Save the network, weights as float16; the answer changes by less than a tenth of a degree."""
        arrays = {f"weights{k}": one.astype(np.float16) for k, one in enumerate(self.weights)}
        arrays |= {f"bias{k}": one.astype(np.float32) for k, one in enumerate(self.biases)}
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def towards_lamp(faces: Gray) -> Floats:
    """Unit vector (right, up, towards the camera) to the lamp that lights all ``faces`` (n, 64, 64), aligned."""
    vector = read_lamp_net()(features(faces)).mean(axis=0)
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-6), np.float32)


@cache
def read_lamp_net() -> LampNet:
    """The shipped network, read once."""
    file = load_shipped_arrays(LAMP, {f"weights{k}": FLOAT_ROWS for k in LAYERS} | {f"bias{k}": FLOATS for k in LAYERS})
    weights = tuple(file[f"weights{k}"].astype(np.float32) for k in LAYERS)
    return LampNet(weights, tuple(file[f"bias{k}"] for k in LAYERS))


def features(faces: Gray) -> Floats:
    """(n, d) logarithms of the light on the head's part of faces (n, 64, 64), each against its mean."""
    light = np.stack([small(face) for face in linear(faces)])[:, face_mask()]
    return np.asarray(np.log(light / np.maximum(light.mean(axis=1, keepdims=True), 1e-6) + np.float32(DARKEST)))


@cache
def face_mask() -> Mask:
    """(32, 32) where on an aligned face every head is, without its hair."""
    heads = read_face_maps("train").first(FACES_USED)
    mask = warp_to_template(heads.mask, heads.landmarks) > 0.95
    mask[: HAIR * SMALL // SIDE] = False
    return np.asarray(mask)


def warp_to_template(maps: Floats, landmarks: Floats) -> Floats:
    """Mean (32, 32) of maps (m, 96, 96), each with its landmarks on the template."""
    found = []
    for one, points in zip(maps, landmarks, strict=True):
        to_face = affine(points, TEMPLATE)
        to_face[:, 2] -= to_face[:, :2].sum(axis=1) * MARGIN
        found.append(cv2.warpAffine(one, to_face, (SIDE, SIDE), flags=1, borderMode=cv2.BORDER_REPLICATE))
    return small(np.mean(found, axis=0))


def small(picture: Floats) -> Floats:
    """The picture (64, 64) at half its side (32, 32), by area."""
    return np.asarray(cv2.resize(picture.astype(np.float32), (SMALL, SMALL), interpolation=cv2.INTER_AREA))
