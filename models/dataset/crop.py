"""A face cut out of a picture: upright, gray, with a margin around it, and nothing else of the picture."""

from __future__ import annotations

import cv2
import numpy as np

from models.arrays import Floats, Gray, Image
from models.seeing.align import SIDE, similarity

CROP_SIDE, MARGIN = 160, 32
"""Pixels. The aligned face of the networks lies in the middle; the margin on each side is for training, which turns,
shifts and scales faces."""
SCALE = (CROP_SIDE - 2 * MARGIN) / SIDE


def face_crop(picture: Image, landmarks: Floats) -> Gray:
    """The face (160, 160) uint8 gray, from a picture (h, w[, 3]) and its landmarks (5, 2). Light is left as it is."""
    turn = SCALE * similarity(np.asarray(landmarks, np.float64))
    times = float(np.hypot(turn[0, 0], turn[1, 0]))
    if times < 0.5:  # by area first: sampling alone would skip pixels and keep all of their noise
        width, height = (max(1, round(side * times)) for side in picture.shape[1::-1])
        shares = np.array([width, height]) / picture.shape[1::-1]
        picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        turn = SCALE * similarity((np.asarray(landmarks, np.float64) + 0.5) * shares - 0.5)
    turn[:, 2] += MARGIN
    gray = picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    face = cv2.warpAffine(gray, turn, (CROP_SIDE, CROP_SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(face, np.uint8)
