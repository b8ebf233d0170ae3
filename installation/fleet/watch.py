"""The house at work: what the rooms say goes in, pages and alarms come out. In the server's event loop alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from installation.fleet.alarms import AlarmChange, Alarms, Key, Wrong, wrongs_of
from installation.fleet.board import Board
from installation.fleet.documents import Document, card_of, detail_of, mood_of
from installation.fleet.health import Health, Need, health_of
from installation.fleet.room import Room
from installation.fleet.table import RoomTable
from installation.rooms.topics import MOOD

NOT_ALIVE = (Need.LOST, Need.HUNG, Need.WAITING)
"""What such a room said last may be so no longer."""
NOTHING_KNOWN = Health(Need.WAITING)


class FleetWatch:
    """Holds the table of rooms and judges it. Call ``tick`` twice a second.

    ``may_begin``: whether alarms may begin at a unix time. ``on_alarms``: told of each change.
    """

    def __init__(  # noqa: PLR0913 - its parts
        self,
        table: RoomTable,
        alarms: Alarms,
        board: Board,
        drift_stops: float,
        may_begin: Callable[[float], bool],
        on_alarms: Callable[[Sequence[AlarmChange]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.table, self.alarms, self.board = table, alarms, board
        self._drift_stops, self._may_begin, self._on_alarms, self._clock = drift_stops, may_begin, on_alarms, clock
        self._changed: set[str] = set()
        self._healths: dict[str, Health] = {}
        self._heard_since: float | None = None
        self._lost_since = clock()
        self._why = ""

    @property
    def connected(self) -> bool:
        """The broker is heard."""
        return self._heard_since is not None

    def broker(self, connected: bool, why: str) -> None:
        """How the broker is now."""
        self._why = why
        if connected != self.connected:
            self._heard_since = self._clock() if connected else None
            self._lost_since = self._clock()
            self._changed.update(room.name for room in self.table)

    def hear(self, name: str, kind: str, payload: bytes) -> None:
        """A room has said something; pages are told of it with the next ``flush``."""
        room = self.table.apply(name, kind, payload, self._clock())
        if room is None:
            return
        if kind == MOOD:
            self.board.put_mood(name, mood_of(room))
        else:
            self._changed.add(name)

    def health(self, room: Room) -> Health:
        """How a room is now; while the broker is lost nothing is known of it."""
        if self._heard_since is None:
            return NOTHING_KNOWN
        return health_of(room, self._clock(), self._heard_since, self._drift_stops)

    def flush(self) -> None:
        """Tell the pages what has changed."""
        changed, self._changed = self._changed, set()
        offset = time.time() - self._clock()
        looked_at = self.board.looked_at
        for name in changed:
            room = self.table.get(name)
            if room is None:
                self.board.gone(name)
                self.alarms.forget(name)
                continue
            self.board.put_card(name, card_of(room, self.health(room), offset, self.alarms.of_room(name)))
            if name in looked_at:
                self.board.put_detail(name, detail_of(room))

    def look_at(self, name: str) -> None:
        """The page of a room is open: all of it is told."""
        room = self.table.get(name)
        if room:
            self.board.put_detail(name, detail_of(room))

    def tick(self) -> None:
        """Judge all rooms, and what has to be told."""
        unix = time.time()
        healths = {room.name: self.health(room) for room in self.table}
        for change in self._changes(healths, unix):
            self._changed.add(change.wrong.room)
        self._changed.update(name for name, health in healths.items() if self._healths.get(name) != health)
        self._healths = healths
        self._changed.discard("")
        self.flush()
        self.board.put_state(self._state(unix))

    def _changes(self, healths: Mapping[str, Health], unix: float) -> Sequence[AlarmChange]:
        """Which alarms begin and which are over; they are told."""

        def is_judged(key: Key) -> bool:
            kind, room = key
            if kind == "broker":
                return True
            health = healths.get(room, NOTHING_KNOWN)
            return self.connected and (kind == "lost" or health.need not in NOT_ALIVE)

        wrong = [one for room in self.table for one in wrongs_of(room, healths[room.name])]
        if not self.connected:
            wrong = [Wrong("broker", "", "", f"the broker is lost: {self._why}" if self._why else "the broker is lost")]
        found = self.alarms.follow(wrong, self._clock(), is_judged, self._may_begin(unix))
        changes = [replace(change, at=unix) for change in found]
        if changes:
            self._on_alarms(changes)
        for change in changes:
            self.board.put_line("alarm", change.document() | {"text": change.sentence})
        return changes

    def _state(self, unix: float) -> Document:
        needs = Counter(health.need for health in self._healths.values())
        alive = (room for room in self.table if room.state and self._healths[room.name].need not in NOT_ALIVE)
        lost_since = None if self.connected else round(self._lost_since + unix - self._clock(), 1)
        return {
            "at": unix,
            "connected": self.connected,
            "why": self._why,
            "broker_lost_since": lost_since,
            "rooms": len(self.table),
            "needs": {str(need): needs[need] for need in Need},
            "visitors": sum(room.state.visitors for room in alive if room.state),
            "alarms": len(self.alarms.begun),
            "refused": self.table.refused,
        }
