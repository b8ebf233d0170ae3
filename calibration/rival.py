"""Which of two shipped classifiers a venue takes: what is expected under its lamp, and what the volunteers say to it.

Twenty faces cannot tell two good networks apart by themselves, so they are weighed against what is known from thousands
of faces under such a lamp. Neither network was fitted to the volunteers: for both, everybody is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.fitting import Faces
from calibration.head import Doubles


@dataclass(frozen=True, slots=True)
class Expected:
    """By how much the rival is better under a lamp (nats a face), and how much that differs from venue to venue."""

    gain: float
    spread: float


def likely_gain(usual: Faces, rival: Faces, expected: Expected) -> float:
    """Nats a face by which the rival is likely to be better in this venue: mean of the posterior of a normal prior.

    ``usual`` and ``rival`` are the same faces, as each of the two networks sees them. Raises ValueError without faces.
    """
    if not len(usual):
        raise ValueError("no faces to compare the networks on")
    each = losses(usual) - losses(rival)
    people = np.unique(usual.people)
    of_each = np.array(
        [np.average(each[mine], weights=usual.weights[mine]) for mine in usual.people == people[:, None]]
    )
    # With one or two people their spread says little: it is taken to be at least that of the single faces.
    deviation = max(float(of_each.std()), float(each.std() / np.sqrt(len(each) / len(people))))
    error = max(deviation / np.sqrt(len(people)), 1e-6)
    here, before = 1 / error**2, 1 / expected.spread**2
    return float((of_each.mean() * here + expected.gain * before) / (here + before))


def losses(faces: Faces) -> Doubles:
    """(n,) nats: what each face's label is short of being certain."""
    right = faces.probabilities[np.arange(len(faces)), faces.labels].astype(np.float64)
    return np.asarray(-np.log(np.maximum(right, 1e-6)))
