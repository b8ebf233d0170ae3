"""A head is fitted to few faces and stays near what it began from."""

import numpy as np

from calibration.fitting import TrainingStatistics, fit_head, fit_temperature, minimize_cross_entropy
from calibration.head import logits_of, softmax, unchanged_head
from tests.calibration.faces_of_people import CLASSES, SIZE, people


def test_asking_for_every_emotion_as_often_does_not_make_rare_ones_common() -> None:
    usual = (0.7, 0.1, 0.1, 0.1)
    room = TrainingStatistics(np.zeros(SIZE), 1.5, np.array(usual))
    shipped = people(400, 8, mix=usual)
    head = fit_head(people(30, 4), room, unchanged_head(SIZE, CLASSES), 300.0)
    before = shipped.probabilities.mean(0)
    after = head(shipped.probabilities, shipped.embeddings).mean(0)
    assert np.abs(after - before).max() < 0.1


def test_the_descent_ends_where_the_gradient_is_nothing() -> None:
    faces = people(20, 1, moved=1.0)
    logits, features = logits_of(faces.probabilities), faces.embeddings.astype(np.float64)
    targets = np.eye(CLASSES)[faces.labels]
    w = minimize_cross_entropy(logits, features, targets, faces.weights, 30.0)
    gradient = features.T @ (softmax(logits + features @ w) - targets) + 30.0 * w
    assert np.abs(gradient).max() < 1e-2


def test_too_certain_a_network_is_cooled() -> None:
    faces = people(40, 1)
    assert fit_temperature(3 * logits_of(faces.probabilities), faces) > 1.8
