"""The promises of the show, watched at every tick of a simulated month. FAULTS: P1 to P6."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from calibration.errors import Refused
from installation.host.console import LossChange
from installation.month.room import JOURNAL_DAYS, JOURNAL_MEGABYTES, SimulatedRoom

GPU = "GPU"
TRIAL_FROM, TRIAL_PACE = 595.0, 0.02
"""Then the successor's process begins, which takes real seconds, while the eye that looks lets the ticks fly."""
GPU_BACK_WITHIN = 700.0
"""A GPU on which the eye failed twice (whatever killed it) is tried again after ten minutes; the processor looks."""
NOT_OF_A_FAULT = (f"{GPU}:", "captions font:")
"""Beginnings of what may be lost beside a fault: a GPU is tried again later, and a machine may have no fonts."""
STANDS_AT_MOST = 3.0
BACK_WITHIN = 62.0
"""A minute, which is how rarely a missing clip is looked for, and the moment in which it is found and opened."""
PICTURE_WITHIN = 20.0
ROUNDING = 0.05
SETTLE_SECONDS = 5.0
"""Real ones."""


class PromiseBroken(Refused):
    """A promise was not kept; the text says which, and when."""


@dataclass(frozen=True, slots=True)
class Night:
    """What the whole show held in a night; descriptors and megabytes are 0 where the system does not say."""

    threads: int
    descriptors: int
    megabytes: float
    journal_megabytes: float


