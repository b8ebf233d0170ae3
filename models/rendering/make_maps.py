"""Computes the small maps of light on faces from the mesh of ICT FaceKit (USC, MIT licence), given by its path.

Run as ``python -m models.rendering.make_maps ict_facekit.npz``. The mesh itself is never part of the project.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.errors import BadInput
from calibration.program import run_program
from models import MAPS
from models.arrays import Floats
from models.lighting.relight import DEPTH_STEP, MARGIN
from models.lighting.varied_heads import COARSE_STEP
from models.rendering.mesh import Mesh, read_mesh, rotated
from models.rendering.portrait import render_portraits
from models.rendering.raster import rasterise, vertex_normals
from models.seeing.align import SIDE, similarity

FOLDER = MAPS
FINER = 2
"""Maps are rendered so many times finer, then reduced: less jagged edges of shadows."""

SOFTENED = ((0, 6.0, 5.0), (1, 6.0, 5.0), (3, 7.0, 6.0), (4, 7.0, 6.0))
"""Landmark, and half width and height in pixels of 64 of what is smoothed around it: lids and lips.

Only the large forms may throw shadows. Lids and lips belong to the face that is relit, and so does its expression:
heads with a smile or an open mouth drew their own mouths on other people's faces.
"""


def on_template(mesh: Mesh, points: Floats, finer: int = FINER, margin: int = MARGIN) -> tuple[Floats, Floats]:
    """Vertices in pixels of the (finer) template with its margin, y down, z in the same pixels; and landmarks (5, 2).

    The landmarks are in plain template pixels.
    """
    flat = points * np.array([1, -1, 1], np.float32)
    turn = similarity(mesh.five_landmarks(flat).astype(np.float64))
    scale = float(np.hypot(turn[0, 0], turn[1, 0]))
    placed = np.concatenate([flat[:, :2] @ turn[:, :2].T + turn[:, 2], flat[:, 2:] * scale], axis=1)
    landmarks = mesh.five_landmarks(placed)
    placed[:, :2] = (placed[:, :2] + margin + 0.5) * finer - 0.5
    placed[:, 2] *= finer
    return placed.astype(np.float32), landmarks.astype(np.float32)


def light_map(mesh: Mesh, points: Floats) -> dict[str, NDArray[np.generic]]:
    """Normals, depth, mask and landmarks of one posed head."""
    placed, landmarks = on_template(mesh, points)
    normals = vertex_normals(points, mesh.triangles)
    corners, shares, hit, depth = _rendered(mesh, placed)
    normal = (normals[corners] * shares[..., None]).sum(2)
    small = (SIDE + 2 * MARGIN,) * 2
    soft = _softened(landmarks, small)
    mask = cv2.resize(hit, small, interpolation=cv2.INTER_AREA)
    depth = np.asarray(cv2.resize(depth, small), np.float32)
    normal = cv2.resize((normal * hit[..., None]).astype(np.float32), small, interpolation=cv2.INTER_AREA)
    depth += soft * (cv2.GaussianBlur(depth, (0, 0), 2.5) - depth)
    normal += soft[..., None] * (cv2.GaussianBlur(normal, (0, 0), 2.5) - normal)
    normal /= np.maximum(np.linalg.norm(normal, axis=2, keepdims=True), 1e-6)
    return {
        "normals": np.round(normal[..., :2] * 127).astype(np.int8),
        "depth": np.round((depth - depth.min()) / DEPTH_STEP).astype(np.uint16),
        "mask": np.round(mask * 255).astype(np.uint8),
        "five": landmarks,
    }


def _softened(landmarks: Floats, size: tuple[int, int]) -> Floats:
    """1 (h, w) where lids and lips are, 0 elsewhere, with soft edges."""
    soft = np.zeros(size, np.float32)
    for landmark, wide, high in SOFTENED:
        x, y = landmarks[landmark] + MARGIN
        cv2.ellipse(soft, (int(x), int(y)), (int(wide), int(high)), 0, 0, 360, 1.0, -1)
    return np.asarray(cv2.GaussianBlur(soft, (0, 0), 1.5), np.float32)


def depth_set(mesh: Mesh, people: int, seed: int) -> dict[str, NDArray[np.generic]]:
    """Depths of other seeded people, nothing smoothed: sockets, lids and closed lips as they are, more or less alike.

    Their normals follow from the depths (``models.lighting.varied_heads``), which halves the file.
    """
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(people):
        identity = rng.normal(0, rng.uniform(0.7, 1.3), len(mesh.identities)).astype(np.float32)
        at_rest = {"eyeBlink": rng.uniform(0, 0.5), "browDown": rng.uniform(-0.1, 0.4), "jawOpen": rng.uniform(0, 0.06)}
        points = rotated(mesh.posed(identity, at_rest), rng.normal(0, 8), rng.normal(0, 7))
        placed, landmarks = on_template(mesh, points)
        _, _, *fine = _rendered(mesh, placed)
        small = (SIDE + 2 * MARGIN,) * 2
        mask, depth = (cv2.resize(one, small, interpolation=cv2.INTER_AREA) for one in fine)
        made.append(
            {
                "depth": np.round((depth - depth.min()) / COARSE_STEP).astype(np.uint16),
                "mask": np.round(mask * 15).astype(np.uint8),
                "five": landmarks,
            }
        )
    return {key: np.stack([one[key] for one in made]) for key in made[0]}


def _rendered(mesh: Mesh, placed: Floats) -> tuple[NDArray[np.int32], Floats, Floats, Floats]:
    """For each pixel of the finer map: the corners that it sees and their shares, 1 on the head, and its depth.

    Depth is in template pixels; behind the head it is that of its farthest place.
    """
    side = (SIDE + 2 * MARGIN) * FINER
    seen, shares = rasterise(placed, mesh.triangles, (side, side))
    corners = mesh.triangles[np.maximum(seen, 0)]
    depth = (placed[:, 2][corners] * shares).sum(2) / FINER
    hit = (seen >= 0).astype(np.float32)
    return corners, shares, hit, np.where(hit > 0, depth, depth[hit > 0].min())


def make_set(mesh: Mesh, people: int, seed: int) -> dict[str, NDArray[np.generic]]:
    """Maps of seeded people with a plain face, each with the head turned a little, stacked."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(people):
        identity = rng.normal(0, 0.9, len(mesh.identities)).astype(np.float32)
        made.append(light_map(mesh, rotated(mesh.posed(identity, {}), rng.normal(0, 7), rng.normal(0, 6))))
    return {key: np.stack([one[key] for one in made]) for key in made[0]}


def main() -> None:
    """Write the training maps, the benchmark's maps (other people) and the simulated visitors' portraits."""
    if len(sys.argv) != 2:
        raise BadInput("expected one file: that of the 3-D face")
    mesh = read_mesh(Path(sys.argv[1]))
    FOLDER.mkdir(exist_ok=True)
    np.savez_compressed(FOLDER / "train.npz", **make_set(mesh, people=16, seed=1))  # type: ignore[arg-type]
    np.savez_compressed(FOLDER / "bench.npz", **make_set(mesh, people=6, seed=1001))  # type: ignore[arg-type]
    np.savez_compressed(FOLDER / "heads.npz", **depth_set(mesh, people=40, seed=2001))  # type: ignore[arg-type]
    np.savez(FOLDER / "visitors.npz", **render_portraits(mesh, count=3, seed=14))  # type: ignore[arg-type]


if __name__ == "__main__":
    run_program(main)
