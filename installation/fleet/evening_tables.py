"""A table of each evening in a folder: what the broker forgets with the next evening stays here."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from calibration.errors import BadFile
from calibration.file_writer import write_whole
from calibration.files import read_text
from installation.fleet.documents import Document
from installation.fleet.evenings import COLUMNS, as_csv


def keep_tables(folder: Path, rows: Iterable[Document]) -> None:
    """Write the rows of each evening, beside those of other rooms that stand there already. Raises ``BadFile``."""
    days: dict[str, dict[str, Document]] = defaultdict(dict)
    for row in rows:
        days[row["day"]][row["room"]] = row
    for day, rooms in days.items():
        file = folder / f"evenings-{day}.csv"
        kept = {row["room"]: row for row in _read(file)} | rooms
        text = as_csv([kept[name] for name in sorted(kept)])
        try:
            write_whole(file, text.encode())
        except OSError as error:
            raise BadFile(file, [f"cannot be written: {error.strerror or error}"]) from error


def _read(file: Path) -> list[Document]:
    if not file.is_file():
        return []
    found = csv.DictReader(io.StringIO(read_text(file)))
    return [{name: row.get(name) or "" for name in COLUMNS} for row in found if row.get("room")]
