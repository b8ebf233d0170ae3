"""A mood made by hand: the operator's override for half a minute, and the maker's number keys at a desk."""

from __future__ import annotations

from models.labels import LABELS
from models.mood import Mood, VisitorMood

OVERRIDE_SECONDS = 30.0


def mood_of(label: str, intensity: float, now: float, held_seconds: float = 0.0) -> Mood:
    """A trusted mood of one visitor who shows ``label`` at ``intensity`` (0 to 1); the rest is neutral.

    Raises ``ValueError`` for a label that is none.
    """
    if label not in LABELS:
        raise ValueError(f"no emotion is called {label!r}; known: {', '.join(LABELS)}")
    share = min(max(intensity, 0.0), 1.0)
    shares = dict.fromkeys(LABELS, 0.0)
    shares["neutral"] += 1.0 - share
    shares[label] += share
    probabilities = tuple(shares.values())
    dominant = max(LABELS, key=lambda name: shares[name])
    confidence = shares[dominant]
    visitor = VisitorMood(
        slot=1,
        visitor_id=1,
        probabilities=probabilities,
        dominant=dominant,
        confidence=confidence,
        position=(0.5, 0.5),
        size=0.3,
    )
    return Mood(
        captured_at=now,
        trusted=True,
        present=True,
        count=1,
        visitors=(visitor,),
        probabilities=probabilities,
        dominant=dominant,
        confidence=confidence,
        held_seconds=held_seconds,
    )


class Rehearsal:
    """Overrides the mood for ``OVERRIDE_SECONDS`` after each wish, then lets the eye speak again."""

    def __init__(self) -> None:
        self._label, self._intensity, self._since, self._until = "neutral", 1.0, 0.0, float("-inf")

    def set(self, label: str, intensity: float, now: float, seconds: float = OVERRIDE_SECONDS) -> None:
        mood_of(label, intensity, now)  # refuses an unknown label before anything changes
        if label != self._label or now >= self._until:
            self._since = now
        self._label, self._intensity, self._until = label, intensity, now + seconds

    def over(self, mood: Mood, now: float) -> Mood:
        """``mood``, or the rehearsed one while it lasts."""
        if now >= self._until:
            return mood
        return mood_of(self._label, self._intensity, now, held_seconds=now - self._since)
