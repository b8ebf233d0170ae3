"""The pictures of a set, read part by part."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from calibration.errors import BadFile
from models.dataset.table import PARTS, FaceRow, read_table
from models.evaluation.dataset import LabelledFaces
from models.evaluation.pictures import read_to_hold
from models.labels import LABELS


def read_parts(folder: Path) -> dict[str, LabelledFaces]:
    """The faces of each part that has any. Raises ``BadFile`` with every picture that cannot be read."""
    rows = [row for row in read_table(folder) if row.part]
    pictures = [read_to_hold(folder / row.path) for row in rows]
    problems = [
        f"{row.path}: cannot be read as a picture" for row, image in zip(rows, pictures, strict=True) if image is None
    ]
    if problems:
        raise BadFile(folder, [*problems, "'chiaro dataset check' lists everything that is wrong with the set"])
    parts = {}
    for name in PARTS:
        there = [
            (row, image) for row, image in zip(rows, pictures, strict=True) if row.part == name and image is not None
        ]
        if there:
            labels = np.array([LABELS.index(row.label) for row, _ in there], np.int64)
            shares = np.eye(len(LABELS), dtype=np.float32)[labels]
            groups = tuple(row.group for row, _ in there)
            images = tuple(image for _, image in there)
            parts[name] = LabelledFaces(images, shares, labels, groups if any(groups) else ())
    return parts


def in_no_part(folder: Path) -> int:
    """How many faces came after the split. Raises ``BadFile``."""
    return sum(not row.part for row in read_table(folder))


def read_part(folder: Path, part: str) -> LabelledFaces:
    """The faces of one part. Raises ``BadFile`` where there are none."""
    parts = read_parts(folder)
    if part not in parts:
        raise BadFile(folder, [f"no face is in the part {part}; run 'chiaro dataset split {folder}'"])
    return parts[part]


def faces_per_class(rows: list[FaceRow]) -> dict[str, int]:
    """How many faces each label has; labels without any are left out."""
    counts = {label: sum(row.label == label for row in rows) for label in LABELS}
    return {label: count for label, count in counts.items() if count}
