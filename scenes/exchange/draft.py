"""What an import makes: a story's tables, what could not be taken over, and where everything stood on Twine's map."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from scenes.story.checks import RESERVED_NAMES
from scenes.story.names import NAME

NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")
MADE_LETTERS = 50
"""Of a name that is made; 63 are allowed, and a number may follow."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something of the foreign file that was not taken over as it stood there, or had to be assumed."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" if self.place else self.what


@dataclass(slots=True)
class Draft:
    """A story as it is being brought in."""

    raw: dict[str, Any] = field(default_factory=dict)
    """The tables of the story file."""
    comments: dict[str, list[str]] = field(default_factory=dict)
    """Lines to be kept as comments, by scene; "" for the whole story."""
    _notes: dict[Note, None] = field(default_factory=dict)
    twine: dict[str, Any] = field(default_factory=dict)
    """What only Twine wants to know, kept in a file beside the story."""

    @property
    def title(self) -> str:
        """Name of the film."""
        return str(self.raw["title"])

    @property
    def notes(self) -> list[Note]:
        """What was told, in its order."""
        return list(self._notes)

    def note(self, place: str, what: str) -> None:
        """Tell, once."""
        self._notes[Note(place, what)] = None


def scene_name(text: str, taken: set[str]) -> str:
    """A name for a scene as a story can have it, made of any words; it is ``taken`` from then on."""
    base = text
    if not re.fullmatch(NAME, text):
        letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
        base = NOT_IN_A_NAME.sub("-", letters).strip("-")[:MADE_LETTERS].strip("-")
        base = base if base[:1].isalpha() else f"scene-{base}".strip("-")
    name, number = base, 2
    while name in taken or name in RESERVED_NAMES:
        name, number = f"{base[:MADE_LETTERS]}-{number}", number + 1
    taken.add(name)
    return name
