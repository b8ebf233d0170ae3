"""A venue that was put: laid over the room's own file, key by key, as far as the room takes it.

What belongs to the room itself stays as its file has it: who it is, its eye and what visitors were promised, where
anything of them goes, and its way to the house. ``accept_venues = "whole"`` gives all of that away but the last.
"""

from __future__ import annotations

from typing import Any

from calibration.venue_writer import Changes, changed_text

SETTINGS = ("mood", "screen", "sound", "course", "hours", "timecode")
"""Sections that a house may set in a room that accepts settings."""
NEVER = ("rooms", "calibration")
"""The way by which a room is reached, and what was measured in it."""


def laid_over(own: str, own_said: dict[str, Any], put: dict[str, Any], *, whole: bool) -> tuple[str, list[str]]:
    """The text of the room's file with what was put, and the keys that stay as the room has them.

    ``own_said``, ``put``: what stands in both files. Raises ``BadInput`` where the outcome could not be read.
    """
    changes: Changes = {}
    left: list[str] = []
    for section, said in put.items():
        taken = section not in NEVER if whole else section in SETTINGS
        for key, value in _flat(said) if isinstance(said, dict) else ():  # name and story are the room's own
            if value == _at(own_said, (section, *key)):
                continue
            if taken:
                changes.setdefault(".".join([section, *key[:-1]]), {})[key[-1]] = (_as_written(value), "")
            else:
                left.append(".".join([section, *key]))
    if not changes:
        return own, left
    return changed_text(own, changes), left


def _flat(said: dict[str, Any]) -> list[tuple[tuple[str, ...], Any]]:
    """Each key below a section with its names. What is empty, or whose names are no bare keys, is one value."""
    found: list[tuple[tuple[str, ...], Any]] = []
    for name, value in said.items():
        bare = isinstance(value, dict) and value and all(one.replace("_", "").isalnum() for one in value)
        found += [((name, *rest), one) for rest, one in _flat(value)] if bare else [((name,), value)]
    return found


def _at(said: Any, key: tuple[str, ...]) -> Any:
    for name in key:
        said = said.get(name) if isinstance(said, dict) else None
    return said


def _as_written(value: Any) -> Any:
    return tuple(_as_written(one) for one in value) if isinstance(value, list) else value
