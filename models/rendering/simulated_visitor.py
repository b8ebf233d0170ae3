"""A simulated visitor: a face that does not exist, lit from above, with the feelings that a performance gives it.

Stands in for a camera: at demos, in tests, and when no camera is plugged in. The portraits are kept in
``models/maps/visitors.npz`` (made by ``models.rendering.make_maps`` from a 3-D face); here they are blended, turned,
moved about and exposed as a camera in a dark room would. The same seed and times give the same pictures.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from calibration.array_file import load_shipped_arrays
from calibration.errors import BadFile
from calibration.settings import CameraSettings
from models import MAPS
from models.arrays import Floats, Image
from models.rendering.performance import WALK, Evening, Performance, Visit, smooth_step

PORTRAITS = MAPS / "visitors.npz"
PICTURE_HEIGHT_CM = 58.0
"""How much of the room the camera sees at the visitor's distance."""
PORTRAIT_WIDTH, PORTRAIT_HEIGHT, PIXELS_A_CM = 400, 336, 9.0
"""Of the portraits, which ``models.rendering.portrait`` renders."""
EYES_AT = (200.0, 122.0)
"""Where the middle between the eyes lies in a portrait, x and y."""
NOISE = 2.2
"""Deviation of the camera's noise in gray values."""


class SimulatedVisitor:
    """A camera before which people come and go. ``settings`` gives the size of the picture.

    ``performance`` says who is there and what they show; without one an evening is made up from ``seed``. It begins
    with the first picture, or at the second ``begins``. ``mouth``: how far the mouth
    is open, 0 to 1, at each second of the course.
    """

    def __init__(
        self,
        settings: CameraSettings,
        seed: int = 1,
        performance: Performance | None = None,
        begins: float | None = None,
        mouth: Callable[[float], float] | None = None,
    ) -> None:
        self._size = settings.width, settings.height
        self._portraits, self._depths = read_portraits()
        self.people = len(self._depths)
        """How many different people can appear: ``Visit.person`` is below it."""
        self._performance = performance or Evening(self.people, seed)
        self._start, self._mouth = begins, mouth
        self._room = _room(*self._size)
        noise = np.random.default_rng(seed)
        margin = 64
        self._noise = (
            noise.normal(0, NOISE, (self._size[1] + margin, self._size[0] + margin, 3)).round().astype(np.int8)
        )

    def read(self, now: float) -> Image:
        """The picture at monotonic second ``now``: (height, width, 3) uint8, BGR. The first call begins the course."""
        t = self._since(now)
        picture = self._room.copy()
        visit = self._performance.visit_at(t)
        if visit:
            self._draw(picture, visit, t)
        shift = random.Random(round(t * 1000))  # noqa: S311 - where the noise lies is no secret
        y, x = shift.randrange(64), shift.randrange(64)
        noise = self._noise[y : y + self._size[1], x : x + self._size[0]]
        return np.asarray(cv2.add(picture, noise, dtype=cv2.CV_8U), np.uint8)

    def truth(self, now: float) -> str | None:
        """What the visitor shows, or None: nobody stands there, or the face is between two."""
        t = self._since(now)
        visit = self._performance.visit_at(t)
        return visit.truth(t) if visit else None

    def _since(self, now: float) -> float:
        if self._start is None:
            self._start = now
        return max(0.0, now - self._start)

    def _draw(self, picture: Image, visit: Visit, t: float) -> None:
        """Put the visitor, with the face and at the place of this moment, into the room's picture."""
        head = self._face(visit, t)
        p = visit.phase
        yaw = 0.10 * np.sin(0.37 * t + p) + 0.03 * np.sin(1.1 * t + 2 * p)
        depth = self._depths[visit.person]
        columns = _COLUMNS - (yaw * depth).astype(np.float32)
        head = np.asarray(cv2.remap(head, columns, _ROWS, cv2.INTER_LINEAR), np.uint8)
        here = smooth_step((t - visit.enters) / WALK) - smooth_step((t - visit.leaves + WALK) / WALK)
        width, height = self._size
        scale = height / PICTURE_HEIGHT_CM / PIXELS_A_CM * (1 + 0.03 * np.sin(0.23 * t + p))
        tilt = 4 * np.sin(0.31 * t + 3 * p)
        x = width * (0.5 + 0.32 * visit.side * (1 - here)) + height * 0.025 * np.sin(0.45 * t + p)
        y = height * 0.44 + height * 0.008 * np.sin(0.9 * t)
        to_picture = cv2.getRotationMatrix2D(EYES_AT, tilt, scale)
        to_picture[:, 2] += (x - EYES_AT[0], y - EYES_AT[1])
        corners = (
            np.array([[0, 0, 1], [PORTRAIT_WIDTH, 0, 1], [0, PORTRAIT_HEIGHT, 1], [PORTRAIT_WIDTH, PORTRAIT_HEIGHT, 1]])
            @ to_picture.T
        )
        x1, y1 = np.clip(np.floor(corners.min(0)).astype(int), 0, self._size)
        x2, y2 = np.clip(np.ceil(corners.max(0)).astype(int), 0, self._size)
        if x2 <= x1 or y2 <= y1:
            return
        to_picture[:, 2] -= (x1, y1)
        part = cv2.warpAffine(head, to_picture, (int(x2 - x1), int(y2 - y1)), flags=cv2.INTER_LINEAR)
        bright = (0.15 + 0.85 * here) * (1 + 0.03 * np.sin(5.1 * t))  # walks into the light; the film flickers
        place = picture[y1:y2, x1:x2]
        cv2.addWeighted(part, float(bright), place, 1.0, 0.0, dst=place)

    def _face(self, visit: Visit, t: float) -> Image:
        """The portrait of this moment: two pictures blended, and lids from a third."""
        poses = self._portraits[visit.person]
        label, intensity = visit.feeling_at(t)
        face = poses["neutral", 1.0]
        if intensity > 0.01:
            half, full = poses[label, 0.5], poses[label, 1.0]
            low, high, share = (face, half, 2 * intensity) if intensity < 0.5 else (half, full, 2 * intensity - 1)
            face = np.asarray(cv2.addWeighted(high, share, low, 1 - share, 0), np.uint8)
        closed = max((1 - abs(t - blink) / 0.11 for blink in visit.blinks), default=0.0)
        if closed > 0:
            face = _mixed(face, poses["blink", 1.0], closed * _LIDS, (slice(95, 140), slice(140, 260)))
        opened = self._mouth(t) if self._mouth else 0.0
        if opened > 0:
            face = _mixed(face, poses["surprise", 0.5], opened * _JAW, (slice(162, 258), slice(144, 256)))
        return np.asarray(face, np.uint8)


