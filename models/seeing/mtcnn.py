"""Face detector that needs nothing but PyPI packages: MTCNN's cascade on onnxruntime, gray, one thread.

Zhang et al., "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks", 2016.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from models import GRAPHS
from models.arrays import Doubles, Floats, Gray, Image, Mask
from models.frame import Detection
from models.seeing.boxes import as_detections, nms, nms_by_smaller_box, to_squares
from models.seeing.brighten import ROWS, reduce_to_gray
from models.seeing.mtcnn_weights import Network, initializers
from models.seeing.session import about_the_file, open_session

CELL = 12
"""Side in pixels of the face that the first network knows; the picture is shrunk until faces are so small."""
PYRAMID_FACTOR = 0.79
PNET_THRESHOLD, RNET_THRESHOLD = 0.6, 0.6
"""Scores that the first and the second network must give for the next one to run."""
MAX_CANDIDATES = 96
"""Bounds the time that a picture full of face-like patterns can take."""


class Mtcnn:
    """Finds faces and their five landmarks in one picture.

    ``smallest_face`` in pixels of the picture as given; the time of a call grows with its inverse square.
    Raises ``NoWeights`` when made without the weights, ``BadFile`` for a graph that is torn.
    """

    def __init__(self, smallest_face: float = 40, score: float = 0.7, threads: int = 1, rows: int = ROWS) -> None:
        self._smallest, self._score, self._rows = smallest_face, score, rows
        self._pnet = _open("pnet", threads)
        self._rnet = _open("rnet", threads)
        self._onet = _open("onet", threads)

    def detect(self, image: Image) -> list[Detection]:
        """Faces in ``image`` (BGR or gray), best first, in its own pixels."""
        gray, scale = reduce_to_gray(image, self._rows)
        return as_detections(*self._cascade(gray, max(self._smallest * scale, CELL)), scale)

    def _cascade(self, gray: Gray, smallest: float) -> tuple[Floats, Floats, Floats]:
        """Boxes (n, 4), scores (n,) and landmarks (n, 5, 2) in pixels of ``gray``."""
        boxes = to_squares(self._proposals(gray, smallest))
        offsets, faces = self._rnet.run(None, {"picture": crops(gray, boxes, 24)})
        boxes, scores, _ = _regressed(boxes, offsets, faces, RNET_THRESHOLD)
        boxes = to_squares(boxes[nms(boxes, scores, 0.7)])
        boxes, scores, points = self.score_boxes(gray, boxes)
        sure = np.flatnonzero(scores > self._score)
        best = sure[nms_by_smaller_box(boxes[sure], scores[sure], 0.7)]
        return boxes[best], scores[best], points[best]

    def score_boxes(self, gray: Gray, boxes: Floats) -> tuple[Floats, Floats, Floats]:
        """What the last network says of square ``boxes`` (n, 4: x1, y1, x2, y2), about twice the eyes' distance wide.

        Returns boxes moved onto the faces (n, 4), scores from 0 to 1 (n,) and landmarks (n, 5, 2), for every box given.
        """
        offsets, points, faces = self._onet.run(None, {"picture": crops(gray, boxes, 48)})
        moved, scores, _ = _regressed(boxes, offsets, faces, -1.0)
        return moved, scores, landmarks_in_pixels(points, boxes)

    def _proposals(self, gray: Gray, smallest: float) -> Floats:
        """Boxes that the first network takes for faces at any size, the best of them only."""
        found = [np.empty((0, 5), np.float32)]
        scale, level = CELL / smallest, gray
        while min(gray.shape) * scale >= CELL:
            size = tuple(2 * round(side * scale / 2) for side in gray.shape[::-1])
            # From the last level: less to read.
            level = np.asarray(cv2.resize(level, size, interpolation=cv2.INTER_AREA), np.uint8)
            (maps,) = self._pnet.run(None, {"picture": level[None, None].astype(np.float32)})
            found.append(_decode_pnet(maps[0], PNET_THRESHOLD, np.divide(size, gray.shape[::-1])))
            scale *= PYRAMID_FACTOR
        all_found = np.concatenate(found)
        best = nms(all_found[:, :4], all_found[:, 4], 0.7)
        return all_found[best[:MAX_CANDIDATES], :4]


def _open(network: Network, threads: int) -> Any:
    graph = GRAPHS / f"{network}.onnx"
    with about_the_file(graph):
        return open_session(graph, threads, sizes_vary=True, initializers=initializers(network))


def _decode_pnet(maps: Floats, threshold: float, scale: Doubles) -> Floats:
    """Rows x1, y1, x2, y2, score in the picture's pixels from one level's maps (5, h, w): offsets, logit of a face."""
    rows, columns = np.nonzero(maps[4] > np.log(threshold / (1 - threshold)))
    offsets, logits = maps[:4, rows, columns].T, maps[4, rows, columns]
    corner = 2 * np.stack([columns, rows], axis=1)
    boxes = np.concatenate([corner, corner + CELL], axis=1) + CELL * offsets
    boxes = np.asarray(boxes / np.tile(scale, 2), np.float32)
    scores = 1 / (1 + np.exp(-logits))
    best = nms(boxes, scores, 0.5)
    return np.concatenate([boxes, scores[:, None]], axis=1)[best]


def _regressed(boxes: Floats, offsets: Floats, faces: Floats, threshold: float) -> tuple[Floats, Floats, Mask]:
    """The boxes that score above ``threshold``, moved by the network's offsets; their scores; which they were."""
    sure = faces[:, 1] > threshold
    sizes = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    return (boxes + offsets * sizes)[sure], faces[sure, 1], sure


def landmarks_in_pixels(points: Floats, boxes: Floats) -> Floats:
    """Landmarks (n, 10: five x, five y, as shares of the box) as (n, 5, 2) in pixels."""
    shares = points.reshape(-1, 2, 5).transpose(0, 2, 1)
    return boxes[:, None, :2] + shares * (boxes[:, 2:] - boxes[:, :2])[:, None]


def crops(gray: Gray, boxes: Floats, side: int) -> Floats:
    """Square ``boxes`` of the picture as (n, 1, side, side) float32, 0 to 255; outside the picture it is mid gray."""
    cut = np.empty((len(boxes), 1, side, side), np.float32)
    for patch, (x1, y1, x2, y2) in zip(cut, boxes, strict=True):
        step_x, step_y = (x2 - x1) / side, (y2 - y1) / side
        to_picture = np.array([[step_x, 0, x1 + step_x / 2 - 0.5], [0, step_y, y1 + step_y / 2 - 0.5]])
        patch[0] = cv2.warpAffine(
            gray, to_picture, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=127
        )
    return cut
