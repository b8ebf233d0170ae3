"""Where a follower stands: a level from 0 to 1 that goes with a mood, valence, arousal or a signal. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Mapping

from models.labels import LABELS
from models.mood import Mood
from scenes.story.follow import Follow


def level(
    follow: Follow, mood: Mood, signals: Mapping[str, float], groups: Mapping[str, tuple[str, ...]]
) -> float | None:
    """The level of ``follow`` now, 0 to 1; None: not known (nobody there, could not look, a signal that is too old).

    ``signals``: of each signal that is known, where it is from its ``low`` (0) to its ``high`` (1).
    ``groups``: the story's.
    """
    if follow.signal is not None:
        value = signals.get(follow.signal)
        return None if value is None else _share(value, follow.range)
    if not (mood.trusted and mood.present and any(mood.probabilities)):
        return None
    if follow.mood is not None:
        labels = (follow.mood,) if follow.mood in LABELS else groups[follow.mood]
        return _share(mood.probability(*labels), follow.range)
    return _share(mood.valence if follow.valence is not None else mood.arousal, follow.affect)


def glide(at: float, target: float | None, passed: float, attack_seconds: float, release_seconds: float) -> float:
    """Where a level is ``passed`` seconds after ``at``, on its way to ``target``: in a straight line.

    The whole way from 0 to 1 takes ``attack_seconds``, the way down ``release_seconds``; 0: at once. A target that is
    not known leaves it where it is.
    """
    if target is None:
        return at
    seconds = attack_seconds if target > at else release_seconds
    step = passed / seconds if seconds > 0 else 1.0
    return min(target, at + step) if target > at else max(target, at - step)


def _share(value: float, span: tuple[float, float]) -> float:
    low, high = span
    return min(1.0, max(0.0, (value - low) / (high - low)))
