"""Other lamps on a face: light and cast shadows from small maps of 3-D heads, laid over the face by its landmarks.

A picture's light is taken as what even light from the front would give; multiplied by a ratio image (what a lamp gives
instead), it is the same face under that lamp. The eye sockets under the brow, the lip under the nose and the chin go
dark as they do in a room with one lamp overhead. All in linear light. ``models.rendering.make_maps`` makes the maps.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.array_file import FLOAT_CUBE, INTEGER_CUBE, INTEGER_CUBES, load_shipped_arrays
from models import MAPS
from models.arrays import Doubles, Floats
from models.seeing.align import SIDE

MARGIN = 16
"""Pixels of 64 that the maps hold around the aligned face: what casts a shadow from there is in them, hair and chin."""
DEPTH_STEP = 0.01
"""Pixels of depth in one step of the stored maps."""
IN_MAPS = {"normals": INTEGER_CUBES, "depth": INTEGER_CUBE, "mask": INTEGER_CUBE, "five": FLOAT_CUBE}
"""What a file of maps holds."""
STEPS = np.unique(np.round(1.15 ** np.arange(31)).astype(int))
"""How far a ray is followed, in pixels: near ones one by one, far ones coarser, up to the height of a head."""
EDGE = 0.7
"""Pixels of depth over which a shadow's edge fades; hides the steps of the map."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """One lamp as the face sees it. Degrees."""

    azimuth: float
    """0 is the camera's side, 90 the picture's right."""
    elevation: float
    """90 is straight above."""
    radius: float
    """Half the angle under which the lamp is seen: 1 is a hard spot, 25 a big soft box."""


