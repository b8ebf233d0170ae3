"""Decision thresholds from the volunteers' faces, and whether each person's resting face should be subtracted."""

from __future__ import annotations

import numpy as np

from models.arrays import Doubles, Floats, Integers
from models.judging.resting_face import rest_of
from models.judging.rise import fine, over_rest
from models.judging.smoothing import Baseline, log_probabilities

MIN_LEAD, MAX_LEAD = 0.22, 0.6


def lead_threshold(at_rest: Floats, misfires: float) -> tuple[float, float]:
    """The lowest probability from which an emotion may lead so that few resting faces are mistaken for one.

    ``at_rest`` (n, 8) probabilities. Also returns the share of faces that reach the threshold all the same: more than
    ``misfires`` only where ``MAX_LEAD`` does not suffice.
    """
    others = np.where(at_rest.argmax(1) == 0, 0.0, at_rest[:, 1:].max(1))
    lead = round(float(np.clip(np.quantile(others, 1 - misfires) + 0.01, MIN_LEAD, MAX_LEAD)), 3)
    return lead, float((others >= lead).mean())


def accuracy_with_baseline(
    probabilities: Floats, labels: Integers, people: Integers, rise: float = 1.0
) -> tuple[float, float]:
    """Accuracy as it is, and judged over each person's own resting face, as the show does it.

    ``probabilities`` (n, 8) of held-out people, ``labels`` and ``people`` (n,); ``rise`` as in ``[mood]``.
    """
    logs, seen = log_probabilities(probabilities), fine(probabilities)
    over_baseline = logs.copy()
    for person in np.unique(people):
        at_rest = np.flatnonzero((people == person) & (labels == 0))
        if len(at_rest):
            own = Baseline(seconds=0.1 * len(at_rest) - 0.05)
            for row in at_rest:
                own.learn(logs[row], 1.0, 0.1)
            mine = people == person
            over_baseline[mine] -= own.offset
            if own.was_neutral:
                over = over_rest(seen[mine], rest_of(seen[at_rest]))
                over_baseline[mine] = (1 - rise) * over_baseline[mine] + rise * over
    return _accuracy(logs, labels), _accuracy(over_baseline, labels)


def _accuracy(rows: Doubles, labels: Integers) -> float:
    return float((rows.argmax(1) == labels).mean())
