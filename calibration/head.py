"""A venue's own last layer: what is added to the shipped network's logits, and the temperature after it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calibration.array_file import FLOAT, FLOAT_ROWS, FLOATS, load_arrays
from calibration.errors import BadFile

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
LEAST = 1e-9
LARGEST = 1e6
"""Of weights, biases and temperatures: beyond this, probabilities are no longer numbers."""
HEAD_BYTES = 20_000_000
AGAIN = "run 'chiaro calibrate' again"


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
        arrays = load_arrays(path, {"weights": FLOAT_ROWS, "bias": FLOATS, "temperature": FLOAT}, HEAD_BYTES)
    except BadFile as error:
        raise BadFile(path, [f"is not a valid head file: {one}; {AGAIN}" for one in error.problems]) from error
    head = VenueHead(
        arrays["weights"].astype(np.float64), arrays["bias"].astype(np.float64), float(arrays["temperature"])
    )
    if head.bias.shape != head.weights.shape[1:]:
        raise BadFile(path, [f"holds arrays that do not fit together; {AGAIN}"])
    largest = max(np.abs(head.weights).max(initial=0), np.abs(head.bias).max(initial=0))
    if largest > LARGEST or not 1 / LARGEST < head.temperature < LARGEST:
        raise BadFile(path, [f"holds numbers that no calibration gives; {AGAIN}"])
    return head


def logits_of(probabilities: NDArray[np.floating]) -> Doubles:
    """Logarithms (n, k) of probabilities, each row with a mean of 0."""
    logs = np.log(np.maximum(probabilities.astype(np.float64), LEAST))
    return np.asarray(logs - logs.mean(axis=1, keepdims=True))


def softmax(logits: Doubles) -> Doubles:
    """Probabilities (n, k) from logits (n, k)."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
