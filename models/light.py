"""Where a lamp stands and how soft it is, found from faces: the relighting model, fitted the other way round.

The mean of some aligned faces in linear light is explained as an average face under one lamp, light from the walls,
from the floor and from the film, none of them negative. Every direction on a grid is tried at three softnesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.align import SIDE, TEMPLATE
from models.exposure import Floats, linear
from models.relight import MARGIN, affine, direction, fills, lit, read_heads

AZIMUTHS = tuple(range(-100, 101, 10))
ELEVATIONS = tuple(range(0, 91, 10))
RADII = (2.0, 8.0, 16.0, 25.0)
VOTES = 6
HEADS = 6
"""Of the 16 training heads: more change the answer by less than a degree."""
SMALL = SIDE // 2
HAIR = 10
"""Rows of 64 at the top that are not asked: a fringe is as dark as a shadow, and cost 20 degrees of elevation."""
UNSURE = 0.6
"""Relative error above which a room is not lit by one lamp, or the face is not seen well (one real face has 0.5)."""
DARK_SHARE = 0.15
"""Of the face's mean: errors are relative to the light, but those in the dark no more than this."""


@dataclass(frozen=True, slots=True)
class Light:
    """One lamp and what comes back from the room. Degrees, as in ``models.relight.Lamp``."""

    azimuth: float
    elevation: float
    radius: float
    bounced: float
    """Share of the face's light that does not come from the lamp itself, 0 to 1."""
    unexplained: float
    """Relative error of the best explanation."""


def find_light(faces: NDArray[np.uint8], average: Floats) -> Light:
    """The light on aligned faces (n, 64, 64) of one room, as captured; ``average`` (64, 64) is a face in even light.

    More people make it surer: what is painted on one face (a beard, dark brows) is taken for shadow otherwise.
    Raises ValueError without faces.
    """
    if not len(faces):
        raise ValueError("no faces to find the light from")
    keys, around, mask = _grid()
    light = _mean_light(faces, mask)
    albedo = _small(average)[mask]
    weight = 1.0 / (light + DARK_SHARE * light.mean())
    wanted = light * weight
    rest = [row * albedo * weight for row in around]
    tried = []
    for (azimuth, elevation, radius), key in keys.items():
        error, shares = _explain([key * albedo * weight, *rest], wanted)
        tried.append((error, azimuth, elevation, radius, shares, key))
    tried.sort(key=lambda one: one[0])
    error, _, _, radius, shares, key = tried[0]
    # The best few vote: the grid is coarse, and the valley of the error is flat.
    towards = np.sum([(error / max(e, 1e-9)) ** 8 * direction(a, b) for e, a, b, *_ in tried[:VOTES]], axis=0)
    right, up, front = towards / np.linalg.norm(towards)
    others = sum(float(share * row.mean()) for share, row in zip(shares[1:], around, strict=True))
    return Light(
        azimuth=float(np.degrees(np.arctan2(right, front))),
        elevation=float(np.degrees(np.arcsin(np.clip(up, -1, 1)))),
        radius=radius,
        bounced=others / max(others + float(shares[0] * key.mean()), 1e-9),
        unexplained=float(np.sqrt(error / len(wanted))),
    )


def _mean_light(faces: NDArray[np.uint8], mask: NDArray[np.bool_]) -> Floats:
    """(pixels,) light of the mean face, each face brought to mean 1 first."""
    small = np.stack([_small(face) for face in linear(faces)])[:, mask]
    return np.asarray((small / np.maximum(small.mean(axis=1, keepdims=True), 1e-6)).mean(axis=0))


def _explain(columns: list[Floats], wanted: Floats) -> tuple[float, NDArray[np.float64]]:
    """Least squares with shares that are not negative; the lamp, columns[0], always has one."""
    a = np.stack(columns, axis=1).astype(np.float64)
    gram, onto, whole = a.T @ a, a.T @ wanted, float(wanted @ wanted)
    best = (whole, np.zeros(len(columns)))
    for count in range(len(columns)):
        for rest in combinations(range(1, len(columns)), count):
            used = [0, *rest]
            shares = np.linalg.solve(gram[np.ix_(used, used)] + 1e-9 * np.eye(len(used)), onto[used])
            error = whole - float(shares @ onto[used])
            if (shares >= 0).all() and error < best[0]:
                full = np.zeros(len(columns))
                full[used] = shares
                best = (error, full)
    return best


@cache
def _grid() -> tuple[dict[tuple[float, float, float], Floats], list[Floats], NDArray[np.bool_]]:
    """Light of every lamp on the mean head; of walls, floor and film; where on the aligned face the head is."""
    heads = read_heads("train").first(HEADS)
    room = fills(heads)
    even = np.maximum(0.5 * room[2] + 0.5 * room[0], np.float32(0.3)).astype(np.float32)
    mask = _laid(heads.mask, heads.five) > 0.95
    mask[: HAIR * SMALL // SIDE] = False
    hard = {
        (azimuth, elevation): _laid(lit(heads, direction(azimuth, elevation)) / even, heads.five)[mask]
        for elevation in ELEVATIONS
        for azimuth in (AZIMUTHS if elevation < 90 else (0,))
    }
    towards = np.stack([direction(*place) for place in hard])
    values = np.stack(list(hard.values()))
    keys: dict[tuple[float, float, float], Floats] = {}
    for radius in RADII:
        away = np.degrees(np.arccos(np.clip(towards @ towards.T, -1, 1)))
        share = np.exp(-0.5 * (away / max(radius, 3.0) * 1.4) ** 2)
        soft = (share / share.sum(axis=1, keepdims=True)) @ values
        keys |= {(*place, radius): row for place, row in zip(hard, soft, strict=True)}
    return keys, [_laid(light / even, heads.five)[mask] for light in room], mask


def _laid(maps: Floats, five: Floats) -> Floats:
    """Mean (32, 32) of maps (m, 96, 96), each with its landmarks on the template."""
    laid = []
    for one, points in zip(maps, five, strict=True):
        to_face = affine(points, TEMPLATE)
        to_face[:, 2] -= to_face[:, :2].sum(axis=1) * MARGIN
        laid.append(cv2.warpAffine(one, to_face, (SIDE, SIDE), flags=1, borderMode=cv2.BORDER_REPLICATE))
    return _small(np.mean(laid, axis=0))


def _small(picture: Floats) -> Floats:
    return np.asarray(cv2.resize(picture.astype(np.float32), (SMALL, SMALL), interpolation=cv2.INTER_AREA))
