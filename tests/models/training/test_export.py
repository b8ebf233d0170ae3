"""An exported file says the same as its network."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from calibration.errors import BadFile, NotEquivalent
from models.seeing.align import SIDE, prepare
from models.seeing.classifier import open_classifier
from models.training.export import export, export_int8, make_facts
from models.training.network import EmotionNet
from models.training.network_config import NetworkConfig


def test_the_exported_file_agrees_with_the_network_and_opens_as_a_classifier(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = EmotionNet(NetworkConfig((8, 16), (1, 1), 0.0)).eval()
    path = tmp_path / "net.onnx"
    export(network, path, make_facts("test", 1.3, "made up"), {"figures": "none"})
    classifier = open_classifier(path, "cpu", int8=False)
    faces = np.random.default_rng(1).integers(0, 256, (5, SIDE, SIDE), np.uint8)
    given, embedding = classifier.classify(faces)
    with torch.no_grad():
        logits, wanted = network(torch.from_numpy(prepare(faces)))
    assert given == pytest.approx((logits / 1.3).softmax(1).numpy(), abs=1e-4)
    assert embedding == pytest.approx(wanted.numpy(), abs=1e-4)
    small = export_int8(path, prepare(faces), make_facts("test", 1.3, "made up"))
    assert small.stat().st_size < path.stat().st_size
    assert open_classifier(path, "cpu").classify(faces)[0] == pytest.approx(given, abs=0.2)


def test_an_export_that_says_something_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = EmotionNet(NetworkConfig((8, 16), (1, 1), 0.0)).eval()
    monkeypatch.setattr("models.training.export.PARITY_TOLERANCE", -1.0)
    with pytest.raises(NotEquivalent, match="probabilities differ"):
        export(network, tmp_path / "net.onnx", make_facts("test", 1.0, "made up"), {})
    with pytest.raises(BadFile):
        open_classifier(tmp_path / "net.onnx", "cpu")
