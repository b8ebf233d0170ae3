"""The film's clock: programme seconds that follow the sound card, or monotonic time where there is none."""

from __future__ import annotations

import threading
from collections import deque

PHASE_GAIN = 0.1
"""Share of an observed error that is corrected at once."""
RATE_GAIN = PHASE_GAIN**2 / 4
"""Critically damped together with PHASE_GAIN; SDL's own dummy clock is up to 5 % off, sound cards 0.1 %."""
OBSERVATIONS = 8
"""The earliest of this many observations is believed (half a second of them)."""
JUMP_SECONDS = 0.1
STOP_SECONDS = 0.25
"""When nobody asked for the time for longer, the process stood still (stopped, suspended), and the film with it.
So much passes all the same, so that a machine whose every tick is slower shows a slow film and not a frozen one."""
RATE_BOUND = 0.06


class FilmClock:
    """Programme seconds as a straight line over monotonic seconds, corrected gently by what the sound reports.

    Thread-safe: the sound's reader observes, the stage reads. It may be set back when the sound was stopped by force;
    readers that must not go back keep the largest value seen.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since: float | None = None
        self._programme = 0.0
        self._rate = 1.0
        self._paused = self._led = False
        """Led: what passes in a stop is made up for by whoever leads it, and does not pass here."""
        self._asked: float | None = None
        """When anybody last asked for the time or told it."""
        self._observations: deque[tuple[float, float]] = deque(maxlen=OBSERVATIONS)
        self.latest = 0.0
        """What ``at`` gave last."""

    def at(self, now: float) -> float:
        """Programme seconds at the monotonic time ``now``. The first call sets zero."""
        with self._lock:
            self._pass_over_stop(now)
            self.latest = self._at(now)
            return self.latest

    def _at(self, now: float) -> float:
        if self._since is None:
            self._since = now
        return self._programme if self._paused else self._programme + (now - self._since) * self._rate

    def _pass_over_stop(self, now: float) -> None:
        """The film goes on where it stood: what would have been shown during a stop is not skipped."""
        asked, self._asked = self._asked, now if self._asked is None else max(now, self._asked)
        if asked is None or self._since is None or now - asked <= STOP_SECONDS:
            return
        self._programme, self._since = self._at(asked + (0.0 if self._led else STOP_SECONDS)), now
        self._observations.clear()

    def when(self, programme: float, now: float) -> float:
        """Monotonic time at which ``programme`` will be reached; in a pause, ``now`` plus what is left."""
        with self._lock:
            return now + (programme - self._at(now)) / self._rate

    def steer(self, now: float, rate: float, shift_seconds: float = 0.0) -> None:
        """From ``now`` on run at this rate, after a step: another screen is followed. For a film without sound."""
        with self._lock:
            self._pass_over_stop(now)
            self._programme, self._since, self._rate = self._at(now) + shift_seconds, now, rate
            self._led = True

    @property
    def rate(self) -> float:
        """Programme seconds in a second; 0 in a pause."""
        return 0.0 if self._paused else self._rate

    @property
    def paused(self) -> bool:
        """Whether it is paused."""
        return self._paused

    def observe(self, now: float, programme: float) -> None:
        """The sound was at ``programme`` at ``now``, or earlier: a busy machine looks late, never early."""
        with self._lock:
            self._pass_over_stop(now)
            if self._paused:
                return
            here = self._at(now)
            elapsed = now - (self._since if self._since is not None else now)
            self._observations.append((now, programme))
            error = max(seen - (here + (when - now) * self._rate) for when, seen in self._observations)
            self._since = now
            if abs(error) > JUMP_SECONDS:
                self._programme = programme
                self._observations.clear()
                return
            self._programme = here + PHASE_GAIN * error
            if 0.0 < elapsed < 1.0:
                rate = self._rate + RATE_GAIN * error / elapsed
                self._rate = min(max(rate, 1.0 - RATE_BOUND), 1.0 + RATE_BOUND)

    def forget(self) -> None:
        """Discard what was observed: the sound was interrupted, so it says nothing about what follows."""
        with self._lock:
            self._observations.clear()

    def free_run(self, now: float) -> None:
        """There is no sound any more: continue from here by monotonic time."""
        with self._lock:
            self._pass_over_stop(now)
            self._programme, self._since, self._rate = self._at(now), now, 1.0
            self._observations.clear()

    def pause(self, paused: bool, now: float) -> None:
        """Pause, or resume from where it was."""
        with self._lock:
            self._pass_over_stop(now)
            if paused != self._paused:
                self._programme, self._since, self._paused = self._at(now), now, paused
                self._observations.clear()
