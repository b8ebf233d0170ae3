"""The networks are as they were published, and cheap enough for the show."""

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from models.seeing.align import SIDE
from models.seeing.classifier import open_classifier
from models.training.export import export, make_facts
from models.training.network import BasicBlock, EmotionNet, LocalContrast, create_network, multiply_adds
from models.training.network_config import NetworkConfig
from models.training.presets import PRESETS


def test_local_contrast_is_measured_against_the_mean_of_thirteen_by_thirteen() -> None:
    face = torch.randn(2, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    pooled = torch.nn.functional.avg_pool2d(face, 13, 1, 6, count_include_pad=False)
    around = LocalContrast()._mean(face)
    assert torch.allclose(around[..., 6:-6, 6:-6], pooled[..., 6:-6, 6:-6], atol=1e-5)
    assert torch.allclose(around, pooled, atol=1e-5), "at the border only what is inside counts"


def test_the_baseline_network_is_as_published_and_opens_as_any_classifier(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = create_network(NetworkConfig(arch="baseline_cnn")).eval()
    sides = [layer.weight.shape for layer in network.modules() if isinstance(layer, torch.nn.Conv2d)]
    assert [tuple(side) for side in sides] == [(128, 1, 3, 3)] + 5 * [(128, 128, 3, 3)]
    assert multiply_adds(network) == pytest.approx(426e6, rel=0.02)
    face = np.random.default_rng(1).normal(size=(SIDE, SIDE)).astype(np.float32)
    shrunk = network.local_contrast(torch.from_numpy(face)[None, None])[0, 0].numpy()
    assert shrunk == pytest.approx(cv2.resize(face, (48, 48), interpolation=cv2.INTER_AREA), abs=1e-5)
    export(network, tmp_path / "baseline.onnx", make_facts("baseline", 1.0, "nothing"), {})
    assert open_classifier(tmp_path / "baseline.onnx", "cpu").embedding_size == 1024


def test_a_baseline_tells_faces_apart_from_its_first_step() -> None:
    """Each layer once weakened what it passed on: all faces looked alike at the end, and training stood still."""
    torch.manual_seed(1)
    faces = torch.randn(8, 1, SIDE, SIDE)
    for arch in ("baseline_cnn", "narrow_cnn"):
        with torch.no_grad():
            said = create_network(NetworkConfig(arch=arch)).eval()(faces)[0]
        assert float(said.std(0).mean()) > 1e-3, "2e-4 with PyTorch's own first weights"


def test_a_shortcut_that_halves_sees_each_of_four_places_or_only_one() -> None:
    def reach(pooled: bool) -> int:
        config = NetworkConfig((4, 8), (1, 1), avg_pool_shortcut=pooled)
        block = [layer for layer in EmotionNet(config).eval().modules() if isinstance(layer, BasicBlock)][1]
        answers = []
        for place in ((0, 0), (0, 1), (1, 0), (1, 1)):
            x = torch.zeros(1, 4, 4, 4)
            x[:, :, place[0], place[1]] = 1
            answers.append(bool((block.short(block.mean(x)) - block.short(block.mean(0 * x))).abs().max() > 1e-4))
        return sum(answers)

    assert (reach(True), reach(False)) == (4, 1)


def test_every_network_to_be_shown_stays_within_the_budget_of_the_film() -> None:
    for name in ("quick", "cpu", "gpu"):
        assert multiply_adds(EmotionNet(PRESETS[name].network)) < 150e6, name
