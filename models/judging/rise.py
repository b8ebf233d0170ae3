"""What a visitor's face shows beyond what it shows at rest: keen where the network is not, deaf to what is always so.

The network's answer holds a prior (a third of its training faces are neutral, 2 % show fear) and the visitor's own
bones. Its answer to the resting face holds both too. So the *rise* of an emotion's log-odds over the resting face is
free of them, and tells apart what the answer alone does not. The constants were chosen on computed people, on training
faces of FER+ and on footage (docs/decision.md).
"""

from __future__ import annotations

import math

import numpy as np

from models.arrays import Floats
from models.estimate import EmotionEstimate
from models.judging.resting_face import Rest, RestingFace
from models.judging.smoothing import ExponentialFilter, LogProbabilities, log_probabilities
from models.labels import LABELS

RISE_SHARE = 0.8
"""How much the rise of the log-odds counts against the log-odds as they are."""
LEAST_RISE = np.where(np.array(LABELS) == "sadness", 1.0, 2.0)
"""Nats by which an emotion must rise before it is likelier than neutral. Resting faces look sad more than anything
else, so sadness rises less than others."""
LEAST_SPREADS = 1.5
"""The same in deviations of the visitor's resting looks: one who spoke meanwhile must rise further."""
NEVER_RAISED = np.isin(LABELS, ("happiness", "surprise", "contempt"))
"""These are never made likelier than they are against neutral. The network is keen on the first two, and takes the
mouth of somebody who speaks for them; contempt is too rare in its training to be raised."""


def over_rest(logs: LogProbabilities, rest: Rest) -> LogProbabilities:
    """Log-odds (..., 8) against the resting face (neutral may be above 0). ``logs`` (..., 8): of ``fine``."""
    bar = RISE_SHARE * rest.odds + np.maximum(LEAST_RISE, LEAST_SPREADS * rest.spread)
    raised = logs - logs[..., :1] - bar
    emotions = raised[..., 1:]
    share = np.exp(emotions - emotions.max(axis=-1, keepdims=True))
    too_high = (np.maximum(-bar, 0.0) * NEVER_RAISED)[1:]
    # Neutral goes along, so that between emotions the rise decides alone.
    raised[..., 0] = share @ too_high / share.sum(axis=-1)
    return raised


class Rise:
    """One visitor's rise. ``seconds``: in which the resting face is learned; ``weight``: 0 is without the rise."""

    def __init__(self, seconds: float, smooth_seconds: float, weight: float) -> None:
        self.face = RestingFace(seconds if weight > 0 else 0.0)
        self._filter, self._weight = ExponentialFilter(smooth_seconds), weight

    def update(
        self,
        logs: LogProbabilities,
        estimate: EmotionEstimate,
        smoothed: LogProbabilities,
        seconds: float,
        memory: float,
    ) -> LogProbabilities:
        """Take in one look, ``logs`` (8,) of ``fine``. Returns ``smoothed``, which is without the rise, and the rise.

        Both as logarithms up to a constant. ``seconds`` and ``memory`` as for the filter.
        """
        if self._weight <= 0:
            return smoothed
        quality = estimate.quality * min(sum(map(math.exp, logs.tolist())), 1.0)  # a look of words alone says little
        self.face.learn(logs, quality, estimate.luminance, seconds)
        self._filter.update(logs, quality, seconds, memory)
        if self.face.rest is None:
            return smoothed
        over = over_rest(self._filter.mean, self.face.rest) * self._filter.certainty
        return (1 - self._weight) * smoothed + self._weight * over


def fine(probabilities: Floats) -> LogProbabilities:
    """Natural logarithms, none below that of ``FAINTEST``."""
    return log_probabilities(probabilities, FAINTEST)


FAINTEST = 0.003
"""Probabilities below it are noise. Much finer than in the filter: fear that goes from 0.003 to 0.05 has risen."""
