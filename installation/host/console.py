"""The readable console: one line when a thing goes, one when it is back, with how long (never one a frame)."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.logging import RichHandler

from calibration.plain import plain
from installation.host.plain_console import PlainConsole
from installation.host.terminal import print_traceback

log = logging.getLogger("chiaro")


class PlainFormatter(logging.Formatter):
    """One record, made plain. Its further lines are set back, so that no text can look like a record of ours."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as it is printed."""
        return plain(super().format(record)).replace("\n", "\n    ")


def open_log(verbose: bool = False) -> None:
    """Send the log to stderr, one readable line per record. Call it once in each process."""
    stderr = PlainConsole(stderr=True)
    handler: logging.Handler
    if stderr.is_terminal:
        handler = RichHandler(console=stderr, show_path=False, markup=False, rich_tracebacks=False)
    else:
        handler = logging.StreamHandler()
    head = "" if stderr.is_terminal else "%(asctime)s %(levelname)-7s "  # rich writes its own
    handler.setFormatter(PlainFormatter(f"{head}%(message)s", "%H:%M:%S"))
    sys.excepthook = print_traceback
    log.handlers[:] = [handler]
    log.propagate = False
    log.setLevel(logging.DEBUG if verbose else logging.INFO)


def log_native(line: str) -> None:
    """A line that a library printed by itself: in the log with ``--verbose``."""
    log.debug("library: %s", line)


@dataclass(frozen=True, slots=True)
class LossChange:
    """A part went, or is back after ``seconds`` (None while it is lost). ``now``: by the reporter's clock."""

    part: str
    why: str
    now: float
    seconds: float | None = None


class LossReporter:
    """Reports on change only, so that a fault in every frame is one line. Thread-safe.

    ``clock`` gives monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._gone: dict[str, tuple[float, str]] = {}
        self._followers: list[Callable[[LossChange], None]] = []
        self.errors = 0

    def follow(self, follower: Callable[[LossChange], None]) -> None:
        """Tell ``follower`` of every change, from any thread, and of what is lost already. It must not wait."""
        with self._lock:
            self._followers.append(follower)
            gone = list(self._gone.items())
        for part, (since, why) in gone:
            follower(LossChange(part, why, since))

    def unfollow(self, follower: Callable[[LossChange], None]) -> None:
        """Tell ``follower`` no more."""
        with self._lock:
            self._followers = [one for one in self._followers if one != follower]

    def lost(self, part: str, why: str) -> None:
        """``part`` no longer works. Repeating it, or another reason for the same loss, is not reported again."""
        why = plain(why)  # it goes to the overlay and the network too
        with self._lock:
            if part in self._gone:
                return
            now = self.clock()
            self._gone[part] = (now, why)
            self.errors += 1
        log.warning("%s lost: %s", part, why)
        self._tell(LossChange(part, why, now))

    def back(self, part: str) -> None:
        """``part`` works (again). Reported only if it was lost before."""
        with self._lock:
            gone = self._gone.pop(part, None)
            now = self.clock()
        if gone:
            log.info("%s is back after %.1f s", part, now - gone[0])
            self._tell(LossChange(part, gone[1], now, now - gone[0]))

    def _tell(self, change: LossChange) -> None:
        for follower in self._followers:
            follower(change)

    def is_lost(self, part: str) -> bool:
        """``part`` was lost and is not back yet."""
        return part in self._gone

    def lost_names(self) -> tuple[str, ...]:
        """What is lost now."""
        with self._lock:
            return tuple(self._gone)

    def losses(self) -> tuple[LossChange, ...]:
        """What is lost now, why, and since when."""
        with self._lock:
            return tuple(LossChange(part, why, since) for part, (since, why) in self._gone.items())

    def lost_parts(self) -> tuple[str, ...]:
        """What is lost now and why, one line per part, for the operator's overlay."""
        with self._lock:
            return tuple(f"{part}: {why}" for part, (_, why) in self._gone.items())
