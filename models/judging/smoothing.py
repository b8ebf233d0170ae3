"""One visitor's probabilities, smoothed causally, with the visitor's own resting face subtracted."""

from __future__ import annotations

import math

import numpy as np

from models.arrays import Doubles, Floats
from models.labels import LABELS

MIN_PROBABILITY = 0.02  # one wrong but certain frame must not outweigh a second of others
LEAST_LOG = float(np.log(MIN_PROBABILITY))
MAX_FRAME_SECONDS = 0.2  # a frame speaks for no more time than this, whatever was dropped before it
PRIOR_SECONDS = 0.03  # weight of "no idea" beside the frames: few or poor frames give a flat answer

LogProbabilities = Doubles


class ExponentialFilter:
    """Average of log-probabilities over the last ``smooth_seconds``, each frame weighted by its quality and duration.

    Averaging logarithms multiplies what independent frames say, and a frame that is unsure says little in it (a
    logarithmic opinion pool; Genest & Zidek, "Combining Probability Distributions", 1986).
    """

    def __init__(self, smooth_seconds: float) -> None:
        self._memory = smooth_seconds
        self._sum: LogProbabilities = np.zeros(len(LABELS))
        self._weight = 0.0

    def update(self, logs: LogProbabilities, quality: float, seconds: float, memory: float = 0.0) -> LogProbabilities:
        """Add one frame, ``seconds`` after the last one. Returns the smoothed logarithms (8,), up to a constant.

        ``memory``: seconds that are to be remembered at least, of a face of which frames come more rarely.
        """
        kept = math.exp(-seconds / max(self._memory, memory))
        weight = quality * min(seconds, MAX_FRAME_SECONDS)
        self._sum = self._sum * kept + weight * logs
        self._weight = self._weight * kept + weight
        return self.mean * self.certainty

    @property
    def mean(self) -> LogProbabilities:
        """(8,) what the frames say, before they are weighed against "no idea"."""
        return self._sum / max(self._weight, 1e-9)

    @property
    def certainty(self) -> float:
        """0 (no frame of any worth) to 1: what the frames weigh beside "no idea"."""
        return self._weight / (self._weight + PRIOR_SECONDS)


class Baseline:
    """The visitor's own resting face: how much of another emotion it seems to show.

    Learned from the median of the first seconds, and only while neutral is among the likely answers: somebody who
    comes in laughing is not mistaken for resting. What it shows of an emotion beyond ``USUAL`` is subtracted from
    then on.
    """

    USUAL = np.log(0.2)
    """So much of another emotion is seen in many a resting face and does no harm: neutral still leads clearly."""
    LEAST_NEUTRAL = np.log(0.3)
    """Below this the face of the first seconds was not at rest, or was not readable."""
    LEAST_SECONDS = 1.0

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._seen = 0.0
        self._samples: list[LogProbabilities] = []
        self.offset: LogProbabilities = np.zeros(len(LABELS))
        self.done = seconds <= 0
        self.was_neutral = False
        """Whether what was learned was a resting face."""

    def learn(self, logs: LogProbabilities, quality: float, seconds: float) -> None:
        """Take in one frame of the first seconds; nothing once it is done."""
        if self.done or quality <= 0:
            return
        self._samples.append(logs)
        self._seen += min(seconds, MAX_FRAME_SECONDS)
        if self._seen >= self._seconds:
            self._settle()

    def freeze(self) -> None:
        """A scene begins: what was learned stays. Somebody who has just come goes on learning."""
        if not self.done and self._seen >= self.LEAST_SECONDS:
            self._settle()

    def _settle(self) -> None:
        median = np.median(np.stack(self._samples), axis=0)
        self.done, self._samples = True, []
        if median[0] >= self.LEAST_NEUTRAL:
            self.was_neutral = True
            self.offset = np.maximum(median - self.USUAL, 0.0)
            self.offset[0] = 0.0


def log_probabilities(probabilities: Floats, least: float = MIN_PROBABILITY) -> LogProbabilities:
    """Natural logarithms, none below that of ``least``."""
    return np.log(np.maximum(probabilities, least, dtype=np.float64))


def softmax(logs: LogProbabilities) -> Doubles:
    """Probabilities (sum 1) from logarithms up to a constant."""
    raised = np.exp(logs - logs.max())
    return np.asarray(raised / raised.sum())
