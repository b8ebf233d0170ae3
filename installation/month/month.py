"""A month of the show under a simulated clock: nights and quiet hours are jumped over, visits and faults are played."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from calibration.progress import Progress
from installation.month.clock import AUTUMN, SPRING, TIME_ZONE, SimulatedClock
from installation.month.faults import FAULTS, Fault
from installation.month.promises import BACK_WITHIN, PICTURE_WITHIN, Night, Promises
from installation.month.room import SimulatedRoom
from installation.month.stand_ins import copy_with_stand_ins
from installation.show.rehearsal import NOBODY, UNDECIDED
from models.labels import LABELS
from scenes.story.story import Story

OPENS, CLOSES = 10, 18
VISITS, QUIET_FAULTS = 4, 4
FAULT_IN_VISIT = 0.7
"""How many visits have a fault in them; the others come while nobody is there."""
VISIT_SECONDS = 240.0
"""A visitor who has not come to an end by then goes home."""
WELL_SECONDS = 3.0
"""A loss is noticed by then: a silent eye after its deadline, say."""
LEAVES_EARLY = 0.2
FACES = (*LABELS, UNDECIDED)


@dataclass(slots=True)
class Tally:
    """What one kind of fault did."""

    times: int = 0
    noticed: int = 0
    """How often a part was told as lost."""
    slowest: float = 0.0
    """Seconds from the end of the cause to all being well."""

    def add(self, seconds: float, noticed: bool) -> None:
        """It healed in so many seconds."""
        self.times, self.noticed = self.times + 1, self.noticed + noticed
        self.slowest = max(self.slowest, seconds)


@dataclass(slots=True)
class MonthReport:
    """What happened in the month."""

    seed: int
    days: int = 0
    visits: int = 0
    ticks: int = 0
    faults: dict[str, Tally] = field(default_factory=dict)
    nights: list[Night] = field(default_factory=list)


def rehearse(story: Story, days: int, seed: int, progress: Progress) -> MonthReport:
    """Simulate ``days`` with visitors and faults from ``seed``. Raises ``PromiseBroken`` and ``BadFile``."""
    with in_central_europe(), TemporaryDirectory() as name:
        folder = Path(name)
        copy, clips = copy_with_stand_ins(story, folder / "film", progress)
        clock = SimulatedClock(SPRING if seed % 2 else AUTUMN)
        (folder / "state").mkdir()
        room = SimulatedRoom(copy, tuple(clips), folder / "state", clock)
        try:
            return Month(room, clock, seed).run(days, progress)
        finally:
            room.close()


@contextmanager
def in_central_europe() -> Iterator[None]:
    """Live in Central Europe, which changes its clocks."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = TIME_ZONE
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


