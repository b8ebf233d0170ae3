"""What a story asks of other rooms: values as signals, a scene that waits for one, a scene that rooms begin together.

As an author writes it. What other rooms say comes in as ``scenes/machine/rooms.py`` and ``signals.py`` tell.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, NamedTuple, cast

from pydantic import AfterValidator, Field

from calibration.settings import MAX_VISITORS, Section
from scenes.story.names import Name

ROOM = r"^[a-z0-9_-]{1,40}$"
VALUE = r"^[a-z0-9_-]{1,40}/((mood|scene)/[a-z][a-z0-9_-]{0,62}|in_take|alive)$"
EXAMPLES = "hall/mood/happiness, hall/mood/present, hall/scene/cellar, hall/in_take or hall/alive"
Kind = Literal["mood", "scene", "in_take", "alive"]
MEASURES = {
    "valence": (-1.0, 1.0),
    "arousal": (-1.0, 1.0),
    "facing": (0.0, 1.0),
    "speaking": (0.0, 1.0),
    "present": (0.0, 1.0),
    "count": (0.0, float(MAX_VISITORS)),
}
"""What ``ROOM/mood/...`` has besides emotions and groups, with the range of each."""
LONGEST_WAIT_SECONDS = 600.0


class RoomValue(NamedTuple):
    """One value of another room: ``hall/mood/happiness``."""

    room: str
    kind: Kind
    word: str = ""
    """Of a mood: an emotion, a group or a measure; of a scene: its name."""

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest that it can be."""
        return MEASURES.get(self.word, (0.0, 1.0)) if self.kind == "mood" else (0.0, 1.0)

    @property
    def is_switch(self) -> bool:
        """It is 0 or 1: a condition need not say above what."""
        return self.kind != "mood" or self.word == "present"


def room_value(text: str) -> RoomValue:
    """The value that is meant. Raises ``ValueError`` in words."""
    if not re.match(VALUE, text):
        raise ValueError(f"is no value of another room; expected such as {EXAMPLES}")
    room, kind, *word = text.split("/")
    return RoomValue(room, cast(Kind, kind), *word)


def is_room_value(text: str | None) -> bool:
    """Whether it names a value of another room; false for the name of a signal."""
    try:
        return text is not None and bool(room_value(text))
    except ValueError:
        return False


def _valid_path(text: str) -> str:
    room_value(text)
    return text


def _valid_room(name: str) -> str:
    if not re.match(ROOM, name):
        raise ValueError("is no room's name; it has only a-z, digits, _ and -")
    return name


RoomPath = Annotated[str, AfterValidator(_valid_path), Field(json_schema_extra={"pattern": VALUE})]
RoomName = Annotated[str, AfterValidator(_valid_room), Field(json_schema_extra={"pattern": ROOM})]
Limit = Annotated[
    float,
    Field(gt=0, le=LONGEST_WAIT_SECONDS, description="So long at most; then the film goes on without", examples=[20]),
]


class WaitFor(Section):
    """The scene begins when another room is in a scene of its own, or the time is over."""

    room: RoomName = Field(description="Name of the other room", examples=["hall"])
    scene: Name = Field(description="The scene of its story in which it must be", examples=["cellar"])
    limit_seconds: Limit

    def __str__(self) -> str:
        """In words, for whoever watches."""
        return f"waits for {self.room} in {self.scene}, {self.limit_seconds:g} s at most"


class Together(Section):
    """Several rooms begin their scene of this name at one moment, or go on when the time is over."""

    rooms: tuple[RoomName, ...] = Field(
        min_length=1, max_length=16, description="The other rooms; one's own name may be among them"
    )
    limit_seconds: Limit

    def __str__(self) -> str:
        """In words, for whoever watches."""
        return f"begins together with {', '.join(self.rooms)}, waits {self.limit_seconds:g} s at most"
