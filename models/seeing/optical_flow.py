"""Faces tracked from one detection to the next by optical flow, at a fraction of the cost of a detection.

Lucas and Kanade, "An Iterative Image Registration Technique with an Application to Stereo Vision", 1981.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from models.arrays import Doubles, Floats, Image, Mask
from models.frame import Detection
from models.seeing.brighten import ROWS, Part, Reduced

GRID = 4
"""So many points a side over the middle of the face, besides the five landmarks."""
RANSAC_PIXELS = 1.5
"""Pixels by which a point may differ from the common movement; beyond that it has slipped. (Following each point back
again as well was tried: twice the time, nothing gained.)"""
MIN_INLIER_SHARE = 0.6
"""Share of a face's points that must have been followed and have moved together."""
MAX_SCALE_CHANGE = 1.25
WINDOW = (15, 15)
LEVELS = 2
"""Of the pyramid, above the picture itself."""
MARGIN = 48
"""Pixels around the faces in which they are looked for: windows on the coarsest level, and the way of a face."""


class FlowTracker:
    """Remembers the last picture and the faces in it."""

    def __init__(self, rows: int = ROWS) -> None:
        self._rows = rows
        self._last: Reduced | None = None
        self._faces: list[Detection] = []

    @property
    def faces(self) -> list[Detection]:
        """Those that are known now, where they were in the last picture."""
        return self._faces

    def reduced(self, image: Image) -> Reduced:
        """``image`` (BGR or gray) as ``start`` and ``track`` take it."""
        return Reduced(image, self._rows)

    def start(self, picture: Reduced, faces: list[Detection]) -> None:
        """``faces`` (in the pixels of the whole picture) were detected in this reduced picture."""
        self._last, self._faces = picture if faces else None, faces

    def track(self, picture: Reduced, height: int) -> list[Detection | None]:
        """Each face in the next reduced picture, of one that is ``height`` pixels high; None for one that was lost."""
        before, self._last, faces = self._last, picture, self._faces
        if not faces:
            return []
        if before is None or before.gray.shape != picture.gray.shape:
            moved: list[Detection | None] = [None] * len(faces)
        else:
            moved = _followed(before, picture, faces, picture.gray.shape[0] / height)
        self._faces = [face for face in moved if face is not None]
        return moved


def _followed(before: Reduced, after: Reduced, faces: list[Detection], scale: float) -> list[Detection | None]:
    """Each face moved, turned and scaled as most of its points have; None when too few agree. One call for all.

    Only the part of the pictures with the faces in it is brightened and searched.
    """
    starts = np.stack([np.concatenate([face.landmarks, _grid(face)]) for face in faces]).astype(np.float32) * scale
    part, corner = _part_around(starts.reshape(-1, 2), before.gray.shape)
    there, found, _ = cv2.calcOpticalFlowPyrLK(
        before.brightened(part),
        after.brightened(part),
        (starts - corner).reshape(-1, 1, 2),
        None,  # type: ignore[call-overload]  # OpenCV's stubs forget that the first guess may be left out
        winSize=WINDOW,
        maxLevel=LEVELS,
    )
    ends, good = there.reshape(starts.shape) + corner, found.reshape(starts.shape[:2]) == 1
    return [_carried(*one, scale, after.gray.shape) for one in zip(faces, starts, ends, good, strict=True)]


def _part_around(points: Floats, shape: tuple[int, ...]) -> tuple[Part, Floats]:
    """The part of a picture of this shape with all points (n, 2) and a margin, and its first corner (x, y)."""
    low = np.clip(np.floor(points.min(0)) - MARGIN, 0, (shape[1] - 1, shape[0] - 1)).astype(int)
    high = np.maximum(np.ceil(points.max(0)).astype(int) + MARGIN, low + 1)
    return (slice(low[1], high[1]), slice(low[0], high[0])), low.astype(np.float32)


def _carried(
    face: Detection, start: Floats, end: Floats, good: Mask, scale: float, shape: tuple[int, ...]
) -> Detection | None:
    if good.sum() < MIN_INLIER_SHARE * len(start):
        return None
    turn, together = cv2.estimateAffinePartial2D(start[good], end[good], ransacReprojThreshold=RANSAC_PIXELS)
    if turn is None or together.sum() < MIN_INLIER_SHARE * len(start):
        return None
    grown = float(np.hypot(turn[0, 0], turn[1, 0]))
    if not 1 / MAX_SCALE_CHANGE < grown < MAX_SCALE_CHANGE:
        return None
    return _moved(face, np.asarray(turn, np.float64), grown, scale, shape)


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
