"""Which emotion is believed: hysteresis (two thresholds) and two delays, so that a film can act on it."""

from __future__ import annotations

from collections.abc import Sequence

from calibration.settings import MoodSettings
from models.judging.smoothing import MAX_FRAME_SECONDS
from models.labels import LABELS

NEUTRAL = 0
CLEAR_LEAD_RATIO = 1.3
"""An emotion leads clearly if it is this many times as likely as the next; a narrow lead takes longer to be believed,
or a face between two expressions would flicker between them."""
NARROW_LEAD_WEIGHT = 0.5
"""What a second of a narrow lead counts for, in seconds of a clear one."""


class Belief:
    """The believed emotion (index into ``LABELS``), or None: undecided.

    An emotion leads when it is the likeliest and reaches ``lead_at`` (``keep_at`` for the believed one). It is believed
    when it has led clearly for ``believe_after_seconds``. One that no longer leads is kept for ``keep_for_seconds``;
    only another emotion than neutral may take over sooner.
    """

    def __init__(self, settings: MoodSettings, now: float) -> None:
        self._settings = settings
        self.current: int | None = None
        self.since = now
        """When ``current`` became what it is."""
        self._rival: int | None = None
        self._led_seconds = 0.0
        self._unsupported_seconds = 0.0
        self._now = now

    def update(self, probabilities: Sequence[float], now: float, seen_seconds: float | None = None) -> int | None:
        """Take in smoothed probabilities at ``now`` (seconds, going forward). Returns what is believed.

        Time without a frame (a face lost for a moment) does not count. ``seen_seconds``: how much of the time since the
        last update the face was seen, where that is known better.
        """
        seconds = min(now - self._now, MAX_FRAME_SECONDS) if seen_seconds is None else seen_seconds
        self._now = now
        best = max(range(len(LABELS)), key=probabilities.__getitem__)
        rival = best if best != self.current and probabilities[best] >= self._settings.lead_at else None
        supported = rival is None and not self._faint(probabilities)
        self._unsupported_seconds = 0.0 if supported else self._unsupported_seconds + seconds
        self._led_seconds = (
            self._led_seconds + seconds * _lead_weight(probabilities, best) if rival == self._rival else 0.0
        )
        self._rival = rival
        led = rival is not None and self._led_seconds >= self._settings.believe_after_seconds
        kept = self.current is not None and self._unsupported_seconds < self._settings.keep_for_seconds
        if led and (rival != NEUTRAL or not kept):
            self._believe(rival, now)
        elif not kept and (rival is None or self._faint(probabilities)):
            self._believe(None, now)
        return self.current

    def correct(self, probabilities: Sequence[float], now: float) -> None:
        """The face is known only now: if it shows nothing, what was believed of it was a mistake, and is not kept."""
        if max(probabilities) == probabilities[NEUTRAL] >= self._settings.lead_at:
            self._believe(NEUTRAL, now)

    def _faint(self, probabilities: Sequence[float]) -> bool:
        """Is next to nothing left of what is believed? (Then it goes, even if two others quarrel over its place.)"""
        return self.current is None or probabilities[self.current] < self._settings.keep_at

    def _believe(self, what: int | None, now: float) -> None:
        if what != self.current:
            self.current, self.since = what, now
        self._unsupported_seconds = 0.0


def _lead_weight(probabilities: Sequence[float], best: int) -> float:
    second = max(p for k, p in enumerate(probabilities) if k != best)
    return 1.0 if probabilities[best] >= CLEAR_LEAD_RATIO * second else NARROW_LEAD_WEIGHT
