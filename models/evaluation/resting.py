"""How often resting faces are read as an emotion: the same computed people in every skin, under every lamp.

Run as ``python -m models.evaluation.resting FACE3D [--model FILE]``. FACE3D is the 3-D face (ict_facekit.npz). Each
person is seen from several sides, each time under another lamp and in other darkness, and each time in all skins:
nothing but the skin differs then. Each face is looked at a few times by the eye (detector, classifier), with other
noise; then it stays for ten seconds before the judgement, which learns this visitor's own resting face in the first
three.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from calibration.program import run_program, say
from calibration.settings import EyeSettings, MoodSettings
from models.arrays import Doubles, Floats, Gray, Image
from models.darkroom.heads import CANVAS, CORNER, Head, drawn_body
from models.darkroom.scenes import put
from models.estimate import EmotionEstimate
from models.evaluation.detection import found, normalised
from models.evaluation.plots import write_png
from models.frame import Frame
from models.judging.judgement import Judgement
from models.labels import LABELS
from models.lighting.exposure import GAMMA, Sensor, captured, noisy
from models.rendering.mesh import Mesh, read_mesh
from models.rendering.people import Person
from models.rendering.resting import GRAY, HAIRS, LAMPS, SKINS, Light, light_on, resting_person
from models.rendering.turned_head import TurnedHead, turned_head
from models.seeing.align import TEMPLATE
from models.seeing.sight import Sight, open_sight

SEED = 9019
HEIGHT, WIDTH = 240, 320
SENSOR = Sensor(6000.0, 3.0)
"""A webcam's."""
FINER = 2.5
"""Pixels of a head's canvas for one of the template."""
VIEWS: dict[str, tuple[float, float]] = {
    "front": (0, 0),
    "above 20": (0, 20),
    "above 30": (0, 30),
    "above 40": (0, 40),
    "turned 25": (25, 0),
    "turned 25, above 20": (25, 20),
}
"""Yaw, and by how many degrees the camera is higher."""
MEANS = (60.0, 25.0, 12.0)
"""Of the face in the picture, of 255: dark skin gets more light here, or its picture would differ in more than skin."""
LOOKS = 3
LOOKS_A_SECOND, STAYS_SECONDS, LEARNS_SECONDS = 10, 10, 3
RESAMPLES = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One face under one lamp, and how it was read."""

    person: int
    skin: str
    hair: str
    view: str
    lamp: str
    mean: float
    looks: tuple[str | None, ...]
    """What each look read; None: no face was found."""
    believed: float
    """Share of the time, after the resting face was learned, in which another emotion than neutral was believed."""
    unclear: float
    """Share of that time without a clear answer."""
    picture: Gray
    """The first look, as it was lifted out of the dark for people to see."""

    @property
    def misread(self) -> float:
        """Share of the looks that found the face and read something else than rest."""
        read = [label for label in self.looks if label is not None]
        return sum(label != "neutral" for label in read) / max(len(read), 1)


def shown_faces(
    mesh: Mesh, sight: Sight, count: int, seed: int = SEED, skins: Sequence[str] = tuple(SKINS)
) -> Iterator[Shown]:
    """So many people, each in all views and skins. Lamps and darkness go round, so that 21 people have all of them."""
    names, hairs = list(LAMPS), list(HAIRS)
    for k in range(count):
        rng = np.random.default_rng((seed, k))
        hair = hairs[k % len(hairs)]
        person, rest = resting_person(mesh, hair, rng)
        walls, film = np.exp(rng.uniform(np.log(0.015), np.log(0.2), 2))
        for v, (view, (yaw, down)) in enumerate(VIEWS.items()):
            lamp, mean = names[(k + v) % len(names)], MEANS[(k // len(names) + v) % len(MEANS)]
            head = turned_head(mesh, person, rest, (yaw * float(rng.choice([-1, 1])), down), *canvas())
            light = light_on(head, LAMPS[lamp], down, float(walls), float(film))
            drawing = int(rng.integers(2**31))
            for skin in skins:
                drawn = in_skin(mesh, head, light, replace(person, skin=SKINS[skin]), np.random.default_rng(drawing))
                drawn = normalised(drawn)
                yield _shown(sight, drawn, (k, skin, hair, view, lamp, mean), np.random.default_rng(drawing + 1))


def canvas() -> tuple[int, float, Floats]:
    """Side of a head's picture, its pixels a centimetre, and where the middle of the landmarks lies."""
    return int(CANVAS * FINER), 24 / 6.3 * FINER, ((TEMPLATE.mean(0) + CORNER) * FINER).astype(np.float32)


