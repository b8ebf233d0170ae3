"""Rooms that begin a scene together: who is ready, when all begin, and by whose clock. Pure: times are arguments.

Each room says again and again how it stands (nothing is lost with a message), and when it heard the others last, as
NTP's symmetric mode does: from that each knows how far the others' clocks are from its own, by the shortest of the last
round trips through the broker. Of those that are ready the first by name says when all begin, to each in its own clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import Field

from installation.rooms.topics import Payload
from scenes.machine.other_rooms import Meeting

LEAD_SECONDS = 0.3
"""From saying when, to then: the word must have come to all."""
LAST_CALL_SECONDS = 1.0
"""So long before the first limit is over those that are ready begin without the others."""
STALE_SECONDS = 2.0
"""A room that was not heard for so long is not ready."""
TRIPS_KEPT, ROOMS_AT_MOST = 8, 32


class Standing(Payload):
    """What a room says of itself. ``clock`` and all other times here are of its own monotonic clock."""

    at: float
    """Unix seconds."""
    clock: float
    heard: dict[str, tuple[float, float]] = Field({}, max_length=ROOMS_AT_MOST)
    """Of each room the ``clock`` that it said last, and when that was heard."""
    scene: str = ""
    """That it is ready for."""
    left_seconds: float = 0.0
    """For so long it waits on."""
    begin: dict[str, float] = Field({}, max_length=ROOMS_AT_MOST)
    """When each room begins, by that room's clock."""


class _Trip(NamedTuple):
    delay: float
    offset: float


@dataclass(slots=True)
class _Other:
    standing: Standing
    heard_at: float
    trips: deque[_Trip] = field(default_factory=lambda: deque(maxlen=TRIPS_KEPT))

    @property
    def offset(self) -> float | None:
        """How far its clock is before ours; None: no round trip yet."""
        return min(self.trips).offset if self.trips else None


class Rendezvous:
    """One room's view of a meeting."""

    def __init__(self, own: str) -> None:
        self._own = own
        self._others: dict[str, _Other] = {}
        self._meeting: Meeting | None = None
        self._meeting_since = 0.0
        self._begin: dict[str, float] = Field({}, max_length=ROOMS_AT_MOST)

    def hear(self, room: str, said: Standing, now: float) -> None:
        """What another room has said of itself."""
        other = self._others.setdefault(room, _Other(said, now))
        other.standing, other.heard_at = said, now
        if self._own in said.heard:
            sent, arrived = said.heard[self._own]
            delay = (now - sent) - (said.clock - arrived)
            if 0 <= delay < STALE_SECONDS:
                other.trips.append(_Trip(delay, ((arrived - sent) + (said.clock - now)) / 2))
        meeting = self._meeting
        if meeting and not self._begin and said.scene == meeting.scene and self._own in said.begin:
            soon = abs(said.begin[self._own] - now) < STALE_SECONDS
            self._begin = dict(said.begin) if soon else {}

    def meet(self, meeting: Meeting | None, now: float) -> None:
        """What this room waits for now; None: for no other."""
        if meeting is None or self._meeting is None or meeting.entry != self._meeting.entry:
            self._begin = {}
        self._meeting, self._meeting_since = meeting, now

    def say(self, at: float, now: float) -> Standing:
        """How this room stands, for the others."""
        heard = {
            name: (one.standing.clock, one.heard_at)
            for name, one in self._others.items()
            if now - one.heard_at < 10 * STALE_SECONDS
        }
        scene, left = ("", 0.0) if self._meeting is None else (self._meeting.scene, self._left(now))
        return Standing(at=at, clock=now, heard=heard, scene=scene, left_seconds=left, begin=self._begin)

    def agree(self, gone: Collection[str], now: float) -> bool:
        """Say when all begin, if that is for this room to say and all are there; true: there is news for the others."""
        meeting = self._meeting
        if meeting is None or self._begin:
            return False
        wanted = set(meeting.rooms) - {self._own} - set(gone)
        heard = {name: one for name, one in self._others.items() if name in wanted}
        ready = {name: one for name, one in heard.items() if _is_ready(one, meeting.scene, now)}
        if not ready or min(ready) < self._own:
            return False
        left = min(self._left(now), *(one.standing.left_seconds - (now - one.heard_at) for one in ready.values()))
        offsets = {name: one.offset for name, one in ready.items()}
        if (wanted - ready.keys() or None in offsets.values()) and left > LAST_CALL_SECONDS:
            return False
        begin = now + LEAD_SECONDS
        known = {name: begin + offset for name, offset in offsets.items() if offset is not None}
        self._begin = {self._own: begin, **known} if known else {}
        return bool(known)

    def begins(self, now: float) -> tuple[int, tuple[str, ...]]:
        """Entry of the scene that is to begin now, and with whom; 0: none."""
        if self._meeting is None or self._own not in self._begin or now < self._begin[self._own]:
            return 0, ()
        return self._meeting.entry, tuple(name for name in self._begin if name != self._own)

    def offsets(self) -> Mapping[str, float]:
        """How far the clock of each room is before ours, in seconds."""
        return {name: one.offset for name, one in self._others.items() if one.offset is not None}

    def _left(self, now: float) -> float:
        return self._meeting.left_seconds - (now - self._meeting_since) if self._meeting else 0.0


def _is_ready(other: _Other, scene: str, now: float) -> bool:
    """It waits for this scene, and nobody has said when it begins."""
    fresh = now - other.heard_at < STALE_SECONDS
    return fresh and other.standing.scene == scene and not other.standing.begin
