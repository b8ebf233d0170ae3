"""Pictures from a disk come at a camera's pace."""

from __future__ import annotations

import time
from collections.abc import Callable

BEHIND_AT_MOST = 0.5
"""Seconds; a longer stall shifts the schedule, so that a woken machine does not see a burst of old pictures."""


class Pace:
    """Scheduled time, not slept time: the n-th picture is due n periods after the first."""

    def __init__(
        self,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._period, self._clock, self._sleep = 1.0 / per_second, clock, sleep
        self._due: float | None = None

    def wait(self) -> None:
        """Return when the next picture is due."""
        now = self._clock()
        due = now if self._due is None else self._due
        if due > now:
            self._sleep(due - now)
        elif now - due > BEHIND_AT_MOST:
            due = now
        self._due = due + self._period
