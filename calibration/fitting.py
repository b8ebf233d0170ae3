"""A venue's head from few faces: a strong prior to what is known already, and a choice by people left out.

Pure functions of arrays. A change W is added to the shipped logits and pulled to zero (or to the head that is best
under the venue's lamp on many training faces), so that a handful of faces moves it little (ridge; Hoerl & Kennard
1970). Which prior and how strong a ridge is chosen on people that were left out, and the shipped network is one
of the candidates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from calibration.head import Doubles, Floats, VenueHead, logits_of, no_change, softmax

Told = Callable[[float], None]
Candidates = dict[str, tuple[VenueHead | None, float]]
"""Name, the head that it begins from (None: the shipped one), and how strongly it is held there (0: not fitted)."""
RIDGE_STRENGTHS = (300.0, 1000.0)
BIAS_RIDGE_STRENGTH = 10.0
"""A class's bias is pulled so; it is few numbers, but a few faces with one class missing would drag it away."""
PRIOR_COUNT = 8.0
"""Faces that the training's mix of classes counts for, beside the mix of the calibration's own faces."""
MIN_GAIN_NATS = 0.003
"""A candidate has to be better by so much (nats a face) than a simpler one."""
MIN_Z, MIN_Z_ACCURACY = 2.0, 1.0
"""A candidate's gain over the shipped network in standard errors: of the loss over people, and of the faces that one
has right and the other not. Asked for less, heads won by chance with 20 to 150 faces and lost up to 1.1 points on
other people; the loss alone is not enough, for a head may be surer and not more often right."""
ROUNDS = 400


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
    """(n,) how much each counts: pictures of one take are nearly one picture."""

    def __len__(self) -> int:
        return len(self.labels)

    def only(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Faces:
        return Faces(*(getattr(self, name)[which] for name in self.__slots__))


@dataclass(frozen=True, slots=True, eq=False)
class TrainingStatistics:
    """What is known before the first face of the venue."""

    centre: Doubles
    """(d,) mean of the embeddings in training."""
    scale: float
    """Their deviation, over all numbers."""
    mix: Doubles
    """(k,) shares of the classes in training."""
    lit: VenueHead | None = None
    """The head that is best on training faces under the venue's lamp; None: not known for this network."""


def statistics_from_faces(faces: Faces) -> TrainingStatistics:
    """Where nothing is known of the training: the calibration's own faces tell centre and scale; any mix is likely."""
    classes = faces.probabilities.shape[1]
    centre = faces.embeddings.mean(axis=0, dtype=np.float64)
    scale = float(faces.embeddings.std(axis=0).mean()) or 1.0
    return TrainingStatistics(centre, scale, np.full(classes, 1 / classes))


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The head that was chosen, and the figures that speak for it."""

    head: VenueHead
    name: str
    """'shipped', 'light', 'faces 300', 'light and faces 300' ..."""
    left_out: Floats
    """(n, k) probabilities of each face from heads that never saw its person."""
    losses: dict[str, float] = field(default_factory=dict)
    """Of each candidate, nats a face, on people left out."""


def fit(faces: Faces, known: TrainingStatistics, start: VenueHead | None, ridge_strength: float) -> VenueHead:
    """The head nearest to ``start`` (None: the shipped one) that explains ``faces``.

    ``ridge_strength`` is the weight of the squared change, that is, the strength of the prior.

    The mix of classes that the volunteers were asked for is taken out (as an offset), so that asking for every
    emotion as often does not make the eye see rare ones everywhere.
    """
    classes = faces.probabilities.shape[1]
    start = start or no_change(faces.embeddings.shape[1], classes)
    features = np.concatenate(
        [
            (faces.embeddings.astype(np.float64) - known.centre) / known.scale,
            np.full((len(faces), 1), np.sqrt(ridge_strength / BIAS_RIDGE_STRENGTH)),
        ],
        axis=1,
    )
    logits = logits_of(faces.probabilities) + faces.embeddings @ start.weights + start.bias + _offset(faces, known)
    change = descend(logits, features, np.eye(classes)[faces.labels], faces.weights, ridge_strength)
    weights = change[:-1] / known.scale
    bias = change[-1] * np.sqrt(ridge_strength / BIAS_RIDGE_STRENGTH) - known.centre @ weights
    return VenueHead(start.weights + weights, start.bias + bias)


def descend(logits: Doubles, features: Doubles, targets: Doubles, weights: Doubles, ridge_strength: float) -> Doubles:
    """The W (d, k) of least weighted cross-entropy of ``logits + features W`` plus the ridge penalty.

    The penalty is ``ridge_strength`` / 2 times the square of W.

    Nesterov's accelerated gradient with restarts (O'Donoghue & Candes 2015); the problem is strictly convex.
    """
    step = 1.0 / (0.5 * np.linalg.norm(features * np.sqrt(weights)[:, None], 2) ** 2 + ridge_strength)
    w = ahead = np.zeros((features.shape[1], targets.shape[1]))
    speed = 1.0
    for _ in range(ROUNDS):
        off = (softmax(logits + features @ ahead) - targets) * weights[:, None]
        gradient = features.T @ off + ridge_strength * ahead
        new = ahead - step * gradient
        if float((gradient * (new - w)).sum()) > 0:
            speed = 1.0
        faster = (1 + np.sqrt(1 + 4 * speed**2)) / 2
        ahead = new + (speed - 1) / faster * (new - w)
        done = float(np.abs(new - w).max()) < 1e-6
        w, speed = new, faster
        if done:
            break
    return np.asarray(w)


def choose(faces: Faces, known: TrainingStatistics, told: Told = lambda share: None) -> Choice:
    """The best of the candidates on people left out; the shipped network where none is better.

    A candidate must have a surely lower loss than the shipped one, and unless it is a temperature alone, surely more
    faces right. Raises ValueError without faces.
    """
    if not len(faces):
        raise ValueError("no faces to fit to")
    candidates = _candidates(faces, known)
    offset = _offset(faces, known)
    out: dict[str, Doubles] = {}
    each: dict[str, Doubles] = {}
    for i, (name, (start, ridge_strength)) in enumerate(candidates.items()):
        out[name] = leave_one_person_out(faces, known, start, ridge_strength)
        if name != "shipped":
            out[name] = _tempered(out[name], offset, faces)
        each[name] = _losses(out[name] + offset, faces)
        told((i + 1) / len(candidates))
    loss = {name: float(np.average(losses, weights=faces.weights)) for name, losses in each.items()}
    best = "shipped"
    for name in candidates:
        if loss[name] < loss[best] - MIN_GAIN_NATS and _surely_better(name, out, each, faces):
            best = name
    return Choice(_final(best, candidates, faces, known), best, softmax(out[best]).astype(np.float32), loss)


def _final(name: str, candidates: Candidates, faces: Faces, known: TrainingStatistics) -> VenueHead:
    """The candidate fitted to everybody."""
    start, ridge_strength = candidates[name]
    head = start or no_change(faces.embeddings.shape[1], faces.probabilities.shape[1])
    if name == "shipped":
        return head
    if ridge_strength:
        head = fit(faces, known, start, ridge_strength)
    offset = _offset(faces, known)
    # From people left out: a head is too sure of the faces that it was fitted to.
    temperature = best_temperature(leave_one_person_out(faces, known, start, ridge_strength) + offset, faces)
    return VenueHead(head.weights, head.bias, temperature)


def _tempered(logits: Doubles, offset: Doubles, faces: Faces) -> Doubles:
    """Logits of each person, divided by the temperature that suits the others."""
    tempered = logits.copy()
    for person in np.unique(faces.people):
        others = faces.people != person
        if others.any():
            tempered[~others] /= best_temperature(logits[others] + offset, faces.only(others))
    return tempered


def best_temperature(logits: Doubles, faces: Faces) -> float:
    """What makes the confidences fit best; a few faces move it little (a pull to 1 in its logarithm)."""
    tried = np.exp(np.linspace(np.log(0.5), np.log(2.5), 65))
    costs = [float(_losses(logits / t, faces) @ faces.weights) + 10.0 * np.log(t) ** 2 for t in tried]
    return float(tried[int(np.argmin(costs))])


def _candidates(faces: Faces, known: TrainingStatistics) -> Candidates:
    """Simple ones first. With one person nothing can be fitted and tried on another."""
    several = len(np.unique(faces.people)) > 1
    found: Candidates = {"shipped": (None, 0.0)}
    if several:
        found["temperature"] = (None, 0.0)
    if known.lit:
        found["light"] = (known.lit, 0.0)
    if several:
        for ridge_strength in sorted(RIDGE_STRENGTHS, reverse=True):
            found[f"faces {ridge_strength:.0f}"] = (None, ridge_strength)
            if known.lit:
                found[f"light and faces {ridge_strength:.0f}"] = (known.lit, ridge_strength)
    return found


def leave_one_person_out(
    faces: Faces, known: TrainingStatistics, start: VenueHead | None, ridge_strength: float
) -> Doubles:
    """Logits (n, k), each person's from the others only."""
    plain = start or no_change(faces.embeddings.shape[1], faces.probabilities.shape[1])
    if not ridge_strength:
        return plain.logits(faces.probabilities, faces.embeddings)
    logits = np.empty(faces.probabilities.shape)
    for person in np.unique(faces.people):
        mine = faces.people == person
        head = fit(faces.only(~mine), known, start, ridge_strength)
        logits[mine] = head.logits(faces.probabilities[mine], faces.embeddings[mine])
    return logits


