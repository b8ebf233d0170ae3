"""The picture files of a data set with what they show: from class-named folders, or from a table of labels."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from calibration.errors import BadFile
from calibration.files import is_file, shown
from models.evaluation.class_names import label_of
from models.evaluation.csv_rows import csv_rows
from models.frame import PICTURE_SUFFIXES
from models.labels import LABELS

TABLE = "labels.csv"
"""A folder that holds a table of this name is read by it."""
COLUMNS = {
    "path": ("path", "file", "filename", "file_name", "image", "image_path", "img", "pth"),
    "label": ("label", "emotion", "class", "expression", "labels"),
    "group": ("group",),
    "person": ("person", "subject", "subject_id", "identity"),
    "session": ("session",),
    "light": ("light",),
    "part": ("part",),
}
"""What the columns of a table are called; path and label are needed."""
NO_PERSON = frozenset(
    ("train", "training", "test", "testing", "val", "valid", "validation", "dev", "images", "faces", "data")
)
"""Folders of a data set that are no people."""
A_DAY = re.compile(
    r"\d{4}[-_. ]?\d{2}[-_. ]?\d{2}|(?:day|session|visit|take)[-_ ]?\d*|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
)
"""Folders, in small letters, that say when a picture was taken; whose it is say the others, if there are any."""
UNREAD_SUFFIXES = frozenset(
    {".heic", ".heif", ".avif", ".gif", ".jfif", ".jp2", ".dng", ".cr2", ".cr3", ".nef", ".arw"}
)
"""Endings of pictures that telephones, cameras and the web have too: passed over, but not in silence."""
UNREAD = "is a picture of a kind that is not read; save it as PNG or JPEG"
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
    unread: tuple[Path, ...] = ()
    """Pictures in its folders of a kind that is not read."""

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
    named = is_file(table)
    found = _from_table(table) if named else _from_folders(path)
    if not found.files:
        missing = f"none of the files that it names is there, for example {found.missing[0]}" if found.missing else ""
        nothing = "names no picture" if named else "no pictures inside, in no folder named for an emotion"
        nothing += "".join(f"; {path.name} {UNREAD}" for path in found.unread[:1])
        raise BadFile(path, [found.unknown_told() or missing or nothing])
    return found


def _from_folders(root: Path) -> LabelledFiles:
    files, unknown = [], Counter[str]()
    classed: list[tuple[Path, int, tuple[str, ...], int]] = []
    for path in pictures_below(root):
        above = path.relative_to(root).parts[:-1]
        labels = [label_of(name) for name in above]
        classes = [i for i, label in enumerate(labels) if label is not None]
        if not classes:
            unknown["/".join(above) or "(in no folder)"] += 1  # or it would be named for the person below it
            continue
        deepest = classes[-1]
        label = labels[deepest]
        assert label is not None  # noqa: S101 - for mypy
        classed.append((path, label, above, deepest))
    over = [above[:deepest] for _, _, above, deepest in classed]
    shortest = min(map(len, over), default=0)
    shared = next((i for i in range(shortest) if len({names[i] for names in over}) > 1), shortest)
    files = [LabelledFile(path, label, _person(above, deepest, shared)) for path, label, above, deepest in classed]
    unread = tuple(pictures_below(root, UNREAD_SUFFIXES))
    return LabelledFiles(tuple(files), tuple(sorted(unknown.items())), (), unread)


def pictures_below(root: Path, suffixes: Collection[str] = PICTURE_SUFFIXES) -> Iterator[Path]:
    """All picture files below, in the order of their names; neither hidden ones nor what macOS puts into archives.

    Folders that are links to elsewhere are entered too, none twice.
    """
    own, entered = Path(os.path.realpath(root)), set[Path]()
    for folder, inside, names in os.walk(root, followlinks=True):
        inside[:] = sorted(name for name in inside if not name.startswith((".", "__MACOSX")))
        for name in [name for name in inside if Path(folder, name).is_symlink()]:
            place = Path(os.path.realpath(Path(folder, name)))
            if place.is_relative_to(own) or own.is_relative_to(place) or place in entered:
                inside.remove(name)
            entered.add(place)
        for name in sorted(names):
            if Path(name).suffix.lower() in suffixes and not name.startswith("."):
                yield Path(folder) / name


def _person(above: Sequence[str], deepest: int, shared: int) -> str:
    """CLASS/PERSON/file or PERSON/CLASS/file, also with the days of one person (PERSON/DAY/CLASS, PERSON/CLASS/DAY).

    The first ``shared`` folders are those that all pictures lie in: a person only where there is no other folder.
    """
    over = above[:deepest]
    beside = (*above[deepest + 1 :], *over[shared:], *reversed(over[:shared]))
    people = [composed(name) for name in beside if name.lower() not in NO_PERSON and label_of(name) is None]
    return next((name for name in people if not A_DAY.fullmatch(name.lower())), people[0] if people else "")


def composed(name: str) -> str:
    """The name in the form in which keyboards write it: macOS takes letters and their accents apart.

    What is not UTF-8 in the name of an old folder becomes a question mark, for no table could hold it.
    """
    return unicodedata.normalize("NFC", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _from_table(table: Path) -> LabelledFiles:
    files, unknown, missing = [], Counter[str](), []
    for _, row in table_rows(table):
        path, label = path_in(table.parent, row["path"]), label_of(row["label"])
        if label is None:
            unknown[row["label"] or "(no label)"] += 1
        elif not is_file(table.parent / path):
            missing.append(shown(path, 200))
        else:
            person, group = composed(row.get("person", "")), row.get("group", "")
            files.append(LabelledFile(table.parent / path, label, person, group))
    return LabelledFiles(tuple(files), tuple(sorted(unknown.items())), tuple(missing))


def path_in(folder: Path, written: str) -> str:
    """A path of a table as it is in ``folder``: with blanks or backslashes only where a file is called so."""
    plain = written.strip().replace("\\", "/")
    return written if written != plain and is_file(folder / written) else plain


def table_rows(table: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row of a table of labels by our names of the columns, and all others by their own; with its line.

    The table may have no header: then it is path, label. Raises ``BadFile``.
    """
    rows = csv_rows(table)
    head = [cell.strip() for cell in rows[0][1]] if rows else []
    small = [cell.lower() for cell in head]
    known = {name: [one for one in called if one in small] for name, called in COLUMNS.items()}
    at = {name: small.index(called[0]) for name, called in known.items() if called}
    if not at and len(head) > 1 and Path(head[0]).suffix.lower() in PICTURE_SUFFIXES:
        head, at = [], {"path": 0, "label": 1}
    else:
        rows = rows[1:]
    if lacking := [name for name in ("path", "label") if name not in at]:
        raise BadFile(table, [f"column missing: {name}; a table of labels has path,label[,group]" for name in lacking])
    named = {i: name for name, i in at.items()}
    columns = [named.get(i, name) for i, name in enumerate(head)] or ["path", "label"]
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(columns, [*row, *[""] * len(columns)], strict=False))
        yield line, {name: cell if name == "path" else cell.strip() for name, cell in cells.items()}
