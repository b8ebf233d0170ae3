"""When the eye may look, as the show keeps it: asks clock and operators, and opens and shuts the eye's camera."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from calibration.opening_hours import Timetable
from calibration.privacy_settings import PrivacySettings
from calibration.venue import Venue
from installation.host.console import log
from installation.host.journal import Journal
from installation.house.housekeeper import CLOCK_FROM, PLAN_SECONDS
from installation.house.kept_staff import KeptStaff
from installation.osc import Broadcast
from installation.osc.registry import Code
from installation.show.answer import DONE, Answer
from installation.show.consent import WORDS, Looking, Moment, Why, advance, ask, begin, set_staff, withdraw
from installation.show.eye import Eye
from installation.show.eye_sign import EyeSign
from installation.show.keys import Controls

SETTLE_SECONDS = 3.0
"""How long the staff's hours must be over before it counts: a clock that is set back by a second opens nothing."""


class ConsentDesk:
    """For the stage's thread, but for ``renew``. The eye is opened or shut when this is made, before it starts.

    ``closed``: the house is. ``wall_clock`` gives unix seconds.
    """

    def __init__(  # noqa: PLR0913 - its parts, and its clocks
        self,
        venue: Venue,
        eye: Eye,
        broadcast: Broadcast,
        journal: Journal,
        kept: KeptStaff | None = None,
        sign: EyeSign | None = None,
        *,
        closed: bool = False,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings, self._place = venue.privacy, venue.hours
        self._eye, self._broadcast, self._journal, self._kept = eye, broadcast, journal, kept
        self._sign, self._wall_clock = sign, wall_clock
        self._timetable = self._timetable_of(venue.privacy)
        self._renewed: tuple[PrivacySettings, Timetable | None] | None = None
        self._next_hours, self._staff_until = float("-inf"), float("-inf")
        now = clock()
        self._staffs_hour = self._is_staffs_hour(now)
        moment = Moment(now, closed=closed, staff_hours=self._staffs_hour)
        self._state = begin(self._settings, moment, staff=bool(kept and kept.recall()))
        self._look(now)

    @property
    def looking(self) -> Looking:
        """Whether the eye is open, and why."""
        return self._state.looking

    @property
    def asks(self) -> bool:
        """Visitors are asked: the eye opens when one has pressed the button."""
        return self._settings.consent == "button"

    def ask(self, now: float) -> Answer:
        """A visitor agrees to be looked at, for a take that begins now."""
        if not self.asks:
            return Code.NOT_NOW, f"nobody is asked here: privacy.consent is {self._settings.consent!r}"
        if self.looking.why not in (Why.NOT_ASKED, Why.ASKED):
            return Code.NOT_NOW, self.looking.words
        self._state = ask(self._state, now)
        return DONE

    def withdraw(self) -> None:
        """Who agreed asks to be forgotten: the eye is shut where it was opened for that."""
        self._state = withdraw(self._state)

    def set_staff(self, on: bool) -> Answer:
        """Only staff is in the room, or visitors are again."""
        self._state = set_staff(self._state, on)
        if self._kept:
            self._kept.keep(on)
        return (Code.NOT_NOW, WORDS[Why.STAFF_HOURS]) if self._staffs_hour and not on else DONE

    def renew(self, settings: PrivacySettings) -> None:
        """The venue file has changed. Any thread may say so; it counts from the next tick on."""
        self._renewed = settings, self._timetable_of(settings)

    def keep(self, now: float, take: int, controls: Controls) -> Controls:
        """Once a tick, in monotonic seconds: how the machine is set then. ``take``: that runs, 0 none."""
        renewed, self._renewed = self._renewed, None
        if renewed:
            (self._settings, self._timetable), self._next_hours = renewed, now
        self._staffs_hour = self._is_staffs_hour(now)
        moment = Moment(now, take, controls.closed, controls.camera, self._staffs_hour)
        before, self._state = self._state.looking, advance(self._state, self._settings, moment)
        if self._state.looking != before:
            self._look(now)
        if self._sign:
            self._sign.follow(self.looking, self._eye)
        if (controls.looking, controls.staff, controls.asks) == (self.looking, self._state.staff, self.asks):
            return controls
        return replace(controls, looking=self.looking, staff=self._state.staff, asks=self.asks)

    def _look(self, now: float) -> None:
        looking = self.looking
        why = self._settings.stays_shut if looking.why is Why.FORBIDDEN else looking.words
        if self._sign and looking.open:  # the room is told before the eye
            self._sign.follow(looking, self._eye)
        self._eye.set_camera(looking.open, why)
        if not looking.open:
            self._broadcast.forget(now, why)
        self._journal.looking(looking.open, str(looking.why), now)
        if looking.why is not Why.NOTICE:
            log.info("%s", why)

    def _timetable_of(self, settings: PrivacySettings) -> Timetable | None:
        place = self._place
        if not settings.staff_hours:
            return None
        return Timetable(settings.staff_hours, place.country, place.region, place.timezone)

    def _is_staffs_hour(self, now: float) -> bool:
        """Only staff is in the room by the clock, or it is not set: then nobody knows."""
        if self._timetable is None:
            return False
        if now >= self._next_hours:
            self._next_hours, wall = now + PLAN_SECONDS, self._wall_clock()
            if wall < CLOCK_FROM or self._timetable.is_open(wall):
                self._staff_until = now + SETTLE_SECONDS
        return now < self._staff_until
