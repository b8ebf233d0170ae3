"""Which head a venue gets: leave-one-person-out cross-validation over a few candidates, the shipped head among them.

A candidate is chosen only where it is better on people that it was not fitted to, by more than chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from calibration.fitting import (
    Faces,
    TrainingStatistics,
    fit_head,
    fit_temperature,
    log_losses,
    logit_adjustment,
)
from calibration.head import Doubles, Floats, VenueHead, softmax, unchanged_head

Progress = Callable[[float], None]
"""Is called with the share (0 to 1) that is done."""
RIDGE_STRENGTHS = (1000.0, 300.0)
"""The simpler model first."""
MIN_GAIN_NATS = 0.003
"""A candidate's log loss has to be lower by so much per face than that of a simpler one."""
MIN_Z, MIN_Z_ACCURACY = 2.0, 1.0
"""A candidate's gain over the shipped head in standard errors: of the log loss over people, and of the faces that one
has right and the other not. Asked for less, heads won by chance with 20 to 150 faces and lost up to 1.1 points on
other people; the log loss alone is not enough, for a head may be more confident and not more often right."""
SHIPPED, TEMPERATURE = "shipped", "temperature"


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A head that may be chosen."""

    name: str
    start: VenueHead | None = None
    """None: the shipped head."""
    ridge_strength: float = 0.0
    """0: ``start`` as it is, not fitted."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadChoice:
    """The head that was chosen, and the figures that speak for it."""

    head: VenueHead
    name: str
    """'shipped', 'temperature', 'light', 'faces 300', 'light and faces 300' ..."""
    held_out: Floats
    """(n, k) probabilities of each face, from heads that were fitted without its person."""
    log_losses: dict[str, float] = field(default_factory=dict)
    """Of each candidate: mean over the held-out faces, in nats."""


@dataclass(frozen=True, slots=True, eq=False)
class _HeldOut:
    """A candidate on people that it was not fitted to."""

    logits: Doubles
    """(n, k)"""
    losses: Doubles
    """(n,) nats"""


def select_head(faces: Faces, statistics: TrainingStatistics, progress: Progress | None = None) -> HeadChoice:
    """The best candidate on held-out people; the shipped head where none is better.

    A candidate needs a significantly lower log loss than the shipped head and, unless it is a temperature alone, a
    significantly higher accuracy. Raises ValueError without faces.
    """
    if not len(faces):
        raise ValueError("there are no faces to fit a head to")
    candidates = _candidates(faces, statistics)
    results: dict[str, _HeldOut] = {}
    for done, candidate in enumerate(candidates, start=1):
        results[candidate.name] = _validate(candidate, faces, statistics)
        if progress:
            progress(done / len(candidates))
    loss = {name: float(np.average(one.losses, weights=faces.weights)) for name, one in results.items()}
    best = candidates[0]
    for candidate in candidates:
        better = loss[candidate.name] < loss[best.name] - MIN_GAIN_NATS
        if better and _is_significant(candidate.name, results, faces):
            best = candidate
    held_out = softmax(results[best.name].logits).astype(np.float32)
    return HeadChoice(_fitted_to_all(best, faces, statistics), best.name, held_out, loss)


def leave_one_person_out(faces: Faces, statistics: TrainingStatistics, candidate: Candidate) -> Doubles:
    """Logits (n, k) of every face, from the candidate fitted to all other people."""
    start = _start_of(candidate, faces)
    if not candidate.ridge_strength:
        return start.logits(faces.probabilities, faces.embeddings)
    logits = np.empty(faces.probabilities.shape)
    for person in np.unique(faces.people):
        held_out = faces.people == person
        head = fit_head(faces.only(~held_out), statistics, candidate.start, candidate.ridge_strength)
        logits[held_out] = head.logits(faces.probabilities[held_out], faces.embeddings[held_out])
    return logits


def _candidates(faces: Faces, statistics: TrainingStatistics) -> tuple[Candidate, ...]:
    """Simple ones first. With one person nothing can be fitted and validated on another."""
    several, lamp_head = len(np.unique(faces.people)) > 1, statistics.lamp_head
    found = [Candidate(SHIPPED)]
    if several:
        found.append(Candidate(TEMPERATURE))
    if lamp_head:
        found.append(Candidate("light", lamp_head))
    for strength in RIDGE_STRENGTHS if several else ():
        found.append(Candidate(f"faces {strength:.0f}", None, strength))
        if lamp_head:
            found.append(Candidate(f"light and faces {strength:.0f}", lamp_head, strength))
    return tuple(found)


def _validate(candidate: Candidate, faces: Faces, statistics: TrainingStatistics) -> _HeldOut:
    logits, adjustment = leave_one_person_out(faces, statistics, candidate), logit_adjustment(faces, statistics)
    if candidate.name != SHIPPED:
        logits = _temperature_scaled(logits, adjustment, faces)
    return _HeldOut(logits, log_losses(logits + adjustment, faces))


def _temperature_scaled(logits: Doubles, adjustment: Doubles, faces: Faces) -> Doubles:
    """Logits of each person, divided by the temperature that was fitted to the others."""
    scaled = logits.copy()
    for person in np.unique(faces.people):
        others = faces.people != person
        if others.any():
            scaled[~others] /= fit_temperature(logits[others] + adjustment, faces.only(others))
    return scaled


def _fitted_to_all(candidate: Candidate, faces: Faces, statistics: TrainingStatistics) -> VenueHead:
    """The candidate fitted to everybody."""
    head = _start_of(candidate, faces)
    if candidate.name == SHIPPED:
        return head
    if candidate.ridge_strength:
        head = fit_head(faces, statistics, candidate.start, candidate.ridge_strength)
    # From held-out people: a head is too confident about the faces that it was fitted to.
    logits = leave_one_person_out(faces, statistics, candidate) + logit_adjustment(faces, statistics)
    return VenueHead(head.weights, head.bias, fit_temperature(logits, faces))


def _start_of(candidate: Candidate, faces: Faces) -> VenueHead:
    return candidate.start or unchanged_head(faces.embeddings.shape[1], faces.probabilities.shape[1])


def _is_significant(name: str, results: dict[str, _HeldOut], faces: Faces) -> bool:
    """Whether a candidate's gain over the shipped head, on held-out people, is more than chance."""
    shipped, candidate = results[SHIPPED], results[name]
    people = np.unique(faces.people)
    gains = np.array([(shipped.losses - candidate.losses)[faces.people == person].mean() for person in people])
    standard_error = float(gains.std(ddof=1) / np.sqrt(len(people))) if len(people) > 1 else 0.0
    if gains.mean() <= MIN_Z * standard_error:
        return False
    if name == TEMPERATURE:
        return True
    right = [(one.logits.argmax(1) == faces.labels).astype(float) for one in (shipped, candidate)]
    changed = (right[1] - right[0]) * faces.weights
    return float(changed.sum()) > MIN_Z_ACCURACY * float(np.sqrt((changed**2).sum()))
