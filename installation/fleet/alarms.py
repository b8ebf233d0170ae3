"""When somebody must be told: what is wrong for long enough, once, and when it is over. Pure.

While the broker is lost nothing is known of any room: that is one alarm, and not one of each room. Nothing that began
before it counts on, for then all rooms would be told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from calibration.plain import one_line
from installation.fleet.health import Health, Need, blind_parts
from installation.fleet.room import Room

Kind = Literal["broker", "lost", "eye", "drift"]
Key = tuple[Kind, str]
"""What is wrong, and of which room."""
WORDS_AT_MOST = 200
OVER_SECONDS = 10.0
"""For which it must be well again: a room that comes and goes is one alarm."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that is not as it should be now."""

    kind: Kind
    room: str
    """'' for what is of all rooms."""
    label: str
    words: str

    @property
    def key(self) -> Key:
        """The same one as a moment ago."""
        return self.kind, self.room


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """An alarm has begun, or is over."""

    wrong: Wrong
    begun: bool
    seconds: float
    """For how long it was so."""
    at: float = 0.0
    """Unix seconds of the change."""

    def document(self) -> dict[str, Any]:
        """For programs: what ``chiaro/house/alarm/ROOM/KIND`` and a webhook are sent."""
        wrong = self.wrong
        return {
            **{"room": wrong.room, "label": wrong.label, "kind": wrong.kind, "begun": self.begun},
            **{"words": wrong.words, "at": round(self.at, 1), "seconds": round(self.seconds, 1)},
        }

    @property
    def sentence(self) -> str:
        """For people, in English."""
        where = f"{self.wrong.label}: " if self.wrong.room else ""
        if self.begun:
            return f"{where}{self.wrong.words}"
        return f"{where}over after {_how_long(self.seconds)}: {self.wrong.words}"


@dataclass(frozen=True, slots=True)
class _Case:
    wrong: Wrong
    since: float
    told: bool = False
    well_since: float | None = None


class Alarms:
    """Remembers what is wrong since when. Times are monotonic seconds."""

    def __init__(self, after_seconds: float, over_seconds: float = OVER_SECONDS) -> None:
        self._after, self._over = after_seconds, over_seconds
        self._cases: dict[Key, _Case] = {}

    @property
    def begun(self) -> tuple[Wrong, ...]:
        """All that were told and are not over."""
        return tuple(case.wrong for case in self._cases.values() if case.told)

    def standing(self, now: float, unix: float) -> Iterator[AlarmChange]:
        """The same with when they were told: for those who have not heard it."""
        for case in self._cases.values():
            if case.told:
                yield AlarmChange(case.wrong, begun=True, seconds=self._after, at=unix - now + case.since + self._after)

    def of_room(self, room: str) -> tuple[Kind, ...]:
        """Which have begun of one room."""
        return tuple(wrong.kind for wrong in self.begun if wrong.room == room)

    def follow(
        self,
        wrong: Iterable[Wrong],
        now: float,
        judged: Callable[[Key], bool] = lambda _: True,
        may_begin: bool = True,
    ) -> list[AlarmChange]:
        """What begins and what ends now. ``judged``: whether anything is known of such a case now. ``may_begin``: it is
        the time of day at which somebody wants to hear of it.
        """
        found, changes = {one.key: one for one in wrong}, []
        for key in (*self._cases, *(key for key in found if key not in self._cases)):
            case, change = self._next(self._cases.pop(key, None), found.get(key), now, judged(key), may_begin)
            if case:
                self._cases[key] = case
            if change:
                changes.append(change)
        return changes

    def _next(
        self, case: _Case | None, wrong: Wrong | None, now: float, judged: bool, may_begin: bool
    ) -> tuple[_Case | None, AlarmChange | None]:
        """One case a moment later; None: there is none any more."""
        if not judged:
            return (replace(case, well_since=None) if case and case.told else None), None
        if wrong is None:
            if case is None or not case.told:
                return None, None
            well_since = now if case.well_since is None else case.well_since
            if now - well_since < self._over:
                return replace(case, well_since=well_since), None
            return None, AlarmChange(case.wrong, begun=False, seconds=well_since - case.since)
        if case and case.told:
            return replace(case, well_since=None), None
        if not may_begin:
            return None, None
        since = case.since if case else now
        due = now - since >= self._after
        return _Case(wrong, since, told=due), AlarmChange(wrong, begun=True, seconds=now - since) if due else None

    def restore(self, wrong: Wrong, since: float) -> None:
        """This one was told before the house was started again; it is over when it is."""
        self._cases.setdefault(wrong.key, _Case(wrong, since, told=True))

    def forget(self, room: str) -> None:
        """A room is no more."""
        self._cases = {key: case for key, case in self._cases.items() if key[1] != room}


def wrongs_of(room: Room, health: Health) -> list[Wrong]:
    """What of a room is worth an alarm, if it stays so."""
    if health.need is Need.LOST:
        never = room.sign.online is None
        return [Wrong("lost", room.name, room.label, "the room has never spoken" if never else "the room is lost")]
    if health.need is Need.HUNG:
        return [Wrong("lost", room.name, room.label, "the room hangs: its beat stands still")]
    found, state = [], room.state
    blind = blind_parts(state) if state else ()
    if blind:
        found.append(
            Wrong("eye", room.name, room.label, f"nobody is seen ({one_line('; '.join(blind))[:WORDS_AT_MOST]})")
        )
    if health.drifted and state:
        words = f"the light has drifted by {state.counters.drift:.1f} stops; calibrate again"
        found.append(Wrong("drift", room.name, room.label, words))
    return found


def _how_long(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
