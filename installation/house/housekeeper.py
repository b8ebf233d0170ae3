"""The house as the show keeps it: asks clock and battery, and switches eye and display with the doors."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from calibration.house_settings import HoursSettings
from calibration.opening_hours import Timetable
from installation.host.console import LossReporter, log
from installation.house.doors import Doors, House, Moment, advance, ask, begin
from installation.house.kept_wish import KeptWish
from scenes.machine.memory import Hour

CLOCK_FROM = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
"""A clock that says less has lost its battery: this program is younger."""
PLAN_SECONDS = 1.0
"""How often the timetable is read."""

DARK_SECONDS = 5.0
"""On battery, between dark and the end of the machine: display and journal are done by then."""


class Switched(Protocol):
    """What is switched off with the house. Neither call waits."""

    def set_on(self, on: bool) -> None:
        """On, or off on purpose: then it is not lost."""

    @property
    def ready(self) -> bool:
        """It is on and does its work."""


class Power(Protocol):
    """Where the machine's power comes from."""

    @property
    def mains(self) -> bool:
        """False once it has come from a battery for too long."""

    def shut_down(self) -> None:
        """The house is dark on battery. Does not wait."""


class Housekeeper:
    """Opens and closes. ``announce`` hears of each change with the reason; ``wall_clock`` gives unix seconds;
    ``kept`` holds over a kill what was asked by hand.
    """

    def __init__(
        self,
        settings: HoursSettings,
        losses: LossReporter,
        announce: Callable[[Doors, str], None] = lambda _doors, _why: None,
        wall_clock: Callable[[], float] = time.time,
        power: Power | None = None,
        kept: KeptWish | None = None,
    ) -> None:
        self._settings, self._losses, self._announce, self._wall_clock = settings, losses, announce, wall_clock
        place = (settings.country, settings.region, settings.timezone)
        self._timetable = Timetable(settings.open, *place) if settings.open else None
        self._switched: dict[str, Switched] = {}
        self._power = power
        self._planned, self._next_plan = self._plan(), float("-inf")
        self._house: House | None = None
        self._open_since: float | None = None
        self.hour: Hour | None = None
        """What the clock on the wall says, and for how long it has been open; None: the clock is not set."""
        self._kept = kept if self._timetable else None
        self._recalled = self._kept.recall(wall_clock()) if self._kept else None

    @property
    def doors(self) -> Doors:
        """How the doors are now."""
        if self._house is not None:
            return self._house.doors
        wanted = self._planned if self._recalled is None else self._recalled
        return Doors.OPEN if wanted else Doors.CLOSED

    @property
    def stays_closed(self) -> bool:
        """It is closed, and a show that starts now would be so too."""
        return self.doors is Doors.CLOSED and not self._planned

    @property
    def opens_next(self) -> float | None:
        """When the hours open it next, in unix seconds, while it is closed by them; None: that is not so, or never."""
        if self._timetable is None or not self.stays_closed or not self._clock_is_set():
            return None
        return self._timetable.next_change(self._wall_clock())

    @property
    def line(self) -> str:
        """Doors, reason and next change, for people; '' where it is simply open."""
        if self._timetable is None and self.doors is Doors.OPEN:
            return ""
        why = f", {self._house.reason}" if self._house else ""
        if self._timetable is None or not self._clock_is_set():
            return f"{self.doors}{why}"
        return f"{self.doors}{why} (hours: {self._timetable.in_words(self._wall_clock())})"

    def add(self, name: str, part: Switched) -> None:
        """``part`` goes off and on with the house from now on."""
        self._switched[name] = part
        part.set_on(self.doors is not Doors.CLOSED)

    def ask(self, wanted: bool, now: float, at_once: bool = False) -> None:
        """Somebody opens or closes by hand; it holds until the hours change next."""
        self._change(ask(self._begun(now), wanted, now, at_once))
        until = self._timetable.next_change(self._wall_clock()) if self._timetable and self._clock_is_set() else None
        if self._kept and until is not None:
            self._kept.keep(wanted, self._wall_clock(), until)

    def keep(self, now: float, in_take: bool) -> bool:
        """Once a tick, in monotonic seconds. Whether the show is to be dark and its film closed."""
        planned_now = now >= self._next_plan
        if planned_now:
            self._next_plan, self._planned = now + PLAN_SECONDS, self._plan()
        mains = self._power is None or self._power.mains
        house = self._begun(now)
        ready = house.doors is not Doors.OPENING or not self._missing()
        moment = Moment(now, self._planned, in_take, mains, ready)
        self._change(advance(house, moment, self._settings.last_take_seconds))
        closed = self.doors is Doors.CLOSED
        if planned_now:
            self.hour = self._read_hour(now)
        if self._power is not None and closed and not mains and now - self._begun(now).since >= DARK_SECONDS:
            self._power.shut_down()
        return closed

    def _read_hour(self, now: float) -> Hour | None:
        if not self._clock_is_set():
            return None
        wall, began = self._wall_clock(), None
        by_hand = self._house is not None and self._house.by_hand is not None
        if self._timetable and not by_hand:
            began = self._timetable.opened_at(wall)
        local = self._timetable.local(wall) if self._timetable else datetime.fromtimestamp(wall)
        if self._open_since is None:
            return Hour(local)
        return Hour(local, max(now - self._open_since, wall - began if began is not None else 0.0))

    def _begun(self, now: float) -> House:
        if self._house is None:
            self._house = begin(Moment(now, self._planned, in_take=False), self._recalled)
            self._open_since = None if self._house.dark else now
            self._report(self._house)
        return self._house

    def _plan(self) -> bool:
        if self._timetable is None:
            return True
        wall = self._wall_clock()
        if not self._clock_is_set():
            when = datetime.fromtimestamp(max(wall, 0.0), UTC)
            self._losses.lost("clock", f"it says {when:%Y-%m-%d}; the house is open until it is set")
            return True
        self._losses.back("clock")
        return self._timetable.is_open(wall)

    def _clock_is_set(self) -> bool:
        return self._wall_clock() >= CLOCK_FROM

    def _change(self, house: House) -> None:
        before, self._house = self.doors, house
        if house.doors is before:
            return
        if before is Doors.CLOSED or house.doors is Doors.CLOSED:
            self._open_since = None if house.dark else house.since
            for part in self._switched.values():
                part.set_on(house.doors is not Doors.CLOSED)
        self._report(house)
        if before is Doors.OPENING and house.doors is Doors.OPEN and (missing := self._missing()):
            log.warning("the house is open without: %s", "; ".join(missing))

    def _report(self, house: House) -> None:
        if self._timetable or house.by_hand is not None or not house.mains:
            log.info("the house is %s", self.line or "open")
        self._announce(house.doors, house.reason)

    def _missing(self) -> tuple[str, ...]:
        return tuple(name for name, part in self._switched.items() if not part.ready)
