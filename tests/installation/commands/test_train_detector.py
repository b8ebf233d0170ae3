"""``chiaro train detector`` goes from a file of faces to a detector that finds its way into a show."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from calibration.errors import Exit
from installation.cli import app
from installation.commands import train_detector
from models.training.detector_config import DETECTOR_PRESETS


def test_the_words_of_the_help_are_those_that_it_takes() -> None:
    assert tuple(DETECTOR_PRESETS) == train_detector.PRESETS
    assert "face detector" in CliRunner().invoke(app, ["train", "detector", "--help"]).output
    assert "emotion network" in CliRunner().invoke(app, ["train", "--help"]).output


def test_what_is_wrong_is_told_before_anything_is_loaded(tmp_path: Path) -> None:
    wrong = ["--preset", "huge", "--mesh", "none.npz", "--folder", str(tmp_path)]
    done = CliRunner().invoke(app, ["train", "detector", "none.png", *wrong])
    assert done.exit_code == Exit.BAD_CONFIGURATION
    told = " ".join(done.output.split())
    assert "FACES: none.png" in told
    assert "--mesh: none.npz" in told
    assert "'huge' is not one of quick, cpu, gpu" in told


def test_pictures_without_any_face_are_told_in_a_line(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="not tried: PyTorch is not installed")
    if find_spec("mtcnn") is None:  # which can only be imported where TensorFlow is
        pytest.skip("not tried: MTCNN's weights are not installed")
    faces = tmp_path / "gray.npz"
    np.savez(faces, images=np.full((2, 48, 48), 90, np.uint8), labels=np.zeros(2, np.int64))
    done = CliRunner().invoke(
        app, ["train", "detector", str(faces), "--folder", str(tmp_path / "run"), "--preset", "quick"]
    )
    assert done.exit_code != 0
    assert "in none of its pictures a face was found" in " ".join(done.output.split())
