"""A network is trained further from its file, and goes on where it was stopped."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")

from models.align import SIDE, TEMPLATE  # noqa: E402
from models.augment import Augmenter, Strength  # noqa: E402
from models.classifier import SHIPPED, open_classifier  # noqa: E402
from models.faces import LabelledFaces  # noqa: E402
from models.further import Phase, trained, wanted_of, written  # noqa: E402
from models.network import EmotionNet, Shape  # noqa: E402
from models.relight import Lamp, Lamps, read_heads  # noqa: E402
from models.taken_up import taken_up  # noqa: E402


def few_faces() -> Augmenter:
    chance = np.random.default_rng(2)
    images = tuple(chance.integers(0, 255, (64, 64), dtype=np.uint8) for _ in range(16))
    labels = np.arange(16) % 8
    five = np.repeat(np.asarray(TEMPLATE, np.float32)[None], 16, axis=0)
    strength = Strength(relit=1.0, dark=1.0, means=(12.0, 45.0))
    return Augmenter(LabelledFaces(images, np.eye(8, dtype=np.float32)[labels], labels), five, strength, one_lamp())


def one_lamp() -> Lamps:
    return Lamps(read_heads("train").first(1), [Lamp(0, 65, 3)])


def test_a_phase_learns_and_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    faces = few_faces()
    wanted = wanted_of(faces, SHIPPED)
    assert wanted.sum(axis=1) == pytest.approx(1, abs=1e-4)

    def after(steps: int) -> torch.Tensor:
        phase = Phase("tiny", steps, 1e-3, 1, faces.strength, one_lamp, 1)
        return trained(taken_up(SHIPPED), phase, faces, wanted, tmp_path).head.weight.detach().clone()

    begun = taken_up(SHIPPED).head.weight
    one = after(1)
    assert not torch.equal(one, begun)
    assert torch.equal(after(1), one), "a phase that is done is not trained again"
    assert not torch.equal(after(2), one)


def test_what_is_written_can_be_opened_and_answers_as_the_network(tmp_path: Path) -> None:
    torch.manual_seed(3)
    network = EmotionNet(Shape(channels=(8, 8, 8, 8))).eval()
    faces = few_faces()
    written(network, tmp_path / "own.onnx", faces, "1.0", "a test", faces.faces.fingerprint())
    file = open_classifier(tmp_path / "own.onnx", "cpu", int8=False)
    seen = torch.randn(5, 1, SIDE, SIDE)
    probabilities, embeddings = file.run(seen.numpy())
    with torch.no_grad():
        logits, embedding = network(seen)
    assert probabilities == pytest.approx((logits / file.card.temperature).softmax(1).numpy(), abs=1e-4)
    assert embeddings == pytest.approx(embedding.numpy(), abs=1e-4)
