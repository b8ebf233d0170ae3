"""The sets of faces that every row is measured on, and the figures of a row on them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration.errors import BadFile
from calibration.progress import Progress
from models.arrays import Gray
from models.comparison.emotion_sets import EMOTION_SETS, Group, classes_of, set_scores
from models.comparison.face_set import FaceSet, fingerprint, read_face_set
from models.comparison.method import Method
from models.comparison.result import Figures, Kind, MeasuredOn
from models.evaluation.dark_benchmark import Condition, darkened
from models.evaluation.metrics import scores
from models.labels import LABELS

RENDERED = tuple(Condition(elevation, mean) for elevation in (45.0, 65.0, 85.0) for mean in (60.0, 25.0))
"""Of the benchmark of ``chiaro evaluate --dark``."""
SHEETS = frozenset({".png", ".npz"})
TIMED_FACES, TIMED_AT_MOST_SECONDS = 40, 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One set of faces, with what is asked on it besides all eight emotions."""

    on: MeasuredOn
    images: Gray
    faces: FaceSet
    emotion_sets: dict[str, tuple[Group, ...]]


def measured_sets(clean: FaceSet, lamps: list[FaceSet], others: list[FaceSet]) -> list[Measured]:
    """Clean faces, the same under rendered lamps, labelled ones under real lamps, and other data sets."""
    asked = EMOTION_SETS | {other.name: classes_of(other.faces.labels) for other in others}
    images = clean.images
    rendered = darkened(images, clean.landmarks, RENDERED)
    found = [_measured(clean, images, "clean", asked)]
    for condition, seen in zip(RENDERED, rendered, strict=True):
        name = f"rendered lamp at {condition.elevation:.0f} degrees, face mean {condition.mean:.0f}"
        found.append(_measured(clean, seen, "rendered lamps", {}, name))
    found += [_measured(lamp, lamp.images, "real lamps", {}) for lamp in lamps]
    found += [_measured(other, other.images, "other set", EMOTION_SETS) for other in others]
    return found


def _measured(
    faces: FaceSet, images: Gray, kind: Kind, asked: dict[str, tuple[Group, ...]], name: str = ""
) -> Measured:
    labels = faces.faces.labels
    counts = {LABELS[i]: int(n) for i, n in enumerate(np.bincount(labels, minlength=len(LABELS))) if n}
    digest = fingerprint(faces, name, list(asked.items()))
    return Measured(MeasuredOn(name or faces.name, kind, len(faces), digest, counts, faces.told), images, faces, asked)


def figures(method: Method, on: Measured) -> Figures:
    """A method's figures on one set."""
    labels = on.faces.faces.labels
    probabilities = method.probabilities(on.images)
    found = scores(probabilities, labels)
    by_set = {name: set_scores(probabilities, labels, groups) for name, groups in on.emotion_sets.items()}
    return Figures(
        found.n,
        found.accuracy,
        found.macro_f1,
        found.ece,
        found.recall,
        set_scores(probabilities, labels, classes_of(labels)),
        {name: one for name, one in by_set.items() if one is not None},
    )


def milliseconds(method: Method, images: Gray) -> float:
    """Median processor time of one face alone, as a visitor's comes: what else the machine does hardly counts."""
    spent: list[float] = []
    method.probabilities(images[:1])
    while len(spent) < TIMED_FACES and sum(spent) < TIMED_AT_MOST_SECONDS:
        at = len(spent) % len(images)
        started = time.process_time()
        method.probabilities(images[at : at + 1])
        spent.append(time.process_time() - started)
    return 1000 * float(np.median(spent))


def read_lamps(folder: Path, cache: Path, at_most: int, progress: Progress) -> list[FaceSet]:
    """Every labelled sheet (or .npz) of a folder, each a lamp of its own. Raises ``BadFile`` where there is none."""
    sheets = sorted(path for path in folder.iterdir() if path.suffix in SHEETS) if folder.is_dir() else []
    if not sheets:
        raise BadFile(folder, ["expected a folder with contact sheets (.png with .csv) or .npz files inside"])
    return [labelled_set(path, cache, progress, at_most) for path in sheets]


def labelled_set(path: Path, cache: Path, progress: Progress, at_most: int = 0) -> FaceSet:
    """The faces of a set that have a label. Raises ``BadFile`` where none has."""
    found = read_face_set(path, cache, progress, at_most).with_label()
    if not len(found):
        raise BadFile(path, ["no face has a label (a majority of votes) to measure on"])
    return found
