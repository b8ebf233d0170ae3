"""Restart as data: when a part that has died is started again. It never gives up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Restarts:
    """One part's recent deaths. Time is given, monotonic seconds.

    After a first death the part is started again at once. One that dies again and again waits longer each time, up
    to ``longest_seconds``, and one that has lived for ``settled_seconds`` is forgiven.
    """

    name: str
    first_seconds: float = 0.5
    longest_seconds: float = 30.0
    settled_seconds: float = 10.0
    quiet_seconds: float = 60.0
    quick_deaths: int = 0
    next_at: float = 0.0

    def died(self, started: float, now: float) -> None:
        """Note a death."""
        self.quick_deaths = self.quick_deaths + 1 if now - started < self.settled_seconds else 1
        wait = 0.0 if self.quick_deaths == 1 else self.first_seconds * 2.0 ** min(self.quick_deaths - 2, 16)
        self.next_at = now + min(wait, self.longest_seconds)

    def patience(self, started: float, now: float) -> float:
        """By what to multiply the deadlines of the life that began at ``started``."""
        return 1.0 if now - started > self.quiet_seconds else 2.0 ** min(self.quick_deaths, 4)
