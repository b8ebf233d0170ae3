"""Moods for a rehearsal, and the operator's override of the eye for half a minute."""

from __future__ import annotations

from models.judging.valence_arousal import valence_and_arousal
from models.labels import LABELS
from models.mood import Mood, VisitorMood

OVERRIDE_SECONDS = 30.0
NOBODY, UNDECIDED = "nobody", "undecided"
WORDS = (*LABELS, UNDECIDED, NOBODY)
"""What can be rehearsed: an emotion, a visitor whose face says nothing clear, or an empty room."""


def mood_of(
    word: str, intensity: float, now: float, held_seconds: float = 0.0, facing: float = 1.0, speaking: bool = False
) -> Mood:
    """A trusted mood of one visitor who shows ``word`` at ``intensity`` (0 to 1), the rest shared among the others.

    ``facing``: how much the visitor faces the film; ``speaking``: whether they speak.

    Raises ``ValueError`` for a word that is not in ``WORDS``.
    """
    if word not in WORDS:
        raise ValueError(f"no emotion is called {word!r}; known: {', '.join(WORDS)}")
    if word == NOBODY:
        return Mood(captured_at=now, trusted=True)
    lead = min(max(intensity, 0.0), 1.0) if word in LABELS else 0.0
    rest = (1.0 - lead) / len(LABELS)
    probabilities = tuple(rest + (lead if label == word else 0.0) for label in LABELS)
    dominant = word if lead >= 0.3 else None
    confidence = max(probabilities) if dominant else 0.0
    valence, arousal = valence_and_arousal(probabilities)
    visitor = VisitorMood(
        slot=1,
        visitor_id=1,
        probabilities=probabilities,
        dominant=dominant,
        confidence=confidence,
        position=(0.5, 0.5),
        size=0.3,
        facing=facing,
        speaking=speaking,
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
        valence=valence,
        arousal=arousal,
        facing=facing,
        speaking=float(speaking),
    )


class Rehearsal:
    """Overrides the mood for some seconds after each command; then the eye's mood counts again."""

    def __init__(self, seconds: float = OVERRIDE_SECONDS) -> None:
        self._seconds = seconds
        self._word, self._intensity, self._since, self._until = NOBODY, 1.0, 0.0, float("-inf")

    def set(self, word: str, intensity: float, now: float) -> None:
        """Raises ``ValueError`` for an unknown word, before anything changes."""
        mood_of(word, intensity, now)
        if word != self._word or now >= self._until:
            self._since = now
        self._word, self._intensity, self._until = word, intensity, now + self._seconds

    def active(self, now: float) -> bool:
        """Whether the mood is one by hand now; at a maker's desk it always is."""
        return self.lasts(now) or self._seconds == float("inf")

    def lasts(self, now: float) -> bool:
        """Whether the mood at ``now`` is a rehearsed one."""
        return now < self._until

    def over(self, mood: Mood, now: float) -> Mood:
        """``mood``, or the rehearsed one while it lasts."""
        if not self.lasts(now):
            return mood
        return mood_of(self._word, self._intensity, now, held_seconds=now - self._since)
