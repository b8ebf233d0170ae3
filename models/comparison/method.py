"""A method that has learned: aligned faces in, probabilities out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from models.arrays import Floats, Gray
from models.comparison.classical import DenseLayers
from models.comparison.face_set import FaceSet
from models.evaluation.evaluate import classify_all
from models.evaluation.metrics import fit_temperature
from models.seeing.classifier import Classifier


class Method(Protocol):
    """One way from a face to an emotion."""

    @property
    def size_bytes(self) -> int:
        """What its weights take."""

    def probabilities(self, faces: Gray) -> Floats:
        """Shares (n, 8) in the order of ``LABELS`` of aligned faces (n, 64, 64) uint8."""


@dataclass(frozen=True, slots=True, eq=False)
class OnFeatures:
    """Features of a face, and layers that read them."""

    features: Callable[[Gray], Floats]
    layers: DenseLayers
    size_bytes: int
    """Of the layers and of what makes the features."""

    def probabilities(self, faces: Gray) -> Floats:
        """See ``Method``."""
        return softmax(self.layers.scores(self.features(faces)))


@dataclass(frozen=True, slots=True, eq=False)
class Shipped:
    """A network file that the show could run."""

    classifier: Classifier
    size_bytes: int

    def probabilities(self, faces: Gray) -> Floats:
        """See ``Method``."""
        return classify_all(self.classifier, faces)


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """The mean answer of several methods."""

    members: Sequence[Method]

    @property
    def size_bytes(self) -> int:
        """Of all together."""
        return sum(one.size_bytes for one in self.members)

    def probabilities(self, faces: Gray) -> Floats:
        """See ``Method``."""
        return np.asarray(np.mean([one.probabilities(faces) for one in self.members], axis=0), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """A method whose confidence was fitted on faces that it did not learn from."""

    method: Method
    temperature: float

    @property
    def size_bytes(self) -> int:
        """Of the method."""
        return self.method.size_bytes

    def probabilities(self, faces: Gray) -> Floats:
        """See ``Method``."""
        scores = np.log(np.maximum(self.method.probabilities(faces), np.float32(1e-12)))
        return softmax(np.asarray(scores / self.temperature, np.float32))


def calibrated(method: Method, held_out: FaceSet) -> Calibrated:
    """The method with the temperature that fits its confidences on these faces best."""
    faces = held_out.with_label()
    return Calibrated(method, fit_temperature(method.probabilities(faces.images), faces.faces.labels))


def softmax(scores: Floats) -> Floats:
    """Shares (n, k) of scores (n, k)."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