def _mixed(face: Image, other: Image, weight: Floats, place: tuple[slice, slice]) -> Image:
    """The face with so much of another one at a place of it."""
    weight = weight[..., None]
    mixed = face.copy()
    mixed[place] = (face[place] * (1 - weight) + other[place] * weight).astype(np.uint8)
    return mixed


_COLUMNS, _ROWS = (
    axis.astype(np.float32) for axis in np.meshgrid(np.arange(PORTRAIT_WIDTH), np.arange(PORTRAIT_HEIGHT))
)
_LIDS = np.asarray(cv2.GaussianBlur(np.pad(np.ones((29, 104), np.float32), 8), (0, 0), 4), np.float32)
_JAW = np.asarray(cv2.GaussianBlur(np.pad(np.ones((80, 96), np.float32), 8), (0, 0), 4), np.float32)


def _room(width: int, height: int) -> Image:
    """The dark room: a hardly visible wall with the lamp's pool on it."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    pool = np.exp(-(((x / width - 0.5) / 0.28) ** 2) - ((y / height - 0.55) / 0.5) ** 2)
    return np.asarray(2.0 + 7.0 * pool[..., None] * np.array([0.8, 0.9, 1.0]), np.uint8)


def read_portraits(path: Path = PORTRAITS) -> tuple[list[dict[tuple[str, float], Image]], list[Floats]]:
    """Portraits by (expression, level) and depth in pixels, for each person. Raises ``BadFile``."""
    try:
        return _sorted_portraits(load_shipped_arrays(path))
    except (ValueError, TypeError, IndexError, cv2.error) as error:
        if isinstance(error, BadFile):
            raise
        raise BadFile(path, ["holds no portraits that can be drawn; install chiaroscuro again"]) from error


def _sorted_portraits(arrays: dict[str, Any]) -> tuple[list[dict[tuple[str, float], Image]], list[Floats]]:
    portraits: dict[int, dict[tuple[str, float], Image]] = {}
    depths: dict[int, Floats] = {}
    for key, array in arrays.items():
        person, name, *level = key.split("/")
        if name == "depth":
            depths[int(person)] = cv2.resize(array.astype(np.float32) / 2, (PORTRAIT_WIDTH, PORTRAIT_HEIGHT))
        else:
            poses = portraits.setdefault(int(person), {})
            poses[name, float(level[0])] = np.asarray(cv2.imdecode(array, cv2.IMREAD_COLOR), np.uint8)
    return [portraits[k] for k in sorted(portraits)], [depths[k] for k in sorted(depths)]
