"""What a one-shot detector should answer in every cell of its maps, given the faces of a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.arrays import Floats
from models.darkroom.scenes import Truth
from models.seeing.one_shot import STRIDES, cell_centres, cell_strides

WIDTHS = ((0.0, 46.0), (34.0, 104.0), (80.0, 1e9))
"""Faces that each level answers for, by their widths; those between two levels are answered by both."""
NEAR_CELLS, NEAR_SHARE = 0.9, 0.14
"""A cell so near to a face's middle, in strides or in shares of its width, must find it."""
UNSURE = 2.2
"""So many times farther away, it may find it or not."""


def targets(truths: Sequence[Truth], height: int, width: int) -> Floats:
    """What is wanted (n, cells, 16) of pictures of so many pixels.

    Whether a face is (1 yes, 0 no, -1 as it likes), the box (x1, y1, x2, y2) and the landmarks in pixels, and the width
    of the face (1 where there is none).
    """
    cells, strides = np.concatenate(cell_centres(height, width)), cell_strides(height, width)
    low, high = np.array(WIDTHS, np.float32)[np.searchsorted(STRIDES, strides)].T
    wanted = np.zeros((len(truths), len(cells), 16), np.float32)
    wanted[..., 15] = 1.0
    for row, truth in zip(wanted, truths, strict=True):
        nearest = np.full(len(cells), np.inf, np.float32)
        for box, five, counted in zip(truth.boxes, truth.landmarks, truth.counted, strict=True):
            size = float(box[2] - box[0])
            away = cells - (box[:2] + box[2:]) / 2
            distance = np.hypot(away[:, 0], away[:, 1]) / np.maximum(NEAR_CELLS * strides, NEAR_SHARE * size)
            own = (low <= size) & (size < high)
            if counted:
                unsure = (distance < UNSURE) | (~own & (np.abs(away).max(axis=1) < size / 2))
                row[unsure & (row[:, 0] == 0), 0] = -1
                answers = own & (distance < 1) & (distance < nearest)
                nearest[answers] = distance[answers]
                row[answers] = np.concatenate([[1], box, five.reshape(-1), [size]])
            else:
                inside = np.abs(away / (box[2:] - box[:2])).max(axis=1) < 0.5
                row[inside & (row[:, 0] == 0), 0] = -1
    return wanted
