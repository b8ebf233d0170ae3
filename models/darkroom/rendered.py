"""Computed heads for the drawn rooms: people who do not exist, turned, seen from above, under drawn lamps.

Run as ``python -m models.darkroom.rendered ict_facekit.npz heads.npz``: 0.3 s a head, and
``--held-out`` for people whom no training sees. The mesh is never part of the project.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.array_file import FLOAT_CUBE, INTEGER_CUBE, load_arrays, save_arrays
from calibration.program import run_program
from models.arrays import Doubles, Floats, Gray
from models.darkroom.heads import CANVAS, CORNER, Head, drawn_body
from models.lighting.exposure import captured, linear
from models.lighting.relight import Lamp, points_on_lamp, sample_lamps, visibility
from models.rendering.mesh import Mesh, read_mesh
from models.rendering.people import EXPRESSIONS, RELAXED, Person, people
from models.rendering.portrait import GUMS, SKIN
from models.rendering.turned_head import turned_head
from models.seeing.align import TEMPLATE

FINER = 1.5
SIDE = int(CANVAS * FINER)
PIXELS_A_CM = 24 / 6.3 * FINER
TRAINING_SEED, HELD_OUT_SEED = 501, 9001
LAMPS_A_HEAD = 3


def rendered_heads(mesh: Mesh, count: int, seed: int) -> list[Head]:
    """``count`` people in drawn poses, each under several lamps."""
    rng = np.random.default_rng(seed)
    heads = []
    for person in people(count, len(mesh.identities), seed):
        pose = EXPRESSIONS[str(rng.choice(list(EXPRESSIONS)))]
        level = float(rng.uniform(0, 1))
        shapes = {shape: RELAXED.get(shape, 0) + level * pose.get(shape, 0) for shape in {**RELAXED, **pose}}
        yaw, pitch = float(np.clip(rng.normal(0, 22), -48, 48)), float(np.clip(rng.normal(8, 16), -25, 45))
        heads += render_head(
            mesh, person, shapes, (yaw, pitch), sample_lamps(int(rng.integers(2**31)), LAMPS_A_HEAD), rng
        )
    return heads


def render_head(
    mesh: Mesh,
    person: Person,
    expression: dict[str, float],
    turn: tuple[float, float],
    lamps: Sequence[Lamp],
    rng: np.random.Generator,
) -> list[Head]:
    """One person turned by (yaw, pitch) degrees, with an expression, under each lamp."""
    middle = ((TEMPLATE.mean(0) + CORNER) * FINER).astype(np.float32)
    seen = turned_head(mesh, person, expression, turn, SIDE, PIXELS_A_CM, middle)
    hit, normals, depth, part = seen.hit, seen.normals, seen.depth, seen.part
    albedo = seen.albedo(mesh, person).mean(axis=2)
    inside = np.where((part >= SKIN) & (part < GUMS), np.float32(0.4), np.float32(1))
    heads = []
    cover = np.asarray(cv2.GaussianBlur(hit, (0, 0), 0.7), np.float32)
    for lamp in lamps:
        rest_share, film = np.exp(rng.uniform(np.log([0.02, 0.01]), np.log([0.4, 0.6])))
        light = (
            _under(lamp, normals, depth)
            + rest_share * (0.6 + 0.4 * normals[..., 1])
            + film * np.clip(normals[..., 2], 0, 1)
        )
        head = (albedo * light * inside * hit).astype(np.float32)
        head = np.asarray(cv2.GaussianBlur(head, (0, 0), 0.7), np.float32)
        heads.append(drawn_body(Head(head, cover, seen.landmarks, FINER), rng))
    return heads


def _under(lamp: Lamp, normals: Doubles | Floats, depth: Floats) -> Floats:
    """The lamp's light with its cast shadows, which are soft: they are found at half of the size."""
    small = cv2.resize(depth, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)[None] * np.float32(0.5)
    total = np.zeros(depth.shape, np.float32)
    directions = points_on_lamp(lamp, 4)
    for towards in directions:
        free = cv2.resize(visibility(small, towards)[0], depth.shape[::-1])
        total += np.clip(normals @ towards, 0, 1) * free
    return np.asarray(total / len(directions), np.float32)


def write_heads(path: Path, heads: Sequence[Head]) -> None:
    """Keep heads in a file, 8 bits a pixel, whole or not at all. Raises ``OSError``."""
    brightest = [float(np.percentile(head.light[head.alpha > 0.5], 99.5)) for head in heads]
    light = [captured(head.light / max(top, 1e-6)) for head, top in zip(heads, brightest, strict=True)]
    body = [[[head.body / max(top, 1e-6)]] for head, top in zip(heads, brightest, strict=True)]
    arrays: dict[str, NDArray[Any]] = {
        "light": np.stack(light),
        "alpha": np.stack([np.round(head.alpha * 255).astype(np.uint8) for head in heads]),
        "landmarks": np.stack([head.landmarks for head in heads]),
        "body": np.array(body, np.float32),
    }
    save_arrays(path, arrays, compressed=True)


class RenderedHeads(Sequence[Head]):
    """The heads of a file, unpacked as they are asked for. Raises ``BadFile``."""

    def __init__(self, path: Path) -> None:
        wanted = {"light": INTEGER_CUBE, "alpha": INTEGER_CUBE, "landmarks": FLOAT_CUBE, "body": FLOAT_CUBE}
        file = load_arrays(path, wanted, 2_000_000_000)
        self._light: Gray = file["light"]
        self._alpha: Gray = file["alpha"]
        self._landmarks: Floats = file["landmarks"]
        self._body: Floats = file["body"]

    def __len__(self) -> int:
        return len(self._light)

    def __getitem__(self, index: int) -> Head:  # type: ignore[override]
        alpha = self._alpha[index].astype(np.float32) / 255
        return Head(
            linear(self._light[index]), alpha, self._landmarks[index], FINER, body=float(self._body[index, 0, 0])
        )


def main() -> None:
    """Render the training's heads, or those that are held out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mesh", type=Path)
    parser.add_argument("heads", type=Path, help="the file to write (.npz)")
    parser.add_argument("--people", type=int, default=250)
    parser.add_argument("--held-out", action="store_true", help="people whom no training sees")
    chosen = parser.parse_args()
    seed = HELD_OUT_SEED if chosen.held_out else TRAINING_SEED
    write_heads(chosen.heads, rendered_heads(read_mesh(chosen.mesh), chosen.people, seed))


if __name__ == "__main__":
    run_program(main)
