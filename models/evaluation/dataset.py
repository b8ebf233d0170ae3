"""Labelled faces: from a contact sheet with its votes, an .npz, class-named folders, or a table of labels."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration.array_file import ANYTHING, load_arrays
from calibration.errors import BadFile
from calibration.files import shown
from models.arrays import Floats, Gray, Indices, Integers
from models.evaluation.csv_rows import named_rows
from models.evaluation.labelled_files import UNREAD, find_labelled_files
from models.evaluation.pictures import read_gray, read_to_hold
from models.labels import LABELS

SHEET_SIDE = 48
FACES_A_ROW = 128
SMALLEST = 8
FACES_BYTES = 4_000_000_000
MOST_VOTES = 1000
OTHER_COLUMNS = ("unknown", "no_face")
SHOWN_FILES = 20


@dataclass(frozen=True, slots=True, eq=False)
class LabelledFaces:
    """Gray faces and what they show, in one order."""

    images: tuple[Gray, ...]
    """Each (h, w) uint8; the sizes may differ."""
    vote_shares: Floats
    """(n, 8) shares of the annotators' votes in the order of ``LABELS``; a row is all 0 where nobody saw an emotion."""
    labels: Integers
    """(n,) index into ``LABELS``; -1 where there is no majority, and the face is left out of every figure."""
    groups: tuple[str, ...] = ()
    """Of whom each face is, where a column ``group`` says so; empty: nothing is known of groups."""

    def __len__(self) -> int:
        return len(self.images)

    def subset(self, which: Indices) -> LabelledFaces:
        """The faces with these indices."""
        groups = tuple(self.groups[i] for i in which) if self.groups else ()
        return LabelledFaces(tuple(self.images[i] for i in which), self.vote_shares[which], self.labels[which], groups)

    def joined(self, others: LabelledFaces) -> LabelledFaces:
        """These faces and then ``others``; of whom they are is left out."""
        shares = np.concatenate([self.vote_shares, others.vote_shares])
        return LabelledFaces(self.images + others.images, shares, np.concatenate([self.labels, others.labels]))

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

    Also a table of labels (.csv: path,label[,group]), or a folder with ``labels.csv`` in it; classes may have other
    English names (happy, angry). Raises ``BadFile`` with every fault found.
    """
    path = Path(path)
    if path.is_dir() or (path.is_file() and path.suffix.lower() == ".csv"):
        return _read_files(path)
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
    columns = (*LABELS, *OTHER_COLUMNS)
    rows = [row for _, row in named_rows(table, columns)]
    if not rows:
        raise BadFile(table, ["has no row below its names"])
    try:
        votes = np.array([[int(row[name]) for name in columns] for row in rows], np.int64)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadFile(table, [f"a vote is not a whole number: {shown(str(error), 200)}"]) from error
    if not 0 <= votes.min() <= votes.max() <= MOST_VOTES:
        raise BadFile(table, [f"a vote is not from 0 to {MOST_VOTES}"])
    sheet = read_gray(path)
    if sheet is None or sheet.shape[1] != SHEET_SIDE * FACES_A_ROW or sheet.shape[0] % SHEET_SIDE:
        raise BadFile(path, [f"is not a contact sheet of {FACES_A_ROW} faces of {SHEET_SIDE} pixels a row"])
    cells = sheet.reshape(-1, SHEET_SIDE, FACES_A_ROW, SHEET_SIDE).transpose(0, 2, 1, 3)
    faces = np.ascontiguousarray(cells).reshape(-1, SHEET_SIDE, SHEET_SIDE)
    if len(faces) < len(rows):
        raise BadFile(path, [f"holds {len(faces)} faces, but {table.name} has {len(rows)} rows"])
    groups = tuple(row["group"] for row in rows) if "group" in rows[0] else ()
    return LabelledFaces(tuple(faces[: len(rows)]), *majority(votes), groups)


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
    return LabelledFaces(tuple(images), *one_hot(labels.astype(np.int64)))


def _read_files(path: Path) -> LabelledFaces:
    found = find_labelled_files(path)
    pictures = [read_to_hold(one.path) for one in found.files]
    faults = [
        f"{one.path}: cannot be read as a picture"
        for one, got in zip(found.files, pictures, strict=True)
        if got is None
    ]
    faults += [f"{name}: no such file" for name in found.missing]
    faults += [f"{path}: {UNREAD}" for path in found.unread]
    problems = [told] if (told := found.unknown_told()) else []
    problems += faults[:SHOWN_FILES]
    if len(faults) > SHOWN_FILES:
        problems.append(f"and {len(faults) - SHOWN_FILES} files more")
    if problems:
        raise BadFile(path, problems)
    labels = np.array([one.label for one in found.files], np.int64)
    groups = tuple(one.group for one in found.files)
    images = tuple(picture for picture in pictures if picture is not None)
    return LabelledFaces(images, *one_hot(labels), groups if any(groups) else ())


def one_hot(labels: Integers) -> tuple[Floats, Integers]:
    """Shares and labels of faces that one annotator named with certainty."""
    shares = np.zeros((len(labels), len(LABELS)), np.float32)
    named = np.flatnonzero(labels >= 0)
    shares[named, labels[named]] = 1.0
    return shares, labels
