"""The dark benchmark: labelled faces under lamps overhead and underexposed, always the same ones.

Heads and the softness of the lamps differ from those of training, and every draw comes from one fixed seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats, Gray
from models.lighting.exposure import Sensor, captured, expose, linear, noisy
from models.lighting.relight import Fill, Lamp, LampBank, read_face_maps
from models.seeing.align import similarity

ELEVATIONS = (45.0, 65.0, 85.0)
FACE_MEANS = (60.0, 40.0, 25.0, 12.0)
AZIMUTHS = (-40.0, -20.0, 0.0, 20.0, 40.0)
HARD_SPOT = 1.5
"""Degrees: half the angle under which the face sees the lamp. Training has 3 to 25."""
ROOM = Fill(walls=(0.03, 0.12), floor=(0.01, 0.04), film=(0.01, 0.12), background=(0.02, 0.3))
SENSOR = Sensor(full_well_electrons=8000, read_noise_electrons=4)
SEED = 2026


@dataclass(frozen=True, slots=True)
class Condition:
    """One cell of the benchmark."""

    elevation: float
    mean: float
    """Face mean as captured, of 255."""


CONDITIONS = tuple(Condition(elevation, mean) for elevation in ELEVATIONS for mean in FACE_MEANS)


def darkened(faces: Gray, landmarks: Floats, conditions: tuple[Condition, ...] = CONDITIONS) -> list[Gray]:
    """For each condition the aligned ``faces`` (n, 64, 64) uint8 relit and darkened, as a camera gives them.

    ``landmarks`` (n, 5, 2) lie in pixels of the aligned faces (``landmarks_aligned``).
    """
    light = linear(faces)
    relit: dict[float, Floats] = {}
    made = []
    heads = read_face_maps("bench")
    for condition in conditions:
        rng = np.random.default_rng((SEED, int(condition.elevation)))
        if condition.elevation not in relit:
            lamps = LampBank(heads, [Lamp(azimuth, condition.elevation, HARD_SPOT) for azimuth in AZIMUTHS], ROOM)
            relit[condition.elevation] = light * lamps.draw(landmarks, rng)
        exposed = expose(relit[condition.elevation], condition.mean)
        noise = np.random.default_rng((SEED, int(condition.elevation), int(condition.mean)))
        made.append(captured(noisy(exposed, SENSOR, noise)))
    return made


def landmarks_aligned(landmarks: Floats) -> Floats:
    """Where landmarks (n, 5, 2) of pictures come to lie in the aligned faces."""
    aligned = np.empty_like(landmarks)
    for new, points in zip(aligned, landmarks, strict=True):
        matrix = similarity(points.astype(np.float64))
        new[:] = points @ matrix[:, :2].T + matrix[:, 2]
    return aligned
