"""Computed faces of every skin for the training of the classifier, as a contact sheet with its votes.

Run as ``python -m models.training.computed_faces ict_facekit.npz out.png``, then ``chiaro train --computed out.png``.
A network that learned from photographs of the web takes the bright eyes of dark skin for eyes torn open. Here are
people who do not exist, at rest and with expressions, half of them in dark or brown skin, with whites of any
brightness: what is the same in both is no sign of an emotion. Evaluations compute other people.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from calibration.program import run_program, say
from models.arrays import Floats, Gray
from models.darkroom.heads import CANVAS, CORNER
from models.evaluation.dataset import FACES_A_ROW, OTHER_COLUMNS, SHEET_SIDE
from models.labels import LABELS
from models.lighting.exposure import GAMMA, Sensor, captured, noisy
from models.lighting.relight import sample_lamps
from models.rendering.mesh import Mesh, read_mesh
from models.rendering.people import EXPRESSIONS, Person
from models.rendering.portrait import TEETH
from models.rendering.resting import GRAY, HAIRS, SKINS, light_on, resting_person
from models.rendering.turned_head import TurnedHead, turned_head
from models.seeing.align import TEMPLATE

SEED = 70_001
SHOWN = ("neutral", "neutral", "neutral", "surprise", "happiness", "sadness or anger")
"""What each person shows, by turns: rest as often as all else. Computed fear looks like surprise, disgust like anger,
so both are left out."""
SKIN_SHARES = (0.1, 0.1, 0.1, 0.1, 0.25, 0.35)
SKINS_A_FACE = 2
CLEAR = 0.7
"""Strength from which all annotators would name the expression; below, two of ten see none."""
FINER = 2.0
PIXELS_A_CM = 24 / 6.3 * FINER
SIDE = int(CANVAS * FINER)


def computed_faces(mesh: Mesh, people: int, seed: int = SEED) -> Iterator[tuple[Gray, dict[str, int]]]:
    """Faces (48, 48) uint8 with their votes, twelve of each person: 0.3 s for two of them."""
    for k in range(people):
        rng = np.random.default_rng((seed, k))
        hair = str(rng.choice(list(HAIRS)))
        person, rest = resting_person(mesh, hair, rng)
        for shows in SHOWN:
            label = str(rng.choice(shows.split(" or ")))
            strength = float(rng.uniform(0.45, 1.1)) if label != "neutral" else 0.0
            yield from _in_skins(mesh, person, _shapes(rest, label, strength), _votes(label, strength), rng)


def _shapes(rest: dict[str, float], label: str, strength: float) -> dict[str, float]:
    """The blendshapes of an expression over this person's resting face; a mouth that opens is no longer held shut."""
    shown = EXPRESSIONS[label]
    kept = rest | {"mouthClose": rest["mouthClose"] * max(0.0, 1 - strength)} if "jawOpen" in shown else rest
    return {name: kept.get(name, 0) + strength * shown.get(name, 0) for name in {**kept, **shown}}


def _votes(label: str, strength: float) -> dict[str, int]:
    if label == "neutral":
        return {"neutral": 10}
    return {label: 10} if strength >= CLEAR else {label: 8, "neutral": 2}


def _in_skins(
    mesh: Mesh, person: Person, shapes: dict[str, float], votes: dict[str, int], rng: np.random.Generator
) -> Iterator[tuple[Gray, dict[str, int]]]:
    middle = ((TEMPLATE.mean(0) + CORNER) * FINER).astype(np.float32)
    down = float(np.clip(rng.normal(12, 14), -10, 40))
    head = turned_head(mesh, person, shapes, (float(rng.normal(0, 14)), down), SIDE, PIXELS_A_CM, middle)
    walls, film = np.exp(rng.uniform(np.log(0.1), np.log(1.5), 2))
    lamps = [(lamp, 1.0) for lamp in sample_lamps(int(rng.integers(2**31)), int(rng.integers(1, 3)))]
    light = light_on(head, lamps, down, float(walls), float(film))
    for skin in rng.choice(list(SKINS), SKINS_A_FACE, replace=False, p=SKIN_SHARES):
        given_back = head.albedo(mesh, replace(person, skin=SKINS[skin])) @ GRAY
        whites = np.where(head.part >= TEETH, np.float32(np.exp(rng.normal(0, 0.35))), np.float32(1))
        seen = (given_back * whites * light.diffuse + light.shine) * head.hit
        yield _photographed(head, np.asarray(seen, np.float32), rng), votes


def _photographed(head: TurnedHead, light: Floats, rng: np.random.Generator) -> Gray:
    """Cut out as the faces of FER2013 are, on a ground of some gray, with a camera's noise."""
    apart = np.linalg.norm(head.landmarks[1] - head.landmarks[0])
    scale = SHEET_SIDE * rng.uniform(0.34, 0.44) / max(float(apart), 0.35 * 6.3 * PIXELS_A_CM)
    middle = head.landmarks.mean(0) + rng.normal(0, 2, 2)
    place = SHEET_SIDE * np.array([0.5, 0.54]) - scale * middle
    matrix = np.array([[scale, 0, place[0]], [0, scale, place[1]]])
    face = light[head.hit > 0]
    ground = float(np.exp(rng.uniform(np.log(0.02), np.log(1.5)))) * float(face.mean())
    soft = cv2.GaussianBlur(head.hit, (0, 0), 0.8)
    laid = cv2.GaussianBlur(light * soft + ground * (1 - soft), (0, 0), 0.45 / scale)
    cut = cv2.warpAffine(laid, matrix, (SHEET_SIDE, SHEET_SIDE), flags=cv2.INTER_LINEAR, borderValue=ground)
    bright = (rng.uniform(80, 160) / 255) ** GAMMA / float(cut[12:40, 12:36].mean())
    noise = Sensor(float(np.exp(rng.uniform(np.log(3000), np.log(40000)))), float(rng.uniform(1, 5)))
    return np.asarray(captured(noisy(np.asarray(cut * bright, np.float32), noise, rng)), np.uint8)


def write_sheet(path: Path, faces: Sequence[tuple[Gray, dict[str, int]]]) -> None:
    """The faces as ``chiaro train`` reads them: 128 a row, and the table of votes beside."""
    rows = -(-len(faces) // FACES_A_ROW)
    sheet = np.zeros((rows * FACES_A_ROW, SHEET_SIDE, SHEET_SIDE), np.uint8)
    sheet[: len(faces)] = [face for face, _ in faces]
    tiled = sheet.reshape(rows, FACES_A_ROW, SHEET_SIDE, SHEET_SIDE).transpose(0, 2, 1, 3)
    cv2.imwrite(str(path), tiled.reshape(rows * SHEET_SIDE, FACES_A_ROW * SHEET_SIDE))
    with path.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, ["id", *LABELS, *OTHER_COLUMNS], restval=0)
        table.writeheader()
        table.writerows({"id": f"computed-{k}", **votes} for k, (_, votes) in enumerate(faces))


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mesh", type=Path, metavar="FACE3D")
    parser.add_argument("sheet", type=Path, metavar="SHEET.png")
    parser.add_argument("--people", type=int, default=160, help="of twelve faces each")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    faces = list(computed_faces(read_mesh(chosen.mesh), chosen.people))
    write_sheet(chosen.sheet, faces)
    say(f"{chosen.sheet}: {len(faces)} faces of {chosen.people} people")


if __name__ == "__main__":
    run_program(main)
