"""Somebody withdraws from a set of faces: all of theirs is deleted."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from calibration.errors import BadFile
from models.dataset.consent import CONSENT, read_consents, write_consents
from models.dataset.table import has_table, read_table, write_table
from models.labels import LABELS


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted."""

    pictures: int
    lines: int
    consents: int

    @property
    def anything(self) -> bool:
        """There was somebody of this code."""
        return bool(self.pictures or self.lines or self.consents)


def forget_person(folder: Path, person: str) -> Forgotten:
    """Delete the pictures first, then the lines: stopped in its middle, it can be asked for again.

    Pictures that a kill left without a line are found by the code in their names. Raises ``BadFile``.
    """
    rows = read_table(folder)
    files = {folder / row.path for row in rows if row.person == person}
    for label in LABELS:
        if (folder / label).is_dir() and person:
            files |= {file for file in (folder / label).iterdir() if file.name.startswith(f"{person}-")}
    pictures = 0
    try:
        for file in files:
            with suppress(FileNotFoundError):
                file.unlink()
                pictures += 1
    except OSError as error:
        raise BadFile(error.filename or folder, [f"cannot be deleted: {error.strerror or error}; try again"]) from error
    left = [row for row in rows if row.person != person]
    if has_table(folder) and len(left) < len(rows):
        write_table(folder, left)
    consents = read_consents(folder)
    stay = [one for one in consents if one.person != person]
    if (folder / CONSENT).exists() and len(stay) < len(consents):
        write_consents(folder, stay)
    return Forgotten(pictures, len(rows) - len(left), len(consents) - len(stay))
