"""Drawn rooms without anybody in them: walls, furniture, lamps, screens, patterns. In linear light."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from models.arrays import Floats, Gray
from models.lighting.exposure import linear

SIDE = (360, 560)
"""Height and width of the rooms that are kept; scenes are pieces of them."""


class RoomBank:
    """Some rooms drawn once and one more now and then: a piece of one costs nearly nothing."""

    def __init__(self, count: int, rng: np.random.Generator, photographs: Sequence[Gray] = ()) -> None:
        """``photographs``: pictures from which the rooms get small pieces, for their texture."""
        self._photographs = photographs
        self._rooms = [self._new_room(rng) for _ in range(count)]

    def draw(self, height: int, width: int, rng: np.random.Generator) -> Floats:
        """A piece (height, width) of a room, mirrored at times, with a mean light of 1."""
        which = int(rng.integers(len(self._rooms)))
        if rng.random() < 0.02:
            self._rooms[which] = self._new_room(rng)
        room = self._rooms[which]
        zoom = float(np.exp(rng.uniform(np.log(0.5), 0)))
        rows, columns = (min(side, round(wanted * zoom)) for side, wanted in zip(SIDE, (height, width), strict=True))
        y, x = rng.integers(SIDE[0] - rows + 1), rng.integers(SIDE[1] - columns + 1)
        piece = room[y : y + rows, x : x + columns]
        if rng.random() < 0.5:
            piece = piece[:, ::-1]
        piece = np.asarray(cv2.resize(piece, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        return np.asarray(piece / max(float(piece.mean()), 1e-4), np.float32)

    def _new_room(self, rng: np.random.Generator) -> Floats:
        room = draw_room(*SIDE, rng)
        for _ in range(int(rng.integers(0, 14)) if len(self._photographs) else 0):
            _texture(room, self._photographs[int(rng.integers(len(self._photographs)))], rng)
        return room


def draw_room(height: int, width: int, rng: np.random.Generator) -> Floats:
    """An empty room (height, width)."""
    room = _field(height, width, 3, rng) * _field(height, width, 8, rng) ** 0.5
    for _ in range(int(rng.integers(0, 9))):
        _furniture(room, rng)
    for _ in range(int(rng.integers(0, 4))):
        _pattern(room, rng)
    for _ in range(int(rng.integers(0, 12))):
        _ball(room, rng)
    if rng.random() < 0.7:
        for cells in (20, 60, 150):
            room *= 1 + float(rng.uniform(0, 0.35)) * (_field(height, width, cells, rng) - 1)
    if rng.random() < 0.5:
        room *= _cone(height, width, rng)
    for _ in range(int(rng.integers(0, 4))):
        _lamp(room, rng)
    return np.asarray(np.maximum(room, 1e-4), np.float32)


def _field(height: int, width: int, cells: int, rng: np.random.Generator) -> Floats:
    """A smooth random field around 1, with so many cells from side to side."""
    small = np.exp(rng.normal(0, 0.7, (max(2, cells * height // width), cells + 1))).astype(np.float32)
    return np.asarray(np.maximum(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), 0.02), np.float32)


def _at(room: Floats, rng: np.random.Generator) -> tuple[int, int]:
    return int(rng.integers(room.shape[1])), int(rng.integers(room.shape[0]))


def _level(rng: np.random.Generator) -> float:
    return float(np.exp(rng.normal(0, 1.0)))


def _furniture(room: Floats, rng: np.random.Generator) -> None:
    """A box, a plank, a door, a picture's frame: a polygon, filled or outlined."""
    x, y = _at(room, rng)
    half = np.exp(rng.uniform(np.log(4), np.log(140), 2))
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half + rng.normal(0, 0.08, (4, 2)) * half
    turn = rng.normal(0, 0.15)
    corners = corners @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) + [x, y]
    mask = np.zeros_like(room)
    if rng.random() < 0.6:
        cv2.fillPoly(mask, [corners.astype(np.int32)], 1.0, cv2.LINE_AA)
    else:
        cv2.polylines(mask, [corners.astype(np.int32)], True, 1.0, int(rng.integers(1, 9)), cv2.LINE_AA)
    room *= 1 + mask * (_level(rng) - 1)


