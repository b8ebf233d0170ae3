"""What the training of covered mouths learns is what the eye computes."""

import numpy as np
import pytest

pytest.importorskip("torch")

from models.seeing import covered_mouth
from models.training import make_covered


def test_the_eye_computes_without_torch_what_was_learned_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    faces = rng.integers(60, 180, (128, 64, 64), np.uint8)
    covered = (np.arange(128) % 2).astype(np.float32)
    faces[covered == 1, 40:] = 120  # as flat as cloth
    monkeypatch.setattr(make_covered, "EPOCHS", 5)
    monkeypatch.setattr(make_covered, "BATCH_SIZE", 16)
    layers = make_covered.train(faces, covered)
    monkeypatch.setattr(covered_mouth, "_network", lambda: tuple(layers))
    told = covered_mouth.covered_log_odds(faces[:40])
    assert told[covered[:40] == 1].min() > told[covered[:40] == 0].max()


def test_every_labelled_face_is_named_once() -> None:
    rows = np.loadtxt(make_covered.LABELS_FILE, np.str_, delimiter=",", skiprows=1)
    assert set(rows[:, 0]) == {"train", "valid"}
    assert set(rows[:, 2]) == {"1", "0", "-1"}
    assert len(np.unique(rows[:, :2], axis=0)) == len(rows)
