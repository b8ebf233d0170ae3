"""Resting faces of every skin: people who do not exist with their eyes open and their mouths shut, under lamps.

The proportions of rest are those of photographs: the mesh's own are not at rest, some of its people show teeth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from models.arrays import Floats
from models.lighting.relight import Lamp, points_on_lamp, visibility
from models.rendering.mesh import Mesh, rotated
from models.rendering.people import Person
from models.rendering.portrait import GUMS, SKIN, TEETH
from models.rendering.turned_head import TurnedHead

SKINS: dict[str, tuple[float, float, float]] = {
    "very light": (0.304, 0.379, 0.540),
    "light": (0.243, 0.322, 0.496),
    "intermediate": (0.188, 0.271, 0.454),
    "tan": (0.140, 0.209, 0.375),
    "brown": (0.088, 0.137, 0.263),
    "dark": (0.045, 0.069, 0.129),
}
"""Share of light given back, blue, green, red: the six classes of the individual typology angle (Chardon et al. 1991),
at 59, 48, 35, 19, -10 and -51 degrees (CIELAB lightness 70, 66, 62, 56, 47, 34)."""
HAIRS: dict[str, tuple[float, float, float]] = {
    "black": (0.006, 0.007, 0.008),
    "brown": (0.010, 0.013, 0.020),
    "blond": (0.030, 0.055, 0.110),
    "gray": (0.130, 0.140, 0.150),
}
"""A person's hair is the same in all skins, so that these differ in nothing else."""
EYE_OPEN = (0.101, 0.012)
"""Height of the open eye over the distance of the eyes' outer corners: the mean of 400 photographs of neutral faces
(FER+), and less than their deviation, in which measuring has its part: at 0.127 lies the mean of surprised faces."""
EYE_OPEN_BETWEEN = (0.08, 0.118)
BROW_DEVIATION_CM = 0.15
GRAY = np.array([0.114, 0.587, 0.299], np.float32)
"""What a camera's gray takes of blue, green and red."""
SHEEN = 0.035
"""Reflected at the surface of skin, whatever its colour: so dark skin shines more beside the rest of its light."""


def resting_person(mesh: Mesh, hair: str, rng: np.random.Generator) -> tuple[Person, dict[str, float]]:
    """Somebody new with the first skin of ``SKINS``, and the blendshapes that bring this face to rest."""
    identity = rng.normal(0, 0.8, len(mesh.identities)).astype(np.float32)
    brow = float(np.clip(rng.normal(0, BROW_DEVIATION_CM), -0.3, 0.3))
    person = Person(identity, SKINS["very light"], HAIRS[hair], 9.2 + float(rng.normal(0, 0.4)), brow)
    plain, lids, closed = (
        _openings(mesh.posed(identity, shapes)[mesh.landmarks])
        for shapes in ({}, {"eyeBlink": 1.0}, {"mouthClose": 1.0})
    )
    open_to = float(np.clip(rng.normal(*EYE_OPEN), *EYE_OPEN_BETWEEN)) * plain[2]
    return person, {
        "eyeBlink": (plain[0] - open_to) / (plain[0] - lids[0]),
        "mouthClose": max(plain[1], 0.0) / (plain[1] - closed[1]),
    }


def _openings(of: Floats) -> tuple[float, float, float]:
    """Of 68 landmarks: how far eyes and mouth are open, and the distance of the eyes' outer corners."""
    eyes = of[[37, 38, 43, 44], 1].mean() - of[[41, 40, 47, 46], 1].mean()
    mouth = of[[61, 62, 63], 1].mean() - of[[67, 66, 65], 1].mean()
    return float(eyes), float(mouth), float(of[45, 0] - of[36, 0])


LAMPS: dict[str, tuple[tuple[Lamp, float], ...]] = {
    "45 degrees": ((Lamp(-20, 45, 6), 1.0),),
    "65 degrees": ((Lamp(15, 65, 6), 1.0),),
    "90 degrees": ((Lamp(0, 88, 6), 1.0),),
    "65, hard": ((Lamp(-15, 65, 1.5), 1.0),),
    "65, soft": ((Lamp(10, 65, 25), 1.0),),
    "from the side": ((Lamp(70, 35, 8), 1.0),),
    "two lamps": ((Lamp(-50, 50, 5), 1.0), (Lamp(40, 35, 10), 0.6)),
}
"""Each a set of lamps with their strength, as the visitor has them: a camera above sees them with the head."""
POINTS_A_LAMP = 6


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """What falls on a head: its picture is ``albedo * diffuse + shine``. All (side, side), linear, of any scale."""

    diffuse: Floats
    shine: Floats


def light_on(head: TurnedHead, lamps: Sequence[tuple[Lamp, float]], down: float, walls: float, film: float) -> Light:
    """The light of lamps on a head that a camera sees from ``down`` degrees above, with a little of walls and film."""
    occluded = _occluded(head)
    diffuse = occluded * (walls * (0.6 + 0.4 * head.normals[..., 1]) + film * np.clip(head.normals[..., 2], 0, 1))
    shine = SHEEN * diffuse
    eyes = head.part >= TEETH
    gloss = np.where(eyes, 160.0, 14.0)
    for lamp, strength in lamps:
        towards = rotated(np.stack(points_on_lamp(lamp, POINTS_A_LAMP)), 0, down)
        for one in towards:
            falls = strength / len(towards) * np.clip(head.normals @ one, 0, 1) * _free(head.depth, one)
            half = one + np.array([0, 0, 1], np.float32)
            along = np.clip(head.normals @ (half / np.linalg.norm(half)), 0, 1)
            diffuse = diffuse + falls * np.where(eyes, occluded, 1)
            shine = shine + SHEEN * falls * (gloss + 8) / 8 * along**gloss
    cave = np.where((head.part >= SKIN) & (head.part < GUMS), np.float32(0.4), np.float32(1)) * head.hit
    return Light(np.asarray(diffuse * cave, np.float32), np.asarray(shine * cave, np.float32))


def _free(depth: Floats, towards: Floats) -> Floats:
    """1 where the lamp is seen: near things cast their shadows in full detail, far ones at half of it."""
    half = cv2.resize(depth, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)[None] * np.float32(0.5)
    far = cv2.resize(visibility(half, towards)[0], depth.shape[::-1])
    return np.asarray(np.minimum(visibility(depth[None], towards)[0], far), np.float32)


def _occluded(head: TurnedHead) -> Floats:
    """What is left of light from all around: less where a place lies behind what is beside it, as eyes behind lids."""
    weight = np.maximum(cv2.GaussianBlur(head.hit, (0, 0), OCCLUDER_PIXELS), 1e-3)
    around = cv2.GaussianBlur(head.depth * head.hit, (0, 0), OCCLUDER_PIXELS) / weight
    return np.asarray(np.clip(1 - 0.12 * np.maximum(around - head.depth, 0), 0.25, 1), np.float32)


OCCLUDER_PIXELS = 5.0
