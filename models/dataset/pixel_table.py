"""Faces written as numbers in a table (``emotion,pixels,Usage``), and the FER+ votes of ten people on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration.errors import BadFile
from models.arrays import Gray, Integers
from models.evaluation.csv_rows import named_rows
from models.evaluation.dataset import majority
from models.labels import LABELS

TABLE_BYTES = 1_000_000_000
CODES = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
"""What the numbers 0 to 6 of the column ``emotion`` mean in FER2013 (Goodfellow et al. 2013)."""
USAGES = {"training": "train", "publictest": "valid", "privatetest": "test"}
VOTES = (*LABELS, "unknown", "nf")
"""Columns of the FER+ votes (Barsoum et al. 2016)."""


@dataclass(frozen=True, slots=True, eq=False)
class PixelFace:
    """One row; ``problem`` says why it is no face with a label."""

    name: str
    label: int
    image: Gray | None
    part: str
    problem: str


def is_pixel_table(table: Path) -> bool:
    """Whether the table holds pixels, and not paths."""
    try:
        with table.open(encoding="utf-8-sig", errors="replace") as file:
            return "pixels" in re.split(r"\W+", file.readline(1000).lower())
    except OSError:
        return False


def read_pixel_table(table: Path, votes: Path | None) -> Iterator[PixelFace]:
    """Each row as a face; with ``votes`` its label is their majority. Raises ``BadFile``."""
    rows = named_rows(table, ("pixels",) if votes else ("emotion", "pixels"), TABLE_BYTES)
    labels = _majorities(votes, len(rows)) if votes else None
    for number, (line, row) in enumerate(rows):
        image = _image(row["pixels"])
        label = int(labels[number]) if labels is not None else _label(row["emotion"])
        problem = "has no picture of whole numbers from 0 to 255, as many as a square has" if image is None else ""
        if not problem and label < 0:
            problem = "has no majority of the votes" if labels is not None else "emotion is not a number from 0 to 6"
        yield PixelFace(f"line {line}", label, image, USAGES.get(row.get("usage", "").strip().lower(), ""), problem)


def _majorities(votes: Path, count: int) -> Integers:
    rows = named_rows(votes, VOTES)
    if len(rows) != count:
        raise BadFile(votes, [f"has {len(rows)} rows for {count} faces; give the votes of the same table"])
    try:
        return majority(np.array([[int(row[name]) for name in VOTES] for _, row in rows], np.int64))[1]
    except (ValueError, OverflowError) as error:
        raise BadFile(votes, ["a vote is not a whole number"]) from error


def _label(code: str) -> int:
    known = code.strip().isdecimal() and len(code.strip()) == 1 and int(code) < len(CODES)
    return LABELS.index(CODES[int(code)]) if known else -1


def _image(pixels: str) -> Gray | None:
    try:
        values = np.array(pixels.split(), np.int64)
    except (ValueError, OverflowError):
        return None
    side = int(len(values) ** 0.5)
    if not side or side * side != len(values) or values.min() < 0 or values.max() > 255:
        return None
    return values.reshape(side, side).astype(np.uint8)
