"""Who agreed to what, and when: ``consent.csv`` in the folder of a set, by random codes alone."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from calibration.files import is_file
from models.dataset.table import write_alone
from models.evaluation.csv_rows import named_rows

CONSENT = "consent.csv"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are taken for others when somebody reads a code out."""
CODE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Consent:
    """One yes of one person."""

    person: str
    when: str
    """Date and time of the machine."""
    agreed_to: str
    """The question, word for word."""


COLUMNS = tuple(field.name for field in fields(Consent))


def new_code(taken: Iterable[str]) -> str:
    """A random code that nobody has: it says nothing about the person, and cannot be guessed from others."""
    known = set(taken)
    while (code := "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))) in known:
        pass
    return code


def is_code(word: str) -> bool:
    """Whether ``new_code`` may have given it."""
    return len(word) == CODE_LENGTH and set(word) <= set(LETTERS)


def read_consents(folder: Path) -> list[Consent]:
    """All that were given, in order; none where there is no file. Raises ``BadFile``."""
    file = folder / CONSENT
    return [Consent(*(row[name] for name in COLUMNS)) for _, row in named_rows(file, COLUMNS)] if is_file(file) else []


def write_consents(folder: Path, consents: Iterable[Consent]) -> None:
    """Write them all, on the disk before this returns. Raises ``BadFile``."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(astuple(one) for one in consents)
    write_alone(folder / CONSENT, text.getvalue())
