"""Faces of other sets, brought into one's own: what could not be used is listed with its reason, all at once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import cv2

from calibration.errors import BadFile
from calibration.file_writer import make_private_folder, write_private
from calibration.files import shown
from calibration.progress import Progress, no_progress
from models.arrays import Gray
from models.dataset.consent import read_consents, write_consents
from models.dataset.crop import face_crop
from models.dataset.pixel_table import is_pixel_table, read_pixel_table
from models.dataset.table import FaceRow, alone_in, is_set, make_dataset_folder, read_table, rows_so_far, write_table
from models.evaluation.dataset import read_faces
from models.evaluation.labelled_files import UNREAD, find_labelled_files
from models.evaluation.landmarks import SEARCH_ABOVE, find_landmarks, open_landmark_detector
from models.evaluation.pictures import read_gray
from models.labels import LABELS
from models.seeing.mtcnn import Mtcnn

CHUNK = 32
"""Pictures held at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One face of the source; ``problem`` says why there is none."""

    name: str
    label: int = -1
    image: Gray | None = None
    person: str = ""
    group: str = ""
    part: str = ""
    session: str = ""
    light: str = ""
    cut: bool = False
    """The picture is a face that we cut out before."""
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

    People become ``NAME:person``: two sets may call theirs alike. Of a set of ``chiaro dataset`` the faces stay as they
    are, codes stay codes, and the consents come along. What was copied before a fault or Ctrl-C has its lines.
    Raises ``BadFile`` where nothing can be read at all, and where ``source`` is the set itself.
    """
    theirs, own = source.resolve(), folder.resolve()
    if own.is_relative_to(theirs) or theirs.is_relative_to(own):  # read while it is written, it would grow by itself
        raise BadFile(source, [f"lies in {folder}, or around it; bring it into another folder"])
    found = candidates(source, votes)
    chunk = list(islice(found, CHUNK))  # before the folder is made: there may be nothing to read
    make_dataset_folder(folder)
    with alone_in(folder):
        if agreed := read_consents(source):
            write_consents(folder, dict.fromkeys([*read_consents(folder), *agreed]))
        rows = rows_so_far(folder)
        write_table(folder, rows)  # or what a kill leaves would be taken for a set without a table, of nobody's faces
        copying = _Copying(folder, name, light, {one.person for one in agreed}, rows, {row.path for row in rows})
        detector = open_landmark_detector()
        try:
            while chunk:
                progress(f"{len(rows)} faces", 0.0)
                for one, face, problem in _cut(chunk, detector):
                    copying.take(one, face, problem)
                chunk = list(islice(found, CHUNK))
        finally:
            write_table(folder, rows)
    classes = {label: copying.classes[label] for label in LABELS if copying.classes[label]}
    return Imported(sum(classes.values()), classes, copying.known, tuple(copying.unused))


@dataclass(slots=True)
class _Copying:
    """An import as far as it has come."""

    folder: Path
    name: str
    light: str
    codes: set[str]
    """Who keeps the code."""
    rows: list[FaceRow]
    there: set[str]
    classes: Counter[str] = field(default_factory=Counter)
    known: int = 0
    unused: list[tuple[str, str]] = field(default_factory=list)

    def take(self, one: Candidate, face: Gray | None, problem: str) -> None:
        """Copy one face, or note why not."""
        if face is None:
            self.unused.append((one.name, problem))
            return
        label = LABELS[one.label]
        path = f"{label}/{hashlib.sha256(face.tobytes() + bytes(face.shape)).hexdigest()[:16]}.png"
        if path in self.there:
            self.known += 1
            return
        write_face(self.folder / path, face)
        self.there.add(path)
        self.classes[label] += 1
        person = one.person if not one.person or one.person in self.codes else f"{self.name}:{one.person}"
        session, light = one.session or f"import {self.name}", one.light or self.light
        self.rows.append(FaceRow(path, label, person, session, light, one.group, one.part))


def write_face(path: Path, face: Gray) -> None:
    """Write one face as PNG, readable by its owner alone. Raises ``BadFile``."""
    try:
        make_private_folder(path.parent)
        write_private(path, cv2.imencode(".png", face)[1].tobytes())
    except OSError as error:
        raise BadFile(path, [f"cannot be written: {error.strerror or error}"]) from error


def candidates(source: Path, votes: Path | None = None) -> Iterator[Candidate]:
    """Every face of the source, one after the other. Raises ``BadFile`` where it is none that is known."""
    if votes and not (source.suffix.lower() == ".csv" and is_pixel_table(source)):
        raise BadFile(votes, [f"votes belong to a table of pixels (emotion,pixels,Usage), and {source} is none"])
    if is_set(source):
        return _of_set(source)
    if source.is_dir() or (source.suffix.lower() == ".csv" and not is_pixel_table(source)):
        return _of_files(source)
    if source.suffix.lower() == ".csv":
        return (
            Candidate(one.name, one.label, one.image, part=one.part, problem=one.problem)
            for one in read_pixel_table(source, votes)
        )
    return _of_array(source)


def _of_set(source: Path) -> Iterator[Candidate]:
    for row in read_table(source):
        image = read_gray(source / row.path)
        yield Candidate(
            row.path, LABELS.index(row.label), image, row.person, row.group, "", row.session, row.light, cut=True
        )


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
    for path in found.unread:
        yield Candidate(str(path.relative_to(root)), problem=UNREAD)
    for name in found.missing:
        yield Candidate(name, problem="is named by the table and is not there")


def _of_array(source: Path) -> Iterator[Candidate]:
    faces = read_faces(source)
    groups = faces.groups or ("",) * len(faces)
    for i, (image, label, group) in enumerate(zip(faces.images, faces.labels.tolist(), groups, strict=True)):
        problem = "" if label >= 0 else "has no label (no majority of the votes)"
        yield Candidate(f"face {i}", label, image, group=group, problem=problem)


def _cut(chunk: list[Candidate], detector: Mtcnn) -> Iterator[tuple[Candidate, Gray | None, str]]:
    """Each with its face: small pictures as they are, of larger ones the largest face; or why there is none."""
    large = [one for one in chunk if one.image is not None and max(one.image.shape) > SEARCH_ABOVE and not one.cut]
    landmarks, found = find_landmarks([one.image for one in large if one.image is not None], detector=detector)
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
            yield one, face_crop(one.image, landmarks[i]), ""
