"""Augmentation: faces aligned with some error, rotated, mirrored, relit, exposed anew, partly erased."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from models.arrays import Doubles, Floats, Gray, Image, Indices
from models.evaluation.dataset import LabelledFaces
from models.lighting.exposure import GAMMA, Sensor, captured, expose, jpeg, motion_kernel, noisy, power
from models.lighting.fine_detail import fine, log_light
from models.lighting.relight import Light
from models.seeing.align import SIDE, prepare, similarity


@dataclass(frozen=True, slots=True)
class AugmentConfig:
    """How far a face may be changed. Geometry: standard deviations of normal draws."""

    rotation_degrees: float = 8.0
    scale: float = 0.08
    """Of the logarithm of the size; ``aspect`` of that of width over height."""
    aspect: float = 0.05
    translate_pixels: float = 2.0
    """Of 64."""
    relight_probability: float = 0.55
    """Share of the faces that get another lamp."""
    relief_probability: float = 0.0
    """Share of the relit faces whose own fine detail grows or fades: a lamp aside shows more relief."""
    exposure_probability: float = 0.6
    """Share of the faces that get another exposure, with its noise."""
    face_means: tuple[float, float] = (8.0, 150.0)
    """Mean gray levels, of 255, between which faces are exposed (evenly in their logarithm)."""
    small_probability: float = 0.0
    """Share of the newly exposed faces that are small in the camera's picture: alignment enlarges their noise."""
    erase_probability: float = 0.25
    """Share of the faces of which a rectangle is erased (Zhong et al. 2020)."""


@dataclass(frozen=True, slots=True, eq=False)
class Augmenter:
    """Draws augmented batches from labelled faces."""

    faces: LabelledFaces
    landmarks: Floats
    """(n, 5, 2) in pixels of each image."""
    config: AugmentConfig
    lamps: Light | None
    """None: no face is relit."""

    def batch(self, chosen: Indices, rng: np.random.Generator) -> Floats:
        """The faces with these indices (n,), augmented and prepared: (n, 1, 64, 64)."""
        return prepare(self.pictures(chosen, rng))

    def pictures(self, chosen: Indices, rng: np.random.Generator) -> Gray:
        """The faces with these indices (n,), augmented, as a camera gives them: (n, 64, 64) uint8."""
        config, n = self.config, len(chosen)
        landmarks, to_face = self._random_affine(chosen, rng)
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
        light = _random_gamma(pictures, rng)
        relit = rng.random(n) < config.relight_probability
        if self.lamps and relit.any():
            light[relit] *= self.lamps.draw(landmarks[relit], rng)
            for face in np.flatnonzero(relit & (rng.random(n) < config.relief_probability)):
                light[face] *= np.exp(np.float32(rng.uniform(*RELIEF)) * fine(log_light(pictures[face]), rng))
        # Without lamps the same faces are darkened as with them: only the relighting is missing then.
        dark = (rng.random(n) < config.exposure_probability) | relit
        seen = np.empty((n, SIDE, SIDE), np.uint8)
        seen[dark] = _random_exposure(light[dark], config, rng)
        seen[~dark] = captured(light[~dark])
        for face in np.flatnonzero(rng.random(n) < config.erase_probability):
            _random_erase(seen[face], rng)  # by number: a mask would give copies, and once hid nothing at all
        return seen

    def with_more(self, faces: LabelledFaces, landmarks: Floats) -> Augmenter:
        """These faces and their landmarks (n, 5, 2) after those that it has."""
        return replace(
            self,
            faces=self.faces.joined(faces),
            landmarks=np.concatenate([self.landmarks, landmarks]).astype(np.float32),
        )

    def _random_affine(self, chosen: Indices, rng: np.random.Generator) -> tuple[Floats, Doubles]:
        """Where the faces' landmarks come to lie (n, 5, 2), and the matrices (n, 2, 3) from their pictures to there."""
        config, n = self.config, len(chosen)
        rotation = rng.normal(0, config.rotation_degrees, n) * np.pi / 180
        scale = np.exp(rng.normal(0, config.scale, n))
        aspect = np.exp(rng.normal(0, config.aspect, n))
        flip = rng.choice((-1.0, 1.0), n)
        c, d = np.cos(rotation) * scale, np.sin(rotation) * scale
        around = np.stack([c * aspect * flip, -d / aspect, d * aspect * flip, c / aspect], axis=1).reshape(n, 2, 2)
        middle = np.full((2, 1), (SIDE - 1) / 2)
        landmarks = self.landmarks[chosen].astype(np.float64)
        aligned = similarity(landmarks)
        shift = middle + rng.normal(0, config.translate_pixels, (n, 2, 1))
        matrix = np.concatenate([around @ aligned[:, :, :2], around @ (aligned[:, :, 2:] - middle) + shift], axis=2)
        placed = landmarks @ matrix[:, :, :2].transpose(0, 2, 1) + matrix[:, None, :, 2]
        placed[flip < 0] = placed[flip < 0][:, _MIRRORED]
        return placed.astype(np.float32), matrix


