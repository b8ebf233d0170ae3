"""Scenes whose clip could not be played: why, since when, and when they are tried again.

A damaged file is tried again when its time or size changes. One that is missing, or that stalled, is looked at after 5,
15 and then every 60 s, whenever attract begins, and every 2 s while nothing at all can be shown.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from calibration.errors import Unplayable
from installation.host.console import LossReporter
from scenes.story.probe import probe

WAITS = (5.0, 15.0, 60.0)
STANDING_WAIT = 2.0
Stamp = tuple[int, int]
"""Time of change (nanoseconds) and size (bytes) of a file."""


class Cause(Enum):
    """Why a clip could not be played."""

    DAMAGED = "damaged"
    MISSING = "missing"
    STALLED = "stalled"


def stamp_of(file: Path) -> Stamp | None:
    """The stamp of ``file``; None where there is none. May wait for a disk."""
    try:
        stat = file.stat()
    except (OSError, ValueError):
        return None
    return stat.st_mtime_ns, stat.st_size


@dataclass(slots=True)
class Failure:
    """One scene that could not be played."""

    scene: str
    file: Path
    why: str
    cause: Cause
    stamp: Stamp | None
    since: float
    looks: int = 0
    looked: float = 0.0
    on_trial: bool = False
    """It may be played again, and whether it can be is not known yet."""
    able: bool = False
    """Set by the look's own thread."""
    look: threading.Thread | None = None

    def due(self, standing: bool) -> float:
        """When it is to be looked at, by the film's clock."""
        wait = WAITS[min(self.looks, len(WAITS) - 1)]
        return self.looked + (min(wait, STANDING_WAIT) if standing else wait)

    def begin_look(self, now: float) -> None:
        """Look on a thread of its own, since a disk that is gone may answer never; one look at a time."""
        if self.look is not None and self.look.is_alive():
            return
        self.looks, self.looked = self.looks + 1, now
        self.look = threading.Thread(target=self._look, name=f"look at {self.file.name}", daemon=True)
        self.look.start()

    def _look(self) -> None:
        stamp = stamp_of(self.file)
        if stamp is None or (self.cause is Cause.DAMAGED and stamp == self.stamp):
            return
        try:
            probe(self.file)
        except Unplayable:
            return
        self.able = True


class Failures:
    """All of them by scene. Only the stage's thread calls it; nothing here waits for a disk."""

    def __init__(self, losses: LossReporter) -> None:
        self._losses = losses
        self._all: dict[str, Failure] = {}
        self.scenes: frozenset[str] = frozenset()
        """Those that are not to be played now."""
        self.standing = False
        """Nothing can be shown: they are looked at every 2 s."""

    def add(self, scene: str, file: Path, why: str, cause: Cause, stamp: Stamp | None, now: float) -> None:
        """``scene`` cannot be played; reported once, however often it is tried."""
        self._losses.lost(f"scene {scene}", f"{file}: {why}")
        before = self._all.get(scene)
        looks = before.looks if before and before.cause is cause else 0
        self._all[scene] = Failure(scene, file, why, cause, stamp, now, looks, now)
        self._count()

    def works(self, scene: str) -> None:
        """``scene`` can be played (again)."""
        if scene in self._all:
            del self._all[scene]
            self._losses.back(f"scene {scene}")
            self._count()

    def poll(self, now: float) -> None:
        """Begin the looks that are due, and let those be tried again of which the last look was good."""
        for scene, failure in list(self._all.items()):
            if failure.able and failure.cause is not Cause.STALLED:
                self.works(scene)
            elif failure.able and not failure.on_trial:  # its first picture will show whether it still stalls
                failure.on_trial = True
                self._count()
            elif not failure.able and now >= failure.due(self.standing):
                failure.begin_look(now)

    def looking(self) -> bool:
        """Whether a file is being looked at this moment."""
        return any(failure.look is not None and failure.look.is_alive() for failure in self._all.values())

    def look_now(self, now: float) -> None:
        """Look at all of them now."""
        for failure in self._all.values():
            if not failure.able:
                failure.begin_look(now)

    def forget(self) -> None:
        """Somebody says that it was mended: all may be tried again at once."""
        for failure in self._all.values():
            failure.on_trial = failure.able = True
            failure.cause = Cause.STALLED  # reported as back when it plays
        self._count()

    def _count(self) -> None:
        self.scenes = frozenset(scene for scene, failure in self._all.items() if not failure.on_trial)
