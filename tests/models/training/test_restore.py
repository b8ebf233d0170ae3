"""A network restored from its exported file."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra 'train'")

import torch

from calibration.errors import BadFile
from models.arrays import Floats
from models.seeing.card import read_card
from models.seeing.classifier import SHIPPED, open_classifier
from models.training.network import EmotionNet
from models.training.presets import PRESETS
from models.training.restore import load_pretrained, restore_batch_norm, restore_from_onnx
from models.training.training_run import TrainingRun

CONFIG = PRESETS["gpu"].network

FACES = torch.from_numpy(np.random.default_rng(5).standard_normal((6, 1, 64, 64), np.float32))


def answers(network: EmotionNet, temperature: float = 1.0) -> Floats:
    with torch.no_grad():
        probabilities: Floats = (network(FACES)[0] / temperature).softmax(1).numpy()
    return probabilities


def test_the_shipped_network_restored_answers_as_its_file_does() -> None:
    given = open_classifier(SHIPPED, "cpu", int8=False).run(FACES.numpy())[0]
    assert answers(restore_from_onnx(SHIPPED, CONFIG), read_card(SHIPPED).temperature) == pytest.approx(given, abs=1e-4)


def test_statistics_change_no_answer_and_are_those_of_the_faces() -> None:
    before = answers(restore_from_onnx(SHIPPED, CONFIG))
    network = restore_batch_norm(restore_batch_norm(restore_from_onnx(SHIPPED, CONFIG), [FACES + 0.3]), [FACES])
    assert answers(network) == pytest.approx(before, abs=1e-4)
    conv, norm = network.stem
    assert isinstance(norm, torch.nn.BatchNorm2d)
    assert norm.running_mean is not None
    with torch.no_grad():
        first = conv(network.local_contrast(FACES))
    assert norm.running_mean.numpy() == pytest.approx(first.mean((0, 2, 3)).numpy(), abs=1e-3)


def test_a_run_is_fine_tuned_from_a_file_or_a_checkpoint_and_only_of_its_own_network(tmp_path: Path) -> None:
    given = answers(restore_from_onnx(SHIPPED, CONFIG))
    pretrained = load_pretrained(SHIPPED, CONFIG, [FACES])
    assert answers(pretrained) == pytest.approx(given, abs=1e-4)
    run = TrainingRun(PRESETS["gpu"], 1, tmp_path)
    run.load_weights(pretrained)
    run.save_ema("best")
    assert answers(load_pretrained(tmp_path / "best.pt", CONFIG, [])) == pytest.approx(given, abs=1e-4)
    (tmp_path / "broken.onnx").write_bytes(b"no network")
    for path in (SHIPPED, tmp_path / "best.pt"):
        with pytest.raises(BadFile, match="is not a network of this preset"):
            load_pretrained(path, PRESETS["cpu"].network, [FACES])
    for name, fault in (("broken.onnx", "is not a network"), ("gone.onnx", "cannot be read"), ("gone.pt", "cannot be")):
        with pytest.raises(BadFile, match=fault):
            load_pretrained(tmp_path / name, CONFIG, [FACES])
