"""The leader's clock as a follower knows it: offset and drift from round trips, and how wrong they may be. Pure.

As NTP does (RFC 5905, 10): each round trip gives four times, two of each clock; half of what the trip took, less the
time that the leader kept it, is the most that its offset can be wrong, whatever the network did on each way. So the
shortest trip of each ``BUCKET_SECONDS`` is kept and the others are not; through those a line is laid (offset and
drift), in which a trip counts the less the longer it took beyond the shortest of all. As long as there are few, the
drift is held near zero by what crystals are (``CRYSTAL``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

BUCKET_SECONDS = 2.0
WINDOW_BUCKETS = 90
"""Three minutes: in a longer time the drift itself moves with the temperature."""
CRYSTAL = 100e-6
"""Two crystals differ by so much, or a few times of it."""
DRIFT_AT_MOST = 1000e-6
"""No crystal differs by more: what would need it is another clock."""
FLOOR_SECONDS = 0.0003
"""What even the shortest trip is not trusted below: the machine's own scheduling."""
CONTRADICTIONS = 3
"""So many trips in a row that cannot be true with the line: one of the two clocks was set, or slept."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """The four times of a request and its answer."""

    sent: float
    """By the follower's clock, as ``back``."""
    received: float
    """By the leader's clock, as ``answered``."""
    answered: float
    back: float

    @property
    def seconds(self) -> float:
        """What it took, without the time that the leader kept it."""
        return max(0.0, (self.back - self.sent) - (self.answered - self.received))

    @property
    def at(self) -> float:
        """The follower's clock in its middle."""
        return (self.sent + self.back) / 2

    @property
    def offset(self) -> float:
        """The leader's clock less the follower's; wrong by half of ``seconds`` at most."""
        return ((self.received - self.sent) + (self.answered - self.back)) / 2


@dataclass(frozen=True, slots=True)
class ClockEstimate:
    """The leader's clock as a line over the follower's."""

    since: float
    """The follower's clock where ``offset`` holds."""
    offset: float
    drift: float
    """Seconds that the leader's clock gains in a second of the follower's."""
    unsure_seconds: float
    """It cannot be wrong by more at ``since``: what the shortest trips allow, and the drift on top."""

    def leader(self, own: float) -> float:
        """The leader's clock at a time of the follower's."""
        return own + self.offset + (own - self.since) * self.drift

    def own(self, leader: float) -> float:
        """The follower's clock at a time of the leader's."""
        return self.since + (leader - self.offset - self.since) / (1.0 + self.drift)


class ClockEstimator:
    """Takes round trips in, gives the estimate. Knows no clock and no socket."""

    def __init__(self) -> None:
        self._kept = np.zeros((WINDOW_BUCKETS, 3))
        """Of the shortest trip of each bucket, in a ring: when it was, its offset, half of what it took."""
        self._count = 0
        self._bucket = 0
        self._against: list[RoundTrip] = []
        self.estimate: ClockEstimate | None = None
        """None before the first round trip."""

    def add(self, trip: RoundTrip) -> None:
        """Another round trip; they come in the order of their answers."""
        if self.estimate is not None and _contradicts(trip, self.estimate):
            self._against.append(trip)
            if len(self._against) < CONTRADICTIONS:
                return
            trip = min(self._against, key=lambda one: one.seconds)
            self.forget()  # from here on by the new clock
        self._against = []
        if self._keep(trip):
            self.estimate = self._fit(trip.at)

    def forget(self) -> None:
        """Another leader, another clock."""
        self._count, self.estimate = 0, None

    def _keep(self, trip: RoundTrip) -> bool:
        """Whether it is the shortest of its bucket so far."""
        bucket = int(trip.back // BUCKET_SECONDS)
        if not self._count or bucket != self._bucket:
            self._bucket, self._count = bucket, self._count + 1
        elif trip.seconds / 2 >= self._kept[(self._count - 1) % WINDOW_BUCKETS, 2]:
            return False
        self._kept[(self._count - 1) % WINDOW_BUCKETS] = trip.at, trip.offset, trip.seconds / 2
        return True

    def _fit(self, now: float) -> ClockEstimate:
        """Least squares of a line, its slope held near zero by what crystals are; about now, for the digits' sake."""
        at, offset, half = self._kept[: min(self._count, WINDOW_BUCKETS)].T
        first = float(offset[half.argmin()])
        at, away = at - now, offset - first
        weight = (half - half.min() + FLOOR_SECONDS) ** -2
        pulled = weight * at
        sum_0, sum_1, sum_2 = float(weight.sum()), float(pulled.sum()), float(pulled @ at) + CRYSTAL**-2
        moment_0, moment_1 = float(weight @ away), float(pulled @ away)
        determinant = sum_0 * sum_2 - sum_1**2
        drift = (sum_0 * moment_1 - sum_1 * moment_0) / determinant
        level = (moment_0 - drift * sum_1) / sum_0
        drift_unsure = 3 * math.sqrt(sum_0 / determinant)
        bounds = half + np.abs(level + drift * at - away) - drift_unsure * at
        return ClockEstimate(now, first + level, drift, float(bounds.min()) + FLOOR_SECONDS)


def _contradicts(trip: RoundTrip, line: ClockEstimate) -> bool:
    away = abs(trip.at + trip.offset - line.leader(trip.at))
    allowed = trip.seconds / 2 + line.unsure_seconds + DRIFT_AT_MOST * abs(trip.at - line.since)
    return away > allowed + FLOOR_SECONDS
