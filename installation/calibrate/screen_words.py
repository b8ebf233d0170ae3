"""The display that was found, for who reads a terminal: how much of the picture, where, and drawn with letters."""

from __future__ import annotations

import cv2
import numpy as np

from calibration.settings import Polygon
from installation.calibrate.screen_search import FoundScreen

WIDE, HIGH = 32, 9
"""Of the picture, in letters: they are twice as high as wide."""
SCREEN, REST = "#", "."


def screen_in_words(found: FoundScreen) -> str:
    """One sentence."""
    x, y = np.mean(found.corners, axis=0)
    across = "left" if x < 0.4 else "right" if x > 0.6 else "middle"
    down = "top" if y < 0.4 else "bottom" if y > 0.6 else "middle"
    where = "in the middle" if across == down else f"{down} {across}" if down != "middle" else f"on the {across}"
    left, top = (min(corner[i] for corner in found.corners) for i in (0, 1))
    right, bottom = (max(corner[i] for corner in found.corners) for i in (0, 1))
    return (
        f"the camera sees the screen: {found.share:.0%} of the picture, {where} (from {left:.0%} to {right:.0%} of its "
        f"width, from {top:.0%} to {bottom:.0%} of its height); its pictures come {found.delay_seconds:.1f} s late"
    )


def screen_in_letters(corners: Polygon) -> str:
    """The camera's picture with the display in it."""
    finer = 16
    canvas = np.zeros((HIGH * finer, WIDE * finer), np.uint8)
    points = np.array(corners) * [WIDE * finer, HIGH * finer]
    cv2.fillPoly(canvas, [np.rint(points).astype(np.int32)], 255)
    share = canvas.reshape(HIGH, finer, WIDE, finer).mean(axis=(1, 3))
    return "\n".join("  " + "".join(SCREEN if one > 127 else REST for one in row) for row in share)
