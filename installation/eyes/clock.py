"""When, by the stage's clock, an eye on another machine saw something: no clock has to be set."""

from __future__ import annotations

from collections import deque

REMEMBERED_SECONDS = 10.0
"""Two clocks drift apart by less than a millisecond meanwhile."""


class EyeClock:
    """How far an eye's clock is ahead of the stage's, from the round trips of orders and reports; all in seconds.

    Of the last ten seconds the shortest round trip counts (as in NTP): what was held up on its way says nothing.
    """

    def __init__(self) -> None:
        self._trips: deque[tuple[float, float, float]] = deque()

    def add(self, sent: float, heard: float, answered: float, arrived: float) -> None:
        """The stage sent at ``sent`` what the eye heard at ``heard``; its answer left at ``answered`` and arrived."""
        trip = max((arrived - sent) - (answered - heard), 0.0)
        ahead = ((heard - sent) + (answered - arrived)) / 2
        while self._trips and (self._trips[0][0] < arrived - REMEMBERED_SECONDS):
            self._trips.popleft()
        while self._trips and self._trips[-1][1] >= trip:
            self._trips.pop()  # no longer the shortest of any time to come
        self._trips.append((arrived, trip, ahead))

    @property
    def known(self) -> bool:
        """A round trip was made."""
        return bool(self._trips)

    @property
    def round_trip(self) -> float:
        """The shortest of the last seconds."""
        return self._trips[0][1]

    def here(self, there: float) -> float:
        """By the stage's clock, what is ``there`` by the eye's."""
        return there - self._trips[0][2]
