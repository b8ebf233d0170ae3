"""Rendered faces with their 68 landmarks: what a landmark network learns from. The 3-D face is given by its path."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from calibration.progress import no_progress
from models.arrays import Floats, Gray
from models.lighting.exposure import captured
from models.lighting.relight import MARGIN, direction
from models.rendering.make_maps import FINER, on_template
from models.rendering.mesh import Mesh, rotated
from models.rendering.people import EXPRESSIONS, RELAXED, Person, people
from models.rendering.portrait import surface
from models.rendering.raster import rasterise, vertex_normals

IDENTITY_SPREAD = 1.3
"""Faces differ more than those of simulated visitors: eyes, noses and mouths of every shape."""


def landmark_faces(
    mesh: Mesh, count: int, seed: int, progress: Callable[[float], None] = partial(no_progress, "")
) -> tuple[Gray, Floats]:
    """So many faces with a margin, (n, 96, 96) uint8, and their landmarks (n, 68, 2) in pixels of these pictures.

    Every face is another person with another expression, turn of the head and lamp.
    """
    rng = np.random.default_rng(seed)
    pictures, landmarks = [], []
    for k, person in enumerate(people(count, len(mesh.identities), seed)):
        picture, points = _face(mesh, person, rng)
        pictures.append(picture)
        landmarks.append(points)
        if k % 20 == 0:
            progress(k / count)
    return np.stack(pictures), np.stack(landmarks)


def _face(mesh: Mesh, person: Person, rng: np.random.Generator) -> tuple[Gray, Floats]:
    identity = person.identity * np.float32(IDENTITY_SPREAD)
    rest = mesh.posed(identity, {})
    posed = rotated(mesh.posed(identity, _expression(rng)), rng.normal(0, 13), rng.normal(0, 9))
    placed, _ = on_template(mesh, posed)
    side = (64 + 2 * MARGIN) * FINER
    seen, shares = rasterise(placed, mesh.triangles, (side, side))
    corners = mesh.triangles[np.maximum(seen, 0)]

    def at(values: Floats) -> Floats:
        return np.asarray((values[corners] * shares[..., None]).sum(2), np.float32)

    albedo = surface(mesh, person, rest, at(rest), corners[..., 0]) @ np.array([0.11, 0.59, 0.30], np.float32)
    lamp = direction(rng.normal(0, 35), np.clip(rng.normal(25, 30), -30, 85))
    ambient = rng.uniform(0.15, 0.9)
    light = albedo * (ambient + (1 - ambient) * np.clip(at(vertex_normals(posed, mesh.triangles)) @ lamp, 0, None))
    light = np.where(seen >= 0, light, rng.uniform(0.02, 0.6) * albedo[seen >= 0].max())
    small = cv2.resize(light.astype(np.float32), None, fx=1 / FINER, fy=1 / FINER, interpolation=cv2.INTER_AREA)
    points = (placed[mesh.landmarks][:, :2] + 0.5) / FINER - 0.5
    return captured(small * np.float32(rng.uniform(0.35, 0.9) / max(float(small.max()), 1e-6))), np.asarray(
        points, np.float32
    )


def _expression(rng: np.random.Generator) -> dict[str, float]:
    """Two emotions at once and some mouth, so that no landmark always goes with another."""
    pose = dict(RELAXED)
    for name in rng.choice(list(EXPRESSIONS), 2):
        strength = float(rng.uniform(0, 0.9))
        for shape, weight in EXPRESSIONS[str(name)].items():
            pose[shape] = pose.get(shape, 0.0) + strength * weight
    if rng.random() < 0.3:
        pose["jawOpen"] = pose.get("jawOpen", 0.0) + float(rng.uniform(0, 0.6))
    if rng.random() < 0.15:
        pose["eyeBlink"] = float(rng.uniform(0.3, 1.0))
    return pose
