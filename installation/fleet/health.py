"""How a room is, judged from its status, the age of its beat, and what it says of its parts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from installation.fleet.room import Room
from installation.rooms.reader import HANGS_AFTER
from installation.rooms.topics import RoomState

SEES = ("camera", "eye")
"""The parts without which nobody is seen."""
FAULT, CLOSED = "fault", "closed"
DRIFT_STOPS = 1.0
"""Change of the light from which the eye should be calibrated again."""


class Need(StrEnum):
    """How a room is; in this order rooms need somebody."""

    LOST = "lost"
    """Its status says offline, or it has never spoken."""
    HUNG = "hung"
    """Its status says online, but its beat stands still."""
    TROUBLE = "trouble"
    """It plays, but a part is lost, the safe scene runs, or the light has drifted."""
    WAITING = "waiting"
    """It was heard of a moment ago, and is not judged yet."""
    WELL = "well"
    CLOSED = "closed"
    """Well, and its doors are closed."""


@dataclass(frozen=True, slots=True)
class Health:
    """The judgement of one moment."""

    need: Need
    since: float | None = None
    """Monotonic seconds: since when it is lost or hung."""
    drifted: bool = False


def health_of(room: Room, now: float, heard_since: float, drift_stops: float = DRIFT_STOPS) -> Health:
    """How ``room`` is at ``now``. ``heard_since``: from when on the broker is heard without a break."""
    sign, state = room.sign, room.state
    if sign.online is None:
        known = max(room.known_since, heard_since)
        return Health(Need.WAITING) if now - known <= HANGS_AFTER else Health(Need.LOST, known)
    if not sign.online:
        return Health(Need.LOST, room.turned_at)
    moved = max(sign.moved_at, heard_since)
    if now - moved > HANGS_AFTER:
        return Health(Need.HUNG, moved)
    if state is None or sign.moved_at < heard_since:  # what it was before the broker went says nothing of now
        return Health(Need.WAITING)
    drifted = state.counters.drift >= drift_stops and not blind_parts(state)
    if drifted or state.lost or state.word == FAULT:
        return Health(Need.TROUBLE, drifted=drifted)
    return Health(Need.CLOSED if state.word == CLOSED else Need.WELL)


def blind_parts(state: RoomState) -> tuple[str, ...]:
    """What is lost of the parts without which nobody is seen, in words."""
    lost = (sense for sense in state.senses if sense.state == "lost" and sense.name in SEES)
    return tuple(f"{sense.name}: {sense.words}" for sense in lost)
