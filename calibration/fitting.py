"""A venue's head from few faces: multinomial logistic regression on embeddings, with a strong ridge penalty.

Pure functions of arrays. A linear change W of the embeddings is added to the shipped network's logits. The penalty
holds W near zero (or near the head that is best under the venue's lamp on many training faces), so that a handful of
faces moves it little (ridge; Hoerl & Kennard 1970, "Ridge regression"). Which start and which strength of the penalty
are chosen in ``cross_validation``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.head import Doubles, Floats, VenueHead, logits_of, softmax, unchanged_head

BIAS_RIDGE = 10.0
"""Penalty of a class's bias; it is few numbers, but a few faces with one class missing would drag it away."""
PRIOR_COUNT = 8.0
"""Faces that the training's class frequencies count for, beside those of the calibration's own faces."""
MAX_ITERATIONS = 400
CONVERGED = 1e-6
"""Largest change of a weight in one iteration that counts as none."""
TEMPERATURES = np.exp(np.linspace(np.log(0.5), np.log(2.5), 65))
TEMPERATURE_PENALTY = 10.0
"""Nats for a temperature of e or 1/e: a few faces move it little."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Labelled faces of several people, as the network sees them."""

    probabilities: Floats
    """(n, k)"""
    embeddings: Floats
    """(n, d)"""
    labels: NDArray[np.int64]
    """(n,)"""
    people: NDArray[np.int64]
    """(n,) who it is: any number a person."""
    weights: Doubles
    """(n,) how much each counts: pictures of one recording are nearly one picture."""

    def __len__(self) -> int:
        return len(self.labels)

    def only(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Faces:
        """Those that a mask (n,) or indices select."""
        return Faces(*(getattr(self, name)[which] for name in self.__slots__))


@dataclass(frozen=True, slots=True, eq=False)
class TrainingStatistics:
    """What is known of the shipped network's training before the first face of the venue."""

    mean: Doubles
    """(d,) of the embeddings."""
    deviation: float
    """Standard deviation of the embeddings, one number for all dimensions."""
    class_frequencies: Doubles
    """(k,) sum to 1."""
    lamp_head: VenueHead | None = None
    """The head that is best on training faces under the venue's lamp; None: not known for this network."""


def statistics_from_faces(faces: Faces) -> TrainingStatistics:
    """Where the training is not known: mean and deviation of the calibration's own faces, and uniform frequencies."""
    classes = faces.probabilities.shape[1]
    mean = faces.embeddings.mean(axis=0, dtype=np.float64)
    deviation = float(faces.embeddings.std(axis=0).mean()) or 1.0
    return TrainingStatistics(mean, deviation, np.full(classes, 1 / classes))


def fit_head(faces: Faces, statistics: TrainingStatistics, start: VenueHead | None, ridge_strength: float) -> VenueHead:
    """The head of least penalised cross-entropy on ``faces``; the penalty grows with the distance from ``start``.

    ``start`` None: the shipped head. Logit adjustment (Menon et al. 2021, "Long-tail learning via logit adjustment")
    takes out the class frequencies that the volunteers were asked for, so that asking for every emotion as often does
    not make the eye see rare ones everywhere.
    """
    classes = faces.probabilities.shape[1]
    start = start or unchanged_head(faces.embeddings.shape[1], classes)
    bias_feature = np.sqrt(ridge_strength / BIAS_RIDGE)  # one penalty for all weights, and another for the bias
    standardized = (faces.embeddings.astype(np.float64) - statistics.mean) / statistics.deviation
    features = np.concatenate([standardized, np.full((len(faces), 1), bias_feature)], axis=1)
    logits = logits_of(faces.probabilities) + faces.embeddings @ start.weights + start.bias
    logits = logits + logit_adjustment(faces, statistics)
    one_hot = np.eye(classes)[faces.labels]
    change = minimize_cross_entropy(logits, features, one_hot, faces.weights, ridge_strength)
    weights = change[:-1] / statistics.deviation
    bias = change[-1] * bias_feature - statistics.mean @ weights
    return VenueHead(start.weights + weights, start.bias + bias)


def minimize_cross_entropy(
    logits: Doubles, features: Doubles, targets: Doubles, sample_weights: Doubles, ridge_strength: float
) -> Doubles:
    """The W (d, k) that minimises the weighted cross-entropy of ``logits + features W`` plus ``ridge_strength`` |W|²/2.

    ``logits`` and ``targets`` (n, k), ``features`` (n, d), ``sample_weights`` (n,). Nesterov's accelerated gradient
    with adaptive restart (O'Donoghue & Candès 2015); the problem is strictly convex.
    """
    lipschitz = 0.5 * np.linalg.norm(features * np.sqrt(sample_weights)[:, None], 2) ** 2 + ridge_strength
    w = ahead = np.zeros((features.shape[1], targets.shape[1]))
    momentum = 1.0
    for _ in range(MAX_ITERATIONS):
        residual = (softmax(logits + features @ ahead) - targets) * sample_weights[:, None]
        gradient = features.T @ residual + ridge_strength * ahead
        new = ahead - gradient / lipschitz
        if float((gradient * (new - w)).sum()) > 0:
            momentum = 1.0
        next_momentum = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = new + (momentum - 1) / next_momentum * (new - w)
        converged = float(np.abs(new - w).max()) < CONVERGED
        w, momentum = new, next_momentum
        if converged:
            break
    return np.asarray(w)


def fit_temperature(logits: Doubles, faces: Faces) -> float:
    """The temperature of least log loss on ``faces`` for ``logits`` (n, k), penalised for leaving 1.

    Temperature scaling (Guo et al. 2017, "On calibration of modern neural networks").
    """
    costs = [
        float(log_losses(logits / t, faces) @ faces.weights) + TEMPERATURE_PENALTY * np.log(t) ** 2
        for t in TEMPERATURES
    ]
    return float(TEMPERATURES[int(np.argmin(costs))])


def logit_adjustment(faces: Faces, statistics: TrainingStatistics) -> Doubles:
    """(k,) log ratio of the class frequencies of ``faces`` to those in training, smoothed by ``PRIOR_COUNT``."""
    classes = faces.probabilities.shape[1]
    counts = np.bincount(faces.labels, faces.weights, classes)
    trained = np.maximum(statistics.class_frequencies, 1e-3)
    here = (counts + PRIOR_COUNT * trained) / (counts.sum() + PRIOR_COUNT * trained.sum())
    return np.asarray(np.log(here) - np.log(trained))


def log_losses(logits: Doubles, faces: Faces) -> Doubles:
    """(n,) cross-entropy of each face in nats."""
    likelihood = softmax(logits)[np.arange(len(faces)), faces.labels]
    return np.asarray(-np.log(np.maximum(likelihood, 1e-12)))
