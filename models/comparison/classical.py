"""Support vector machines and a dense network on features, as arrays that are kept and run without scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration.array_file import ANYTHING, load_arrays
from calibration.errors import BadInput
from models.arrays import Floats, Integers
from models.labels import LABELS

NEVER = -30.0
"""Score of a class that no training face shows."""
SVM_PENALTY = 0.01
HIDDEN_UNITS = (128, 64)
LARGEST_FILE = 1_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class DenseLayers:
    """Standardised features through dense layers with ReLU between them to a score for each label (n, 8)."""

    mean: Floats
    scale: Floats
    layers: tuple[tuple[Floats, Floats], ...]
    """Weights (in, out) and biases (out,); one pair alone is a linear machine."""

    def scores(self, features: Floats) -> Floats:
        """Scores (n, 8) of features (n, d)."""
        x = (features - self.mean) / self.scale
        for k, (weights, bias) in enumerate(self.layers):
            x = (np.maximum(x, 0) if k else x) @ weights + bias
        return np.asarray(x, np.float32)

    @property
    def size_bytes(self) -> int:
        """What its numbers take."""
        return self.mean.nbytes + self.scale.nbytes + sum(w.nbytes + b.nbytes for w, b in self.layers)

    def save(self, path: Path) -> None:
        """Keep it as .npz."""
        arrays = {f"{kind}{k}": a for k, pair in enumerate(self.layers) for kind, a in zip("wb", pair, strict=True)}
        np.savez(path, mean=self.mean, scale=self.scale, layers=np.array(len(self.layers)), **arrays)  # type: ignore[arg-type]


def load_dense_layers(path: Path) -> DenseLayers:
    """One that was kept. Raises ``BadFile``."""
    head = load_arrays(path, {"mean": ANYTHING, "scale": ANYTHING, "layers": ANYTHING}, LARGEST_FILE)
    names = [(f"w{k}", f"b{k}") for k in range(int(head["layers"]))]
    arrays = load_arrays(path, dict.fromkeys(sum(names, ()), ANYTHING), LARGEST_FILE)
    return DenseLayers(head["mean"], head["scale"], tuple((arrays[w], arrays[b]) for w, b in names))


def fit_svm(features: Floats, labels: Integers) -> DenseLayers:
    """A linear support vector machine, one class against the rest (Cortes & Vapnik 1995; liblinear)."""
    from sklearn.svm import LinearSVC

    mean, scale = _standard(features, labels)
    svm = LinearSVC(C=SVM_PENALTY / max(1.0, features.shape[1] / 1000), random_state=1, dual="auto")
    svm.fit((features - mean) / scale, labels)
    return DenseLayers(mean, scale, (_for_all_labels(svm.coef_.T, svm.intercept_, svm.classes_),))


def fit_dense(features: Floats, labels: Integers, epochs: int) -> DenseLayers:
    """A network of two hidden layers, stopped when a tenth of its faces is no longer read better."""
    from sklearn.neural_network import MLPClassifier

    mean, scale = _standard(features, labels)
    stop_early = bool(np.bincount(labels, minlength=len(LABELS))[np.unique(labels)].min() > 1) and len(labels) > 100
    network = MLPClassifier(HIDDEN_UNITS, alpha=1e-3, max_iter=epochs, early_stopping=stop_early, random_state=1)
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it could learn for longer is told by the number of epochs
        network.fit((features - mean) / scale, labels)
    hidden = [
        (np.asarray(w, np.float32), np.asarray(b, np.float32))
        for w, b in zip(network.coefs_, network.intercepts_, strict=True)
    ]
    return DenseLayers(mean, scale, (*hidden[:-1], _for_all_labels(*hidden[-1], network.classes_)))


def _standard(features: Floats, labels: Integers) -> tuple[Floats, Floats]:
    if len(np.unique(labels)) < 2:
        raise BadInput("the training faces show one emotion only; two or more are needed to tell them apart")
    return features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6)


def _for_all_labels(weights: Floats, bias: Floats, classes: Sequence[int]) -> tuple[Floats, Floats]:
    """Weights (d, 8) and bias (8,) from those of the classes that were learned; two classes share one column."""
    if len(classes) == 2:
        weights, bias = np.concatenate([-weights, weights], axis=1), np.concatenate([-bias, bias])
    full, at = np.zeros((len(weights), len(LABELS)), np.float32), np.full(len(LABELS), NEVER, np.float32)
    full[:, list(classes)], at[list(classes)] = weights, bias
    return full, at
