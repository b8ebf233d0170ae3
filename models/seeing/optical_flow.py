"""Faces tracked from one detection to the next by optical flow, at a fraction of the cost of a detection.

Lucas and Kanade, "An Iterative Image Registration Technique with an Application to Stereo Vision", 1981.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from models.arrays import Doubles, Floats, Gray, Image
from models.frame import Detection
from models.seeing.brighten import ROWS, reduce_to_gray

GRID = 4
"""So many points a side over the middle of the face, besides the five landmarks."""
RANSAC_PIXELS = 1.5
"""Pixels by which a point may differ from the common movement; beyond that it has slipped. (Following each point back
again as well was tried: twice the time, nothing gained.)"""
MIN_INLIER_SHARE = 0.6
"""Share of a face's points that must have been followed and have moved together."""
MAX_SCALE_CHANGE = 1.25
WINDOW = (15, 15)


class FlowTracker:
    """Remembers the last picture and the faces in it."""

    def __init__(self, rows: int = ROWS) -> None:
        self._rows = rows
        self._gray: Gray | None = None
        self._faces: list[Detection] = []

    def start(self, image: Image, faces: list[Detection]) -> None:
        """``faces`` were detected in ``image`` (BGR or gray)."""
        self._gray, self._faces = reduce_to_gray(image, self._rows)[0] if faces else None, faces

    def track(self, image: Image) -> list[Detection] | None:
        """The same faces in the next picture; None when one of them was lost, so that a detection is due."""
        if not self._faces:
            return []
        gray, scale = reduce_to_gray(image, self._rows)
        before, self._gray = self._gray, gray
        if before is None or before.shape != gray.shape:
            return None
        moved: list[Detection] = []
        for face in self._faces:
            new = _followed(before, gray, face, scale)
            if new is None:
                return None
            moved.append(new)
        self._faces = moved
        return moved


def _followed(before: Gray, after: Gray, face: Detection, scale: float) -> Detection | None:
    """The face moved, turned and scaled as most of its points have; None when too few agree."""
    start = np.concatenate([face.landmarks, _grid(face)]).astype(np.float32) * scale
    there, found, _ = cv2.calcOpticalFlowPyrLK(
        before,
        after,
        start[:, None],
        None,  # type: ignore[call-overload]  # OpenCV's stubs forget that the first guess may be left out
        winSize=WINDOW,
        maxLevel=2,
    )
    good = found[:, 0] == 1
    if good.sum() < MIN_INLIER_SHARE * len(start):
        return None
    turn, together = cv2.estimateAffinePartial2D(start[good], there[good, 0], ransacReprojThreshold=RANSAC_PIXELS)
    if turn is None or together.sum() < MIN_INLIER_SHARE * len(start):
        return None
    grown = float(np.hypot(turn[0, 0], turn[1, 0]))
    if not 1 / MAX_SCALE_CHANGE < grown < MAX_SCALE_CHANGE:
        return None
    return _moved(face, turn, grown, scale, after.shape)


def _grid(face: Detection) -> Floats:
    """Points over the middle of the face (GRID * GRID, 2)."""
    x, y, width, height = face.box
    shares = np.linspace(0.2, 0.8, GRID)
    across, down = np.meshgrid(x + width * shares, y + height * shares)
    return np.stack([across.ravel(), down.ravel()], axis=1)


def _moved(face: Detection, turn: Doubles, grown: float, scale: float, shape: tuple[int, ...]) -> Detection | None:
    """The face after ``turn`` (of the reduced picture); None when its middle has left the picture."""
    x, y, width, height = face.box
    centre = turn[:, :2] @ ((x + width / 2) * scale, (y + height / 2) * scale) + turn[:, 2]
    if not (0 <= centre[0] < shape[1] and 0 <= centre[1] < shape[0]):
        return None
    width, height = width * grown, height * grown
    corner = centre / scale - (width / 2, height / 2)
    landmarks = (face.landmarks * scale @ turn[:, :2].T + turn[:, 2]) / scale
    box = (float(corner[0]), float(corner[1]), width, height)
    return replace(face, box=box, landmarks=landmarks.astype(np.float32))
