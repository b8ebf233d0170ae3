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
from installation.month.room import CLOSES, CLOSES_LATE, LATE, OPENS, SHUT, SimulatedRoom
from installation.month.stand_ins import copy_with_stand_ins
from installation.show.rehearsal import NOBODY, UNDECIDED
from models.labels import LABELS
from scenes.story.story import Story

VISITS, QUIET_FAULTS = 4, 4
FAULT_IN_VISIT = 0.7
"""How many visits have a fault in them; the others come while nobody is there."""
CHANGE_SECONDS = 10.0
"""Before and after the hour at which the house opens or closes, every tick is played."""
NOON_SECONDS = 5400.0
"""A wrong clock must be so far from opening and closing."""
LAST_TAKE_SECONDS = 300.0
"""Who is in the film when the house closes sees its end."""
LAST_SECONDS = 1800.0
"""Nothing begins so soon before the house closes."""
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
        self._steady = (0.0, 0.0)
        """From and until when the wall clock may be wrong."""
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
            for day in range(days):
                progress(f"day {day + 1}", day / days)
                if clock.weekday(day) == SHUT:
                    self._jump_to(clock.at_hour(day, OPENS + 2))
                else:
                    for share in self._day(clock.at_hour(day, OPENS), self._closing_hour(day)):
                        progress(f"day {day + 1}", (day + share) / days)
                    self._promises.check_takes(self._takes)
                    self._takes = 0
                self._night()
                self.report.days += 1
            room.end()
        finally:
            room.cut_power()
        return self.report

    def _closing_hour(self, day: int) -> float:
        return self._clock.at_hour(day, CLOSES_LATE if self._clock.weekday(day) == LATE else CLOSES)

    def _day(self, opens: float, closes: float) -> Iterator[float]:
        """Play the day, and tell how much of it is over. Times are unix seconds, by a clock that is right."""
        room = self._room
        self._jump_to(opens - CHANGE_SECONDS)
        if not room.show.controls.closed:
            raise self._promises.broken("hours", "the house is open before its time")
        if not room.run_until(lambda: not room.show.controls.closed, 2 * CHANGE_SECONDS):
            raise self._promises.broken("hours", "the house does not open")
        self._see_picture("the house opened")
        self._seconds_to_heal()
        self._steady = (opens + NOON_SECONDS, closes - NOON_SECONDS)
        kinds = ["visit"] * VISITS + ["fault"] * QUIET_FAULTS
        for at, what in sorted((self._dice.uniform(opens, closes - LAST_SECONDS), kind) for kind in kinds):
            if self._clock.true_wall() > closes - LAST_SECONDS:
                break  # it has slept, and the day is over
            self._jump_to(at)
            yield (at - opens) / (closes - opens)
            if what == "visit":
                self._visit(with_fault=self._dice.random() < FAULT_IN_VISIT)
            else:
                self._happen(self._draw())
        self._jump_to(closes - CHANGE_SECONDS)
        if room.show.controls.closed:
            raise self._promises.broken("hours", "the house is closed before its time")
        room.run(CHANGE_SECONDS)

    def _night(self) -> None:
        room = self._room
        if not room.run_until(lambda: room.show.controls.closed and room.screen.level == 0.0, LAST_TAKE_SECONDS):
            doors, scene = room.show.parts.house.line, room.show.scene
            why = f"doors {doors}, scene {scene}, level {room.screen.level:g}"
            raise self._promises.broken("hours", f"the wall is not dark in the night ({why})")
        if not room.wait(lambda: room.eye.pid is None):
            raise self._promises.broken("hours", "the eye's process has not ended with the day")
        self.report.nights.append(self._promises.check_flat())

    def _jump_to(self, wall: float) -> None:
        """Nobody comes and nothing happens until then."""
        seconds = wall - self._clock.true_wall()
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
        if began and not with_fault:  # then scenes have begun since the story was last edited
            self._promises.check_title()
        self._takes += began and not self._costly
        self.report.visits += 1

    def _draw(self) -> Fault:
        """Each kind once, in an order from the dice, before any comes again; some wait for noon."""
        begin, end = self._steady
        steady = begin < self._clock.true_wall() < end
        while True:
            for fault in reversed(self._deck):
                if steady or not fault.moves_clock:
                    self._deck.remove(fault)
                    return fault
            self._deck = self._dice.sample(FAULTS, len(FAULTS)) + self._deck

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
