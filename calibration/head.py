"""A venue's own last layer: what is added to the shipped network's logits, and the temperature after it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calibration.errors import BadFile

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
LEAST = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class VenueHead:
    """(probabilities (n, k), embeddings (n, d)) -> probabilities (n, k)."""

    weights: Doubles
    """(d, k), of embeddings as the network gives them."""
    bias: Doubles
    """(k,)"""
    temperature: float = 1.0

    def logits(self, probabilities: NDArray[np.floating], embeddings: NDArray[np.floating]) -> Doubles:
        """(n, k), up to a constant a row."""
        changed = logits_of(probabilities) + embeddings.astype(np.float64) @ self.weights + self.bias
        return np.asarray(changed / self.temperature)

    def __call__(self, probabilities: Floats, embeddings: Floats) -> Floats:
        return softmax(self.logits(probabilities, embeddings)).astype(np.float32)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """What ``read_head`` reads."""
        return {"weights": self.weights, "bias": self.bias, "temperature": np.array(self.temperature)}


def unchanged_head(size: int, classes: int) -> VenueHead:
    """The shipped network as it is."""
    return VenueHead(np.zeros((size, classes)), np.zeros(classes))


def read_head(path: Path) -> VenueHead:
    """Raises ``BadFile``."""
    try:
        with np.load(path, allow_pickle=False) as file:
            head = VenueHead(file["weights"], file["bias"], float(file["temperature"]))
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise BadFile(path, [f"is no venue's head: {error}; run 'chiaro calibrate' again"]) from error
    fits = head.weights.ndim == 2 and head.bias.shape == head.weights.shape[1:] and head.temperature > 0
    if not (fits and np.isfinite(head.weights).all() and np.isfinite(head.bias).all()):
        raise BadFile(path, ["the head's numbers do not fit together; run 'chiaro calibrate' again"])
    return head


def logits_of(probabilities: NDArray[np.floating]) -> Doubles:
    """Logarithms (n, k), their mean taken off."""
    logs = np.log(np.maximum(probabilities.astype(np.float64), LEAST))
    return np.asarray(logs - logs.mean(axis=1, keepdims=True))


def softmax(logits: Doubles) -> Doubles:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
