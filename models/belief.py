"""Which emotion is believed: hysteresis and two delays, so that a film may act upon it."""

from __future__ import annotations

from collections.abc import Sequence

from calibration.settings import MoodSettings
from models.labels import LABELS

NEUTRAL = 0


class Belief:
    """The believed emotion (index into ``LABELS``), or None: undecided.

    An emotion leads when it is the likeliest and reaches ``lead_at`` (``keep_at`` for the believed one). It is believed
    when it has led for ``believe_after_seconds``. One that no longer leads is kept for ``keep_for_seconds``; only
    another emotion than neutral may take over sooner.
    """

    def __init__(self, settings: MoodSettings, now: float) -> None:
        self._settings = settings
        self.current: int | None = None
        self.since = now
        """When ``current`` became what it is."""
        self._rival: int | None = None
        self._rival_since = now
        self._led_at = now

    def look(self, probabilities: Sequence[float], now: float) -> int | None:
        """Take in smoothed probabilities at ``now`` (seconds, going forward). Returns what is believed."""
        leader = self._leader(probabilities)
        if leader is not None and leader == self.current:
            self._led_at, self._rival = now, None
            return self.current
        if leader != self._rival:
            self._rival, self._rival_since = leader, now
        led = now - self._rival_since >= self._settings.believe_after_seconds
        kept = self.current is not None and now - self._led_at < self._settings.keep_for_seconds
        if leader is None or leader == NEUTRAL:
            if not kept and (leader is None or led):
                self._believe(leader, now)
        elif led:
            self._believe(leader, now)
        return self.current

    def _leader(self, probabilities: Sequence[float]) -> int | None:
        best = max(range(len(LABELS)), key=probabilities.__getitem__)
        if probabilities[best] >= self._settings.lead_at:
            return best
        holds = self.current is not None and probabilities[self.current] >= self._settings.keep_at
        return self.current if holds else None

    def _believe(self, what: int | None, now: float) -> None:
        if what != self.current:
            self.current, self.since = what, now
        self._led_at = now
