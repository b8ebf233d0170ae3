"""From five landmarks to one small upright gray face, the same in training, in calibration and at the camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from models.arrays import Doubles, Floats, Gray, Image, Indices

SIDE = 64
TEMPLATE = np.array(
    [[19.5, 24.6], [43.5, 24.6], [31.5, 38.4], [21.5, 50.2], [41.5, 50.2]],
    np.float32,
)
"""(5, 2) where the landmarks come to lie in the aligned face: eyes, nose tip, mouth corners (x, y in pixels of 64).

Medians over the faces of FER+ as they are cut, made symmetric: that is how tight the faces are that training sees."""

PREPROCESSING = "align64-standardised-1"
"""Name of what ``align`` and ``prepare`` do together; a network is only used with the preprocessing of its training."""


def align(picture: Image, landmarks: Floats) -> Gray:
    """The face as (64, 64) uint8 gray, its landmarks as near to ``TEMPLATE`` as turning, scaling and shifting can.

    ``picture`` is BGR (h, w, 3) or gray (h, w); ``landmarks`` (5, 2) are pixels of it. What lies outside the picture
    repeats its border. Light is left as it is.
    """
    (face,) = align_all(picture, [landmarks])
    return np.asarray(face, np.uint8)


def align_all(picture: Image, landmarks: Sequence[Floats]) -> Gray:
    """Every face of a picture: (n, 64, 64) uint8 from n times (5, 2) landmarks."""
    faces = np.empty((len(landmarks), SIDE, SIDE), np.uint8)
    if not len(faces):
        return faces
    cuts = cuts_for(np.asarray(landmarks, np.float64), *picture.shape[:2])
    for face, (x, y), (width, height), times, turn in zip(
        faces, cuts.corners, cuts.sizes, cuts.times.tolist(), cuts.turns, strict=True
    ):
        part = picture[y : y + height, x : x + width]
        gray = part if part.ndim == 2 else np.asarray(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), np.uint8)
        small = _reduced(gray, times)
        cv2.warpAffine(small, turn, (SIDE, SIDE), face, cv2.INTER_LINEAR, cv2.BORDER_REPLICATE)
    return faces


def similarity(landmarks: Doubles, onto: Floats | Doubles = TEMPLATE) -> Doubles:
    """The (..., 2, 3) matrices of turn, scale and shift that bring ``landmarks`` (..., 5, 2) nearest to ``onto``.

    Least squares in closed form (complex numbers: onto = a * landmark + b), without reflection; the plane case of
    Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991.
    """
    z = landmarks[..., 0] + 1j * landmarks[..., 1]
    t = onto[..., 0].astype(np.float64) + 1j * onto[..., 1]
    around = z - z.mean(axis=-1, keepdims=True)
    spread = (around.conj() * around).real.sum(axis=-1)
    turned = (around.conj() * (t - t.mean(axis=-1, keepdims=True))).sum(axis=-1)
    a = np.where(spread > 0, turned / np.where(spread > 0, spread, 1), 1.0 + 0j)
    b = t.mean(axis=-1) - a * z.mean(axis=-1)
    rows = np.stack([a.real, -a.imag, b.real, a.imag, a.real, b.imag], axis=-1)
    return rows.reshape(*rows.shape[:-1], 2, 3)


def prepare(faces: Gray) -> Floats:
    """The classifier's input (n, 1, 64, 64) float32 from aligned faces (n, 64, 64) uint8.

    Each face is standardised to mean 0 and deviation 1, so that exposure and gain do not matter; a flat one stays
    near 0.
    """
    light = faces.astype(np.float32)
    light -= light.mean(axis=(1, 2), keepdims=True)
    light /= np.maximum(light.std(axis=(1, 2), keepdims=True), FLAT)
    return light[:, None]


FLAT = 1.0
"""Deviation in gray values under which a face counts as flat: below it only noise would be blown up."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """Which parts of a picture faces need, by how much these are reduced, and how they are turned then."""

    corners: Indices
    """Left and top (n, 2) in pixels of the picture."""
    sizes: Indices
    """Width and height (n, 2): only they cost a colour conversion."""
    times: Indices
    """Squares of so many pixels become one (n,): sampling alone would skip pixels and keep all of their noise."""
    turns: Doubles
    """(n, 2, 3) from the reduced part to the aligned face."""


def cuts_for(landmarks: Doubles, height: int, width: int, times_at_most: int = 1_000_000) -> Cuts:
    """What ``align`` does with faces (n, 5, 2) of a picture of this size."""
    turns = similarity(landmarks)
    back = _CORNERS @ inverted(turns).transpose(0, 2, 1)
    first = np.clip(np.floor(back.min(axis=1)) - 2, 0, [width - 1, height - 1]).astype(np.intp)
    last = np.clip(np.ceil(back.max(axis=1)) + 3, first + 1, [width, height]).astype(np.intp)
    sizes = last - first
    scale = np.maximum(np.hypot(turns[:, 0, 0], turns[:, 1, 0]), 1e-6)
    times = np.minimum((1 / scale + 0.25).astype(np.intp), times_at_most)
    times[(times < 2) | (sizes.min(axis=1) < times)] = 1
    shift = first + (times[:, None] - 1) / 2
    turns[:, :, 2] += (turns[:, :, :2] @ shift[:, :, None])[:, :, 0]
    turns[:, :, :2] *= times[:, None, None]
    return Cuts(first, sizes, times, turns)


_CORNERS = np.array([[0, 0, 1], [SIDE, 0, 1], [0, SIDE, 1], [SIDE, SIDE, 1]], np.float64)


def inverted(turns: Doubles) -> Doubles:
    """The (n, 2, 3) matrices that lead back from similarities (n, 2, 3)."""
    squared = np.maximum(np.square(turns[:, :, 0]).sum(axis=1), 1e-12)
    inverse = turns[:, :, :2].transpose(0, 2, 1) / squared[:, None, None]
    return np.concatenate([inverse, -inverse @ turns[:, :, 2:]], axis=2)


def _reduced(gray: Gray, times: int) -> Gray:
    """Averaged by area."""
    if times == 1:
        return gray
    size = (gray.shape[1] // times, gray.shape[0] // times)
    small = cv2.resize(gray[: size[1] * times, : size[0] * times], size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)