class Promises:
    """Raises ``PromiseBroken`` at the tick that breaks one."""

    def __init__(self, room: SimulatedRoom) -> None:
        self._room = room
        room.watchers.append(self.watch)
        self.allowed: tuple[str, ...] = ()
        """Beginnings of the names of parts that may be lost now: those that the running fault takes away."""
        self.safe_picture_allowed = self.unwatched = False
        self.fault = "no fault"
        self.told: Counter[str] = Counter()
        """How often each part was told as lost since the fault began."""
        self._calm_since = self._heard_at = room.clock()
        self._heard = 0
        self._gpu_at = room.clock.played()
        self._days: list[str] = []
        self._first: Night | None = None

    def show_began(self) -> None:
        """A show has been opened: its losses are followed."""
        self._room.show.parts.losses.follow(self._note)
        self.calm()

    def calm(self) -> None:
        """From here on the picture has to move again: time was jumped over, or the doors were closed."""
        self._calm_since = self._heard_at = self._room.clock()

    def begin(self, fault: str, parts: tuple[str, ...], safe_picture: bool) -> None:
        """A fault begins, which may take ``parts`` away."""
        self.fault, self.allowed, self.safe_picture_allowed = fault, parts, safe_picture
        self.told.clear()

    def end(self) -> None:
        """It is over and healed."""
        self.begin("no fault", (), safe_picture=False)

    def broken(self, promise: str, why: str) -> PromiseBroken:
        """The error, with the hour and the fault."""
        when = time.strftime("%d %B, %H:%M:%S", time.localtime(self._room.clock.true_wall()))
        return PromiseBroken(f"{promise} broken on {when}: {why}; during: {self.fault}")

    def watch(self) -> None:
        """Look at the wall and at what is lost."""
        if self._room.show.ending:
            raise self.broken("P1", "the show has ended by itself")
        self._watch_wall()
        self._watch_losses()
        self._watch_receiver()

    def _watch_wall(self) -> None:
        room, now = self._room, self._room.clock()
        controls = room.show.controls
        if controls.closed or controls.blackout or self.unwatched:
            self.calm()
            return
        moved, lit = (max(at, self._calm_since) for at in (room.screen.moved_at, room.screen.lit_at))
        if now - lit > STANDS_AT_MOST + ROUNDING:
            raise self.broken("P1", f"the wall has been black for {now - lit:.1f} s in scene {room.show.scene}")
        if now - moved > STANDS_AT_MOST + ROUNDING and not controls.paused and not self.safe_picture_allowed:
            raise self.broken("P1", f"the picture has stood for {now - moved:.1f} s in scene {room.show.scene}")

    def _watch_losses(self) -> None:
        for line in self._lost():
            if not line.startswith(self.allowed or ("\0",)):
                raise self.broken("P2", f"the fault has taken away more than its own: {line}")
        played = self._room.clock.played()
        if not self._room.show.parts.losses.is_lost(GPU):
            self._gpu_at = played
        elif played - self._gpu_at > TRIAL_FROM:
            self._room.wait(lambda: False, TRIAL_PACE)
        if played - self._gpu_at > GPU_BACK_WITHIN:
            raise self.broken("P3", f"{GPU_BACK_WITHIN:g} s after the GPU was lost the eye is still on the processor")

    def _lost(self) -> list[str]:
        """What is lost and why, but for the GPU, which has a time of its own, and what this machine never had."""
        return [line for line in self._room.show.parts.losses.lost_parts() if not line.startswith(NOT_OF_A_FAULT)]

    def _watch_receiver(self) -> None:
        room = self._room
        if room.clock() - self._heard_at > STANDS_AT_MOST:  # its thread is a real one, and may need a moment
            room.wait(lambda: room.count_received() > self._heard)
        if room.received > self._heard or room.receiver is None or "OSC target" in self.allowed:
            self._heard, self._heard_at = room.received, room.clock()
        elif room.clock() - self._heard_at > STANDS_AT_MOST:
            raise self.broken("P2", f"the receiver of OSC has heard nothing for {STANDS_AT_MOST:g} s")

    def _note(self, change: LossChange) -> None:
        if change.seconds is None:
            self.told[change.part] += 1

    def healed(self) -> bool:
        """Whether nothing is lost, the eye sees and the film plays."""
        room = self._room
        show = room.show
        mood = room.eye.mood(room.clock())
        sees = mood.trusted or show.controls.closed
        head = show.parts.film.playhead
        return sees and room.sound.ok and not self._lost() and not head.failed and head.entry > 0

    def lacking(self) -> str:
        """What is not healed, in words."""
        parts = self._room.show.parts
        mood = self._room.eye.mood(self._room.clock())
        lost = [*self._lost(), *sorted(parts.film.playhead.failed)]
        return "; ".join(lost + ([] if mood.trusted else [f"the mood is not trusted ({mood.reason})"]))

    def check_told_once(self, must_be_told: bool) -> None:
        """P6: each part that went was told as lost once."""
        if must_be_told and not self.told:
            raise self.broken("P6", "nothing was told")
        often = [f"{part} {count} times" for part, count in self.told.items() if count > 1]
        if often:
            raise self.broken("P6", f"told more than once: {', '.join(often)}")

    def check_guard_is_heard(self) -> None:
        """P2: whatever went, the control port answers."""
        if not any(self._room.hears_guard() for _ in range(3)):
            raise self.broken("P2", "a guard's ping is not answered")

    def check_title(self) -> None:
        """P3: a story that was read again plays, and the room knows its name."""
        room = self._room
        told = room.show.parts.broadcast.values()["/info/story"]
        if told != (room.title(),):
            raise self.broken("P3", f"the room was told the title {told}, and the story's is {room.title()!r}")

    def check_takes(self, at_least: int) -> None:
        """P4: the day's journal has every take but those of which a fault took lines."""
        today = self._room.today()
        takes = sum(line["kind"] == "take_end" for line in self._room.journal_of(today))
        there = self._room.journal_days()
        if takes < at_least:
            days = ", ".join(sorted(there))
            raise self.broken("P4", f"the journal has {takes} takes of {today}, of at least {at_least} (days: {days})")
        self._days.append(today)
        if missing := set(self._days[-2:]) - there:  # days of a wrong clock may take the other places
            raise self.broken(
                "P4", f"the journal lacks {', '.join(sorted(missing))}; it has {', '.join(sorted(there))}"
            )
        if len(there) > JOURNAL_DAYS:
            raise self.broken("P5", f"the journal has {len(there)} days, {JOURNAL_DAYS} at most are wanted")

    def check_flat(self) -> Night:
        """P5: what the show holds in this night, compared with the first one."""
        first = self._first or self._measure()
        self._room.wait(lambda: not grown(first, self._measure()), SETTLE_SECONDS)  # what was closed ends in a moment
        night = self._measure()
        self._first = first
        if night.journal_megabytes > JOURNAL_MEGABYTES:
            raise self.broken("P5", f"the journal has {night.journal_megabytes:.2f} MB of {JOURNAL_MEGABYTES}")
        if more := grown(first, night):
            raise self.broken("P5", more)
        return night

    def _measure(self) -> Night:
        return Night(threading.active_count(), _descriptors(), _own_megabytes(), self._room.journal_megabytes())


def grown(first: Night, night: Night) -> str:
    """What ``night`` has more of than the first one, in words, or ''."""
    bounds = {"threads": 4.0, "descriptors": 4.0, "megabytes": 30.0}
    more = [name for name, bound in bounds.items() if getattr(night, name) > getattr(first, name) + bound]
    return ", ".join(
        f"{getattr(night, name):.0f} {name}, and {getattr(first, name):.0f} in the first night" for name in more
    )


def _descriptors() -> int:
    try:
        return len(list(Path("/proc/self/fd").iterdir()))
    except OSError:  # another system than Linux does not say
        return 0


def _own_megabytes() -> float:
    """What this process has allocated; 0.0 where the system does not say."""
    try:
        lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Anonymous:")) * 1024 / 1e6
