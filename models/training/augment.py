"""Faces as training sees them: aligned with some error, turned, mirrored, under other lamps and another exposure."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from models.arrays import Doubles, Floats, Gray, Image, Indices
from models.evaluation.dataset import LabelledFaces
from models.lighting.exposure import GAMMA, Sensor, captured, expose, jpeg, motion_kernel, noisy, power
from models.lighting.relight import LampBank
from models.seeing.align import SIDE, prepare, similarity


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
    means: tuple[float, float] = (8.0, 150.0)
    """Face means, of 255, between which they are exposed (evenly in their logarithm)."""
    hidden: float = 0.25
    """Share of the faces of which a rectangle is hidden."""


@dataclass(frozen=True, slots=True, eq=False)
class Augmenter:
    """Turns labelled faces into batches."""

    faces: LabelledFaces
    landmarks: Floats
    """(n, 5, 2) in pixels of each image."""
    strength: Strength
    lamps: LampBank | None
    """None: no face is relit."""

    def batch(self, chosen: Indices, rng: np.random.Generator) -> Floats:
        """These faces, changed and prepared: (n, 1, 64, 64)."""
        s, n = self.strength, len(chosen)
        five, to_face = self._placed(chosen, rng)
        pictures = np.empty((n, SIDE, SIDE), np.float32)
        for k, i in enumerate(chosen):
            cv2.warpAffine(
                self.faces.images[i].astype(np.float32),
                to_face[k],
                (SIDE, SIDE),
                dst=pictures[k],
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
        light = _contrast(pictures, rng)
        relit = rng.random(n) < s.relit
        if self.lamps and relit.any():
            light[relit] *= self.lamps.draw(five[relit], rng)
        # Without lamps the same faces are darkened as with them: only the relighting is missing then.
        dark = (rng.random(n) < s.dark) | relit
        seen = np.empty((n, SIDE, SIDE), np.uint8)
        seen[dark] = _darkened(light[dark], s.means, rng)
        seen[~dark] = captured(light[~dark])
        for face in np.flatnonzero(rng.random(n) < s.hidden):
            _hide(seen[face], rng)  # by number: a mask would give copies, and once hid nothing at all
        return prepare(seen)

    def _placed(self, chosen: Indices, rng: np.random.Generator) -> tuple[Floats, Doubles]:
        """Where the faces' landmarks come to lie (n, 5, 2), and the matrices (n, 2, 3) from their pictures to there."""
        s, n = self.strength, len(chosen)
        turn = rng.normal(0, s.turn_degrees, n) * np.pi / 180
        scale = np.exp(rng.normal(0, s.scale, n))
        stretch = np.exp(rng.normal(0, s.stretch, n))
        flip = rng.choice((-1.0, 1.0), n)
        c, d = np.cos(turn) * scale, np.sin(turn) * scale
        around = np.stack([c * stretch * flip, -d / stretch, d * stretch * flip, c / stretch], axis=1).reshape(n, 2, 2)
        middle = np.full((2, 1), (SIDE - 1) / 2)
        landmarks = self.landmarks[chosen].astype(np.float64)
        aligned = similarity(landmarks)
        shift = middle + rng.normal(0, s.shift, (n, 2, 1))
        matrix = np.concatenate([around @ aligned[:, :, :2], around @ (aligned[:, :, 2:] - middle) + shift], axis=2)
        five = landmarks @ matrix[:, :, :2].transpose(0, 2, 1) + matrix[:, None, :, 2]
        five[flip < 0] = five[flip < 0][:, _MIRRORED]
        return five.astype(np.float32), matrix


_MIRRORED = np.array([1, 0, 2, 4, 3])


def _contrast(pictures: Floats, rng: np.random.Generator) -> Floats:
    """Linear light of pictures. Cameras bend light each in its own way: a random power and a little haze."""
    bent = np.exp(rng.normal(0, 0.2, (len(pictures), 1, 1))).astype(np.float32)
    haze = (rng.random((len(pictures), 1, 1)) ** 3 * 0.05).astype(np.float32)
    return power(pictures * np.float32(1 / 255), GAMMA * bent) + haze


def _darkened(light: Floats, means: tuple[float, float], rng: np.random.Generator) -> Gray:
    """Pictures of this light as a camera takes them, between two face means."""
    n = len(light)
    light = expose(light, np.exp(rng.uniform(np.log(means[0]), np.log(means[1]), n)).astype(np.float32))
    for k in np.flatnonzero(rng.random(n) < 0.25):
        kernel = motion_kernel(rng.uniform(1, 4), rng.uniform(0, np.pi))
        light[k] = cv2.filter2D(light[k], -1, kernel, borderType=cv2.BORDER_REPLICATE)
    full = np.exp(rng.uniform(np.log(3000), np.log(40000), (n, 1, 1))).astype(np.float32)
    seen = captured(noisy(light, Sensor(full, rng.uniform(1, 8, (n, 1, 1)).astype(np.float32)), rng))
    for k in np.flatnonzero(rng.random(n) < 0.3):
        seen[k] = cv2.GaussianBlur(seen[k], (0, 0), rng.uniform(0.4, 1.0))
    for k in np.flatnonzero(rng.random(n) < 0.25):
        seen[k] = jpeg(seen[k], int(rng.integers(50, 95)))
    return seen


def _hide(picture: Image, rng: np.random.Generator) -> None:
    """A rectangle of up to a fifth of the face is gone: a hand, hair, glasses."""
    width, height = rng.integers(8, 30, 2)
    x, y = rng.integers(-4, SIDE - 4, 2)
    picture[max(y, 0) : y + height, max(x, 0) : x + width] = rng.integers(0, int(picture.max()) + 1)
