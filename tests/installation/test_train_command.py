"""``chiaro train`` goes from a file of faces to a network that the show takes."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("torch")
pytest.importorskip("matplotlib")

from installation import exits
from installation.cli import app
from models.classifier import open_classifier


def _faces(path: Path, n: int) -> str:
    rng = np.random.default_rng(n)
    np.savez(path, images=rng.integers(0, 256, (n, 48, 48), np.uint8), labels=rng.integers(0, 8, n))
    return str(path)


def test_a_file_of_faces_becomes_a_network_with_its_card_and_its_log(tmp_path: Path) -> None:
    faces, valid = _faces(tmp_path / "train.npz", 130), _faces(tmp_path / "valid.npz", 20)
    model = tmp_path / "own.onnx"
    options = ["--preset", "quick", "--epochs", "1", "--folder", str(tmp_path / "run"), "--device", "cpu"]
    done = CliRunner().invoke(app, ["train", faces, valid, *options, "--export", str(model), "--version", "0.1-own"])
    assert done.exit_code == 0, done.output
    classifier = open_classifier(model, "cpu")
    assert classifier.card.version == "0.1-own"
    assert "seed 1" in classifier.card.trained_with
    probabilities, _ = classifier.classify(np.zeros((2, 64, 64), np.uint8))
    assert probabilities.sum(1) == pytest.approx([1, 1], abs=1e-4)
    assert (tmp_path / "run" / "plot.png").is_file()
    assert "accuracy_dark" in (tmp_path / "run" / "log.csv").read_text().splitlines()[0]


def test_an_unknown_preset_is_told_in_a_line(tmp_path: Path) -> None:
    faces = _faces(tmp_path / "train.npz", 1)
    done = CliRunner().invoke(app, ["train", faces, faces, "--preset", "huge", "--folder", str(tmp_path)])
    assert done.exit_code == exits.BAD_CONFIGURATION
    assert "quick, cpu, gpu" in done.output
