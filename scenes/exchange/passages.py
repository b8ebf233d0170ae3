"""A story as Twine has it: passages with tags, a place on the map, and text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CODE_TAGS = {"script", "stylesheet", "Twine.private", "annotation", "header", "footer", "startup", "widget", "init"}
CODE_NAMES = {
    *("StoryInit", "StoryCaption", "StoryMenu", "StorySettings", "StoryAuthor", "StoryBanner", "StoryDisplayTitle"),
    *("StorySubtitle", "StoryShare", "StoryInterface", "PassageHeader", "PassageFooter", "PassageReady", "PassageDone"),
}
"""Of SugarCube."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage. ``line``: that of its header in the file; 0 where the file is no text for people."""

    name: str
    text: str
    tags: tuple[str, ...] = ()
    position: tuple[float, float] | None = None
    line: int = 0

    @property
    def is_code(self) -> bool:
        """Whether it is no passage that a reader comes to."""
        return bool(CODE_TAGS.intersection(self.tags)) or self.name in CODE_NAMES

    def place(self, line: int | None = None) -> str:
        """Where it is, or the line of its text (counted from 0), for a person."""
        if self.line:
            return f"line {self.line + (0 if line is None else line + 1)} (passage {self.name!r})"
        return f"passage {self.name!r}" + ("" if line is None else f", line {line + 1}")


@dataclass(slots=True)
class TwineStory:
    """Passages, and what the file says of all of them."""

    title: str = ""
    start: str = ""
    """Name of the first passage."""
    ifid: str = ""
    format: str = ""
    """The story format, with its version: ``Harlowe 3.3.9``."""
    other: dict[str, Any] = field(default_factory=dict)
    """What else StoryData says, of Twine's own window: colours of tags, zoom."""
    passages: list[Passage] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    """Place and words for what could not be read."""


def position_of(place: object) -> tuple[float, float] | None:
    """``"100,200"``, or two numbers in a list, as two numbers; None where it is something else."""
    parts = place if isinstance(place, list | tuple) else str(place).split(",")
    try:
        x, y = (float(str(part)) for part in parts)
    except ValueError:
        return None
    return (x, y) if abs(x) < 1e9 and abs(y) < 1e9 else None
