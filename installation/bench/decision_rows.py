"""The ways to decide that the bench compares: ours, and those that other installations and toolkits use."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Sequence

import numpy as np

from calibration.settings import MoodSettings
from installation.bench.decision_courses import FRAME
from models.arrays import Floats
from models.estimate import EmotionEstimate
from models.judging.judgement import Judgement
from models.labels import LABELS
from scenes.machine.evidence import Evidence


class Reference:
    """A rule upon the largest face of each frame. A frame without a face changes nothing (kinder than real ones)."""

    def __init__(self) -> None:
        self.label: str | None = None
        self._seconds: dict[str, float] = {}
        self._last: float | None = None

    def update(self, faces: Sequence[EmotionEstimate], now: float) -> str | None:
        """The label that the film would get at ``now``."""
        if faces:
            nearest = max(faces, key=lambda face: face.detection.box[3])
            self.label = self.rule(nearest.probabilities, now)
        if self.label and self._last is not None:
            self._seconds[self.label] = self._seconds.get(self.label, 0.0) + now - self._last
        self._last = now
        return self.label

    def rule(self, probabilities: Floats, now: float) -> str | None:  # noqa: ARG002 - only some rules go by the clock
        """The label after this face: probabilities (8,) at second ``now``."""
        return LABELS[int(probabilities.argmax())]

    def branch(self) -> str | None:
        """The scene's choice: the label reported for the longest time."""
        return max(self._seconds, key=self._seconds.__getitem__, default=None)


class RawArgmax(Reference):
    """The likeliest emotion of each frame."""

    name = "raw argmax"


class ModeOfTen(Reference):
    """The commonest of the last ten."""

    name = "mode of the last 10"

    def __init__(self) -> None:
        super().__init__()
        self._recent: deque[int] = deque(maxlen=10)

    def rule(self, probabilities: Floats, now: float) -> str | None:  # noqa: ARG002 - only some rules go by the clock
        """The commonest label of the last ten faces."""
        self._recent.append(int(probabilities.argmax()))
        return LABELS[Counter(self._recent).most_common(1)[0][0]]


class MovingAverage(Reference):
    """The likeliest of the mean of the last ten."""

    name = "moving average of 10"

    def __init__(self) -> None:
        super().__init__()
        self._recent: deque[Floats] = deque(maxlen=10)

    def rule(self, probabilities: Floats, now: float) -> str | None:  # noqa: ARG002 - only some rules go by the clock
        """The likeliest label of the mean of the last ten faces."""
        self._recent.append(probabilities)
        return LABELS[int(np.mean(self._recent, axis=0).argmax())]


class LastFrame(Reference):
    """One face a second, and the scene's choice is the last of them, as RIOT did it."""

    name = "last frame, once a second"

    def __init__(self) -> None:
        super().__init__()
        self._sampled_at = -1e9

    def rule(self, probabilities: Floats, now: float) -> str | None:
        """The label of the latest face that was sampled, at most one a second."""
        if now - self._sampled_at < 1.0:
            return self.label
        self._sampled_at = now
        return super().rule(probabilities, now)

    def branch(self) -> str | None:
        """The scene's choice: the last label."""
        return self.label


class Ours:
    """The judgement as the eye runs it, and the scene's evidence as the story asks it."""

    name = "ours"

    def __init__(self, settings: MoodSettings | None = None) -> None:
        self._judge = Judgement(settings or MoodSettings(), random.Random(1))  # noqa: S311 - ids of a benchmark
        self._evidence = Evidence()
        self._began: float | None = None

    def update(self, faces: Sequence[EmotionEstimate], now: float) -> str | None:
        """The label that the film would get at ``now``."""
        mood = self._judge.update(faces, FRAME, 25.0, now)
        self._began = now if self._began is None else self._began
        self._evidence = self._evidence.observe(mood, now - self._began)
        return mood.dominant

    def branch(self) -> str | None:
        """The scene's choice: the label believed for the longest time."""
        return self._evidence.leading()


ROWS = (RawArgmax, ModeOfTen, MovingAverage, LastFrame, Ours)
