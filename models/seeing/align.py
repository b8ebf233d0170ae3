"""From five landmarks to one small upright gray face, the same in training, in calibration and at the camera."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from models.arrays import Doubles, Floats, Gray, Image

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
    turn = similarity(np.asarray(landmarks, np.float64))
    picture, turn = _cut_out(picture, turn)
    gray = picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    gray, turn = _reduced(gray, turn)
    face = cv2.warpAffine(gray, turn, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(face, np.uint8)


def align_all(picture: Image, landmarks: Sequence[Floats]) -> Gray:
    """Every face of a picture: (n, 64, 64) uint8 from n times (5, 2) landmarks."""
    faces = [align(picture, five) for five in landmarks]
    return np.stack(faces) if faces else np.empty((0, SIDE, SIDE), np.uint8)


def similarity(landmarks: Doubles) -> Doubles:
    """The (..., 2, 3) matrices of turn, scale and shift that bring ``landmarks`` (..., 5, 2) nearest to ``TEMPLATE``.

    Least squares in closed form (complex numbers: template = a * landmark + b), without reflection; the plane case of
    Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991.
    """
    z = landmarks[..., 0] + 1j * landmarks[..., 1]
    t = TEMPLATE[:, 0].astype(np.float64) + 1j * TEMPLATE[:, 1]
    around = z - z.mean(axis=-1, keepdims=True)
    spread = (around.conj() * around).real.sum(axis=-1)
    onto = (around.conj() * (t - t.mean())).sum(axis=-1)
    a = np.where(spread > 0, onto / np.where(spread > 0, spread, 1), 1.0 + 0j)
    b = t.mean() - a * z.mean(axis=-1)
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


def _cut_out(picture: Image, turn: Doubles) -> tuple[Image, Doubles]:
    """Only the part of the picture that the face needs, so that the rest costs no colour conversion."""
    corners = np.array([[0, 0, 1], [SIDE, 0, 1], [0, SIDE, 1], [SIDE, SIDE, 1]], np.float64)
    back = corners @ cv2.invertAffineTransform(turn).T
    height, width = picture.shape[:2]
    x1, y1 = (int(v) for v in np.clip(np.floor(back.min(axis=0)) - 2, 0, [width - 1, height - 1]))
    x2, y2 = (int(v) for v in np.clip(np.ceil(back.max(axis=0)) + 3, [x1 + 1, y1 + 1], [width, height]))
    moved = turn.copy()
    moved[:, 2] += turn[:, :2] @ (x1, y1)
    return picture[y1:y2, x1:x2], moved


def _reduced(gray: Gray, turn: Doubles) -> tuple[Gray, Doubles]:
    """A large face halved (or more) by area first: sampling alone would skip pixels and keep all of their noise."""
    times = int(1 / np.hypot(turn[0, 0], turn[1, 0]) + 0.25)
    if times < 2 or min(gray.shape) < times:
        return gray, turn
    size = (gray.shape[1] // times, gray.shape[0] // times)
    small = cv2.resize(gray[: size[1] * times, : size[0] * times], size, interpolation=cv2.INTER_AREA)
    moved = turn.copy()
    moved[:, :2] *= times
    moved[:, 2] += turn[:, :2] @ np.full(2, (times - 1) / 2)
    return np.asarray(small, np.uint8), moved
