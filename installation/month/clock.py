"""The time of a simulated month: it moves only when it is told to."""

from __future__ import annotations

import time

TIME_ZONE = "CET-1CEST,M3.5.0,M10.5.0/3"
"""Central Europe, in the form that needs no list of zones: summer time from the last Sunday of March to October's."""
SPRING, AUTUMN = (2026, 3, 14), (2026, 10, 14)
"""First days of a month in which the clocks are changed."""


class SimulatedClock:
    """Seconds of a monotonic clock, and the wall clock beside it, which may be wrong by ``error`` seconds."""

    def __init__(self, first_day: tuple[int, int, int]) -> None:
        self._midnight = time.mktime((*first_day, 0, 0, 0, 0, 0, -1))
        self._seconds = 1000.0
        self._began = self._seconds
        self._asleep = self._jumped = 0.0
        self.error = 0.0

    def __call__(self) -> float:
        """Monotonic seconds."""
        return self._seconds

    def wall(self) -> float:
        """Unix seconds, as the machine believes them."""
        return self.true_wall() + self.error

    def true_wall(self) -> float:
        """Unix seconds as they are."""
        return self._midnight + self._seconds + self._asleep - self._began

    def played(self) -> float:
        """Monotonic seconds without those that were jumped over."""
        return self._seconds - self._jumped

    @property
    def jumped(self) -> float:
        """All seconds that were jumped over."""
        return self._jumped

    def advance(self, seconds: float) -> None:
        """Some time passes."""
        self._seconds += seconds

    def jump(self, seconds: float) -> None:
        """Time in which nothing happens passes at once."""
        self._seconds += seconds
        self._jumped += seconds

    def sleep(self, seconds: float) -> None:
        """The machine is suspended: only the wall clock goes on, as under Linux."""
        self._asleep += seconds

    def weekday(self, day: int) -> int:
        """Of the ``day``th day; 0 is Monday."""
        return time.localtime(self._midnight + (day + 0.5) * 86400).tm_wday

    def at_hour(self, day: int, hour: int) -> float:
        """Unix seconds of ``hour`` o'clock on the ``day``th day, counted from 0, by that day's summer time."""
        year, month, first, *_ = time.localtime(self._midnight)
        return time.mktime((year, month, first + day, hour, 0, 0, 0, 0, -1))
