"""Labelled faces: read from a contact sheet with its votes, from an .npz, or from folders named for the emotions."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from calibration.array_file import ANYTHING, load_arrays
from calibration.errors import BadFile
from calibration.files import read_text, shown
from models.arrays import Floats, Gray, Indices, Integers
from models.frame import PICTURE_SUFFIXES
from models.labels import LABELS

SHEET_SIDE = 48
FACES_A_ROW = 128
SMALLEST = 8
TABLE_BYTES, FACES_BYTES = 100_000_000, 4_000_000_000
MOST_VOTES = 1000
OTHER_COLUMNS = ("unknown", "no_face")


@dataclass(frozen=True, slots=True, eq=False)
class LabelledFaces:
    """Gray faces and what they show, in one order."""

    images: tuple[Gray, ...]
    """Each (h, w) uint8; the sizes may differ."""
    vote_shares: Floats
    """(n, 8) shares of the annotators' votes in the order of ``LABELS``; a row is all 0 where nobody saw an emotion."""
    labels: Integers
    """(n,) index into ``LABELS``; -1 where there is no majority, and the face is left out of every figure."""

    def __len__(self) -> int:
        return len(self.images)

    def subset(self, which: Indices) -> LabelledFaces:
        """The faces with these indices."""
        return LabelledFaces(tuple(self.images[i] for i in which), self.vote_shares[which], self.labels[which])

    def with_label(self) -> LabelledFaces:
        """The faces that have a label."""
        return self.subset(np.flatnonzero(self.labels >= 0))

    def fingerprint(self) -> str:
        """sha256 over pictures and votes: says in a model's metadata what it was trained on."""
        digest = hashlib.sha256(self.vote_shares.tobytes() + self.labels.tobytes())
        for image in self.images:
            digest.update(image.tobytes())
        return digest.hexdigest()


def read_faces(path: Path | str) -> LabelledFaces:
    """Faces of ``path``: a folder of class-named folders, a contact sheet with its .csv beside it, or an .npz.

    Raises ``BadFile`` with every fault found.
    """
    path = Path(path)
    if path.is_dir():
        return _read_folders(path)
    if not path.is_file():
        raise BadFile(path, ["no such file or folder"])
    return _read_npz(path) if path.suffix.lower() == ".npz" else _read_sheet(path)


def majority(votes: Integers) -> tuple[Floats, Integers]:
    """Shares (n, 8) and labels (n,) from votes (n, 10): the eight emotions, unknown, no_face.

    The rule of the authors of FER+ (Barsoum et al. 2016): votes of 1 are dropped; the label is the class with more
    than half of what is left. A class that is unknown or no_face, or none, gives -1.
    """
    kept = np.where(votes > 1, votes, 0)
    total = kept.sum(axis=1)
    best = kept.argmax(axis=1)
    sure = (2 * kept.max(axis=1) > total) & (best < len(LABELS))
    emotions = kept[:, : len(LABELS)].astype(np.float32)
    seen = emotions.sum(axis=1, keepdims=True)
    shares = np.divide(emotions, seen, out=np.zeros_like(emotions), where=(seen > 0) & (best < len(LABELS))[:, None])
    return shares, np.where(sure, best, -1).astype(np.int64)


