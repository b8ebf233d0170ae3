"""``chiaro train`` goes from a file of faces to a network that the show takes."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

pytest.importorskip("torch")
pytest.importorskip("matplotlib")

from calibration import extras
from calibration.errors import Exit
from installation.cli import app
from models.seeing.classifier import open_classifier


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
    assert model.with_suffix(".cuda.onnx").is_file(), "and one for a GPU"
    assert (tmp_path / "run" / "plot.png").is_file()
    assert (tmp_path / "run" / "config.json").is_file()
    assert "accuracy_dark" in (tmp_path / "run" / "log.csv").read_text().splitlines()[0]
    again = CliRunner().invoke(app, ["train", faces, _faces(tmp_path / "valid.npz", 21), *options])
    assert again.exit_code == Exit.BAD_CONFIGURATION, "other faces: what it has learned may not be gone on with"
    assert "choose another --folder" in " ".join(again.output.split())


def test_an_unknown_preset_is_told_in_a_line(tmp_path: Path) -> None:
    faces = _faces(tmp_path / "train.npz", 1)
    done = CliRunner().invoke(app, ["train", faces, faces, "--preset", "huge", "--folder", str(tmp_path)])
    assert done.exit_code == Exit.BAD_CONFIGURATION
    assert "quick, cpu, gpu" in " ".join(done.output.split())


def test_a_teacher_is_carried_to_its_student_and_what_cannot_teach_is_told_in_a_line(tmp_path: Path) -> None:
    faces, valid = _faces(tmp_path / "train.npz", 130), _faces(tmp_path / "valid.npz", 20)

    def run(name: str, *options: str) -> Result:
        common = ["--preset", "quick", "--epochs", "1", "--folder", str(tmp_path / name), "--device", "cpu"]
        return CliRunner().invoke(app, ["train", faces, valid, *common, *options])

    teacher = str(tmp_path / "teacher.pt")
    assert "MiB" in run("t", "--export", teacher).output
    done = run("s", "--teacher", teacher, "--teacher", teacher)
    assert done.exit_code == 0, done.output
    assert "the teachers together: accuracy" in done.output
    again = run("s")
    assert again.exit_code == Exit.BAD_CONFIGURATION, "begun with teachers, it does not go on without"
    assert "choose another --folder" in " ".join(again.output.split())
    (tmp_path / "broken.pt").write_bytes(b"nothing")
    for name in ("broken.pt", "missing.pt"):
        done = run("b", "--teacher", str(tmp_path / name))
        assert done.exit_code == Exit.BAD_CONFIGURATION
        assert "Traceback" not in done.output


def test_fewer_faces_than_a_batch_are_told_in_a_line(tmp_path: Path) -> None:
    faces = _faces(tmp_path / "train.npz", 100)
    done = CliRunner().invoke(app, ["train", faces, faces, "--preset", "quick", "--folder", str(tmp_path / "run")])
    assert done.exit_code == Exit.BAD_CONFIGURATION
    assert "needs 128 or more" in " ".join(done.output.split())


def test_two_seeds_make_two_networks_and_one_of_them_is_fine_tuned(tmp_path: Path) -> None:
    faces, valid = _faces(tmp_path / "train.npz", 130), _faces(tmp_path / "valid.npz", 20)

    def run(name: str, *options: str) -> Result:
        common = ["--preset", "quick", "--epochs", "1", "--folder", str(tmp_path / name), "--device", "cpu"]
        return CliRunner().invoke(app, ["train", faces, valid, *common, *options])

    both = run("both", "--seed", "5", "--seed", "6", "--export", str(tmp_path / "both.pt"))
    assert both.exit_code == 0, both.output
    assert (tmp_path / "both-5.pt").read_bytes() != (tmp_path / "both-6.pt").read_bytes()
    assert (tmp_path / "both" / "seed-6" / "log.csv").is_file()
    pretrained, model = str(tmp_path / "both" / "seed-6" / "best.pt"), tmp_path / "own.onnx"
    tuned = run("tuned", "--pretrained", pretrained, "--export", str(model))
    assert tuned.exit_code == 0, tuned.output
    from_onnx = run("again", "--begin", str(model))
    assert from_onnx.exit_code == 0, "the old name of the option is still understood"
    for other in (["--pretrained", str(model)], ["--pretrained", pretrained, "--no-relight"], []):
        done = run("tuned", *other)
        assert done.exit_code == Exit.BAD_CONFIGURATION, "another start or light is not resumed from that folder"
        assert "choose another --folder" in " ".join(done.output.split())


def test_all_that_does_not_go_together_is_told_at_once(tmp_path: Path) -> None:
    wrong = ["--preset", "huge", "--seed", "3", "--seed", "3", "--folder", str(tmp_path)]
    few = ["--pretrained", "a.pt", "--pretrained", "b.pt", "--pretrained", "c.pt"]
    done = CliRunner().invoke(app, ["train", "none.npz", "none.npz", *wrong, *few])
    assert done.exit_code == Exit.BAD_CONFIGURATION
    told = " ".join(done.output.split())
    for fault in ("'huge' is not one of quick", "given twice", "3 networks for 2 seeds", "none.npz: no such file"):
        assert fault in told, told


def test_without_pytorch_the_command_that_installs_it_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "torch" else True)
    faces = _faces(tmp_path / "train.npz", 1)
    done = CliRunner().invoke(app, ["train", faces, faces, "--preset", "huge", "--folder", str(tmp_path)])
    assert done.exit_code == Exit.BAD_CONFIGURATION
    told = " ".join(done.output.split())
    assert 'training needs PyTorch; install with: pip install "chiaroscuro[train]"' in told
    assert "'huge' is not one of quick" in told, "with every other fault"


def test_old_names_are_understood_and_not_shown(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["train", "--help"]).output
    assert "--pretrained" in shown
    assert "--begin" not in shown
    assert "six" not in shown.split()
    done = CliRunner().invoke(app, ["train", "none", "none", "--preset", "six", "--folder", str(tmp_path)])
    assert "is not one of" not in done.output