def in_skin(mesh: Mesh, head: TurnedHead, light: Light, person: Person, rng: np.random.Generator) -> Head:
    """The lit head with this person's skin, on shoulders."""
    seen = head.albedo(mesh, person) @ GRAY * light.diffuse + light.shine
    cover = cv2.GaussianBlur(head.hit, (0, 0), 0.8)
    drawn = Head(np.asarray(seen, np.float32), np.asarray(cover, np.float32), head.landmarks, FINER)
    return drawn_body(drawn, rng)


def frames(head: Head, mean: float, looks: int, rng: np.random.Generator) -> Iterator[tuple[Image, Floats]]:
    """Pictures of the head in a dark room, with other noise and moved by a pixel or two; and its landmarks."""
    width, roll, middle = float(rng.uniform(76, 100)), float(rng.normal(0, 4)), np.array([WIDTH, HEIGHT * 0.95]) / 2
    for _ in range(looks):
        light = np.full((HEIGHT, WIDTH), 0.02, np.float32)
        place = middle + rng.uniform(-1.5, 1.5, 2)
        five, _ = put(light, head, width, roll, place, rng, stretch=0.0)
        seen = captured(noisy(light * np.float32((mean / 255) ** GAMMA), SENSOR, rng))
        yield np.asarray(cv2.cvtColor(seen, cv2.COLOR_GRAY2BGR), np.uint8), five


def estimated(sight: Sight, image: Image, five: Floats) -> EmotionEstimate | None:
    """What the eye makes of the face with these landmarks; None: it finds none there."""
    sight.forget()
    seen = sight.detect_and_classify(Frame(image, 0.0, 0))
    (index,) = found([one.detection for one in seen], five[None])
    return seen[index] if index >= 0 else None


def _shown(sight: Sight, head: Head, who: tuple[int, str, str, str, str, float], rng: np.random.Generator) -> Shown:
    pictures = list(frames(head, who[-1], LOOKS, rng))
    looks = [estimated(sight, *one) for one in pictures]
    labels = tuple(None if one is None else LABELS[int(one.probabilities.argmax())] for one in looks)
    image = pictures[0][0][:, :, 0]
    lifted = cv2.convertScaleAbs(image, alpha=110 / who[-1])
    return Shown(*who, labels, *stays(looks, rng), np.asarray(lifted, np.uint8))


