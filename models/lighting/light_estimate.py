"""Where a lamp stands and how soft it is, estimated from faces by fitting the relighting model.

The direction comes from ``models.lighting.lamp_direction``. Then the mean of the aligned faces in linear light is
explained as an average face under one lamp there, at one of four softnesses, and light from the walls, from the floor
and from the film, none of them negative: what is left unexplained says how far to trust it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from models.arrays import Doubles, Floats, Gray, Mask
from models.lighting.exposure import linear
from models.lighting.lamp_direction import FACES_USED, face_mask, small, towards_lamp, warp_to_template
from models.lighting.relight import FaceMaps, Lamp, fill_light, read_face_maps, shading

RADII = (2.0, 8.0, 16.0, 25.0)
UNSURE = 0.6
"""Relative error above which a room is not lit by one lamp, or the face is not seen well (one real face has 0.5)."""
DARK_SHARE = 0.15
"""Of the face's mean: errors are relative to the light, but those in the dark no more than this."""


@dataclass(frozen=True, slots=True)
class LightEstimate:
    """One lamp and what comes back from the room. Degrees, as in ``models.lighting.relight.Lamp``."""

    azimuth: float
    elevation: float
    radius: float
    bounced: float
    """Share of the face's light that does not come from the lamp itself, 0 to 1."""
    unexplained: float
    """Relative error of the best explanation."""


def estimate_light(faces: Gray, average: Floats) -> LightEstimate:
    """The light on aligned faces (n, 64, 64) of one venue, as captured; ``average`` (64, 64) is a face in even light.

    More people make it more certain: what is dark on one face (a beard, brows) would be mistaken for shadow.
    Raises ValueError without faces.
    """
    if not len(faces):
        raise ValueError("no faces to find the light from")
    right, up, front = (float(one) for one in towards_lamp(faces))
    azimuth, elevation = float(np.degrees(np.arctan2(right, front))), float(np.degrees(np.arcsin(up)))
    heads, even, around = _maps_and_fill()
    mask = face_mask()
    light = _mean_light(faces, mask)
    albedo = small(average)[mask]
    weight = 1.0 / (light + DARK_SHARE * light.mean())
    rest = [row * albedo * weight for row in around]
    tried = []
    for radius in RADII:
        key = warp_to_template(shading(heads, Lamp(azimuth, elevation, radius)) / even, heads.landmarks)[mask]
        error, shares = _explain([key * albedo * weight, *rest], light * weight)
        tried.append((error, radius, shares, key))
    error, radius, shares, key = min(tried, key=lambda one: one[0])
    others = sum(float(share * row.mean()) for share, row in zip(shares[1:], around, strict=True))
    return LightEstimate(
        azimuth=azimuth,
        elevation=elevation,
        radius=radius,
        bounced=others / max(others + float(shares[0] * key.mean()), 1e-9),
        unexplained=float(np.sqrt(max(error, 0.0) / len(light))),
    )


def _mean_light(faces: Gray, mask: Mask) -> Floats:
    """(pixels,) light of the mean face, each face brought to mean 1 first."""
    each = np.stack([small(face) for face in linear(faces)])[:, mask]
    return np.asarray((each / np.maximum(each.mean(axis=1, keepdims=True), 1e-6)).mean(axis=0))


def _explain(columns: list[Floats], wanted: Floats) -> tuple[float, Doubles]:
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
def _maps_and_fill() -> tuple[FaceMaps, Floats, list[Floats]]:
    """FaceMaps, even light on them, and the light of walls, floor and film where it is asked for."""
    heads = read_face_maps("train").first(FACES_USED)
    fill = fill_light(heads)
    even = np.maximum(0.5 * fill[2] + 0.5 * fill[0], np.float32(0.3)).astype(np.float32)
    return heads, even, [warp_to_template(light / even, heads.landmarks)[face_mask()] for light in fill]
