"""The two tokens of a machine's console: an operator's, and that of a viewer who may change nothing.

They lie in one file that only its owner may read. Light: the console's process imports it.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

TOKEN_FILE = "console-tokens"  # noqa: S105 - the file's name
_LINES = re.compile(r"operator ([\w-]{20,100})\nviewer ([\w-]{20,100})\n")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What opens the console from the network."""

    operator: str
    viewer: str

    def __repr__(self) -> str:
        """Tell neither: a repr ends in logs."""
        return "Tokens(...)"


def new_tokens() -> Tokens:
    """Tokens that nobody can guess."""
    return Tokens(secrets.token_urlsafe(24), secrets.token_urlsafe(24))


def read_tokens(folder: Path) -> Tokens:
    """The tokens that lie in the state folder; made where there are none yet, or where the file was damaged.

    Raises OSError where the file can be neither read nor written.
    """
    file = folder / TOKEN_FILE
    for _ in range(3):  # another process may make or replace them at the same moment
        found = _read(file)
        if found:
            return found
        _make(file)
    raise OSError(f"{file} holds no tokens and could not be written")


def _read(file: Path) -> Tokens | None:
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, encoding="ascii", errors="replace") as text:
        with suppress(OSError, AttributeError):  # restored from a backup, say: nobody else may read it from now on
            os.fchmod(descriptor, 0o600)
        lines = _LINES.fullmatch(text.read(500))
    if lines:
        return Tokens(*lines.groups())
    file.unlink(missing_ok=True)
    return None


def _make(file: Path) -> None:
    """Write new ones, whole or not at all; whoever comes second takes those of the first."""
    file.parent.mkdir(parents=True, exist_ok=True)
    tokens = new_tokens()
    descriptor, name = mkstemp(dir=file.parent, prefix=".console-")  # mode 0600 from the first moment
    made = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as text:
            text.write(f"operator {tokens.operator}\nviewer {tokens.viewer}\n")
            text.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):
            os.link(made, file)
    finally:
        made.unlink(missing_ok=True)
