"""The table of a set of faces, ``labels.csv`` in its folder: one row a picture, with who it shows and where it stands.

A folder without one is read by its class-named folders. All paths lie inside of the folder: what is deleted for a
person is looked up here.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, fields
from pathlib import Path, PurePosixPath, PureWindowsPath

from filelock import FileLock, Timeout

from calibration.errors import BadFile, Unavailable
from calibration.file_writer import make_private_folder, previous_of, write_over
from calibration.files import PROBLEMS_AT_MOST, is_file, shown
from models.evaluation.class_names import label_of
from models.evaluation.labelled_files import TABLE, composed, find_labelled_files, path_in, table_rows
from models.labels import LABELS

PARTS = ("train", "valid", "test")
"""What a split divides a set into: to learn from, to choose on, and to be measured on once."""


CACHE = ".cache"
"""Folder of the set for what is computed from its faces: it goes with whoever withdraws."""


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
    ignored = folder / ".gitignore"
    try:
        make_private_folder(folder)
        if not ignored.exists():
            write_over(ignored, b"# Pictures of people.\n*\n")
    except OSError as error:
        if is_file(ignored):  # another command has just made it
            return
        raise BadFile(folder, [f"the folder cannot be written: {error.strerror or error}"]) from error


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Nobody else writes into the set meanwhile, or the one who writes last takes away what the other wrote.

    Raises ``Unavailable`` where another command works on it, ``BadFile`` where the folder cannot be written.
    """
    if not folder.is_dir():
        raise BadFile(folder, ["no such folder"])
    lock = FileLock(folder / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Unavailable(
            f"{folder}: another 'chiaro dataset' command works on it; try again when it has ended"
        ) from None
    except OSError as error:
        raise BadFile(folder, [f"the folder cannot be written: {error.strerror or error}"]) from error
    try:
        yield
    finally:
        lock.release()


def has_table(folder: Path) -> bool:
    """Whether the folder was made by ``chiaro dataset``, or has a table all the same."""
    return is_file(folder / TABLE)


def cache_of(faces: Path, otherwise: Path) -> Path:
    """The folder for what is computed from ``faces``: in the set, where that is one of ours and can be written."""
    own = faces.is_dir() and is_set(faces) and os.access(faces, os.W_OK)
    return faces / CACHE if own else otherwise


def is_set(folder: Path) -> bool:
    """Whether the folder's table has a row, and every column that ``write_table`` writes. Raises ``BadFile``."""
    return has_table(folder) and any(row.keys() >= {*COLUMNS} for _, row in table_rows(folder / TABLE))


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
    rows: dict[str, FaceRow] = {}
    lines: dict[str, int] = {}
    problems = []
    for line, row in table_rows(folder / TABLE):
        said = {name: row.get(name, "") for name in COLUMNS}
        said |= {"path": _path(folder, said["path"]), "person": composed(said["person"])}
        if problem := _problem(said):
            problems.append(f"line {line}: {problem}")
        elif (path := said["path"]) in rows:
            problems.append(f"line {line}: {shown(path)!r} stands in line {lines[path]} already; delete one of them")
        else:
            lines[path] = line
            rows[path] = FaceRow(**said | {"label": LABELS[label_of(said["label"]) or 0]})
    if problems:
        more = len(problems) - PROBLEMS_AT_MOST
        raise BadFile(folder / TABLE, problems[:PROBLEMS_AT_MOST] + ([f"{more} more problems"] if more > 0 else []))
    return list(rows.values())


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
    """Write the table, whole or not at all; columns that somebody added stay with their pictures. Raises ``BadFile``.

    The last one is not kept: somebody in it may have withdrawn.
    """
    added: dict[str, dict[str, str]] = {}
    names: dict[str, None] = {}
    for _, row in table_rows(folder / TABLE) if has_table(folder) else ():
        added[_path(folder, row["path"])] = more = {name: row[name] for name in row if name not in COLUMNS}
        names |= dict.fromkeys(more)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, *names])
    writer.writerows([*astuple(row), *(added.get(row.path, {}).get(name, "") for name in names)] for row in rows)
    write_alone(folder / TABLE, text.getvalue())


def write_alone(path: Path, text: str) -> None:
    """Write a file of people for its owner alone, whole or not at all, and keep no predecessor. Raises ``BadFile``."""
    try:
        write_over(path, text.encode(), private=True)
    except OSError as error:
        raise BadFile(path, [f"cannot be written: {error.strerror or error}"]) from error
    except UnicodeEncodeError as error:
        name = shown(error.object[: error.end].rpartition("\n")[2] + "...", 200)
        raise BadFile(path, [f"cannot be written: a name in it is not UTF-8: {name}; rename that file"]) from error


def forget_others_of(path: Path) -> None:
    """Delete what a kill left beside a file of people: half of it, or the one before. Raises ``OSError``."""
    for other in (previous_of(path), path.with_name(f"{path.name}.new")):
        other.unlink(missing_ok=True)


def people_of(rows: Sequence[FaceRow]) -> list[str]:
    """The codes of all who are in it, in order."""
    return sorted({row.person for row in rows if row.person})


def _path(folder: Path, written: str) -> str:
    """As ``relative_to`` gives it; '' for none."""
    return PurePosixPath(path).as_posix() if (path := path_in(folder, written)) else ""


def _problem(said: dict[str, str]) -> str:
    path = PurePosixPath(said["path"])
    leads_out = path.is_absolute() or ".." in path.parts or PureWindowsPath(path).drive
    if not said["path"] or leads_out or "\0" in said["path"]:
        return f"path {shown(said['path'])!r} must lie inside of the folder"
    if label_of(said["label"]) is None:
        return f"label {shown(said['label'])!r} is none of {', '.join(LABELS)}"
    if said["part"] not in ("", *PARTS):
        return f"part {shown(said['part'])!r} is none of {', '.join(PARTS)}"
    return ""
