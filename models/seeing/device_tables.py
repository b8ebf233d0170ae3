"""What the graphs of ``models.training.device_graphs`` take beside the picture: all that depends on its size.

Reducing, blurring and enlarging are products with matrices here, and the matrices are what OpenCV makes of the unit
matrix: so a GPU does what ``models.seeing.brighten`` does, whatever OpenCV's weights and borders are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models import GRAPHS
from models.arrays import Floats
from models.seeing.align import cuts_for, inverted, similarity
from models.seeing.brighten import COARSE, NOISE_SIGMA, SURROUND_SIGMA

STRIDE, PADDING = 32, 128.0
"""The detector's picture has sides of multiples of the first, filled up with this gray."""
HALVES_UP = 1e-3
"""Added to gray values before they are rounded where a picture is halved: OpenCV rounds halves up only there."""
ALIGN = GRAPHS / "align.onnx"
LARGEST_TIMES = 8
"""A face is reduced by so much at most: one with 200 pixels between its eyes."""
MADE_FROM = "made_from"
"""In the metadata of a variant: sha256 of the files that it was made from."""
Places = NDArray[np.int32]


def device_variant(path: Path) -> Path:
    """The variant of a network for a GPU: NAME.cuda.onnx beside NAME.onnx."""
    return path.with_suffix(".cuda.onnx")


def reduced_size(height: int, width: int, rows: int) -> tuple[int, int]:
    """Rows and columns to which a picture is reduced for a detector, as ``reduce_to_gray`` does."""
    scale = min(1.0, rows / height)
    return (rows, max(1, round(width * scale))) if scale < 1.0 else (height, width)


def picture_tables(height: int, width: int, rows: int) -> dict[str, Floats]:
    """The detector's inputs for pictures of this size that are to be reduced to ``rows``."""
    high, wide = reduced_size(height, width, rows)
    down, across = _side(height, high), _side(width, wide)
    padding = np.full((down["reduce"].shape[0], across["reduce"].shape[0]), PADDING, np.float32)
    padding[:high, :wide] = 0
    tables = {f"{name}_rows": matrix for name, matrix in down.items()}
    tables |= {f"{name}_columns": np.ascontiguousarray(matrix.T) for name, matrix in across.items()}
    nudge = HALVES_UP if (height, width) == (2 * high, 2 * wide) else 0.0
    numbers = {"pixels": float(high * wide), "nudge": nudge}
    return {**tables, "padding": padding, **{name: np.full((1, 1), one, np.float32) for name, one in numbers.items()}}


def _side(full: int, reduced: int) -> dict[str, Floats]:
    """What is done along one side: matrices that are multiplied with a column of pixels."""
    coarse = max(1, reduced // COARSE)
    padded = reduced + -reduced % STRIDE
    blur = _blur(reduced, NOISE_SIGMA)
    around = _blur(coarse, SURROUND_SIGMA / COARSE) @ _resized(reduced, coarse, cv2.INTER_AREA)
    grow = _resized(coarse, reduced, cv2.INTER_LINEAR)
    return {
        "reduce": _filled_up(_resized(full, reduced, cv2.INTER_AREA), padded, full),
        "blur": _filled_up(blur, padded, padded),
        "around": _filled_up(around, coarse, padded),
        "grow": _filled_up(grow, padded, coarse),
    }


def _resized(before: int, after: int, how: int) -> Floats:
    return np.asarray(cv2.resize(np.eye(before, dtype=np.float32), (before, after), interpolation=how), np.float32)


def _blur(side: int, sigma: float) -> Floats:
    taps = round(sigma * 8 + 1) | 1  # what OpenCV takes for floats when it is not told
    unit = np.eye(side, dtype=np.float32)
    return np.asarray(cv2.sepFilter2D(unit, -1, np.ones(1), cv2.getGaussianKernel(taps, sigma)), np.float32)


def _filled_up(matrix: Floats, rows: int, columns: int) -> Floats:
    """The matrix with rows and columns of zeros after it."""
    return np.pad(matrix, ((0, rows - matrix.shape[0]), (0, columns - matrix.shape[1])))


def too_large(landmarks: Sequence[Floats]) -> bool:
    """Whether one of the faces would have to be reduced by more than ``LARGEST_TIMES``."""
    turns = similarity(np.asarray(landmarks, np.float64))
    return bool(np.hypot(turns[:, 0, 0], turns[:, 1, 0]).min() < 1 / (LARGEST_TIMES + 0.75))


def face_tables(
    landmarks: Sequence[Floats], height: int, width: int, row_length: int, rows: int, faces: int
) -> tuple[Floats, Places]:
    """``turns`` (faces, 7) and ``places`` (faces, 5) for landmarks in a picture of ``height`` and ``width``.

    The picture lies in ``rows`` rows of ``row_length`` pixels, which may be more. Faces beyond the landmarks are pixels
    of a corner.
    """
    turns, places = np.zeros((faces, 7), np.float32), np.zeros((faces, 5), np.int32)
    if not len(landmarks):
        return turns, places
    cuts = cuts_for(np.asarray(landmarks, np.float64), height, width, LARGEST_TIMES)
    turns[: len(landmarks), :6] = inverted(cuts.turns).reshape(-1, 6)
    turns[: len(landmarks), 6] = 1 / cuts.times**2
    margin = LARGEST_TIMES - 1
    stride, level = row_length + margin, (row_length + margin) * (rows + margin)
    x, y = cuts.corners.T
    start = (cuts.times - 1) * level + (y + margin) * stride + x + margin
    last_x, last_y = cuts.sizes.T // cuts.times - 1
    places[: len(landmarks)] = np.stack([start, cuts.times, cuts.times * stride, last_x, last_y], axis=1)
    return turns, places
