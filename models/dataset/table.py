"""The table of a set of faces, ``labels.csv`` in its folder: one row a picture, with who it shows and where it stands.

A folder without one is read by its class-named folders. All paths lie inside of the folder: what is deleted for a
person is looked up here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, fields
from pathlib import Path, PurePosixPath

from calibration.errors import BadFile
from calibration.file_writer import make_private_folder, previous_of, write_together
from calibration.files import read_text, shown
from models.evaluation.class_names import label_of
from models.evaluation.labelled_files import TABLE, TABLE_BYTES, find_labelled_files
from models.labels import LABELS

PARTS = ("train", "valid", "test")
"""What a split divides a set into: to learn from, to choose on, and to be measured on once."""


@dataclass(frozen=True, slots=True)
class FaceRow:
    """One picture of the set; what is not known is ''."""

    path: str
    """Inside of the folder, with ``/``."""
    label: str
    """One of ``LABELS``."""
    person: str = ""
    """A random code, or what an imported set calls somebody."""
    session: str = ""
    light: str = ""
    group: str = ""
    part: str = ""
    """One of ``PARTS`` once the set is split."""


COLUMNS = tuple(field.name for field in fields(FaceRow))


def make_dataset_folder(folder: Path) -> None:
    """Make the folder for its owner alone; git leaves it out wherever it is made. Raises ``BadFile``."""
    try:
        make_private_folder(folder)
        if not (ignored := folder / ".gitignore").exists():
            ignored.write_text("# Pictures of people.\n*\n", encoding="utf-8")
    except OSError as error:
        raise BadFile(folder, [f"the folder cannot be written: {error.strerror or error}"]) from error


def has_table(folder: Path) -> bool:
    """Whether the folder was made by ``chiaro dataset``, or has a table all the same."""
    return (folder / TABLE).is_file()


def read_table(folder: Path) -> list[FaceRow]:
    """The rows of the folder's table, or of its class-named folders. Raises ``BadFile`` with every fault."""
    if not folder.is_dir():
        raise BadFile(folder, ["no such folder"])
    if not has_table(folder):
        files = find_labelled_files(folder).files
        return [
            FaceRow(one.path.relative_to(folder).as_posix(), LABELS[one.label], one.person, group=one.group)
            for one in files
        ]
    table = folder / TABLE
    try:
        reader = csv.DictReader(io.StringIO(read_text(table, TABLE_BYTES), newline=""))
        raw = list(reader)
    except csv.Error as error:
        raise BadFile(table, [f"is not a table that can be read: {error}"]) from error
    if lacking := [name for name in ("path", "label") if name not in (reader.fieldnames or ())]:
        raise BadFile(table, [f"column missing: {name}; expected {','.join(COLUMNS)}" for name in lacking])
    rows, problems = [], []
    for number, row in enumerate(raw, 2):
        said = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if problem := _problem(said):
            problems.append(f"line {number}: {problem}")
        else:
            rows.append(FaceRow(**said | {"label": LABELS[label_of(said["label"]) or 0]}))
    if problems:
        raise BadFile(table, problems)
    return rows


def rows_so_far(folder: Path) -> list[FaceRow]:
    """The rows of a set that is gone on with: of its table, or of pictures that lie there without one; else none.

    Raises ``BadFile`` for a table that cannot be used.
    """
    if has_table(folder):
        return read_table(folder)
    with suppress(BadFile):  # no pictures yet
        return read_table(folder)
    return []


def write_table(folder: Path, rows: Iterable[FaceRow]) -> None:
    """Write the table, whole or not at all. Raises ``BadFile``.

    The last one is not kept: somebody in it may have withdrawn.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(astuple(row) for row in rows)
    write_alone(folder / TABLE, text.getvalue())


def write_alone(path: Path, text: str) -> None:
    """Write a file of people for its owner alone, whole or not at all, and keep no predecessor. Raises ``BadFile``."""
    try:
        write_together({path: text.encode()}, private=(path,))
        with suppress(FileNotFoundError):
            previous_of(path).unlink()
    except OSError as error:
        raise BadFile(path, [f"cannot be written: {error.strerror or error}"]) from error


def people_of(rows: Sequence[FaceRow]) -> list[str]:
    """The codes of all who are in it, in order."""
    return sorted({row.person for row in rows if row.person})


def _problem(said: dict[str, str]) -> str:
    path = PurePosixPath(said["path"].replace("\\", "/"))
    if not said["path"] or path.is_absolute() or ".." in path.parts or ":" in said["path"]:
        return f"path {shown(said['path'])!r} must lie inside of the folder"
    if label_of(said["label"]) is None:
        return f"label {shown(said['label'])!r} is none of {', '.join(LABELS)}"
    if said["part"] not in ("", *PARTS):
        return f"part {shown(said['part'])!r} is none of {', '.join(PARTS)}"
    return ""
