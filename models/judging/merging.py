"""From the moods of several eyes to one: whose counts, who is there, and what it means that one of them is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from calibration.settings import MoodSettings
from models.arrays import Doubles
from models.judging.aggregate import NEARER_BY, mean_facing, share_speaking
from models.judging.belief import Belief
from models.judging.same_visitors import SameVisitors, View
from models.judging.valence_arousal import valence_and_arousal
from models.labels import LABELS
from models.mood import NOTHING, Mood, VisitorMood, unseen

Rule = Literal["nearest", "mean", "most_trusted"]
HOLD_SECONDS = 10.0
"""An eye that saw somebody and is lost: so long the others, who see nobody, do not prove that nobody is there."""


@dataclass(frozen=True, slots=True)
class Seat:
    """How one eye stands among the others."""

    name: str
    trust: float = 1.0
    face_scale: float = 1.0
    sees_the_same: bool = True
    plane: Doubles | None = None
    """From its picture to the first eye's; None: not known."""


class Merger:
    """Merges the moods of eyes that stand as ``seats`` say; the first of them is the one that places are told in.

    Call ``merge`` with one mood for each seat, in their order. Time is given, monotonic seconds. Not thread-safe.
    """

    def __init__(self, seats: Sequence[Seat], rule: Rule, settings: MoodSettings, same_within: float) -> None:
        self._seats, self._rule, self._settings, self._same_within = seats, rule, settings, same_within
        self.forget()

    def forget(self) -> None:
        """Nothing is left of whoever was there."""
        self._same = SameVisitors(self._same_within)
        self._somebody: dict[int, float] = {}
        """When each eye that is lost now was last seen to see somebody."""
        self._followed: int | None = None
        self._belief = Belief(self._settings, 0.0)

    def merge(self, moods: Sequence[Mood], now: float) -> Mood:
        """What all of them say together. Untrusted where none can look, or none sees whom a lost one saw."""
        trusted = {eye: mood for eye, mood in enumerate(moods) if mood.trusted}
        for eye, mood in trusted.items():
            self._somebody.pop(eye, None)
            if mood.present:
                self._somebody[eye] = now
        reasons = {eye: f"{self._seats[eye].name}: {mood.reason}" for eye, mood in enumerate(moods) if not mood.trusted}
        if not trusted:
            return unseen(now, "; ".join(reasons.values()) or "there is no eye")
        if not any(mood.present for mood in trusted.values()):
            for eye, reason in reasons.items():
                if now - self._somebody.get(eye, -HOLD_SECONDS) < HOLD_SECONDS:
                    return unseen(now, f"{reason}; it saw somebody, whom no other eye sees")
        visitors, best = self._visitors(trusted)
        present = any(mood.present for mood in trusted.values())
        whole = {
            "count": len(visitors),
            "visitors": tuple(visitors),
            "present": present,
            "facing": mean_facing(visitors),
            "speaking": share_speaking(visitors),
        }
        if self._rule == "mean":
            return self._mean(trusted, best).model_copy(update=whole)
        return trusted[self._chosen(trusted)].model_copy(update=whole)

    def _visitors(self, trusted: Mapping[int, Mood]) -> tuple[list[VisitorMood], dict[int, int]]:
        by_place, same, beside = list[View](), list[View](), list[View]()
        for eye, mood in trusted.items():
            seat = self._seats[eye]
            view = View(eye, mood.visitors, seat.face_scale, seat.plane)
            if eye == 0 or seat.plane is not None:
                by_place.append(view)
            else:
                (same if seat.sees_the_same else beside).append(view)
        return self._same.update(by_place, same, beside)

    def _chosen(self, trusted: Mapping[int, Mood]) -> int:
        """The eye whose mood counts: the one of before as long as none is clearly nearer, or surer."""
        scores = {eye: self._score(eye, mood) for eye, mood in trusted.items() if mood.visitors}
        if not scores:
            scores = {eye: float(mood.present) for eye, mood in trusted.items()}
        best = max(scores, key=scores.__getitem__)
        held = self._followed
        if held is None or held not in scores or scores[best] > NEARER_BY * scores[held]:
            self._followed = held = best
        return held

    def _score(self, eye: int, mood: Mood) -> float:
        if self._rule == "nearest":
            return max(visitor.size for visitor in mood.visitors) * self._seats[eye].face_scale
        return max(mood.probabilities) * self._seats[eye].trust

    def _mean(self, trusted: Mapping[int, Mood], best: Mapping[int, int]) -> Mood:
        """The mean of the moods, by how many visitors each eye sees best, times its trust."""
        newest = max(trusted.values(), key=lambda mood: mood.captured_at)
        weights = {eye: count * self._seats[eye].trust for eye, count in best.items()}
        whole = sum(weights.values())
        if not whole:
            self._belief = Belief(self._settings, newest.captured_at)
            nothing = {"probabilities": NOTHING, "dominant": None, "confidence": 0.0, "held_seconds": 0.0}
            return newest.model_copy(update=nothing | {"valence": 0.0, "arousal": 0.0})
        probabilities = tuple(
            sum(weight * trusted[eye].probabilities[label] for eye, weight in weights.items()) / whole
            for label in range(len(LABELS))
        )
        self._belief.update(probabilities, newest.captured_at)
        believed = self._belief.current
        valence, arousal = valence_and_arousal(probabilities)
        lit = max(weights, key=weights.__getitem__)
        return newest.model_copy(
            update={
                "probabilities": probabilities,
                "dominant": None if believed is None else LABELS[believed],
                "confidence": 0.0 if believed is None else min(probabilities[believed], 1.0),
                "held_seconds": max(newest.captured_at - self._belief.since, 0.0),
                "valence": valence,
                "arousal": arousal,
                "face_luminance": trusted[lit].face_luminance,
            }
        )
