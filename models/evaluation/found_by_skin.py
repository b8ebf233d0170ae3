"""Whose face is found in the dark: the same computed people in every skin under the same lamp, plain and covered.

Run as ``python -m models.evaluation.found_by_skin FACE3D``. The camera is the same for all, so dark skin is darker in
the picture: the light is that in which a light skin has the mean that is named. What is worn is drawn.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from calibration.program import run_program, say
from models.darkroom.hidden import hidden
from models.evaluation.detection import face_light, found, normalised, open_detectors
from models.evaluation.groups import Share
from models.evaluation.resting import SEED, canvas, frames, in_skin
from models.rendering.mesh import Mesh, read_mesh
from models.rendering.resting import HAIRS, LAMPS, SKINS, light_on, resting_person
from models.rendering.turned_head import turned_head
from models.seeing.align import align
from models.seeing.classifier import Classifier, open_classifier
from models.seeing.detector import Detector

MEASURE = "light"
"""The skin whose face has the mean that a condition names."""
VIEWS = ((0.0, 0.0), (20.0, 20.0))
"""Yaw, and by how many degrees the camera is higher."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How much light there is, and what is worn."""

    mean: float
    worn: str = ""

    @property
    def name(self) -> str:
        """Of its row in the table."""
        return f"light {self.mean:.0f}{', ' + self.worn if self.worn else ''}"


CONDITIONS = (
    *(Condition(mean) for mean in (40, 20, 10, 5)),
    *(Condition(20, worn) for worn in ("glasses", "sunglasses", "mask", "cap", "headscarf")),
)


@dataclass(slots=True)
class Tally:
    """What one detector did with the faces of one skin in one condition."""

    faces: int = 0
    hits: int = 0
    emotions: int = 0
    """Of the faces found, those that were read as something else than neutral."""


Tallies = dict[tuple[str, Condition, str], Tally]
"""By detector, condition and skin."""


def measure(
    mesh: Mesh, detectors: dict[str, Detector], classifier: Classifier, count: int, seed: int = SEED
) -> Tallies:
    """So many people, each from two sides, in every skin and condition; all detectors see the same pictures."""
    names, hairs = list(LAMPS), list(HAIRS)
    tallies: Tallies = {(d, c, s): Tally() for d in detectors for c in CONDITIONS for s in SKINS}
    for k in range(count):
        rng = np.random.default_rng((seed, k))
        person, rest = resting_person(mesh, hairs[k % len(hairs)], rng)
        for v, (yaw, down) in enumerate(VIEWS):
            head = turned_head(mesh, person, rest, (yaw * float(rng.choice([-1, 1])), down), *canvas())
            light = light_on(head, LAMPS[names[(k + v) % len(names)]], down, 0.06, 0.06)
            drawing = int(rng.integers(2**31))
            drawn = {
                skin: in_skin(mesh, head, light, replace(person, skin=colour), np.random.default_rng(drawing))
                for skin, colour in SKINS.items()
            }
            brightness = face_light(drawn[MEASURE])
            for skin, raw in drawn.items():
                seen = normalised(raw, brightness)
                for c, condition in enumerate(CONDITIONS):
                    chance = np.random.default_rng(drawing + c)
                    shown = hidden(seen, condition.worn, chance) if condition.worn else seen
                    ((image, five),) = frames(shown, condition.mean, 1, chance)
                    for name, detector in detectors.items():
                        tally = tallies[name, condition, skin]
                        detections = detector.detect(image)
                        (index,) = found(detections, five[None])
                        tally.faces, tally.hits = tally.faces + 1, tally.hits + (index >= 0)
                        if index >= 0:
                            answer = classifier.classify(align(image, detections[index].landmarks)[None])[0]
                            tally.emotions += int(answer.argmax() != 0)
    return tallies


def table(tallies: Tallies, names: Sequence[str]) -> Iterator[str]:
    """Found, and in brackets what of it is read as an emotion, in per cent."""
    for name in names:
        yield f"{name}: found, % (of these read as an emotion, %)"
        yield f"{'':<22}{''.join(f'{skin:>16}' for skin in SKINS)}"
        for condition in CONDITIONS:
            cells = []
            for skin in SKINS:
                tally = tallies[name, condition, skin]
                emotions = 100 * tally.emotions / max(tally.hits, 1)
                cells.append(f"{f'{100 * tally.hits / max(tally.faces, 1):.0f} ({emotions:.0f})':>16}")
            yield f"{condition.name:<22}{''.join(cells)}"
    faces = next(iter(tallies.values())).faces
    low, high = Share(faces // 2, faces).between
    yield f"{faces} faces a cell: a cell of 50 % is between {100 * low:.0f} and {100 * high:.0f} %"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mesh", type=Path, metavar="FACE3D")
    parser.add_argument("--model", default="", help="onnx file of the classifier; as shipped without it")
    parser.add_argument("--yunet", type=Path, help="its onnx file")
    parser.add_argument("--people", type=int, default=7, help="of 2 faces a cell each")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    detectors = open_detectors(None, chosen.yunet)
    tallies = measure(read_mesh(chosen.mesh), detectors, open_classifier(chosen.model, "cpu"), chosen.people)
    if chosen.json:
        cells = [
            {"detector": name, "light": c.mean, "worn": c.worn, "skin": skin}
            | {"faces": t.faces, "found": t.hits, "read_as_emotion": t.emotions}
            for (name, c, skin), t in tallies.items()
        ]
        say(json.dumps({"cells": cells}, indent=2))
        return
    for line in table(tallies, list(detectors)):
        say(line)


if __name__ == "__main__":
    run_program(main)
