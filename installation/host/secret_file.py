"""A password that lies in a file of its own, so that it stands in no settings that are passed on."""

from __future__ import annotations

from pathlib import Path

from calibration.errors import BadFile


def first_line(path: Path, what: str = "password") -> str:
    """The file's first line without blanks around it. Raises ``BadFile``, without a word of what is in it."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "is no text"
        raise BadFile(path, [f"cannot be read: {why}; it holds the {what} in its first line"]) from None
    if not lines or not lines[0].strip():
        raise BadFile(path, [f"has no first line, where the {what} should be"])
    return lines[0].strip()
