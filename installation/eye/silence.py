"""Whether an eye that says nothing hangs, or could not run because the machine was busy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SUSPICIOUS = 0.5
"""Seconds of silence from which on its threads are looked at; before, that would be work for nothing."""
LATE = 0.25
"""Seconds between two looks from which on the stage itself was held up (starved, stopped or suspended)."""
FORGIVEN_AT_MOST = 30.0
"""Seconds. An eye that spins for ever on a busy machine waits for a processor too; it must not be kept for ever."""
NANO = 1e-9


@dataclass(frozen=True, slots=True)
class ThreadTimes:
    """Seconds that one thread ran, and waited for a processor, since it began; and whether it wants one now."""

    ran: float
    waited: float
    runnable: bool


class Silence:
    """Counts the seconds of an eye's silence, without those in which it was ready to run and had no processor.

    ``seconds`` is asked about twenty times a second. Linux says how long threads waited (/proc/PID/task/*/schedstat,
    Documentation/scheduler/sched-stats.rst); elsewhere only the stage's own lateness is known. Monotonic seconds.
    """

    def __init__(self, pid: int, now: float) -> None:
        self._pid = pid
        self.heard(now)

    def heard(self, now: float) -> None:
        """The eye has spoken: counting begins anew."""
        self._since = self._looked = now
        self.held_up = 0.0
        """Seconds of this silence in which the eye wanted a processor and had none."""
        self._stood_still = 0.0
        self._threads: dict[str, ThreadTimes] = {}

    def seconds(self, now: float) -> float:
        """How long it has been silent though it could run."""
        passed, self._looked = now - self._looked, now
        if passed > LATE:
            self._stood_still += passed
            self._threads = {}
        elif now - self._since > SUSPICIOUS:
            before, self._threads = self._threads, thread_times(self._pid)
            waits = (_waited(before[key], after, passed) for key, after in self._threads.items() if key in before)
            self.held_up += min(passed, max(waits, default=0.0))
        return now - self._since - min(self.held_up + self._stood_still, FORGIVEN_AT_MOST)


def _waited(before: ThreadTimes, after: ThreadTimes, passed: float) -> float:
    """Seconds of ``passed`` that a thread waited. Linux adds a wait up when it ends, hence the one that goes on."""
    if before.runnable and after.runnable:
        return passed - (after.ran - before.ran)
    return after.waited - before.waited


def thread_times(pid: int) -> dict[str, ThreadTimes]:
    """The times of a process's threads, by their numbers; empty where the system does not tell, or it has ended."""
    found = {}
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            ran, waited, _ = (task / "schedstat").read_text().split()
            state = (task / "stat").read_text().rpartition(")")[2].split()[0]
            found[task.name] = ThreadTimes(int(ran) * NANO, int(waited) * NANO, state == "R")
    except (OSError, ValueError):
        return {}
    return found