def stays(looks: Sequence[EmotionEstimate | None], rng: np.random.Generator) -> tuple[float, float]:
    """The face stays before the judgement, each moment one of these looks: shares of believed emotion, and of none."""
    judgement = Judgement(MoodSettings(), random.Random(1))  # noqa: S311 - ids of a benchmark
    believed = []
    for k in range(STAYS_SECONDS * LOOKS_A_SECOND):
        seen = looks[int(rng.integers(len(looks)))]
        mood = judgement.update([] if seen is None else [seen], (WIDTH, HEIGHT), 10.0, 100 + k / LOOKS_A_SECOND)
        if k >= LEARNS_SECONDS * LOOKS_A_SECOND:
            believed.append(mood.dominant)
    other = sum(label not in (None, "neutral") for label in believed)
    return other / len(believed), believed.count(None) / len(believed)


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of all faces that have something in common; shares from 0 to 1, with their 95 % intervals."""

    by: str
    name: str
    faces: int
    found: float
    misread: float
    misread_between: tuple[float, float]
    believed: float
    believed_between: tuple[float, float]
    unclear: float
    read_as: dict[str, float] = field(default_factory=dict)
    """Of the looks that misread: the share of each emotion."""


def rows(shown: Sequence[Shown]) -> Iterator[Row]:
    """All faces, then by skin, view, lamp and darkness."""
    yield _row("all", "", shown)
    keys: dict[str, tuple[Callable[[Shown], str], Sequence[str]]] = {
        "skin": (lambda one: one.skin, list(SKINS)),
        "hair": (lambda one: one.hair, list(HAIRS)),
        "view": (lambda one: one.view, list(VIEWS)),
        "lamp": (lambda one: one.lamp, list(LAMPS)),
        "face mean": (lambda one: f"{one.mean:.0f}", [f"{mean:.0f}" for mean in MEANS]),
    }
    for by, (key, names) in keys.items():
        for name in names:
            group = [one for one in shown if key(one) == name]
            if group:
                yield _row(by, name, group)


def _row(by: str, name: str, group: Sequence[Shown]) -> Row:
    people = np.array([one.person for one in group])
    misread, believed = np.array([one.misread for one in group]), np.array([one.believed for one in group])
    labels = [label for one in group for label in one.looks]
    wrong = [label for label in labels if label not in (None, "neutral")]
    return Row(
        by,
        name,
        len(group),
        sum(label is not None for label in labels) / len(labels),
        float(misread.mean()),
        between(misread, people),
        float(believed.mean()),
        between(believed, people),
        float(np.mean([one.unclear for one in group])),
        {label: wrong.count(label) / len(wrong) for label in sorted(set(wrong), key=wrong.count, reverse=True)},
    )


def between(values: Doubles, people: Sequence[int] | Doubles) -> tuple[float, float]:
    """The 95 % interval of the mean of ``values``, by drawing people (not faces: one person's are alike) anew."""
    each = [values[np.asarray(people) == one] for one in np.unique(people)]
    sums, sizes = np.array([part.sum() for part in each]), np.array([len(part) for part in each])
    drawn = np.random.default_rng(1).integers(len(each), size=(RESAMPLES, len(each)))
    low, high = np.percentile(sums[drawn].sum(1) / sizes[drawn].sum(1), (2.5, 97.5))
    if not sums.any():  # of so many people none: as many again might have this many
        high = 1 - 0.05 ** (1 / len(each))
    return float(low), float(high)


def table(made: Sequence[Row]) -> Iterator[str]:
    """The rows as people read them, in per cent."""
    yield f"{'':<31} faces  found  misread  (95 %)       believed  (95 %)       unclear  read as"
    for row in made:
        read_as = ", ".join(f"{label} {100 * share:.0f}" for label, share in list(row.read_as.items())[:3])
        misread, believed = _percent(row.misread, row.misread_between), _percent(row.believed, row.believed_between)
        start = f"{row.by + ' ' + row.name:<31} {row.faces:5d}  {100 * row.found:5.1f}"
        yield f"{start}  {misread}  {believed}  {100 * row.unclear:7.1f}  {read_as}"


def _percent(share: float, ends: tuple[float, float]) -> str:
    return f"{100 * share:7.1f}  {f'({100 * ends[0]:.1f} to {100 * ends[1]:.1f})':<14}"


def contact_sheet(shown: Sequence[Shown], across: int = 12, down: int = 9) -> Gray:
    """Some of the faces with what was read, for people to look at: do these look at rest?"""
    picked = [shown[k] for k in np.linspace(0, len(shown) - 1, min(across * down, len(shown))).astype(int)]
    cells = []
    for one in picked:
        cell = cv2.resize(one.picture[18:210, 80:240], (160, 192))
        cv2.putText(cell, f"{one.looks[0] or 'not found'}", (3, 188), cv2.FONT_HERSHEY_SIMPLEX, 0.45, 255, 1)
        cells.append(cell)
    cells += [np.zeros_like(cells[0])] * (-len(cells) % across)
    return np.asarray(np.vstack([np.hstack(cells[k : k + across]) for k in range(0, len(cells), across)]), np.uint8)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mesh", type=Path, metavar="FACE3D")
    parser.add_argument("--model", default="", help="onnx file; as shipped without it")
    parser.add_argument("--people", type=int, default=21, help="of 36 faces each; multiples of 21 have all conditions")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--sheet", type=Path, help="also write a contact sheet of some of the faces (.png)")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    sight = open_sight(EyeSettings(device="cpu", detect_every=1, classifier_file=chosen.model))
    shown = list(shown_faces(read_mesh(chosen.mesh), sight, chosen.people))
    made = list(rows(shown))
    if chosen.sheet:
        write_png(chosen.sheet, contact_sheet(shown))
    if chosen.json:
        say(json.dumps({"model": sight.line, "people": chosen.people, "rows": [asdict(row) for row in made]}, indent=2))
        return
    say(f"{sight.line}; {chosen.people} people, {len(shown)} faces, {LOOKS} looks at each; %")
    for line in table(made):
        say(line)


if __name__ == "__main__":
    run_program(main)
