"""Fewer emotions: only faces that show one of them count, and only these may be answered."""

import numpy as np
import pytest

from models.comparison.emotion_sets import EMOTION_SETS, classes_of, set_scores
from models.labels import LABELS


def _sure(*names: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.stack([np.where(np.array(LABELS) == name, 0.6, 0.4 / 7) for name in names]).astype(np.float32)


def test_an_answer_outside_the_set_does_not_count() -> None:
    labels = np.array([LABELS.index(name) for name in ("happiness", "sadness", "anger")])
    probabilities = _sure("happiness", "neutral", "anger")
    probabilities[1, LABELS.index("sadness")] = 0.3  # neutral before sadness, and neutral may not be answered
    found = set_scores(probabilities, labels, EMOTION_SETS["happiness or sadness"])
    assert found is not None
    assert (found.n, found.accuracy, found.balanced, found.macro_f1) == (2, 1.0, 1.0, 1.0)


def test_emotions_that_count_as_one_add_up() -> None:
    labels = np.array([LABELS.index("anger"), LABELS.index("happiness"), LABELS.index("happiness")])
    probabilities = _sure("disgust", "happiness", "sadness")
    found = set_scores(probabilities, labels, EMOTION_SETS["pleasant or unpleasant"])
    assert found is not None
    assert found.accuracy == pytest.approx(2 / 3)
    assert found.balanced == pytest.approx(0.75)
    assert found.commonest == pytest.approx(2 / 3)


def test_a_set_of_which_one_emotion_occurs_says_nothing() -> None:
    assert set_scores(_sure("anger"), np.array([LABELS.index("anger")]), EMOTION_SETS["all eight"]) is None


def test_emotions_that_a_set_lacks_are_never_answered() -> None:
    labels = np.array([LABELS.index("fear"), LABELS.index("anger")])
    probabilities = _sure("neutral", "anger")
    probabilities[0, LABELS.index("fear")] = 0.3
    found = set_scores(probabilities, labels, classes_of(labels))
    assert found == set_scores(probabilities, labels, EMOTION_SETS["all eight"])
    assert found is not None
    assert found.accuracy == 1.0
    assert found.n == 2
    assert classes_of(labels) == (("anger",), ("fear",))
