"""The table of all rooms: messages in, rooms out. Bounded, whatever is sent; times are arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from calibration.rooms_settings import HOUSE, ROOM_AT_MOST
from installation.fleet.room import Room, heard
from installation.rooms.topics import STATUS

MOST_ROOMS = 4000
ROOM = re.compile(rf"[a-z0-9_-]{{1,{ROOM_AT_MOST}}}")


class RoomTable:
    """``rooms`` by name. ``expected``: rooms that must be there, known before they have spoken."""

    def __init__(self, expected: Iterable[str], now: float) -> None:
        self._expected = frozenset(expected)
        self._rooms = {name: Room(name, now) for name in sorted(self._expected)}
        self.refused = 0
        """Messages that could not be read, or were of more rooms than are kept."""

    def __iter__(self) -> Iterator[Room]:
        return iter(self._rooms.values())

    def __len__(self) -> int:
        return len(self._rooms)

    def get(self, name: str) -> Room | None:
        """One room."""
        return self._rooms.get(name)

    def apply(self, name: str, kind: str, payload: bytes, now: float) -> Room | None:
        """Take a message in; the room where that changed it, else None. Never raises.

        An empty status is what a broker is told to forget a room: it is forgotten here too, unless it is expected.
        """
        if not is_room(name):
            return None
        room = self._rooms.get(name)
        if kind == STATUS and not payload:
            return self._forget(name, now)
        if not payload:  # a retained message that was taken back
            return None
        if room is None and len(self._rooms) >= MOST_ROOMS:
            self.refused += 1
            return None
        found = heard(room or Room(name, now), kind, payload, now)
        if found is None:
            self.refused += 1
            return None
        if found is room:
            return None
        self._rooms[name] = found
        return found

    def _forget(self, name: str, now: float) -> Room | None:
        if self._rooms.pop(name, None) is None:
            return None
        room = Room(name, now)
        if name in self._expected:
            self._rooms[name] = room
        return room


def is_room(name: str) -> bool:
    """It can be a room's name."""
    return bool(ROOM.fullmatch(name)) and name != HOUSE
