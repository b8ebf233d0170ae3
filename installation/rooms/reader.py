"""How another room is, judged by what is heard of it. Pure: times are arguments, in monotonic seconds of the reader.

A broker says that a program is gone, and not that one hangs: a stopped process keeps its connection for a long time.
So a room counts, and a reader that hears the same number, or none, for five seconds knows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from installation.rooms.topics import ONLINE, Beat, read

HANGS_AFTER = 5.0


class Condition(StrEnum):
    """Whether a room lives."""

    LIVES = "lives"
    HANGS = "hangs"
    """Its connection stands, and its show does not move."""
    GONE = "gone"
    """The broker says so, or the room has said so itself."""
    UNKNOWN = "unknown"
    """Nothing has been heard of it."""


@dataclass(frozen=True, slots=True)
class RoomSign:
    """What was heard of one room's life. ``RoomSign()`` is one of which nothing was heard."""

    online: bool | None = None
    number: int | None = None
    moved_at: float = float("-inf")
    """When it was last known to move."""

    def with_status(self, payload: bytes, now: float) -> RoomSign:
        """The same after its ``status``."""
        online = payload == ONLINE
        return replace(self, online=online, moved_at=now if online and not self.online else self.moved_at)

    def with_beat(self, payload: bytes, now: float) -> RoomSign:
        """The same after a beat; one that cannot be read is none."""
        beat = read(Beat, payload)
        if beat is None or beat.number == self.number:
            return self
        return replace(self, number=beat.number, moved_at=now)

    def condition(self, now: float) -> Condition:
        """How the room is at ``now``."""
        if self.online is None:
            return Condition.UNKNOWN
        if not self.online:
            return Condition.GONE
        return Condition.LIVES if now - self.moved_at < HANGS_AFTER else Condition.HANGS
