"""Faces written as numbers in a table (``emotion,pixels,Usage``), and the FER+ votes of ten people on them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration.errors import BadFile
from calibration.files import read_text
from models.arrays import Gray, Integers
from models.evaluation.dataset import majority
from models.labels import LABELS

TABLE_BYTES = 1_000_000_000
CODES = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
"""What the numbers 0 to 6 of the column ``emotion`` mean in FER2013 (Goodfellow et al. 2013)."""
USAGES = {"training": "train", "publictest": "valid", "privatetest": "test"}
VOTES = (*LABELS, "unknown", "NF")
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
            return "pixels" in [cell.strip().lower() for cell in file.readline(1000).split(",")]
    except OSError:
        return False


def read_pixel_table(table: Path, votes: Path | None) -> Iterator[PixelFace]:
    """Each row as a face; with ``votes`` its label is their majority. Raises ``BadFile``."""
    rows = _rows(table)
    head = set(rows[0]) if rows else set()
    if lacking := {"emotion", "pixels"} - head - ({"emotion"} if votes else set()):
        raise BadFile(table, [f"column missing: {name}; expected emotion,pixels[,usage]" for name in sorted(lacking)])
    labels = _majorities(votes, len(rows)) if votes else None
    for number, row in enumerate(rows):
        image = _image(row.get("pixels") or "")
        label = int(labels[number]) if labels is not None else _label(row.get("emotion") or "")
        problem = "has no picture of whole numbers from 0 to 255, as many as a square has" if image is None else ""
        if not problem and label < 0:
            problem = "has no majority of the votes" if labels is not None else "emotion is not a number from 0 to 6"
        part = USAGES.get((row.get("usage") or "").strip().lower(), "")
        yield PixelFace(f"line {number + 2}", label, image, part, problem)


def _rows(table: Path) -> list[dict[str, str]]:
    try:
        reader = csv.reader(io.StringIO(read_text(table, TABLE_BYTES), newline=""))
        head = [cell.strip().lower() for cell in next(reader, [])]
        return [dict(zip(head, row, strict=False)) for row in reader if row]
    except csv.Error as error:
        raise BadFile(table, [f"is not a table that can be read: {error}"]) from error


def _majorities(votes: Path, count: int) -> Integers:
    rows = _rows(votes)
    if lacking := [name for name in VOTES if not rows or name.lower() not in rows[0]]:
        raise BadFile(votes, [f"column missing: {name}" for name in lacking])
    if len(rows) != count:
        raise BadFile(votes, [f"has {len(rows)} rows for {count} faces; give the votes of the same table"])
    try:
        return majority(np.array([[int(row[name.lower()]) for name in VOTES] for row in rows], np.int64))[1]
    except (KeyError, ValueError, OverflowError) as error:
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
