"""A file that is missing under the name that was written, and stands there under nearly that name."""

from __future__ import annotations

import difflib
import unicodedata
from pathlib import Path

LISTED = 5_000
"""Names of a folder that are looked at."""


def near_file(path: Path) -> str:
    """What else the folder holds, for the end of "no such file": how the name differs, or one that is near; '' if none.

    A folder on the way that is missing is what is told.
    """
    missing = path
    try:
        while not missing.parent.is_dir() and missing.parent != missing:
            missing = missing.parent
        names = sorted(entry.name for entry, _ in zip(missing.parent.iterdir(), range(LISTED), strict=False))
    except (OSError, ValueError):
        return ""
    wanted = missing.name
    if wanted in names:
        return "; it is a link to a file that is gone"
    for name in names:
        if difference := _difference(wanted, name):
            return f"; there is {_quoted(name)}, which differs {difference}: write the name as the file has it"
    same = [name for name in names if Path(_plain(name)).stem == Path(_plain(wanted)).stem]
    near = same or difflib.get_close_matches(wanted, names, n=1, cutoff=0.7)
    return f"; did you mean {_quoted(near[0])}?" if near else ""


def _difference(wanted: str, name: str) -> str:
    """In what alone two names differ; '' if they differ in more."""
    if wanted.strip() == name.strip():
        return "by a blank at its end or beginning"
    if _composed(wanted) == _composed(name):
        return "by its Unicode form only (letters and accents as one sign or as two)"
    if _composed(wanted).casefold() == _composed(name).casefold():
        return "in capital and small letters"
    if _plain(name).startswith(f"{_plain(wanted)}."):
        return "by a second ending, which Windows may hide"
    return "in capitals, blanks or Unicode form" if _plain(wanted) == _plain(name) else ""


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _plain(name: str) -> str:
    return _composed(name).casefold().strip()


def _quoted(name: str) -> str:
    return "'" + "".join(letter if letter.isprintable() else "?" for letter in name) + "'"
