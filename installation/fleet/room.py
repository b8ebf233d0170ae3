"""One room as the house knows it: what it said last, and when. Pure: times are arguments, and nothing raises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from calibration.plain import one_line
from installation.rooms.reader import RoomSign
from installation.rooms.topics import (
    BEAT,
    INFO,
    MOOD,
    OFFLINE,
    ONLINE,
    REPORT,
    STATE,
    STATUS,
    RoomCard,
    RoomMood,
    RoomReport,
    RoomState,
    read,
)

WAY_AT_MOST = 60
LABEL_AT_MOST = 80


@dataclass(frozen=True, slots=True)
class Room:
    """All of one room. Times are monotonic seconds of the house, unless their name says otherwise."""

    name: str
    """As in its topics."""
    known_since: float
    sign: RoomSign = field(default_factory=RoomSign)
    """Whether it lives."""
    turned_at: float = float("-inf")
    """When its status was last another one."""
    card: RoomCard | None = None
    state: RoomState | None = None
    mood: RoomMood | None = None
    report: RoomReport | None = None
    """Of its last evening."""
    way: tuple[str, ...] = ()
    """The scenes of the running take, as far as the house heard them; of the last one while none runs."""

    @property
    def label(self) -> str:
        """For people: the venue's name, or else the room's."""
        return one_line(self.card.venue[:LABEL_AT_MOST]) if self.card and self.card.venue else self.name

    @property
    def groups(self) -> tuple[str, ...]:
        """In which it is."""
        return self.card.groups if self.card else ()

    @property
    def console(self) -> str:
        """Link to its own console; '' where there is none, or what it says is no page's address."""
        link = self.card.console if self.card else ""
        return link if _is_link(link) else ""


def heard(room: Room, kind: str, payload: bytes, now: float) -> Room | None:
    """The room after a message of this kind (``status``, ``beat`` ...); None where nothing can be read in it."""
    reader = READERS.get(kind)
    return reader(room, payload, now) if reader else None


def _status(room: Room, payload: bytes, now: float) -> Room | None:
    if payload not in (ONLINE, OFFLINE):
        return None
    sign = room.sign.with_status(payload, now)
    return room if sign == room.sign else replace(room, sign=sign, turned_at=now)


def _beat(room: Room, payload: bytes, now: float) -> Room | None:
    sign = room.sign.with_beat(payload, now)
    return room if sign is room.sign else replace(room, sign=sign)


def _info(room: Room, payload: bytes, _now: float) -> Room | None:
    card = read(RoomCard, payload)
    return replace(room, card=card) if card else None


def _state(room: Room, payload: bytes, _now: float) -> Room | None:
    state = read(RoomState, payload)
    return replace(room, state=state, way=_way(room, state)) if state else None


def _mood(room: Room, payload: bytes, _now: float) -> Room | None:
    mood = read(RoomMood, payload)
    return replace(room, mood=mood) if mood else None


def _report(room: Room, payload: bytes, _now: float) -> Room | None:
    report = read(RoomReport, payload)
    return replace(room, report=report) if report else None


def _way(room: Room, new: RoomState) -> tuple[str, ...]:
    if not new.in_take or not new.scene:
        return room.way
    before = room.state
    same = before is not None and before.in_take and before.take == new.take
    way = room.way if same else ()
    return way if way and way[-1] == new.scene else (*way, new.scene)[-WAY_AT_MOST:]


READERS: dict[str, Callable[[Room, bytes, float], Room | None]] = {
    STATUS: _status,
    BEAT: _beat,
    INFO: _info,
    STATE: _state,
    MOOD: _mood,
    REPORT: _report,
}


def _is_link(words: str) -> bool:
    """A page's address, and no script's."""
    try:
        split = urlsplit(words)
    except ValueError:
        return False
    return split.scheme in ("http", "https") and bool(split.hostname)
