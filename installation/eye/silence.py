"""Whether an eye that says nothing hangs, or could not run because the machine was busy."""

from __future__ import annotations

from installation.host.thread_times import ThreadTimes, thread_times

SUSPICIOUS = 0.5
"""Seconds of silence from which on its threads are looked at; before, that would be work for nothing."""
LATE = 0.25
"""Seconds between two looks from which on the stage itself was held up (starved, stopped or suspended)."""
FORGIVEN_AT_MOST = 30.0
"""Seconds. An eye that spins for ever on a busy machine waits for a processor too; it must not be kept for ever."""


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
            self.held_up += _longest_wait(before, self._threads, passed)
        return now - self._since - self._stood_still - min(self.held_up, FORGIVEN_AT_MOST)


def _longest_wait(before: dict[str, ThreadTimes], after: dict[str, ThreadTimes], passed: float) -> float:
    """Seconds of ``passed`` between two looks in which the thread that waited longest had no processor."""
    waits = (_waited(before[key], times, passed) for key, times in after.items() if key in before)
    return min(passed, max(waits, default=0.0))


def _waited(before: ThreadTimes, after: ThreadTimes, passed: float) -> float:
    """Seconds of ``passed`` that a thread waited. Linux adds a wait up when it ends, hence the one that goes on."""
    if before.runnable and after.runnable:
        return passed - (after.ran - before.ran)
    return after.waited - before.waited
