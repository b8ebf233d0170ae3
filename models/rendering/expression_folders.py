"""Faces of people who do not exist, in folders as data sets have them: ``FOLDER/EMOTION/PERSON/...png``.

Run as ``python -m models.rendering.expression_folders ict_facekit.npz FOLDER --people 60``: a quarter of a second a
face. Each person shows every emotion weakly and strongly, in soft light. A set to try ``chiaro compare --on``, ``chiaro
dataset import`` and ``chiaro train`` with; what computed faces show is not what people show.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from calibration.program import run_program, say
from models.arrays import Floats, Gray
from models.lighting.exposure import Sensor, captured, expose, noisy
from models.rendering.mesh import Mesh, read_mesh
from models.rendering.people import EXPRESSIONS, Person
from models.rendering.resting import GRAY, HAIRS, LAMPS, SKINS, light_on, resting_person
from models.rendering.turned_head import TurnedHead, turned_head

SEED = 31_001
STRENGTHS = (0.55, 1.0)
FACES_A_PERSON = len(STRENGTHS) * len(EXPRESSIONS)
SIDE, SHOWN = 192, 96
"""Pixels of the picture in which a head is computed, and of the one that is written."""
PIXELS_A_CM = 9.0
SOFT = ("45 degrees", "65, soft", "two lamps")


def expression_faces(mesh: Mesh, people: int, seed: int = SEED) -> Iterator[tuple[str, str, Gray]]:
    """Emotion, person and face (96, 96) uint8, sixteen of each person, who has one skin and one lamp."""
    for k in range(people):
        rng = np.random.default_rng((seed, k))
        person, rest = resting_person(mesh, str(rng.choice(list(HAIRS))), rng)
        person = replace(person, skin=SKINS[str(rng.choice(list(SKINS)))])
        lamps = LAMPS[str(rng.choice(SOFT))]
        for label, shown in EXPRESSIONS.items():
            for strength in STRENGTHS:
                shut = max(0.0, 1 - strength) if "jawOpen" in shown else 1.0
                shapes = rest | {"mouthClose": rest["mouthClose"] * shut}
                shapes |= {name: shapes.get(name, 0) + strength * weight for name, weight in shown.items()}
                turn = (float(rng.normal(0, 8)), float(rng.normal(3, 5)))
                middle = np.full(2, SIDE / 2, np.float32)
                head = turned_head(mesh, person, shapes, turn, SIDE, PIXELS_A_CM, middle)
                light = light_on(head, lamps, turn[1], walls=0.9, film=0.2)
                yield label, f"person{k:03d}", _photographed(mesh, person, head, light.diffuse, light.shine, rng)


def _photographed(
    mesh: Mesh, person: Person, head: TurnedHead, diffuse: Floats, shine: Floats, rng: np.random.Generator
) -> Gray:
    """As a camera sees it before a wall."""
    face = (head.albedo(mesh, person) @ GRAY * diffuse + shine) * head.hit
    wall = float(rng.uniform(0.3, 1.2)) * float(face[head.hit > 0].mean())
    cover = cv2.GaussianBlur(head.hit, (0, 0), 1.0)
    picture = cv2.resize(face * cover + wall * (1 - cover), (SHOWN, SHOWN), interpolation=cv2.INTER_AREA)
    lit = expose(np.asarray(picture, np.float32)[None], float(rng.uniform(90, 140)))
    return np.asarray(captured(noisy(lit, Sensor(), rng))[0], np.uint8)


def write_folders(folder: Path, faces: Iterable[tuple[str, str, Gray]]) -> int:
    """``FOLDER/EMOTION/PERSON/NN.png`` of each face; how many there are."""
    count = 0
    for label, person, face in faces:
        (folder / label / person).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / label / person / f"{count % FACES_A_PERSON:02d}.png"), face)
        count += 1
    return count


def main() -> None:
    """Write the folders."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mesh", type=Path, help="the 3-D face of ICT FaceKit (.npz)")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    count = write_folders(chosen.folder, expression_faces(read_mesh(chosen.mesh), chosen.people, chosen.seed))
    say(f"{chosen.folder}: {count} faces of {chosen.people} people")


if __name__ == "__main__":
    run_program(main)
