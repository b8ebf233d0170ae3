"""The promises of the show, watched at every tick of a simulated month. FAULTS: P1 to P6."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

from calibration.errors import Refused
from installation.host.console import LossChange
from installation.month.house import JOURNAL_MEGABYTES, House

STANDS_AT_MOST = 3.0
BACK_WITHIN = 60.0
PICTURE_WITHIN = 20.0
THREADS_MORE, DESCRIPTORS_MORE, MEGABYTES_MORE = 4, 4, 60.0
"""What a show may hold more of in the night than in the first night."""
ROUNDING = 0.05


class PromiseBroken(Refused):
    """A promise was not kept; the text says which, and when."""


class Promises:
    """Raises ``PromiseBroken`` at the tick that breaks one."""

    def __init__(self, house: House) -> None:
        self._house = house
        house.watchers.append(self.watch)
        self.allowed: tuple[str, ...] = ()
        """Beginnings of the names of parts that may be lost now: those that the running fault takes away."""
        self.safe_picture_allowed = self.unwatched = False
        self.fault = "no fault"
        self.told: Counter[str] = Counter()
        """How often each part was told as lost since the fault began."""
        self._calm_since = house.clock()
        self._first: tuple[int, int, float] | None = None

    def show_began(self) -> None:
        """A show has been opened: its losses are followed."""
        self._house.show.parts.losses.follow(self._note)
        self.calm()

    def calm(self) -> None:
        """From here on the picture has to move again: time was jumped over, or the doors were closed."""
        self._calm_since = self._house.clock()

    def begin(self, fault: str, parts: tuple[str, ...], safe_picture: bool) -> None:
        """A fault begins, which may take ``parts`` away."""
        self.fault, self.allowed, self.safe_picture_allowed = fault, parts, safe_picture
        self.told.clear()

    def end(self) -> None:
        """It is over and healed."""
        self.begin("no fault", (), safe_picture=False)

    def broken(self, promise: str, why: str) -> PromiseBroken:
        """The error, with the hour and the fault."""
        return PromiseBroken(f"{promise} broken: {why}; during: {self.fault}")

    def watch(self) -> None:
        """Look at the wall and at what is lost."""
        if self._house.show.ending:
            raise self.broken("P1", "the show has ended by itself")
        self._watch_wall()
        self._watch_losses()

    def _watch_wall(self) -> None:
        house, now = self._house, self._house.clock()
        controls = house.show.controls
        if controls.closed or controls.blackout or self.unwatched:
            self.calm()
            return
        moved, lit = (max(at, self._calm_since) for at in (house.screen.moved_at, house.screen.lit_at))
        if now - lit > STANDS_AT_MOST + ROUNDING:
            raise self.broken("P1", f"the wall has been black for {now - lit:.1f} s in scene {house.show.scene}")
        if now - moved > STANDS_AT_MOST + ROUNDING and not controls.paused and not self.safe_picture_allowed:
            raise self.broken("P1", f"the picture has stood for {now - moved:.1f} s in scene {house.show.scene}")

    def _watch_losses(self) -> None:
        for line in self._house.show.parts.losses.lost_parts():
            if not line.startswith(self.allowed or ("\0",)):
                raise self.broken("P2", f"the fault has taken away more than its own: {line}")

    def _note(self, change: LossChange) -> None:
        if change.seconds is None:
            self.told[change.part] += 1

    def healed(self) -> bool:
        """Whether nothing is lost, the eye sees and the film plays."""
        house = self._house
        show = house.show
        mood = house.eye.mood(house.clock())
        sees = mood.trusted or show.controls.closed
        head = show.parts.film.playhead
        return sees and house.sound.ok and not show.parts.losses.lost_parts() and not head.failed and head.entry > 0

    def lacking(self) -> str:
        """What is not healed, in words."""
        parts = self._house.show.parts
        mood = self._house.eye.mood(self._house.clock())
        lost = [*parts.losses.lost_parts(), *sorted(parts.film.playhead.failed)]
        return "; ".join(lost + ([] if mood.trusted else [f"the mood is not trusted ({mood.reason})"]))

    def check_told_once(self, at_most: int) -> None:
        """P6: nothing was told as lost more often than it went."""
        often = [f"{part} {count} times" for part, count in self.told.items() if count > at_most]
        if often:
            raise self.broken("P6", f"told more than once: {', '.join(often)}")

    def check_flat(self, folder: Path) -> tuple[int, int, float]:
        """P5, in the night: threads, descriptors, megabytes and the journal's size."""
        threads, descriptors, megabytes = threading.active_count(), _descriptors(), _own_megabytes()
        size = sum(file.stat().st_size for file in (folder / "journal").iterdir())
        if size > JOURNAL_MEGABYTES * 1_000_000:
            raise self.broken("P5", f"the journal has {size} bytes, more than its cap of {JOURNAL_MEGABYTES} MB")
        if self._first is None:
            self._first = threads, descriptors, megabytes
        for name, value, first, more in (
            ("threads", threads, self._first[0], THREADS_MORE),
            ("descriptors", descriptors, self._first[1], DESCRIPTORS_MORE),
            ("megabytes", megabytes, self._first[2], MEGABYTES_MORE),
        ):
            if value > first + more:
                raise self.broken("P5", f"{value:.0f} {name}, {first:.0f} in the first night")
        return threads, descriptors, megabytes


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
