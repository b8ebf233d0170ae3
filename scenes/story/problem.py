"""One thing that is wrong with a story."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What, where, what to do."""

    key: str
    """Dotted key as written in the file: 'scenes.door.branch.0.to' (lists count from 0)."""
    message: str
    fatal: bool = True
    """False: told, and the show goes on."""
    forgivable: bool = False
    """It comes of a media file that is lost or cut short; an unattended start goes on without that file."""
    unplayable: str | None = None
    """The scene that cannot be played because of it."""

    def __str__(self) -> str:
        return f"{self.key}: {self.message}"
