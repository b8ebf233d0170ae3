"""Batches are the same for any number of workers; mixup and class balance do what the presets say."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")


from models.evaluation.dataset import LabelledFaces
from models.seeing.align import prepare
from models.training.batches import (
    BatchDataset,
    class_balanced_weights,
    mixup,
)
from tests.models.two_kinds import TINY, tiny_augmenter, two_kinds


def test_blended_faces_keep_their_deviation_and_their_votes_add_up() -> None:
    faces = prepare(np.stack(two_kinds(16, 1).images))
    blend, shares = mixup(faces, two_kinds(16, 1).vote_shares, 0.5, np.random.default_rng(1))
    assert blend.std(axis=(1, 2, 3)) == pytest.approx(np.ones(16), abs=1e-3)
    assert shares.sum(1) == pytest.approx(np.ones(16), abs=1e-5)
    assert (shares > 0).sum() > 16, "some pairs are of two kinds"
    own = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(faces, blend, strict=True)]
    assert min(own) > 0.6, "the face whose place it is weighs most"


def test_batches_are_the_same_for_any_number_of_workers_and_when_resumed_later() -> None:
    def all_of(workers: int, epoch: int) -> list[np.ndarray]:
        batches = BatchDataset(tiny_augmenter(64), replace(TINY, workers=workers, mixup_alpha=0.2), seed=1)
        return [faces.numpy() for faces, _ in batches.from_epoch(epoch, pin_memory=False)]

    alone, two, later = all_of(0, 0), all_of(2, 0), all_of(0, 1)
    assert len(alone) == 8
    assert all(np.array_equal(a, b) for a, b in zip(alone, two, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(alone[4:], later, strict=True))


def test_rare_emotions_are_drawn_more_often_and_nameless_faces_never() -> None:
    shares = np.eye(8, dtype=np.float32)[[0] * 9 + [5]]
    shares = np.concatenate([shares, np.zeros((1, 8), np.float32)])
    faces = LabelledFaces((), shares, np.zeros(11, np.int64))
    weight = class_balanced_weights(faces, 0.5)
    assert weight.sum() == pytest.approx(1)
    assert weight[9] == pytest.approx(3 * weight[0], rel=1e-3)
    assert weight[10] == 0