def _pattern(room: Floats, rng: np.random.Generator) -> None:
    """Stripes, a grid, dots or lines like writing, in a rectangle."""
    x, y = _at(room, rng)
    width, height = (int(v) for v in np.exp(rng.uniform(np.log(20), np.log(250), 2)))
    part = room[y : y + height, x : x + width]
    mask, step, kind = np.zeros_like(part), int(rng.integers(4, 30)), rng.integers(4)
    for at in range(0, max(part.shape), step):
        if kind < 2:
            cv2.line(mask, (at, 0), (at, part.shape[0]), 1.0, max(1, step // 3))
        if kind == 1:
            cv2.line(mask, (0, at), (part.shape[1], at), 1.0, max(1, step // 3))
        if kind == 2:
            for across in range(0, part.shape[1], step):
                cv2.circle(mask, (across, at), max(1, step // 4), 1.0, -1, cv2.LINE_AA)
        if kind == 3:
            for _ in range(3):
                start = int(rng.integers(part.shape[1]))
                cv2.line(mask, (start, at), (start + int(rng.integers(3, 25)), at), 1.0, max(1, step // 4))
    part *= 1 + mask * (_level(rng) - 1)


def _texture(room: Floats, photograph: Gray, rng: np.random.Generator) -> None:
    """A piece of a photograph, at most a third of it wide, turned any way and enlarged: cloth, skin, anything."""
    side = int(rng.integers(6, max(7, min(photograph.shape) // 3)))
    y, x = (int(rng.integers(length - side + 1)) for length in photograph.shape)
    piece = np.rot90(linear(photograph[y : y + side, x : x + side]), int(rng.integers(4)))
    width, height = (int(v) for v in np.exp(rng.uniform(np.log(8), np.log(130), 2)))
    left, top = _at(room, rng)
    part = room[top : top + height, left : left + width]
    piece = np.asarray(cv2.resize(piece, part.shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)
    weight = np.ones_like(part)
    weight[[0, -1]] = 0
    weight[:, [0, -1]] = 0
    weight = np.asarray(cv2.GaussianBlur(weight, (0, 0), rng.uniform(0.5, 5)), np.float32)
    level = float(part.mean()) * _level(rng) / max(float(piece.mean()), 1e-3)
    part += weight * (np.maximum(piece, 0) * level - part)


def _ball(room: Floats, rng: np.random.Generator) -> None:
    """Something round, shaded as a ball is, at times with dark spots: a lamp shade, a fruit, a plate, a vase."""
    x, y = _at(room, rng)
    axes = np.exp(rng.uniform(np.log(4), np.log(60))) * np.exp(rng.normal(0, 0.2, 2))
    rows, columns = (
        np.arange(max(0, int(c - a)), min(side, int(c + a) + 1))
        for c, a, side in ((y, axes[1], room.shape[0]), (x, axes[0], room.shape[1]))
    )
    u, v = np.meshgrid((columns - x) / axes[0], (rows - y) / axes[1])
    inside = np.clip((1 - np.hypot(u, v)) * axes.min() / 2, 0, 1)
    lamp = rng.normal(0, 1, 2)
    shade = (
        np.clip(0.6 + 0.4 * (u * lamp[0] + v * lamp[1]), 0.05, 2)
        * _level(rng)
        * float(room[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].mean())
    )
    for _ in range(int(rng.integers(0, 4))):
        a, b, size = rng.uniform(-0.6, 0.6), rng.uniform(-0.6, 0.6), rng.uniform(0.05, 0.3)
        shade *= 1 - rng.uniform(0, 0.9) * np.exp(-((u - a) ** 2 + (v - b) ** 2) / size**2)
    part = room[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    part += (inside * (shade - part)).astype(np.float32)


def _cone(height: int, width: int, rng: np.random.Generator) -> Floats:
    """The pool of light of a lamp overhead."""
    y, x = np.mgrid[:height:8, :width:8].astype(np.float32)
    wide, high = rng.uniform(0.1, 0.6) * width, rng.uniform(0.2, 0.9) * height
    pool = np.exp(-(((x - rng.uniform(0, width)) / wide) ** 2) - ((y - rng.uniform(0, height)) / high) ** 2)
    return np.asarray(cv2.resize(pool + float(rng.uniform(0.01, 0.3)), (width, height)), np.float32)


def _lamp(room: Floats, rng: np.random.Generator) -> None:
    """A bright thing with a glow around it: a bulb, a screen, the slit of a door, a sign."""
    mask, at = np.zeros_like(room), _at(room, rng)
    size = tuple(int(v) for v in np.exp(rng.uniform(np.log(1), np.log(40), 2)) + 1)
    if rng.random() < 0.5:
        cv2.ellipse(mask, at, size, 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    else:
        cv2.rectangle(mask, at, (at[0] + size[0], at[1] + size[1]), 1.0, -1)
    glow = cv2.resize(mask, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    glow = cv2.resize(cv2.GaussianBlur(glow, (0, 0), rng.uniform(1, 5)), room.shape[::-1])
    strength = float(np.exp(rng.uniform(np.log(2), np.log(100))))
    room += (mask + glow * float(rng.uniform(0, 0.3))) * strength
