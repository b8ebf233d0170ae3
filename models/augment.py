"""Faces as training sees them: aligned with some error, turned, mirrored, under other lamps and another exposure."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.align import SIDE, prepare, similarity
from models.exposure import Floats, Sensor, captured, expose, jpeg, linear, motion_kernel, noisy
from models.faces import LabelledFaces
from models.relight import Lamps


@dataclass(frozen=True, slots=True)
class Strength:
    """How far a face may be changed. Lengths in pixels of 64, angles in degrees; deviations of normal draws."""

    turn_degrees: float = 8.0
    scale: float = 0.08
    stretch: float = 0.05
    shift: float = 2.0
    relit: float = 0.55
    """Share of the faces that get another lamp."""
    dark: float = 0.6
    """Share of the faces that get another exposure, with its noise."""
    hidden: float = 0.25
    """Share of the faces of which a rectangle is hidden."""


@dataclass(frozen=True, slots=True, eq=False)
class Augmenter:
    """Turns labelled faces into batches."""

    faces: LabelledFaces
    landmarks: NDArray[np.float32]
    """(n, 5, 2) in pixels of each image."""
    strength: Strength
    lamps: Lamps | None
    """None: no face is relit."""

    def batch(self, chosen: NDArray[np.intp], rng: np.random.Generator) -> Floats:
        """These faces, changed and prepared: (n, 1, 64, 64)."""
        s, n = self.strength, len(chosen)
        pictures = np.empty((n, SIDE, SIDE), np.float32)
        five = np.empty((n, 5, 2), np.float32)
        for k, i in enumerate(chosen):
            five[k], to_face = self._placed(int(i), rng)
            cv2.warpAffine(
                self.faces.images[i].astype(np.float32),
                to_face,
                (SIDE, SIDE),
                dst=pictures[k],
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
        light = _contrast(linear(pictures), rng)
        relit = rng.random(n) < (s.relit if self.lamps else 0.0)
        if self.lamps and relit.any():
            light[relit] *= self.lamps.draw(five[relit], rng)
        dark = rng.random(n) < s.dark
        seen = np.empty((n, SIDE, SIDE), np.uint8)
        seen[dark | relit] = _darkened(light[dark | relit], rng)
        seen[~(dark | relit)] = captured(light[~(dark | relit)])
        for picture in seen[rng.random(n) < s.hidden]:
            _hide(picture, rng)
        return prepare(seen)

    def _placed(self, i: int, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where face ``i``'s landmarks come to lie, and the matrix from its picture to there."""
        s = self.strength
        turn = rng.normal(0, s.turn_degrees) * np.pi / 180
        scale = np.exp(rng.normal(0, s.scale))
        stretch = np.exp(rng.normal(0, s.stretch))
        flip = rng.choice((-1.0, 1.0))
        c, d = np.cos(turn) * scale, np.sin(turn) * scale
        around = np.array([[c * stretch * flip, -d / stretch], [d * stretch * flip, c / stretch]])
        middle = np.full(2, (SIDE - 1) / 2)
        aligned = similarity(self.landmarks[i].astype(np.float64))
        matrix = np.empty((2, 3))
        matrix[:, :2] = around @ aligned[:, :2]
        matrix[:, 2] = around @ (aligned[:, 2] - middle) + middle + rng.normal(0, s.shift, 2)
        five = self.landmarks[i] @ matrix[:, :2].T + matrix[:, 2]
        return (five[_MIRRORED] if flip < 0 else five), matrix


_MIRRORED = np.array([1, 0, 2, 4, 3])


def _contrast(light: Floats, rng: np.random.Generator) -> Floats:
    """Cameras bend light each in its own way: a random power and a little haze."""
    power = np.exp(rng.normal(0, 0.2, (len(light), 1, 1))).astype(np.float32)
    haze = (rng.random((len(light), 1, 1)) ** 3 * 0.05).astype(np.float32)
    return np.power(np.maximum(light, 1e-5), power) + haze


def _darkened(light: Floats, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Pictures of this light as a camera takes them in a room between bright and a face mean of 8."""
    n = len(light)
    light = expose(light, np.exp(rng.uniform(np.log(8), np.log(150), n)).astype(np.float32))
    for k in np.flatnonzero(rng.random(n) < 0.25):
        kernel = motion_kernel(rng.uniform(1, 4), rng.uniform(0, np.pi))
        light[k] = cv2.filter2D(light[k], -1, kernel, borderType=cv2.BORDER_REPLICATE)
    full = float(np.exp(rng.uniform(np.log(3000), np.log(40000))))
    seen = captured(noisy(light, Sensor(full, rng.uniform(1, 8)), rng))
    for k in np.flatnonzero(rng.random(n) < 0.3):
        seen[k] = cv2.GaussianBlur(seen[k], (0, 0), rng.uniform(0.4, 1.0))
    for k in np.flatnonzero(rng.random(n) < 0.25):
        seen[k] = jpeg(seen[k], int(rng.integers(50, 95)))
    return seen


def _hide(picture: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """A rectangle of up to a fifth of the face is gone: a hand, hair, glasses."""
    width, height = rng.integers(8, 30, 2)
    x, y = rng.integers(-4, SIDE - 4, 2)
    picture[max(y, 0) : y + height, max(x, 0) : x + width] = rng.integers(0, int(picture.max()) + 1)
