"""Several computed heads in one picture, side by side: a crowd that does not exist."""

from __future__ import annotations

import cv2
import numpy as np

from models.arrays import Doubles, Floats, Image
from models.lighting.exposure import GAMMA, Sensor, captured, linear, noisy
from models.rendering.simulated_visitor import EYES_AT, PORTRAIT_HEIGHT, read_portraits

WALL = 3
"""Gray value behind them: the room is dark."""
LEFT, RIGHT = 100, 300
"""Columns of a portrait that hold the head and what is needed of the shoulders."""
EYES_TO_MIDDLE = 30.0
"""Pixels of a portrait from between the eyes down to the middle of the face."""
LARGEST = 1.2
"""Of a portrait: nobody stands nearer, if there is room for more."""
SWAY = 5.0
"""Pixels of a portrait to both sides, once around in a second."""


class Crowd:
    """``number`` people, each with another face or expression, in rows; nobody covers anybody.

    The course begins again after each second, so that a film of one second can be shown round and round.
    """

    def __init__(self, number: int, width: int = 1280, height: int = 720) -> None:
        people, _ = read_portraits()
        self.number, self._size = number, (width, height)
        self._columns = max(range(1, number + 1), key=self._largest_scale)
        self._scale = min(self._largest_scale(self._columns), LARGEST)
        self._cell = width / self._columns, height / -(-number // self._columns)
        poses = [list(person.values()) for person in people]
        chosen = [poses[n % len(poses)][n % len(poses[n % len(poses)])] for n in range(number)]
        self._heads = [head[:, LEFT:RIGHT] for head in chosen]

    def _largest_scale(self, columns: int) -> float:
        """Of the portraits, where so many stand beside each other."""
        wide, high = self._size[0] / columns, self._size[1] / -(-self.number // columns)
        return 0.98 * min(high / PORTRAIT_HEIGHT, wide / (RIGHT - LEFT + 2 * SWAY))

    def places(self, seconds: float) -> Doubles:
        """Middles of the faces (number, 2) in pixels."""
        return np.asarray(self._eyes(seconds) + np.array([0.0, EYES_TO_MIDDLE * self._scale]))

    def read(self, seconds: float, face_mean: float | None = None, seed: int = 0) -> Image:
        """The picture (height, width, 3) uint8, BGR.

        ``face_mean``: exposed so that the faces' mean comes near it, with a camera's noise; ``seed``: of the noise.
        """
        picture = np.full((self._size[1], self._size[0], 3), WALL, np.uint8)
        for head, (x, y) in zip(self._heads, self._eyes(seconds), strict=True):
            corner = x - (EYES_AT[0] - LEFT) * self._scale, y - EYES_AT[1] * self._scale
            place = np.array([[self._scale, 0, corner[0]], [0, self._scale, corner[1]]])
            cv2.warpAffine(head, place, self._size, dst=picture, borderMode=cv2.BORDER_TRANSPARENT)
        return picture if face_mean is None else self._exposed(picture, seconds, face_mean, seed)

    def _eyes(self, seconds: float) -> Doubles:
        n = np.arange(self.number)
        wide, high = self._cell
        sway = SWAY * self._scale * np.sin(2 * np.pi * seconds + n)
        x = (n % self._columns + 0.5) * wide + sway
        return np.stack([x, n // self._columns * high + EYES_AT[1] * self._scale], axis=1)

    def _exposed(self, picture: Image, seconds: float, face_mean: float, seed: int) -> Image:
        half = 40 * self._scale
        faces = [
            float(picture[max(int(y - half), 0) : int(y + half), max(int(x - half), 0) : int(x + half)].mean())
            for x, y in self.places(seconds)
        ]
        gain = (face_mean / max(float(np.mean(faces)), 1.0)) ** GAMMA
        light: Floats = linear(picture) * np.float32(gain)
        return captured(noisy(light, Sensor(), np.random.default_rng(seed)))