RELIEF = (-0.4, 0.7)
"""How much of a face's own fine detail is added, drawn evenly: 1 doubles it, -1 would take it away."""
SMALLER = (1.1, 2.0)
"""How much larger than in the camera's picture small faces are seen: 40 pixels in it are 64 at 1.6."""
_MIRRORED = np.array([1, 0, 2, 4, 3])
"""Order of the five landmarks in a mirrored face."""


def _random_gamma(pictures: Floats, rng: np.random.Generator) -> Floats:
    """Linear light of pictures. Each camera has its own tone curve: a random power and a little haze."""
    gamma = np.exp(rng.normal(0, 0.2, (len(pictures), 1, 1))).astype(np.float32)
    haze = (rng.random((len(pictures), 1, 1)) ** 3 * 0.05).astype(np.float32)
    return power(pictures * np.float32(1 / 255), GAMMA * gamma) + haze


def _random_exposure(light: Floats, config: AugmentConfig, rng: np.random.Generator) -> Gray:
    """8-bit pictures of this light as a camera takes them, exposed to between two face means."""
    n, (darkest, brightest) = len(light), config.face_means
    light = expose(light, np.exp(rng.uniform(np.log(darkest), np.log(brightest), n)).astype(np.float32))
    for k in np.flatnonzero(rng.random(n) < 0.25):
        kernel = motion_kernel(rng.uniform(1, 4), rng.uniform(0, np.pi))
        light[k] = cv2.filter2D(light[k], -1, kernel, borderType=cv2.BORDER_REPLICATE)
    full = np.exp(rng.uniform(np.log(3000), np.log(40000), (n, 1, 1))).astype(np.float32)
    read = rng.uniform(1, 8, (n, 1, 1)).astype(np.float32)
    seen = captured(noisy(light, Sensor(full, read), rng))
    for k in np.flatnonzero(rng.random(n) < config.small_probability):
        seen[k] = _taken_small(light[k], Sensor(full[k], read[k]), rng)
    for k in np.flatnonzero(rng.random(n) < 0.3):
        seen[k] = cv2.GaussianBlur(seen[k], (0, 0), rng.uniform(0.4, 1.0))
    for k in np.flatnonzero(rng.random(n) < 0.25):
        seen[k] = jpeg(seen[k], int(rng.integers(50, 95)))
    return seen


def _taken_small(light: Floats, sensor: Sensor, rng: np.random.Generator) -> Gray:
    """The picture (64, 64) uint8 of a face that is smaller in the camera's picture: its noise is coarser, too."""
    side = round(SIDE / rng.uniform(*SMALLER))
    small = np.asarray(cv2.resize(light, (side, side), interpolation=cv2.INTER_AREA), np.float32)
    taken = captured(noisy(small, sensor, rng))
    return np.asarray(cv2.resize(taken, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR), np.uint8)


def _random_erase(picture: Image, rng: np.random.Generator) -> None:
    """Erase a rectangle of up to a fifth of the face: a hand, hair, glasses."""
    width, height = rng.integers(8, 30, 2)
    x, y = rng.integers(-4, SIDE - 4, 2)
    picture[max(y, 0) : y + height, max(x, 0) : x + width] = rng.integers(0, int(picture.max()) + 1)
