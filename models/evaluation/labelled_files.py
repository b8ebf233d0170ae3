"""The picture files of a data set with what they show: from class-named folders, or from a table of labels."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from calibration.errors import BadFile
from calibration.files import read_text, shown
from models.evaluation.class_names import label_of
from models.frame import PICTURE_SUFFIXES
from models.labels import LABELS

TABLE = "labels.csv"
"""A folder that holds a table of this name is read by it."""
TABLE_BYTES = 100_000_000
COLUMNS = {
    "path": ("path", "file", "filename", "file_name", "image", "image_path", "img", "pth"),
    "label": ("label", "emotion", "class", "expression", "labels"),
    "group": ("group",),
    "person": ("person", "subject", "subject_id", "identity"),
}
"""What the columns of a table are called; path and label are needed."""
NO_PERSON = frozenset(
    ("train", "training", "test", "testing", "val", "valid", "validation", "dev", "images", "faces", "data")
)
"""Folders of a data set that are no people."""
SHOWN_NAMES = 12


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """One picture file and what it shows."""

    path: Path
    label: int
    """Index into ``LABELS``."""
    person: str = ""
    """Who it shows, where the data set says so: a column, or the folder above or below the class."""
    group: str = ""
    """Of whom: the table's column ``group``."""


@dataclass(frozen=True, slots=True)
class LabelledFiles:
    """All picture files of a data set whose class is known, in the order of their names."""

    files: tuple[LabelledFile, ...]
    unknown: tuple[tuple[str, int], ...]
    """Class names that are none of ours, and how many pictures have each."""
    missing: tuple[str, ...]
    """Files that a table names and that are not there."""

    def unknown_told(self) -> str:
        """One line on the unknown class names; '' where there are none."""
        names = ", ".join(f"{shown(name)} ({count})" for name, count in self.unknown[:SHOWN_NAMES])
        more = len(self.unknown) - SHOWN_NAMES
        rest = f" and {more} more" if more > 0 else ""
        expected = f"expected {', '.join(LABELS)}, or other English names of them (happy, sad, angry, fearful ...)"
        return f"classes of other names: {names}{rest}; {expected}" if names else ""


def find_labelled_files(path: Path) -> LabelledFiles:
    """The files of a folder (class-named folders at any depth, or ``labels.csv`` in it) or of a table (.csv).

    Raises ``BadFile`` for a table that cannot be read, and where no picture has a class that we know.
    """
    table = path / TABLE if path.is_dir() else path
    found = _from_table(table) if table.is_file() else _from_folders(path)
    if not found.files:
        missing = f"none of the files that it names is there, for example {found.missing[0]}" if found.missing else ""
        raise BadFile(
            path, [found.unknown_told() or missing or "no pictures inside, in no folder named for an emotion"]
        )
    return found


def _from_folders(root: Path) -> LabelledFiles:
    files, unknown = [], Counter[str]()
    for path in _pictures(root):
        above = path.relative_to(root).parts[:-1]
        labels = [label_of(name) for name in above]
        classes = [i for i, label in enumerate(labels) if label is not None]
        if not classes:
            unknown[above[-1] if above else "(in no folder)"] += 1
            continue
        deepest = classes[-1]
        label = labels[deepest]
        assert label is not None  # noqa: S101 - for mypy
        files.append(LabelledFile(path, label, person=_person(above, deepest)))
    return LabelledFiles(tuple(files), tuple(sorted(unknown.items())), ())


def _pictures(root: Path) -> Iterator[Path]:
    """All picture files below, in the order of their names; neither hidden ones nor what macOS puts into archives."""
    for folder, inside, names in os.walk(root):
        inside[:] = sorted(name for name in inside if not name.startswith((".", "__MACOSX")))
        for name in sorted(names):
            if Path(name).suffix.lower() in PICTURE_SUFFIXES and not name.startswith("."):
                yield Path(folder) / name


def _person(above: Sequence[str], deepest: int) -> str:
    """CLASS/PERSON/file or PERSON/CLASS/file."""
    beside = (*above[deepest + 1 :], *reversed(above[:deepest]))
    return next((name for name in beside if name.lower() not in NO_PERSON and label_of(name) is None), "")


def _from_table(table: Path) -> LabelledFiles:
    files, unknown, missing = [], Counter[str](), []
    for row in _rows(table):
        path, label = table.parent / row["path"].replace("\\", "/"), label_of(row["label"])
        if label is None:
            unknown[row["label"]] += 1
        elif not path.is_file():
            missing.append(shown(row["path"], 200))
        else:
            files.append(LabelledFile(path, label, row.get("person", ""), row.get("group", "")))
    return LabelledFiles(tuple(files), tuple(sorted(unknown.items())), tuple(missing))


def _rows(table: Path) -> Iterator[dict[str, str]]:
    """Each row by our names of the columns. The table may have no header: then it is path, label."""
    text = read_text(table, TABLE_BYTES)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise BadFile(table, [f"is not a table that can be read: {error}"]) from error
    head = [cell.strip().lower() for cell in rows[0]] if rows else []
    at = {
        name: head.index(next(a for a in known if a in head)) for name, known in COLUMNS.items() if {*known} & {*head}
    }
    if not at and len(head) > 1 and Path(head[0]).suffix in PICTURE_SUFFIXES:
        at = {"path": 0, "label": 1}
    else:
        rows = rows[1:]
    if lacking := [name for name in ("path", "label") if name not in at]:
        raise BadFile(table, [f"column missing: {name}; a table of labels has path,label[,group]" for name in lacking])
    for row in rows:
        if len(row) > max(at["path"], at["label"]):
            yield {name: row[i].strip() for name, i in at.items() if i < len(row)}
