"""Light for training that is less even than any rendered one: what geometry leaves out is drawn at random.

Skin shines, sockets are deep, a second lamp or the film throws shadows of its own. Here each face gets a share of all
that (domain randomisation, Tobin et al. 2017). It is broad light, and costs little of what is read; what is fine and
costs much is ``models.lighting.fine_detail``.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from models.arrays import Floats
from models.lighting.fine_detail import FineDetail
from models.lighting.relight import Light
from models.seeing.align import SIDE

FIELDS = 192
"""Smooth random fields kept; each is used turned, mirrored and shifted."""
FIELD_SIDE = 2 * SIDE


@dataclass(frozen=True, slots=True)
class Unevenness:
    """How rough the light is; each share is of the faces, each range is drawn evenly."""

    misplaced: tuple[float, float] = (5.0, 2.5)
    """Largest deviations, in pixels of 64, of where a face's light comes to lie: as a whole, and each landmark."""
    second_lamp: float = 0.2
    contrast: tuple[float, float] = (0.85, 1.2)
    """Exponent of the light: above 1 everything is steeper than a matt white face would be."""
    smooth: float = 0.3
    smooth_deviation: tuple[float, float] = (0.02, 0.15)
    """Of the logarithm of the light, in patches of 4 to 16 pixels."""
    edges: float = 0.05
    edge_depth: tuple[float, float] = (0.4, 2.5)
    """How dark it is beyond a hard edge (a brim, an arm, a half face), in logarithms."""
    features: float = 0.1
    """Dark eye sockets, a shadow under the nose, on the lip, below the mouth."""
    feature_depth: tuple[float, float] = (-0.4, 1.6)
    shine: float = 0.2


class UnevenLight:
    """Draws light as a ``LampBank`` does, and roughens it."""

    def __init__(
        self, lamps: Light, roughness: Unevenness | None = None, detail: FineDetail | None = None, seed: int = 7
    ) -> None:
        self.lamps, self.roughness, self.detail = lamps, roughness or Unevenness(), detail
        rng = np.random.default_rng(seed)
        self._fields = np.stack([_field(rng) for _ in range(FIELDS)])

    def draw(self, landmarks: Floats, rng: np.random.Generator) -> Floats:
        """Factors (n, 64, 64) that put faces with these landmarks (n, 5, 2) under drawn light. Any scale."""
        rough, n = self.roughness, len(landmarks)
        whole, each = (rng.uniform(0, most, (n, 1, 1)) for most in rough.misplaced)
        moved = whole * rng.standard_normal((n, 1, 2)) + each * rng.standard_normal(landmarks.shape)
        placed = np.asarray(landmarks + moved, np.float32)
        factors = self.lamps.draw(placed, rng)
        second = np.flatnonzero(rng.random(n) < rough.second_lamp)
        if len(second):
            share = rng.uniform(0.1, 1, (len(second), 1, 1)).astype(np.float32)
            factors[second] += share * self.lamps.draw(placed[second], rng)
        for k in np.flatnonzero(rng.random(n) < rough.shine):
            top = float(factors[k].max())
            factors[k] += top * rng.uniform(0.2, 1.5) * (factors[k] / max(top, 1e-6)) ** rng.uniform(2, 8)
        log = np.log(np.maximum(factors, np.float32(2e-3)))
        log *= rng.uniform(*rough.contrast, (n, 1, 1)).astype(np.float32)
        for k in np.flatnonzero(rng.random(n) < rough.smooth):
            log[k] += rng.uniform(*rough.smooth_deviation) * self._random_field(rng)
        for k in np.flatnonzero(rng.random(n) < rough.edges):
            steep = np.exp(rng.uniform(np.log(2), np.log(30)))
            beyond = 1 / (1 + np.exp(-steep * (self._random_field(rng) - rng.normal(0, 0.8))))
            log[k] -= rng.uniform(*rough.edge_depth) * beyond
        for k in np.flatnonzero(rng.random(n) < rough.features):
            log[k] -= _feature_shadows(placed[k], rough.feature_depth, rng)
        if self.detail:
            log += self.detail.draw(placed, rng)
        return np.exp(log, out=log)

    def _random_field(self, rng: np.random.Generator) -> Floats:
        """(64, 64) of deviation about 1."""
        x, y, turns = (int(v) for v in rng.integers((SIDE, SIDE, 4)))
        cut = self._fields[rng.integers(FIELDS), y : y + SIDE, x : x + SIDE]
        turned = np.rot90(cut, turns)
        return turned if rng.random() < 0.5 else turned[:, ::-1]


def _field(rng: np.random.Generator) -> Floats:
    noise = rng.standard_normal((FIELD_SIDE, FIELD_SIDE)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), float(np.exp(rng.uniform(np.log(4), np.log(16)))))
    return np.asarray((smooth - smooth.mean()) / smooth.std(), np.float32)


def _feature_shadows(five: Floats, depth: tuple[float, float], rng: np.random.Generator) -> Floats:
    """Logarithms to take off (64, 64): spots at the eyes, under the nose and below the mouth, soft or hard."""
    left, right, nose, corner, other = five
    apart, tall = float(np.linalg.norm(right - left)), float(np.linalg.norm((corner + other) / 2 - (left + right) / 2))
    eyes, mouth, size = rng.uniform(*depth), (corner + other) / 2, rng.uniform(0.7, 1.4, 3)
    shift = rng.normal(0, 0.1, 2) * apart
    spots = (
        (left + shift, eyes, 0.33 * apart * size[0], 0.22 * apart * size[0]),
        (right + shift, eyes * rng.uniform(0.5, 1.2), 0.33 * apart * size[0], 0.22 * apart * size[0]),
        (nose + np.array([0, 0.22 * tall]) + shift, rng.uniform(*depth), 0.28 * apart * size[1], 0.22 * tall * size[1]),
        (mouth + np.array([0, 0.32 * tall]), rng.uniform(*depth), 0.35 * apart * size[2], 0.16 * tall * size[2]),
    )
    steep = float(np.exp(rng.uniform(np.log(1), np.log(5))))
    total = np.zeros((SIDE, SIDE), np.float32)
    for middle, dark, wide, high in spots:
        away = ((_X - middle[0]) / wide) ** 2 + ((_Y - middle[1]) / high) ** 2
        total += np.float32(dark) * np.exp(-(away**steep))
    return total


_Y, _X = np.mgrid[:SIDE, :SIDE].astype(np.float32)
