"""The classical baseline tells apart what it was shown."""

import numpy as np
import pytest

pytest.importorskip("sklearn")

from models.evaluation.dataset import LabelledFaces
from models.evaluation.hog_svm import hog_features, hog_svm


def _striped(n: int, seed: int) -> LabelledFaces:
    """Faces of two kinds: stripes that lie and stripes that stand."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    stripe = np.where(np.arange(48) // 6 % 2, 160, 90)
    pictures = [np.broadcast_to(stripe if label else stripe[:, None], (48, 48)) for label in labels]
    images = tuple((picture + rng.integers(0, 20, (48, 48))).astype(np.uint8) for picture in pictures)
    return LabelledFaces(images, np.eye(8, dtype=np.float32)[labels], labels.astype(np.int64))


def test_stripes_are_told_apart_also_under_a_lamp() -> None:
    clean, dark = hog_svm(_striped(60, 1), _striped(30, 2))
    assert clean == 1.0
    assert 0.7 < dark <= 1.0


def test_gradients_do_not_see_how_bright_a_face_is() -> None:
    face = np.random.default_rng(3).integers(0, 120, (1, 64, 64), np.uint8)
    assert hog_features(face) == pytest.approx(hog_features((face * 2).astype(np.uint8)), abs=0.02)