def _read_sheet(path: Path) -> LabelledFaces:
    table = path.with_suffix(".csv")
    if not table.is_file():
        raise BadFile(path, [f"a contact sheet needs its votes beside it: {table.name} is missing"])
    try:
        rows = list(csv.DictReader(io.StringIO(read_text(table, TABLE_BYTES), newline="")))
    except csv.Error as error:
        raise BadFile(table, [f"is not a table that can be read: {error}"]) from error
    columns = (*LABELS, *OTHER_COLUMNS)
    missing = [name for name in columns if not rows or name not in rows[0]]
    if missing:
        raise BadFile(table, [f"column missing: {name}" for name in missing])
    try:
        votes = np.array([[int(row[name]) for name in columns] for row in rows], np.int64)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadFile(table, [f"a vote is not a whole number: {shown(str(error), 200)}"]) from error
    if not 0 <= votes.min() <= votes.max() <= MOST_VOTES:
        raise BadFile(table, [f"a vote is not from 0 to {MOST_VOTES}"])
    sheet = _gray(path)
    if sheet is None or sheet.shape[1] != SHEET_SIDE * FACES_A_ROW or sheet.shape[0] % SHEET_SIDE:
        raise BadFile(path, [f"is not a contact sheet of {FACES_A_ROW} faces of {SHEET_SIDE} pixels a row"])
    cells = sheet.reshape(-1, SHEET_SIDE, FACES_A_ROW, SHEET_SIDE).transpose(0, 2, 1, 3)
    faces = np.ascontiguousarray(cells).reshape(-1, SHEET_SIDE, SHEET_SIDE)
    if len(faces) < len(rows):
        raise BadFile(path, [f"holds {len(faces)} faces, but {table.name} has {len(rows)} rows"])
    return LabelledFaces(tuple(faces[: len(rows)]), *majority(votes))


def _read_npz(path: Path) -> LabelledFaces:
    try:
        file = load_arrays(path, {"images": ANYTHING, "labels": ANYTHING}, FACES_BYTES)
    except BadFile as error:
        raise BadFile(path, [f"needs arrays 'images' and 'labels': {one}" for one in error.problems]) from error
    images, labels = file["images"], file["labels"]
    problems = []
    if images.ndim != 3 or images.dtype != np.uint8:
        problems.append(f"images: must be (N, H, W) uint8, is {images.shape} {images.dtype}")
    elif min(images.shape[1:]) < SMALLEST:
        problems.append(f"images: faces of {images.shape[1:]} are smaller than {SMALLEST} pixels")
    if labels.ndim != 1 or len(labels) != len(images) or not np.issubdtype(labels.dtype, np.integer):
        problems.append(f"labels: must be (N) whole numbers, one an image, is {labels.shape} {labels.dtype}")
    elif len(labels) and not (labels.min() >= -1 and labels.max() < len(LABELS)):
        problems.append(f"labels: must lie in 0 to {len(LABELS) - 1} (-1: no label)")
    if problems:
        raise BadFile(path, problems)
    return LabelledFaces(tuple(images), *_one_hot(labels.astype(np.int64)))


def _read_folders(path: Path) -> LabelledFaces:
    folders = {folder.name.lower(): folder for folder in sorted(path.iterdir()) if folder.is_dir()}
    unknown = sorted(set(folders) - set(LABELS))
    if unknown or not folders:
        found = f"folders of other names: {', '.join(unknown)}" if unknown else "no folders inside"
        raise BadFile(path, [f"{found}; expected some of {', '.join(LABELS)}"])
    images: list[Gray] = []
    labels: list[int] = []
    problems = []
    for name, folder in folders.items():
        for file in sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURE_SUFFIXES):
            picture = _gray(file)
            if picture is None:
                problems.append(f"{file.relative_to(path)}: cannot be read as a picture")
                continue
            images.append(picture)
            labels.append(LABELS.index(name))
    if problems or not images:
        raise BadFile(path, problems or ["no pictures inside"])
    return LabelledFaces(tuple(images), *_one_hot(np.array(labels, np.int64)))


def _gray(file: Path) -> Gray | None:
    """The picture (h, w) uint8; None for what is none, and for what OpenCV will not decode (it is too large, say)."""
    try:
        picture = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
    except cv2.error:
        return None
    return None if picture is None else np.asarray(picture, np.uint8)


def _one_hot(labels: Integers) -> tuple[Floats, Integers]:
    """Shares and labels of faces that one annotator named with certainty."""
    shares = np.zeros((len(labels), len(LABELS)), np.float32)
    named = np.flatnonzero(labels >= 0)
    shares[named, labels[named]] = 1.0
    return shares, labels
