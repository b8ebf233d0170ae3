"""A story as Twine has it: passages with tags, a place on the map, and text."""

from __future__ import annotations

from dataclasses import dataclass, field

NOT_FOR_READERS = ("script", "stylesheet", "Twine.private", "annotation", "header", "footer", "startup")
"""Tags of passages that are code, or notes of the author."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage. ``line``: where its text begins in the file; 0 where the file is no text for people."""

    name: str
    text: str
    tags: tuple[str, ...] = ()
    position: tuple[float, float] | None = None
    line: int = 0

    def place(self, line: int) -> str:
        """Where the line of its text is, for a person; counted from 0."""
        return f"line {self.line + line} (passage {self.name!r})" if self.line else f"{self.name}, line {line + 1}"


@dataclass(slots=True)
class TwineStory:
    """Passages, and what the file says of all of them."""

    title: str = ""
    start: str = ""
    """Name of the first passage."""
    ifid: str = ""
    format: str = ""
    """The story format, with its version: ``Harlowe 3.3.9``."""
    passages: list[Passage] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    """Place and words for what could not be read."""


def position_of(text: object) -> tuple[float, float] | None:
    """``"100,200"`` as two numbers; None where it is something else."""
    try:
        x, y = (float(part) for part in str(text).split(","))
    except ValueError:
        return None
    return (x, y) if abs(x) < 1e9 and abs(y) < 1e9 else None
