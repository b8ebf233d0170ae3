"""People who do not exist, and their expressions as blendshapes of the 3-D face (``models.rendering.mesh``)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats

LEVELS = (0.5, 1.0)

EXPRESSIONS: dict[str, dict[str, float]] = {
    "neutral": {},
    "happiness": {"mouthSmile": 1.0, "cheekRaiser": 0.9, "eyeSquint": 0.5, "mouthUpperUp": 0.5, "jawOpen": 0.16},
    "surprise": {
        "eyeBlink": -0.2, "browDown": -0.12, "browInnerUp": 1.0, "browOuterUp": 1.0, "eyeWide": 1.0, "jawOpen": 0.75,
        "mouthFunnel": 0.25,
    },
    "sadness": {
        "browInnerUp": 1.3, "browDown": 0.3, "browOuterUp": -0.6, "mouthFrown": 1.6, "mouthShrugLower": 1.0,
        "eyeSquint": 0.6, "eyeBlink": 0.25, "eyeLookDown": 0.3, "mouthStretch": 0.3,
    },
    "anger": {
        "browDown": 1.6, "noseSneer": 0.8, "eyeSquint": 0.5, "mouthFrown": 0.5, "mouthUpperUp": 0.8,
        "mouthLowerDown": 1.0, "jawOpen": 0.3, "mouthStretch": 0.4,
    },
    "disgust": {"noseSneer": 1.3, "mouthUpperUp": 1.0, "browDown": 0.8, "mouthShrugLower": 0.6, "eyeSquint": 0.8},
    "fear": {
        "eyeBlink": -0.2, "browInnerUp": 1.2, "browOuterUp": 0.4, "browDown": 0.3, "eyeWide": 1.2, "mouthStretch": 1.1,
        "jawOpen": 0.35,
    },
    "contempt": {"mouthSmile_R": 0.9, "mouthDimple_R": 1.0, "mouthPress": 0.4, "eyeSquint": 0.25},
}  # fmt: skip
"""Blendshapes at full strength, by the action units of the emotions (Ekman & Friesen), somewhat exaggerated."""
BLINK = {"eyeBlink": 0.8}
RELAXED = {"eyeBlink": 0.2, "browDown": 0.12}
"""The mesh stares: its open eyes are read as surprise. Everybody has this much of it; surprise and fear undo it."""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One who does not exist."""

    identity: Floats
    skin: tuple[float, float, float]
    """Share of light given back: blue, green, red."""
    hair: tuple[float, float, float]
    hairline: float
    """Height in cm above the mesh's origin at the middle of the forehead."""
    brow_cm: float = 0.0
    """By so much this person's brows are higher than most people's."""


def people(count: int, shapes: int, seed: int) -> list[Person]:
    """Seeded people with different faces; skin and hair come in turn, so the first of every seed has the same."""
    rng = np.random.default_rng(seed)
    skins = ((0.25, 0.36, 0.58), (0.13, 0.21, 0.40), (0.29, 0.40, 0.62), (0.06, 0.10, 0.20))
    hairs = ((0.010, 0.013, 0.020), (0.006, 0.007, 0.008), (0.03, 0.055, 0.11), (0.006, 0.006, 0.007))
    return [
        Person(rng.normal(0, 0.7, shapes).astype(np.float32), skins[k % 4], hairs[k % 4], 9.2 + rng.normal(0, 0.4))
        for k in range(count)
    ]
