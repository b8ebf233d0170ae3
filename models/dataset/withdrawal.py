"""Somebody withdraws from a set of faces: all of theirs is deleted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from calibration.errors import BadFile
from models.dataset.consent import CONSENT, is_code, read_consents, write_consents
from models.dataset.table import CACHE, FaceRow, alone_in, forget_others_of, has_table, read_table, write_table
from models.evaluation.labelled_files import TABLE, composed
from models.labels import LABELS


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted."""

    pictures: int
    lines: int
    consents: int
    outside: tuple[str, ...] = ()
    """Pictures that a link of the set leads to: they lie elsewhere, and are still there."""

    @property
    def anything(self) -> bool:
        """There was somebody of this code."""
        return bool(self.pictures or self.lines or self.consents or self.outside)


def forget_person(folder: Path, person: str) -> Forgotten:
    """Delete the pictures first, then the lines: stopped in its middle, it can be asked for again.

    A code also means who has it in a set that was imported (``NAME:CODE``), and small letters will do. Pictures that a
    kill left without a line are found by the code in their names; what was computed from the set is deleted whole.
    Raises ``BadFile``, and ``Unavailable`` while another command works on the set.
    """
    with alone_in(folder):
        rows, consents = read_table(folder), read_consents(folder)
        theirs = _names(composed(person.strip()), rows)
        left = [row for row in rows if row.person not in theirs]
        stay = [one for one in consents if one.person not in theirs]
        files = {folder / row.path for row in rows if row.person in theirs} | set(_without_a_line(folder, theirs, rows))
        own = folder.resolve()
        outside = tuple(sorted(str(file.resolve()) for file in files if not file.resolve().is_relative_to(own)))
        try:
            pictures = sum(_deleted(file, own) for file in files)
            if files and (folder / CACHE).exists():
                shutil.rmtree(folder / CACHE)
            for name in (TABLE, CONSENT):
                forget_others_of(folder / name)
        except OSError as error:
            said = f"cannot be deleted: {error.strerror or error}; try again"
            raise BadFile(error.filename or folder, [said]) from error
        if has_table(folder) and len(left) < len(rows):
            write_table(folder, left)
        if len(stay) < len(consents):
            write_consents(folder, stay)
        return Forgotten(pictures, len(rows) - len(left), len(consents) - len(stay), outside)


def _names(person: str, rows: list[FaceRow]) -> set[str]:
    """All that the table may call them; nobody is called ''."""
    code = person.upper()
    if not is_code(code):
        return {person} - {""}
    return {person, code} | {row.person for row in rows if row.person.endswith(f":{code}")}


def _without_a_line(folder: Path, theirs: set[str], rows: list[FaceRow]) -> Iterator[Path]:
    others = {folder / row.path for row in rows if row.person}
    for label in LABELS:
        for file in (folder / label).iterdir() if (folder / label).is_dir() else ():
            code = file.name.partition("-")[0]
            if is_code(code) and code in theirs and file not in others:
                yield file


def _deleted(file: Path, own: Path) -> bool:
    """Delete one picture, and folders above that are empty by it, for they may have the person's name."""
    if not file.parent.resolve().is_relative_to(own):
        return False
    try:
        file.unlink()
    except FileNotFoundError:
        return False
    with suppress(OSError):
        for above in file.parents:
            if above.resolve() == own:
                break
            above.rmdir()
    return True
