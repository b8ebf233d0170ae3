"""Arithmetic of boxes: overlap and the choice of one among many. A box is x1, y1, x2, y2 here."""

from __future__ import annotations

import cv2
import numpy as np

from models.arrays import Floats, Indices
from models.frame import Detection

BLOCK = 64
"""Boxes that are compared with all others at once."""


def nms(boxes: Floats, scores: Floats, iou_threshold: float) -> Indices:
    """Indices of the best boxes, best first, no two sharing more than ``iou_threshold`` of their union.

    ``boxes`` (n, 4), ``scores`` (n,). Greedy non-maximum suppression.
    """
    if not len(boxes):
        return np.empty(0, np.intp)
    corner_and_size = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(corner_and_size.tolist(), scores.tolist(), 0.0, iou_threshold)
    return np.asarray(kept, np.intp).reshape(-1)


def nms_by_smaller_box(boxes: Floats, scores: Floats, overlap_threshold: float) -> Indices:
    """Like ``nms``, but the shared part is measured against the smaller box: a mouth inside a face goes."""
    order = np.argsort(-scores, kind="stable")
    corners, ends = boxes[order, :2], boxes[order, 2:]
    areas = np.prod(np.maximum(ends - corners, 1e-6), axis=1)
    gone, kept = np.zeros(len(order), bool), []
    for start in range(0, len(order), BLOCK):
        some = slice(start, start + BLOCK)
        sides = np.minimum(ends[some, None], ends) - np.maximum(corners[some, None], corners)
        shared = np.prod(np.maximum(sides, 0), axis=2) / np.minimum(areas[some, None], areas)
        for i, beside in enumerate(shared > overlap_threshold, start):
            if not gone[i]:
                kept.append(i)
                gone |= beside
    return order[kept]


def to_squares(boxes: Floats) -> Floats:
    """Boxes widened to squares around the same centres."""
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True) / 2
    return np.concatenate([centres - half, centres + half], axis=1)


def as_detections(boxes: Floats, scores: Floats, points: Floats, scale: float) -> list[Detection]:
    """Faces found in a reduced picture, in the full one's pixels (reduced = full * ``scale``).

    ``boxes`` (n, 4), ``scores`` (n,), ``points`` (n, 5, 2).
    """
    full = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1) / scale
    return [
        Detection((float(x), float(y), float(width), float(height)), float(score), np.asarray(five / scale, np.float32))
        for (x, y, width, height), score, five in zip(full, scores, points, strict=True)
    ]
