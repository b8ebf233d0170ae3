"""What is read from landmarks does not depend on where the face is, how large, or how tilted."""

from pathlib import Path

import numpy as np
import pytest

from models.comparison.classical import DenseLayers, fit_dense, fit_svm, load_dense_layers
from models.comparison.features import coordinates, distances_and_angles


def test_shift_size_and_tilt_do_not_matter() -> None:
    points = np.random.default_rng(1).normal(0, 10, (3, 68, 2)).astype(np.float32)
    turn = np.array([[np.cos(0.4), -np.sin(0.4)], [np.sin(0.4), np.cos(0.4)]])
    moved = (2.5 * points @ turn.T + [30, -7]).astype(np.float32)
    for features in (coordinates, distances_and_angles):
        assert features(points) == pytest.approx(features(moved), abs=1e-3)


def test_classes_that_were_never_shown_are_never_answered() -> None:
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(1)
    for labels in (np.array([3, 5] * 60), np.array([3, 5, 6] * 40)):
        features = (labels[:, None] * 2.0 + rng.normal(0, 0.3, (120, 4))).astype(np.float32)
        for fitted in (fit_svm(features, labels), fit_dense(features, labels, epochs=80)):
            answers = fitted.scores(features).argmax(axis=1)
            assert set(answers) <= set(labels.tolist())
            assert (answers == labels).mean() > 0.6


def test_layers_are_kept_and_read_again(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    layers = tuple((rng.normal(0, 1, s).astype(np.float32), np.zeros(s[1], np.float32)) for s in ((4, 6), (6, 8)))
    made = DenseLayers(np.zeros(4, np.float32), np.ones(4, np.float32), layers)
    path = tmp_path / "layers.npz"
    made.save(path)
    features = rng.normal(0, 1, (5, 4)).astype(np.float32)
    assert np.array_equal(load_dense_layers(path).scores(features), made.scores(features))
