"""How often a film flashes, as WCAG 2.3.1 counts it (and ITU-R BT.1702): general flashes, and flashes to saturated red.

A flash is a pair of opposing changes of relative luminance by 10 % or more of its maximum, of which the darker is below
0.80; or a pair to and from a saturated red. More than three in a second, on a quarter of the picture, may trigger
seizures. https://www.w3.org/TR/WCAG22/#dfn-general-flash-and-red-flash-thresholds
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from models.arrays import Floats

FLASHES_AT_MOST = 3.0
"""In any second."""
AREA = 0.25
"""Share of the picture. (In the rule it is that of any ten degrees of what the eye sees: nobody knows here how near
visitors stand.)"""
COLUMNS, ROWS, POINTS = 16, 9, 8
"""Blocks of the picture, and points that are read of each, both ways."""
ROUNDING = 1e-3
"""Seconds: of two moments that are a second apart."""
LUMINANCE_STEP, DARKER_BELOW = 0.10, 0.80
RED_STEP, RED_FROM = 20.0, 0.80
_WEIGHTS = np.array(
    (
        np.array((0.2126, 0.7152, 0.0722)) / LUMINANCE_STEP,
        np.array((1.0, -1.0, -1.0)) * 320 / RED_STEP,
        np.array((1.0 - RED_FROM, -RED_FROM, -RED_FROM)),
    ),
    np.float32,
).T
"""Of red, green and blue: luminance and red in steps that count, and how much more red than a saturated one it is."""
_SRGB = np.arange(256, dtype=np.float32) / 255
_LINEAR = np.where(_SRGB <= 0.04045, _SRGB / 12.92, ((_SRGB + 0.055) / 1.055) ** 2.4).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Flashes:
    """The worst second."""

    a_second: float = 0.0
    """On a quarter of the picture."""
    at: float = 0.0
    """Second of the file in which there were more than allowed for the first time, or the most."""
    red: bool = False
    """To a saturated red."""


class FlashMeter:
    """Takes the pictures of a film in their order."""

    def __init__(self) -> None:
        self._small = VideoReformatter()
        self._swings = _Swings()

    def add(self, frame: av.VideoFrame, seconds: float) -> None:
        """The next picture, ``seconds`` into the film. A few points of it are read."""
        size = COLUMNS * POINTS, ROWS * POINTS
        small = self._small.reformat(frame, *size, format="rgb24", interpolation="POINT").to_ndarray()
        self.add_picture(small, seconds)

    def add_picture(self, small: np.ndarray, seconds: float) -> None:
        """The same of a picture ((ROWS * POINTS, COLUMNS * POINTS, 3) uint8, red first)."""
        points: Floats = _LINEAR.take(small)
        blocks: Floats = np.asarray(cv2.resize(points, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA), np.float32)
        light = blocks.reshape(-1, 3) @ _WEIGHTS
        values = np.stack((light[:, 0], np.maximum(light[:, 1], 0)))
        special = np.stack((light[:, 0] < DARKER_BELOW * (1 / LUMINANCE_STEP), light[:, 2] >= 0))
        self._swings.add(values, special, seconds)

    @property
    def worst(self) -> Flashes:
        """The second in which the film flashes most."""
        light, red = map(int, self._swings.worst)
        is_red = red > max(light, 2 * FLASHES_AT_MOST)
        return Flashes((red if is_red else light) / 2, float(self._swings.at[int(is_red)]), is_red)


class _Swings:
    """Counts, block by block, how often a value has gone up or down by 1 within the last second.

    Two values of each block at once, (2, blocks): luminance, and red. A swing counts where one of its two ends is
    ``special``.
    """

    def __init__(self) -> None:
        self._low = self._high = np.zeros((2, 0), np.float32)
        self._low_special = self._high_special = self._begun_special = self._waiting = np.zeros((2, 0), bool)
        """Of the two ends, and of swings: whether they began so, and whether they are to count once they get there."""
        self._way = self._count = np.zeros((2, 0), np.int32)
        self._newest: deque[tuple[float, np.ndarray]] = deque()
        self.worst, self.at = np.zeros(2, np.int32), np.zeros(2)

    def add(self, value: np.ndarray, special: np.ndarray, seconds: float) -> None:
        """The blocks' values in the next picture."""
        if not self._low.size:
            self._low = self._high = value
            self._low_special = self._high_special = self._begun_special = special
            self._way, self._waiting = np.zeros(value.shape, np.int32), np.zeros(value.shape, bool)
            self._count = self._way
            return
        self._low_special = np.where(value < self._low, special, self._low_special)
        self._high_special = np.where(value > self._high, special, self._high_special)
        self._low, self._high = np.minimum(value, self._low), np.maximum(value, self._high)
        up = (value - self._low >= 1) & (self._way <= 0)
        down = (self._high - value >= 1) & (self._way >= 0) & ~up
        if (turned := up | down).any():
            self._turn(up, down, turned, value, special)
        counts = self._waiting & (self._begun_special | special)
        self._waiting = self._waiting & ~counts
        self._remember(counts, seconds)

    def _turn(
        self, up: np.ndarray, down: np.ndarray, turned: np.ndarray, value: np.ndarray, special: np.ndarray
    ) -> None:
        """Swings have begun: what the other end of the next ones is measured from begins anew."""
        self._begun_special = np.where(up, self._low_special, np.where(down, self._high_special, self._begun_special))
        self._waiting = self._waiting | turned
        self._way = np.where(up, 1, np.where(down, -1, self._way))
        self._low, self._high = np.where(turned, value, self._low), np.where(turned, value, self._high)
        self._low_special = np.where(turned, special, self._low_special)
        self._high_special = np.where(turned, special, self._high_special)

    def _remember(self, counts: np.ndarray, seconds: float) -> None:
        while self._newest and seconds - self._newest[0][0] > 1.0 - ROUNDING:
            self._count = self._count - self._newest.popleft()[1]
        if counts.any():
            self._newest.append((seconds, counts))
            self._count = self._count + counts
            needed = math.ceil(AREA * counts.shape[1])
            of_area = np.partition(self._count, -needed, axis=1)[:, -needed]
            more = (of_area > self.worst) & (self.worst <= 2 * FLASHES_AT_MOST)
            self.at = np.where(more, max(0.0, seconds - 1.0), self.at)
            self.worst = np.maximum(self.worst, of_area)