@dataclass(frozen=True, slots=True)
class Fill:
    """Ranges of the other light in the room, as shares of the lamp's own; drawn evenly in their logarithm."""

    walls: tuple[float, float] = (0.01, 0.6)
    floor: tuple[float, float] = (0.005, 0.15)
    film: tuple[float, float] = (0.005, 0.6)
    """Light that the film on the wall throws on the face from the front; it flickers, so it is any of these."""
    background: tuple[float, float] = (0.02, 1.0)
    """What is behind the head gets so much of the head's mean light."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceMaps:
    """Maps of several heads, (m, 96, 96) each."""

    normals: Floats
    """(m, 96, 96, 3): right, up, towards the camera."""
    depth: Floats
    """In pixels, larger is nearer to the camera."""
    mask: Floats
    """1 on the head, 0 behind it."""
    landmarks: Floats
    """(m, 5, 2) landmarks in pixels of the aligned face (without the margin)."""

    def first(self, count: int) -> FaceMaps:
        """The maps of the first ``count`` faces only."""
        return FaceMaps(*(getattr(self, name)[:count] for name in self.__slots__))


def read_face_maps(name: str) -> FaceMaps:
    """The heads of ``maps/NAME.npz`` ('train' or 'bench')."""
    file = load_shipped_arrays(MAPS / f"{name}.npz", IN_MAPS)
    flat = file["normals"].astype(np.float32) / 127
    away = np.sqrt(np.clip(1 - (flat**2).sum(-1, keepdims=True), 0, 1))
    depth, mask = np.asarray(file["depth"] * DEPTH_STEP, np.float32), np.asarray(file["mask"] / 255, np.float32)
    return FaceMaps(np.concatenate([flat, away], -1), depth, mask, file["five"])


def direction(azimuth: float, elevation: float) -> Floats:
    """Unit vector (right, up, towards the camera) to a lamp."""
    a, e = np.radians([azimuth, elevation])
    return np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)], np.float32)


def lit(heads: FaceMaps, towards: Floats) -> Floats:
    """Light (m, 96, 96) of a lamp in one direction: cosine of the angle where nothing is in the way, 0 in shadow."""
    return np.asarray(np.maximum(heads.normals @ towards, 0) * visibility(heads.depth, towards), np.float32)


def visibility(depth: Floats, towards: Floats) -> Floats:
    """1 where a ray in this direction leaves the depth maps (m, s, s) freely, 0 where something is in its way."""
    right, down, near = float(towards[0]), -float(towards[1]), float(towards[2])
    flat = max(abs(right), abs(down))
    if flat < 0.05:
        return np.ones_like(depth)
    side = depth.shape[1]
    above = np.zeros_like(depth)  # how far the ray passes below something
    for step in STEPS:
        x, y = round(right / flat * step), round(down / flat * step)
        if max(abs(x), abs(y)) >= side:
            break
        here = (slice(None), slice(max(-y, 0), side - max(y, 0)), slice(max(-x, 0), side - max(x, 0)))
        there = (slice(None), slice(max(y, 0), side - max(-y, 0)), slice(max(x, 0), side - max(-x, 0)))
        over = depth[there] - (depth[here] + near / flat * step)
        np.maximum(above[here], over, out=above[here])
    return np.asarray(np.clip(1 - (above - 0.3) / EDGE, 0, 1), np.float32)


def points_on_lamp(lamp: Lamp, samples: int) -> list[Floats]:
    """Directions to points spread evenly on a lamp of some size (a sunflower's pattern)."""
    middle = direction(lamp.azimuth, lamp.elevation)
    aside = np.cross(middle, [0.0, 0.6, 0.8]).astype(np.float32)
    aside /= np.linalg.norm(aside)
    upward = np.cross(aside, middle)
    points = []
    for k in range(samples):
        away, turn = np.tan(np.radians(lamp.radius)) * np.sqrt((k + 0.5) / samples), k * 2.39996
        point = middle + away * (np.cos(turn) * aside + np.sin(turn) * upward)
        points.append((point / np.linalg.norm(point)).astype(np.float32))
    return points


def shading(heads: FaceMaps, lamp: Lamp, samples: int = 6) -> Floats:
    """Light (m, 96, 96) of a lamp of some size: the mean over points on it."""
    return np.asarray(np.mean([lit(heads, towards) for towards in points_on_lamp(lamp, samples)], axis=0), np.float32)


def fill_light(heads: FaceMaps) -> tuple[Floats, Floats, Floats]:
    """Light of the walls (from all sides), of the floor, of the film on the wall in front, (m, 96, 96) each."""
    walls = [Lamp(a, e, 20) for e in (-20, 25, 60) for a in range(-120, 121, 40)]
    from_walls = np.mean([shading(heads, lamp, 2) for lamp in walls], axis=0) * 2
    from_floor = np.mean([shading(heads, Lamp(a, -50, 25), 3) for a in (-60, 0, 60)], axis=0)
    from_film = np.mean([shading(heads, Lamp(a, 5, 10), 3) for a in (-25, 0, 25)], axis=0)
    return from_walls, from_floor, from_film


class Light(Protocol):
    """What faces are relit by."""

    def draw(self, landmarks: Floats, rng: np.random.Generator) -> Floats:
        """Factors (n, 64, 64) that put faces with these landmarks (n, 5, 2) each under drawn light. Any scale."""


class LampBank:
    """A bank of precomputed light, from which faces are relit at 0.1 ms each."""

    def __init__(
        self, heads: FaceMaps, lamps: list[Lamp], fill: Fill | None = None, key: NDArray[np.float16] | None = None
    ) -> None:
        """``key``: the lamps' light (m, lamps, 96, 96), where it has been computed before."""
        self.heads, self.lamps, self.fill = heads, lamps, fill or Fill()
        if key is None:
            key = np.stack([shading(heads, lamp) for lamp in lamps], axis=1).astype(np.float16)
        self.key = key
        self._walls, self._floor, self._film = fill_light(heads)
        self._even = np.maximum(0.5 * self._film + 0.5 * self._walls, 0.3)
        self._pseudo_inverse = [_pseudo_inverse(points) for points in heads.landmarks]

    def draw(self, landmarks: Floats, rng: np.random.Generator) -> Floats:
        """Factors (n, 64, 64) that put faces with these landmarks (n, 5, 2) each under a drawn lamp, on a drawn head.

        Any scale: the exposure comes after.
        """
        n, fill = len(landmarks), self.fill
        head, lamp = rng.integers(len(self.heads.landmarks), size=n), rng.integers(len(self.lamps), size=n)
        shares = [_log_uniform(rng, *r, n) for r in (fill.walls, fill.floor, fill.film, fill.background)]
        factors = np.empty((n, SIDE, SIDE), np.float32)
        for k in range(n):
            h = head[k]
            walls, floor, film, behind = (float(share[k]) for share in shares)
            light = self.key[h, lamp[k]].astype(np.float32)
            light += walls * self._walls[h] + floor * self._floor[h] + film * self._film[h]
            factors[k] = self._warp_to_face(light, int(h), behind, landmarks[k])
        return factors

    def _warp_to_face(self, light: Floats, head: int, behind: float, landmarks: Floats) -> Floats:
        """Light over even light, moved so that the head's landmarks lie on the face's."""
        mask = self.heads.mask[head]
        ratio = light / self._even[head]
        around = behind * float((ratio * mask).sum() / mask.sum())
        to_face = (self._pseudo_inverse[head] @ landmarks).T.copy()
        to_face[:, 2] -= to_face[:, :2].sum(axis=1) * MARGIN
        return np.asarray(
            cv2.warpAffine(
                ratio * mask + around * (1 - mask), to_face, (SIDE, SIDE), flags=1, borderMode=cv2.BORDER_REPLICATE
            ),
            np.float32,
        )


def affine(points: Floats, onto: Floats) -> Doubles:
    """The (2, 3) matrix that brings ``points`` (5, 2) nearest to ``onto``: also a turned head's are met then."""
    return (_pseudo_inverse(points) @ onto.astype(np.float64)).T.copy()


def _pseudo_inverse(points: Floats) -> Doubles:
    """(3, 5): times the points to be met (5, 2) it is the matrix, transposed. Kept for each head: it costs a warp."""
    return np.linalg.pinv(np.concatenate([points.astype(np.float64), np.ones((len(points), 1))], axis=1))


def _log_uniform(rng: np.random.Generator, low: float, high: float, n: int) -> Floats:
    return np.exp(rng.uniform(np.log(low), np.log(high), n)).astype(np.float32)


FROM_ANYWHERE = 0.15
"""Share of the training lamps that may stand behind the head too; the others are beside or before it."""


def sample_lamps(seed: int, count: int, radii: tuple[float, float] = (3, 25)) -> list[Lamp]:
    """Lamps from 20 to 90 degrees of elevation, high ones more often, hard or soft, at any azimuth."""
    rng = np.random.default_rng(seed)
    lamps = []
    for _ in range(count):
        aside = 180.0 if rng.random() < FROM_ANYWHERE else 110.0
        radius = float(np.exp(rng.uniform(np.log(radii[0]), np.log(radii[1]))))
        lamps.append(Lamp(rng.uniform(-aside, aside), 20 + 70 * rng.random() ** 0.7, radius))
    return lamps


DARK_ROOM = Fill(walls=(0.015, 0.2), floor=(0.008, 0.08), film=(0.01, 0.2), background=(0.02, 0.5))


def training_lamps(seed: int = 3, count: int = 160, kept_in: Path | None = None) -> LampBank:
    """A bank of drawn lamps on the training heads; 160 take half a minute, and 47 MB where they are kept."""
    return kept_bank(read_face_maps("train"), sample_lamps(seed, count), None, kept_in)


def kept_bank(heads: FaceMaps, lamps: list[Lamp], fill: Fill | None, kept_in: Path | None) -> LampBank:
    """The bank of these lamps on these heads, its light kept in the folder ``kept_in`` for the next run."""
    if kept_in is None:
        return LampBank(heads, lamps, fill)
    digest = hashlib.sha256(repr(lamps).encode() + heads.depth.tobytes()).hexdigest()[:12]
    path = kept_in / f"lamps-{digest}.npy"
    if path.is_file():
        with suppress(OSError, ValueError, EOFError):  # a torn one is made anew
            return LampBank(heads, lamps, fill, key=np.load(path))
    bank = LampBank(heads, lamps, fill)
    kept_in.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.npy")  # whole or not at all, also when two runs begin at once
    try:
        np.save(part, bank.key)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return bank
