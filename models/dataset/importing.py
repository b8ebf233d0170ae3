"""Faces of other sets, brought into one's own: what could not be used is listed with its reason, all at once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from calibration.errors import BadFile
from calibration.file_writer import make_private_folder, write_private
from calibration.files import shown
from calibration.progress import Progress, no_progress
from models.arrays import Gray
from models.dataset.crop import face_crop
from models.dataset.pixel_table import is_pixel_table, read_pixel_table
from models.dataset.table import FaceRow, make_dataset_folder, rows_so_far, write_table
from models.evaluation.dataset import read_faces
from models.evaluation.labelled_files import find_labelled_files
from models.evaluation.landmarks import SEARCH_ABOVE, find_landmarks
from models.evaluation.pictures import read_gray
from models.labels import LABELS

CHUNK = 32
"""Pictures held at once."""
SEARCHED = 1024
"""Longer side, in pixels, at which a photograph is searched for its largest face."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One face of the source; ``problem`` says why there is none."""

    name: str
    label: int = -1
    image: Gray | None = None
    person: str = ""
    group: str = ""
    part: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    faces: int
    classes: dict[str, int]
    known: int
    """Pictures that were there already, to the last pixel."""
    unused: tuple[tuple[str, str], ...]
    """Name in the source, and why it was not used."""


def import_faces(
    source: Path, folder: Path, name: str, light: str = "", votes: Path | None = None, progress: Progress = no_progress
) -> Imported:
    """Copy the faces of ``source`` into the set in ``folder``; nothing of the source is changed.

    People become ``NAME:person``: two sets may call theirs alike. Raises ``BadFile`` where nothing can be read at all.
    """
    make_dataset_folder(folder)
    rows = rows_so_far(folder)
    there = {row.path for row in rows}
    unused: list[tuple[str, str]] = []
    classes: Counter[str] = Counter()
    known = 0
    found = candidates(source, votes)
    while chunk := list(islice(found, CHUNK)):
        progress(f"{len(rows)} faces", 0.0)
        for one, face, problem in _cut(chunk):
            if face is None:
                unused.append((one.name, problem))
                continue
            path = f"{LABELS[one.label]}/{hashlib.sha256(face.tobytes() + bytes(face.shape)).hexdigest()[:16]}.png"
            if path in there:
                known += 1
                continue
            write_face(folder / path, face)
            there.add(path)
            classes[LABELS[one.label]] += 1
            person = f"{name}:{one.person}" if one.person else ""
            rows.append(FaceRow(path, LABELS[one.label], person, f"import {name}", light, one.group, one.part))
    write_table(folder, rows)
    return Imported(
        sum(classes.values()), {label: classes[label] for label in LABELS if classes[label]}, known, tuple(unused)
    )


def write_face(path: Path, face: Gray) -> None:
    """Write one face as PNG, readable by its owner alone. Raises ``BadFile``."""
    try:
        make_private_folder(path.parent)
        write_private(path, cv2.imencode(".png", face)[1].tobytes())
    except OSError as error:
        raise BadFile(path, [f"cannot be written: {error.strerror or error}"]) from error


def candidates(source: Path, votes: Path | None = None) -> Iterator[Candidate]:
    """Every face of the source, one after the other. Raises ``BadFile`` where it is none that is known."""
    if source.is_dir() or (source.suffix.lower() == ".csv" and not is_pixel_table(source)):
        return _of_files(source)
    if source.suffix.lower() == ".csv":
        return (
            Candidate(one.name, one.label, one.image, part=one.part, problem=one.problem)
            for one in read_pixel_table(source, votes)
        )
    return _of_array(source)


def _of_files(source: Path) -> Iterator[Candidate]:
    found = find_labelled_files(source)
    root = source if source.is_dir() else source.parent
    for one in found.files:
        image = read_gray(one.path)
        name = str(one.path.relative_to(root)) if one.path.is_relative_to(root) else str(one.path)
        problem = "" if image is not None else "cannot be read as a picture"
        yield Candidate(name, one.label, image, one.person, one.group, problem=problem)
    for name, count in found.unknown:
        yield Candidate(f"{shown(name)} ({count})", problem="is the name of no emotion that is known here")
    for name in found.missing:
        yield Candidate(name, problem="is named by the table and is not there")


def _of_array(source: Path) -> Iterator[Candidate]:
    faces = read_faces(source)
    for i, (image, label) in enumerate(zip(faces.images, faces.labels.tolist(), strict=True)):
        yield Candidate(
            f"face {i}", label, image, problem="" if label >= 0 else "has no label (no majority of the votes)"
        )


def _cut(chunk: list[Candidate]) -> Iterator[tuple[Candidate, Gray | None, str]]:
    """Each with its face: small pictures as they are, of larger ones the largest face; or why there is none."""
    large = [one for one in chunk if not one.problem and one.image is not None and max(one.image.shape) > SEARCH_ABOVE]
    small = [_searched(one.image) for one in large if one.image is not None]
    landmarks, found = find_landmarks(small)
    places = {id(one): i for i, one in enumerate(large)}
    for one in chunk:
        i = places.get(id(one))
        if one.problem or one.image is None:
            yield one, None, one.problem or "cannot be read as a picture"
        elif i is None:
            tiny = min(one.image.shape) < 24
            yield one, None if tiny else one.image, "is smaller than 24 pixels" if tiny else ""
        elif not found[i]:
            yield one, None, "no face was found in it"
        else:
            shares = np.array(one.image.shape[::-1]) / np.array(small[i].shape[::-1])
            yield one, face_crop(one.image, np.asarray((landmarks[i] + 0.5) * shares - 0.5, np.float32)), ""


def _searched(image: Gray) -> Gray:
    share = SEARCHED / max(image.shape)
    if share >= 1:
        return image
    return np.asarray(cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), np.uint8)