class Month:
    """Leads a room through its days."""

    def __init__(self, room: SimulatedRoom, clock: SimulatedClock, seed: int) -> None:
        self._room, self._clock = room, clock
        self._dice = random.Random(seed)  # noqa: S311 - dice, not secrets
        self._promises = Promises(room)
        self._deck: list[Fault] = []
        self.report = MonthReport(seed)
        self._takes = 0
        """Takes of the day that the journal must have."""
        self._costly = False
        """Whether a fault of this visit takes lines of the journal."""
        room.watchers.append(self._count)

    def run(self, days: int, progress: Progress) -> MonthReport:
        """All days, one after the other."""
        room, clock = self._room, self._clock
        room.open()
        try:
            self._promises.show_began()
            self._see_picture("the start")
            self._seconds_to_heal()
            room.ask("closed", "1")
            for day in range(days):
                progress(f"day {day + 1}", day / days)
                self._jump_to(clock.at_hour(day, OPENS))
                room.ask("closed", "0")
                self._see_picture("doors open")
                for share in self._day(clock.at_hour(day, CLOSES)):
                    progress(f"day {day + 1}", (day + share) / days)
                room.ask("closed", "1")
                self._night()
                self.report.days += 1
            room.end()
        finally:
            room.cut_power()
        return self.report

    def _day(self, until: float) -> Iterator[float]:
        """Play the day, and tell how much of it is over."""
        begun = self._clock()
        events = [(self._dice.uniform(begun, until - 600.0), "visit") for _ in range(VISITS)]
        events += [(self._dice.uniform(begun, until - 600.0), "fault") for _ in range(QUIET_FAULTS)]
        for at, what in sorted(events):
            self._jump_to(at)
            yield (self._clock() - begun) / (until - begun)
            if what == "visit":
                self._visit(with_fault=self._dice.random() < FAULT_IN_VISIT)
            else:
                self._happen(self._draw())
        self._jump_to(until)

    def _night(self) -> None:
        room = self._room
        if not room.run_until(lambda: room.show.controls.blackout and room.screen.level == 0.0, 10.0):
            raise self._promises.broken("P1", "the wall is not dark after closing")
        room.run(5.0)
        self._promises.check_takes(self._takes)
        self._takes = 0
        self.report.nights.append(self._promises.check_flat())

    def _jump_to(self, moment: float) -> None:
        """Nobody comes and nothing happens until then."""
        seconds = moment - self._clock()
        if seconds > 0:
            self._room.jump(seconds)
            self._promises.calm()
        self._room.run(2.0)

    def _visit(self, with_fault: bool) -> None:
        """Somebody comes, shows faces, and leaves: at the end of the film, or before."""
        room, sight = self._room, self._room.sight
        until = self._clock() + (self._dice.uniform(5, 60) if self._dice.random() < LEAVES_EARLY else VISIT_SECONDS)
        fault_at = self._clock() + self._dice.uniform(0, 60) if with_fault else float("inf")
        attract, began, self._costly = room.attract, False, False
        while self._clock() < until:
            sight.face = self._dice.choice(FACES)
            room.run(self._dice.uniform(1.0, 6.0))
            if self._clock() >= fault_at:
                fault_at = float("inf")
                self._happen(self._draw())
            began |= room.show.scene != attract
            if began and room.show.scene == attract:
                break
        sight.face = NOBODY
        if not room.run_until(lambda: room.show.scene == attract, 120.0):
            raise self._promises.broken("P1", f"nobody is there, and scene {room.show.scene} does not end")
        room.show.parts.journal.flush()
        self._promises.check_title()
        self._takes += began and not self._costly
        self.report.visits += 1

    def _draw(self) -> Fault:
        """Each kind once, in an order from the dice, before any comes again."""
        if not self._deck:
            self._deck = list(FAULTS)
            self._dice.shuffle(self._deck)
        return self._deck.pop()

    def _happen(self, fault: Fault) -> None:
        room, promises = self._room, self._promises
        promises.begin(fault.name, fault.parts, fault.safe_picture)
        self._costly |= fault.costs_lines
        with fault.happen(room, self._dice):
            if not fault.restarts:
                promises.calm()
                room.run(self._dice.uniform(*fault.seconds))
        if fault.restarts:
            promises.show_began()
            self._see_picture("the show began again")
        seconds = self._seconds_to_heal()
        self.report.faults.setdefault(fault.name, Tally()).add(seconds, noticed=bool(promises.told))
        promises.check_told_once(fault.must_be_told)
        promises.check_guard_is_heard()
        promises.end()

    def _seconds_to_heal(self) -> float:
        """Since now, when the cause is gone, until all was well for some seconds."""
        over = well_since = self._clock()
        while self._clock() < well_since + WELL_SECONDS:
            self._room.step()
            if not self._promises.healed():
                well_since = self._clock()
            if well_since > over + BACK_WITHIN:
                lacking = self._promises.lacking()
                raise self._promises.broken("P3", f"{BACK_WITHIN:g} s after the cause was gone: {lacking}")
        return well_since - over

    def _see_picture(self, when: str) -> None:
        room, begun = self._room, self._clock()
        self._promises.unwatched = True
        if not room.run_until(lambda: room.screen.lit_at > begun, PICTURE_WITHIN):
            raise self._promises.broken("P4", f"no picture {PICTURE_WITHIN:g} s after {when}")
        self._promises.unwatched = False
        self._promises.calm()

    def _count(self) -> None:
        self.report.ticks += 1
