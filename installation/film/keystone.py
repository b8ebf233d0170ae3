"""Keystone and tone: what makes a picture sit right on a real wall."""

from __future__ import annotations

import cv2
import numpy as np

from calibration.settings import ScreenSettings

UNIT = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)


def is_straight(settings: ScreenSettings) -> bool:
    """Whether the corners are those of the screen itself."""
    return np.allclose(np.array(settings.corners), UNIT)


def picture_of_wall(settings: ScreenSettings) -> np.ndarray:
    """3 x 3 homography from a place on the screen to the place in the picture, both in shares of their size."""
    return cv2.getPerspectiveTransform(np.array(settings.corners, np.float32), UNIT)


def remap_tables(settings: ScreenSettings, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Where each pixel of the screen lies in the picture, in the form that ``cv2.remap`` is quickest with."""
    wide, high = size
    rows, columns = np.mgrid[0:high, 0:wide].astype(np.float32)
    places = np.stack([(columns + 0.5) / wide, (rows + 0.5) / high], -1).reshape(-1, 1, 2)
    inside = cv2.perspectiveTransform(places, picture_of_wall(settings)).reshape(high, wide, 2)
    return cv2.convertMaps(inside[..., 0] * wide - 0.5, inside[..., 1] * high - 0.5, cv2.CV_16SC2)


def tone_of(settings: ScreenSettings) -> np.ndarray | None:
    """Black level and gamma as a table of 256 (uint8), or None where nothing is to be changed."""
    if settings.gamma == 1.0 and settings.black_level == 0.0:
        return None
    light = (np.arange(256) / 255) ** (1 / settings.gamma)
    light = settings.black_level + (1 - settings.black_level) * light
    return np.rint(light * 255).astype(np.uint8)
