"""One picture file of a data set as gray: of any size, colour, depth or transparency."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.errors import BadFile
from calibration.files import read_bytes
from models.arrays import Gray

PICTURE_BYTES = 400_000_000
ALWAYS_EIGHT_BITS = frozenset({".jpg", ".jpeg"})
"""Neither deeper nor transparent: decoded as gray at once, and turned as the camera was held."""
DEEP_BITS = (10, 12, 14, 16)
"""Cameras of so many bits put them into 16."""
HELD_SIDE = 1280
"""The detector looks at 360 rows: the smallest face that it finds has some 60 pixels here, all that alignment needs."""
BEHIND = 128
"""Gray behind what is transparent."""


def read_gray(file: Path) -> Gray | None:
    """The picture (h, w) uint8; None for what is none, and for what OpenCV will not decode (it is too large, say)."""
    try:
        content = np.frombuffer(read_bytes(file, PICTURE_BYTES), np.uint8)
        eight = file.suffix.lower() in ALWAYS_EIGHT_BITS
        picture = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE if eight else cv2.IMREAD_UNCHANGED)
    except (BadFile, cv2.error):
        return None
    if picture is None or not np.isfinite(picture).all():
        return None
    return _gray(_eight_bits(np.asarray(picture)))


def read_to_hold(file: Path) -> Gray | None:
    """The same, so small that thousands can be held: of a telephone's photographs each takes 12 MB."""
    picture = read_gray(file)
    share = 1.0 if picture is None else HELD_SIDE / max(picture.shape)
    if picture is None or share >= 1:
        return picture
    size = tuple(max(1, round(side * share)) for side in picture.shape[::-1])
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _eight_bits(picture: NDArray[Any]) -> Gray:
    if picture.dtype == np.uint8:
        return np.asarray(picture, np.uint8)
    colours = picture[..., :3] if picture.ndim == 3 else picture
    largest = float(colours.max())
    if picture.dtype == np.uint16:
        white = 2.0 ** next(bits for bits in DEEP_BITS if largest < 2**bits) - 1
    else:
        white = largest
    scaled = np.clip(picture.astype(np.float64) * (255 / max(white, 1e-9)), 0, 255)
    if picture.ndim == 3 and picture.shape[2] == 4 and picture.dtype == np.uint16:
        scaled[..., 3] = picture[..., 3] / 257  # transparency always uses all 16 bits
    return np.round(scaled).astype(np.uint8)


def _gray(picture: Gray) -> Gray:
    if picture.ndim == 2:
        return picture
    channels = picture.shape[2]
    if channels in (2, 4):
        opaque = picture[..., -1].astype(np.float32) / 255
        colours = picture[..., 0] if channels == 2 else cv2.cvtColor(picture, cv2.COLOR_BGRA2GRAY)
        return np.round(BEHIND + (colours - np.float32(BEHIND)) * opaque).astype(np.uint8)
    return np.asarray(picture[..., 0] if channels == 1 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
