"""Tables as people and their programs write them: commas, semicolons or tabs, with or without a mark in front."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from calibration.errors import BadFile
from calibration.files import read_text

TABLE_BYTES = 100_000_000
SEPARATORS = ",;\t"
"""A program set to a language with decimal commas writes semicolons."""


def csv_rows(table: Path, at_most: int = TABLE_BYTES) -> list[tuple[int, list[str]]]:
    """Each row but empty lines, with the number of the line on which it ends. Raises ``BadFile``."""
    text = read_text(table, at_most)
    first = text.partition("\n")[0]
    # Strict: a quotation mark that is never closed would swallow all rows below it.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=first.count), strict=True)
    try:
        return [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise BadFile(table, [f"line {reader.line_num}: is not a table that can be read: {error}"]) from error


def named_rows(table: Path, needed: tuple[str, ...], at_most: int = TABLE_BYTES) -> list[tuple[int, dict[str, str]]]:
    """Each row below the first by the names there, in small letters; a cell that is not there is ''.

    Raises ``BadFile`` with every column of ``needed`` that is missing.
    """
    rows = csv_rows(table, at_most)
    names = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    if lacking := [name for name in needed if name not in names]:
        raise BadFile(table, [f"column missing: {name}; expected {','.join(needed)}" for name in lacking])
    return [(line, dict(zip(names, [*row, *[""] * len(names)], strict=False))) for line, row in rows[1:]]
