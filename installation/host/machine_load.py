"""Whether the machine is too slow for the show: told once, with what keeps it busy."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from installation.host.console import LossReporter

WINDOW_SECONDS = 10.0
LATE_SHARE = 0.1
"""Of the pictures of a window; from here on somebody in the room sees it."""
CALM_SECONDS = 30.0


class MachineLoad:
    """Reports the loss "machine" when pictures come late or the eye waits, and its return after half a calm minute.

    Thread-safe. Time is given, monotonic seconds.
    """

    def __init__(self, losses: LossReporter) -> None:
        self._losses, self._lock = losses, threading.Lock()
        self._since: float | None = None
        self._begun = (0, 0)
        self._ticks = processor_ticks()
        self._slow_at = float("-inf")

    def pictures(self, now: float, shown: int, late: int) -> None:
        """Once a second: how many pictures were shown since the start, and how many came late or never."""
        with self._lock:
            if self._since is None:
                self._since, self._begun = now, (shown, late)
            if now - self._since < WINDOW_SECONDS:
                return
            were_late, of = late - self._begun[1], max(1, shown - self._begun[0])
            self._since, self._begun = now, (shown, late)
        if were_late > LATE_SHARE * of:
            self.slow(now, f"{min(1.0, were_late / of):.0%} of the pictures came late")
        elif now - self._slow_at > CALM_SECONDS:
            self._losses.back("machine")
        self._ticks = processor_ticks()

    def slow(self, now: float, what: str) -> None:
        """Something of the show could not run in time."""
        self._slow_at = now
        if not self._losses.is_lost("machine"):
            self._losses.lost("machine", f"it is too slow for the show: {what}; {busy_line(self._ticks)}")


def busy_line(before: tuple[int, int]) -> str:
    """What keeps the machine busy, for a technician; ``before``: an earlier ``processor_ticks``."""
    cores = os.cpu_count() or 1
    load = f"load {os.getloadavg()[0]:.1f} on {cores} cores" if hasattr(os, "getloadavg") else f"{cores} cores"
    stolen, of = (after - earlier for after, earlier in zip(processor_ticks(), before, strict=True))
    return f"{load}, {stolen / of:.0%} taken by other virtual machines (steal)" if stolen > 0 < of else load


def processor_ticks() -> tuple[int, int]:
    """Ticks stolen by other virtual machines and ticks in all since boot, proc(5); (0, 0) elsewhere than on Linux."""
    try:
        numbers = [int(one) for one in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return numbers[7], sum(numbers)
    except (OSError, ValueError, IndexError):
        return 0, 0
