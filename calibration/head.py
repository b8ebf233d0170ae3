"""A venue's own last layer: what is added to the shipped network's logits, and the temperature after it."""

from __future__ import annotations

import io
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
    """A linear layer over the embeddings, added to the shipped network's logits, and a temperature after it."""

    weights: Doubles
    """(d, k), of embeddings as the network gives them."""
    bias: Doubles
    """(k,)"""
    temperature: float = 1.0

    def logits(self, probabilities: NDArray[np.floating], embeddings: NDArray[np.floating]) -> Doubles:
        """(n, k), each row up to a constant, from ``probabilities`` (n, k) and ``embeddings`` (n, d)."""
        changed = logits_of(probabilities) + embeddings.astype(np.float64) @ self.weights + self.bias
        return np.asarray(changed / self.temperature)

    def __call__(self, probabilities: Floats, embeddings: Floats) -> Floats:
        """The venue's probabilities (n, k) from the shipped ones (n, k) and the embeddings (n, d)."""
        return softmax(self.logits(probabilities, embeddings)).astype(np.float32)

    def packed(self) -> bytes:
        """The file (.npz) that ``read_head`` reads."""
        packed = io.BytesIO()
        np.savez(packed, weights=self.weights, bias=self.bias, temperature=np.array(self.temperature))
        return packed.getvalue()


def unchanged_head(size: int, classes: int) -> VenueHead:
    """The head that leaves the shipped network as it is, for embeddings of ``size`` numbers."""
    return VenueHead(np.zeros((size, classes)), np.zeros(classes))


def read_head(path: Path) -> VenueHead:
    """Read a head file (.npz). Raises ``BadFile``."""
    try:
        with np.load(path, allow_pickle=False) as file:
            head = VenueHead(file["weights"], file["bias"], float(file["temperature"]))
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise BadFile(path, [f"is not a valid head file: {error}; run 'chiaro calibrate' again"]) from error
    fits = head.weights.ndim == 2 and head.bias.shape == head.weights.shape[1:] and head.temperature > 0
    if not (fits and np.isfinite(head.weights).all() and np.isfinite(head.bias).all()):
        raise BadFile(path, ["holds arrays that do not fit together; run 'chiaro calibrate' again"])
    return head


def logits_of(probabilities: NDArray[np.floating]) -> Doubles:
    """Logarithms (n, k) of probabilities, each row with a mean of 0."""
    logs = np.log(np.maximum(probabilities.astype(np.float64), LEAST))
    return np.asarray(logs - logs.mean(axis=1, keepdims=True))


def softmax(logits: Doubles) -> Doubles:
    """Probabilities (n, k) from logits (n, k)."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
