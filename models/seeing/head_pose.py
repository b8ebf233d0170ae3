"""Where a head is turned, from the five landmarks: yaw, pitch and roll, and how large the face is behind the turning.

The landmarks are taken for the picture of five fixed points in space (weak perspective): an affine fit by least
squares, then the nearest turned and scaled one (Horn, Hilden & Negahdaripour, "Closed-form solution of absolute
orientation using orthonormal matrices", 1988, for two rows of the matrix). What it errs is in docs/eye.md, measured
by ``models.evaluation.pose``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.arrays import Floats

POINTS = np.array([[-0.5, 0, 0], [0.5, 0, 0], [0, 0.575, 0.59], [-0.41, 1.12, 0.17], [0.41, 1.12, 0.17]])
"""(5, 3) the landmarks of a head that faces the camera: right, down, towards the camera; the eyes are 1 apart.

Depths: fitted to MTCNN's landmarks of 330 computed heads. The rest lies between what fits them best and the medians of
photographed faces, whose mouths MTCNN draws higher (``models.seeing.align.TEMPLATE``)."""
_AROUND = POINTS - POINTS.mean(axis=0)
_INVERSE = np.linalg.pinv(_AROUND)
LARGEST_RESIDUAL = 0.13
"""Root mean square of what is left between landmarks and points, in eye distances: above it a landmark is lost, or this
is no face. Of 873 photographed faces one in a thousand has more, and 94 in a hundred with one moved by 0.5 to 1."""
LEAST_EYES_APART = 8.0
"""Pixels of the frame: below it a landmark's error turns the head."""
TOWARDS, AWAY = 15.0, 45.0
"""Degrees between the head and the screen up to which somebody faces it, and from which on not at all."""


@dataclass(frozen=True, slots=True)
class HeadPose:
    """How a head is turned, against the line from it to the camera. Degrees, 0 for a face that looks into the lens."""

    yaw: float
    """Turned to the picture's right."""
    pitch: float
    """Raised."""
    roll: float
    """Tilted clockwise in the picture."""
    eyes_apart: float
    """Pixels between the eyes, if the head faced the camera: the size that distance alone makes."""


def head_pose(landmarks: Floats) -> HeadPose | None:
    """The pose that ``landmarks`` (5, 2) show, or None: they are not reliable."""
    seen = np.asarray(landmarks, np.float64)
    around = seen - seen.sum(axis=0) / len(POINTS)
    (a, b, c), (d, e, f) = (_INVERSE @ around).T.tolist()
    xx, xy, yy = a * a + b * b + c * c, a * d + b * e + c * f, d * d + e * e + f * f
    area = math.sqrt(max(xx * yy - xy * xy, 0.0))
    both = math.sqrt(xx + yy + 2 * area)  # the sum of the matrix's singular values
    eyes_apart = both / 2
    if not eyes_apart >= LEAST_EYES_APART or area < 0.3 * eyes_apart**2:  # NaN too
        return None
    # The inverse square root of [[xx, xy], [xy, yy]], in closed form, makes the rows orthonormal.
    p, q, r = ((yy + area) / (area * both), -xy / (area * both), (xx + area) / (area * both))
    right = p * a + q * d, p * b + q * e, p * c + q * f
    down = q * a + r * d, q * b + r * e, q * c + r * f
    off = around / eyes_apart - _AROUND @ np.array([right, down]).T
    if math.sqrt(float(np.vdot(off, off)) / len(POINTS)) > LARGEST_RESIDUAL:
        return None
    gaze_x, gaze_y = right[2], down[2]
    gaze_z = right[0] * down[1] - right[1] * down[0]
    yaw, pitch = math.atan2(gaze_x, gaze_z), math.asin(min(max(-gaze_y, -1.0), 1.0))
    roll = math.atan2(down[0], down[1])
    return HeadPose(math.degrees(yaw), math.degrees(pitch), math.degrees(roll), eyes_apart)


def facing(yaw: float, pitch: float, screen_yaw: float = 0.0, screen_pitch: float = 0.0) -> float:
    """From 0 (turned away) to 1, by the angle between a head and one that looks at the screen's middle; degrees.

    1 up to ``TOWARDS``, for eyes find the rest of a screen without the head; 0 from ``AWAY`` on; a line between.
    """
    y, p, to_y, to_p = (math.radians(angle) for angle in (yaw, pitch, screen_yaw, screen_pitch))
    along = math.sin(p) * math.sin(to_p) + math.cos(p) * math.cos(to_p) * math.cos(y - to_y)
    angle = math.degrees(math.acos(min(max(along, -1.0), 1.0)))
    return min(max((AWAY - angle) / (AWAY - TOWARDS), 0.0), 1.0)
