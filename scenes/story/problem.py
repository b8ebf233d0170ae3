"""One thing that is wrong with a story."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and what to do about it."""

    key: str
    """Dotted key as written in the file: 'scenes.door.branch.0.to' (lists count from 0)."""
    message: str
    fatal: bool = True
    """False: a warning; the show can run."""
    forgivable: bool = False
    """A media file is missing or cut short; a show that starts unattended goes on without that file."""
    unplayable: str | None = None
    """The scene that cannot be played because of it."""

    def __str__(self) -> str:
        return f"{self.key}: {self.message}"
