"""The tokens of rooms that ask for one before they obey: a room and its token in each line of a file."""

from __future__ import annotations

from pathlib import Path

from calibration.errors import BadFile
from calibration.files import read_text


def read_room_tokens(file: str) -> dict[str, str]:
    """By room; none where no file is named. Raises ``BadFile``, without a word of what is in it."""
    if not file:
        return {}
    found, problems = dict[str, str](), []
    for number, line in enumerate(read_text(Path(file)).splitlines(), 1):
        words = line.split()
        if len(words) == 2:
            found[words[0]] = words[1]
        elif words and not words[0].startswith("#"):
            problems.append(f"line {number} is not a room and its token, with a blank between")
    if problems:
        raise BadFile(file, problems)
    return found
