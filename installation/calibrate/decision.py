"""What the volunteers' faces say about deciding: from which probability on, and whether a resting face is taken off."""

from __future__ import annotations

import numpy as np

from models.arrays import Floats, Integers
from models.judging.smoothing import Baseline, logarithms

LEAST_LEAD, MOST_LEAD = 0.22, 0.6


def lead_for(at_rest: Floats, misfires: float) -> tuple[float, float]:
    """The lowest probability from which an emotion may lead so that resting faces (n, 8) are rarely taken for one.

    And the share of them that reaches it all the same: more than ``misfires`` where ``MOST_LEAD`` does not suffice.
    """
    others = np.where(at_rest.argmax(1) == 0, 0.0, at_rest[:, 1:].max(1))
    lead = round(float(np.clip(np.quantile(others, 1 - misfires) + 0.01, LEAST_LEAD, MOST_LEAD)), 3)
    return lead, float((others >= lead).mean())


def right_with_own_neutral(probabilities: Floats, labels: Integers, people: Integers) -> tuple[float, float]:
    """Share of the faces that is right as they are, and with each person's own resting face taken off as in the show.

    ``probabilities`` (n, 8) from people left out, ``labels`` and ``people`` (n,).
    """
    logs = logarithms(probabilities)
    taken_off = logs.copy()
    for person in np.unique(people):
        at_rest = np.flatnonzero((people == person) & (labels == 0))
        if len(at_rest):
            own = Baseline(seconds=0.1 * len(at_rest) - 0.05)
            for row in at_rest:
                own.learn(logs[row], 1.0, 0.1)
            taken_off[people == person] -= own.offset
    return tuple(float((rows.argmax(1) == labels).mean()) for rows in (logs, taken_off))  # type: ignore[return-value]
