"""Reads a story file so that malformed keys and wrong names or times are reported together.

If some keys are malformed, the rest is still read: the malformed ones are removed from a copy, and what remains is a
story whose names and times can be checked. The author fixes ten mistakes in one run, not one in each of ten.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from calibration.errors import BadFile
from calibration.files import load_toml, read_toml
from scenes.story.problem import Problem
from scenes.story.story_file import StoryFile

BLANK = "?"
"""Placeholder for a missing word in a salvaged story; the checks ignore it."""
BLANKS: dict[Any, Any] = {
    "at_seconds": 0,
    "address": "/blank",
    "osc": "/blank",
    "when": {"untrusted": True},
    "of": [BLANK, f"{BLANK}{BLANK}"],
    "room": "blank",
    "rooms": ["blank"],
    "scene": "blank",
    "limit_seconds": 1,
}
BLANK_ITEMS: dict[Any, dict[str, Any]] = {
    "branch": {"to": BLANK, "otherwise": True},
    "cue": {"at_seconds": 0, "volume": 1.0},
    "stem": {"file": BLANK},
    "any": {"untrusted": True},
    "all": {"untrusted": True},
    "thread": {"name": "blank", "clip": BLANK},
    "cut": {"to": BLANK, "when": {"untrusted": True}},
    "drive": {"what": "brightness", "follow": {"valence": True}, "from": 1, "to": 0},
}


def read_story_file(path: Path, text: str | None = None) -> tuple[StoryFile | None, list[Problem], frozenset[str]]:
    """The story as far as it can be read, the malformed keys, and the scenes from which something was removed.

    ``text``: what was read of the file before. Raises ``BadFile`` if the file is not TOML at all.
    """
    try:
        return load_toml(path, StoryFile, text), [], frozenset()
    except BadFile as error:
        cause = error.__cause__
        if not isinstance(cause, ValidationError):
            raise
        lines = (line.partition(": ") for line in error.problems)
        problems = [Problem(key.removesuffix(".[key]"), message) for key, _, message in lines]
    rest = read_toml(path, text)
    damaged: set[str] = set()
    for _ in range(8):  # what is left out can make its parent faulty, as many levels up as conditions nest
        damaged |= {str(fault["loc"][1]) for fault in cause.errors() if len(fault["loc"]) > 1}
        for place in sorted({fault["loc"] for fault in cause.errors()}, key=str, reverse=True):
            _remove(rest, place)
        try:
            return StoryFile.model_validate(rest), problems, frozenset(damaged)
        except ValidationError as again:
            cause = again
    return None, problems, frozenset(damaged)


def _remove(raw: dict[str, Any], place: tuple[int | str, ...]) -> None:
    """Remove the value at ``place``; a missing key or an item of a list is replaced by a blank."""
    trail: list[tuple[Any, Any]] = []
    here: Any = raw
    for part in place:
        if part not in (here if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()):
            break
        trail.append((here, part))
        here = here[part]
    missing = place[len(trail) :]
    if len(missing) == 1 and isinstance(here, dict) and missing[0] != "[key]":
        here[missing[0]] = BLANKS.get(missing[0], BLANK)
    elif trail and isinstance(trail[-1][0], list):  # its neighbours keep their numbers
        items, number = trail[-1]
        if items[number] == BLANK:  # a list of numbers, in which no word can stand
            _remove(raw, place[: len(trail) - 1])
            return
        items[number] = dict(BLANK_ITEMS[trail[-2][1]]) if trail[-2][1] in BLANK_ITEMS else BLANK
    elif trail:
        table, key = trail[-1]
        del table[key]
        if key == "when":  # so that the rest of the branch can still be checked
            table[key] = BLANKS[key]
        elif len(trail) > 1 and trail[-2][1] in ("set", "add") and not missing:  # the counter has its name
            table[key] = 0
        elif key == "kind" and len(trail) == 3 and "clip" not in table and "thread" not in table:
            table[key] = "course"  # so that what a scene without a clip may have is not refused as well
