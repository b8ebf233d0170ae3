"""Figures of a classifier are what one gets by hand."""

import numpy as np
import pytest

from models.evaluation.metrics import fit_temperature, scores
from models.evaluation.plots import confusion_picture, reliability_picture

LABELS = np.array([0, 0, 0, 1, 1, 2, -1])


def _sure_of(guesses: list[int], confidence: float) -> np.ndarray:
    p = np.full((len(guesses), 8), (1 - confidence) / 7, np.float32)
    p[np.arange(len(guesses)), guesses] = confidence
    return p


def test_accuracy_recall_and_macro_f1_by_hand() -> None:
    found = scores(_sure_of([0, 0, 1, 1, 1, 0, 5], 0.9), LABELS)
    assert found.n == 6, "the face without a label is left out"
    assert found.accuracy == pytest.approx(4 / 6)
    assert found.recall == pytest.approx({"neutral": 2 / 3, "happiness": 1.0, "surprise": 0.0})
    assert found.macro_f1 == pytest.approx((2 / 3 + 4 / 5 + 0) / 3), "over the classes that occur"
    assert found.confusion[2, 0] == 1
    assert found.ece == pytest.approx(0.9 - 4 / 6, abs=1e-5)


def test_confidence_that_means_what_it_says_has_no_calibration_error() -> None:
    guesses = [0] * 100
    labels = np.array([0] * 80 + [1] * 20)
    assert scores(_sure_of(guesses, 0.8), labels).ece == pytest.approx(0, abs=1e-5)
    with pytest.raises(ValueError, match="no labelled faces"):
        scores(_sure_of([0], 0.8), np.array([-1]))


def test_the_temperature_cools_what_is_too_sure() -> None:
    rng = np.random.default_rng(1)
    true = rng.dirichlet(np.full(8, 0.6), 4000).astype(np.float32)
    labels = np.array([rng.choice(8, p=p / p.sum()) for p in true.astype(np.float64)])
    too_sure = true**2.0 / (true**2.0).sum(1, keepdims=True)
    assert fit_temperature(too_sure, labels) == pytest.approx(2.0, rel=0.06)
    assert fit_temperature(true, labels) == pytest.approx(1.0, rel=0.06)


def test_the_pictures_of_the_figures_can_be_drawn_even_with_empty_classes() -> None:
    found = scores(_sure_of([0, 0, 1, 1, 1, 0, 5], 0.9), LABELS)
    for picture in (confusion_picture(found), reliability_picture(found)):
        assert picture.ndim == 3
        assert picture.std() > 5