def _offset(faces: Faces, known: TrainingStatistics) -> Doubles:
    """(k,) what the mix of the calibration's faces adds to the logits, against the mix in training."""
    classes = faces.probabilities.shape[1]
    counted = np.bincount(faces.labels, faces.weights, classes)
    mix = np.maximum(known.mix, 1e-3)
    here = (counted + PRIOR_COUNT * mix) / (counted.sum() + PRIOR_COUNT * mix.sum())
    return np.asarray(np.log(here) - np.log(mix))


def _surely_better(name: str, out: dict[str, Doubles], each: dict[str, Doubles], faces: Faces) -> bool:
    """Whether a candidate beats the shipped network on people left out by more than chance would have it."""
    people = np.unique(faces.people)
    gains = np.array([(each["shipped"] - each[name])[faces.people == person].mean() for person in people])
    error = float(gains.std(ddof=1) / np.sqrt(len(people))) if len(people) > 1 else 0.0
    if gains.mean() <= MIN_Z * error:
        return False
    hit = {key: (out[key].argmax(1) == faces.labels).astype(float) for key in ("shipped", name)}
    changed = (hit[name] - hit["shipped"]) * faces.weights
    return name == "temperature" or float(changed.sum()) > MIN_Z_ACCURACY * float(np.sqrt((changed**2).sum()))


def _losses(logits: Doubles, faces: Faces) -> Doubles:
    """(n,) nats."""
    right = softmax(logits)[np.arange(len(faces)), faces.labels]
    return np.asarray(-np.log(np.maximum(right, 1e-12)))
