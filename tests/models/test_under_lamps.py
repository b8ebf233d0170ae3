"""The network for lamps overhead is trained from the general one, and goes on where it was stopped."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")

from models.align import TEMPLATE  # noqa: E402
from models.augment import Augmenter, Strength  # noqa: E402
from models.classifier import SHIPPED  # noqa: E402
from models.faces import LabelledFaces  # noqa: E402
from models.overhead import Phase, _wanted, trained  # noqa: E402
from models.relight import Lamp, Lamps, read_heads  # noqa: E402
from models.taken_up import taken_up  # noqa: E402


def test_a_phase_learns_and_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    chance = np.random.default_rng(2)
    images = tuple(chance.integers(0, 255, (64, 64), dtype=np.uint8) for _ in range(16))
    labels = np.arange(16) % 8
    faces = LabelledFaces(images, np.eye(8, dtype=np.float32)[labels], labels)
    five = np.repeat(np.asarray(TEMPLATE, np.float32)[None], 16, axis=0)
    lamps = Lamps(read_heads("train").first(1), [Lamp(0, 65, 3)])
    augmenter = Augmenter(faces, five, Strength(relit=1.0, dark=1.0, means=(12.0, 45.0)), lamps)
    wanted = _wanted(faces, five)
    assert wanted.sum(axis=1) == pytest.approx(1, abs=1e-4)

    def after(steps: int) -> torch.Tensor:
        phase = Phase("tiny", steps, 4, 1e-3, 1, lambda: lamps, (12.0, 45.0))
        return trained(taken_up(SHIPPED), phase, augmenter, wanted, tmp_path).head.weight.detach().clone()

    begun = taken_up(SHIPPED).head.weight
    one = after(1)
    assert not torch.equal(one, begun)
    assert torch.equal(after(1), one), "a phase that is done is not trained again"
    assert not torch.equal(after(2), one)
