"""The configuration of a training tells every fault at once, and needs no PyTorch for it."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from calibration import extras
from calibration.errors import BadInput
from models.training.config import TrainingConfig
from models.training.presets import PRESETS


@pytest.fixture
def config(tmp_path: Path) -> TrainingConfig:
    faces = tmp_path / "faces.npz"
    faces.touch()
    return TrainingConfig(faces=faces, validation_faces=faces, folder=tmp_path / "run", epochs=3)


def test_every_fault_is_told_at_once(config: TrainingConfig, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        replace(
            config,
            preset="gpuu",
            epochs=0,
            workers=-2,
            seeds=(3, 3),
            faces=tmp_path / "gone.png",
            pretrained=(tmp_path / "a.pt", tmp_path / "b.pt", tmp_path / "c.pt"),
            device="tpu",
            export=tmp_path / "net.h5",
        )
    told = "\n".join(caught.value.problems)
    faults = (
        "'gpuu' is not one of quick, cpu, gpu, finetune, teacher, baseline, own; did you mean 'gpu'?",
        "--epochs",
        "--workers",
        "given twice",
        "--device",
        "FACES",
    )
    for fault in (*faults, "3 networks for 2 seeds", "a.pt: no such file", "must end in .onnx"):
        assert fault in told, told


def test_the_configuration_is_kept_beside_the_checkpoints_with_all_hyperparameters(config: TrainingConfig) -> None:
    config.write()
    kept = json.loads((config.folder / "config.json").read_text())
    assert kept["epochs"] == kept["hyperparameters"]["epochs"] == 3
    assert kept["hyperparameters"]["learning_rate"] == PRESETS["cpu"].learning_rate
    assert kept["hyperparameters"]["network"]["arch"] == "resnet"


def test_several_seeds_have_a_folder_and_an_export_each(config: TrainingConfig, tmp_path: Path) -> None:
    one = replace(config, export=tmp_path / "net.onnx")
    assert (one.run_folders, one.export_path(1)) == ((config.folder,), tmp_path / "net.onnx")
    both = replace(one, seeds=(5, 6), pretrained=(config.faces,))
    assert [folder.name for folder in both.run_folders] == ["seed-5", "seed-6"]
    assert both.export_path(6) == tmp_path / "net-6.onnx"
    assert replace(both, export=None).export_path(6) is None
    assert both.pretrained_per_seed == (config.faces, config.faces)


def test_the_old_name_of_a_preset_is_understood_and_not_shown(config: TrainingConfig) -> None:
    assert replace(config, preset="six").hyperparameters.network.arch == "baseline_cnn"
    with pytest.raises(BadInput) as caught:
        replace(config, preset="seven")
    assert "six" not in str(caught.value)


def test_a_missing_package_is_told_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(extras.EXTRAS["train"], "a_package_that_nobody_has", "the package")
    with pytest.raises(BadInput, match=r'the package; install with: pip install "chiaroscuro\[train\]"'):
        extras.needs_extra("train", "training")


def test_presets_and_configuration_are_read_without_pytorch() -> None:
    code = "import sys; sys.modules['torch'] = None; import models.training.config, calibration.extras"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_preset_that_goes_on_with_a_trained_network_asks_for_one(config: TrainingConfig) -> None:
    with pytest.raises(BadInput) as caught:
        replace(config, preset="finetune")
    assert "name it with --pretrained" in "\n".join(caught.value.problems)
    assert replace(config, preset="finetune", pretrained=(config.faces,)).hyperparameters.clean_answer_weight == 0.7


def test_clean_answers_are_those_of_one_network_for_all_seeds(config: TrainingConfig, tmp_path: Path) -> None:
    networks = tuple(tmp_path / name for name in ("a.pt", "b.pt"))
    for network in networks:
        network.touch()
    with pytest.raises(BadInput, match="finetune goes on with one network for all seeds"):
        replace(config, preset="finetune", seeds=(1, 2), pretrained=networks)
    with pytest.raises(BadInput, match="name it with --pretrained"):
        replace(config, preset="finetune")
    replace(config, preset="finetune", seeds=(1, 2), pretrained=networks[:1])
    replace(config, preset="gpu", seeds=(1, 2), pretrained=networks)
