"""Fine-tuning a small set: most of the network stays, absent classes are never predicted, and it stops in time."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from calibration.progress import no_progress
from models.dataset.table import FaceRow, write_table
from models.seeing.card import card_beside
from models.seeing.classifier import SHIPPED
from models.training.config import TrainingConfig
from models.training.fine_tuning import absent_classes, freeze, silence, train_mode
from models.training.network import create_network
from models.training.presets import PRESETS
from models.training.restore import restore_from_onnx
from models.training.train import train
from models.training.training_faces import TrainingFaces, read_training_faces
from models.training.training_report import write_report
from models.training.training_run import TrainingRun
from models.training.validation import predict
from tests.models.dataset.faces import drawn, write_picture
from tests.models.training.tiny_training import tiny_validation
from tests.models.two_kinds import TINY, tiny_augmenter, two_kinds

OWN = replace(TINY, epochs=3, patience=2, trained_blocks=1)


def test_only_the_last_blocks_and_the_head_learn_and_absent_classes_are_never_predicted(tmp_path: Path) -> None:
    run = TrainingRun(OWN, 3, tmp_path)
    before = {name: value.clone() for name, value in run.network.state_dict().items()}
    lines: list[str] = []
    train([run], tiny_augmenter(64), tiny_validation(), lambda what, _share: lines.append(what))
    after = run.network.state_dict()
    changed = {name.split(".")[0] + name.split(".")[1] for name in after if not torch.equal(before[name], after[name])}
    assert changed == {"stages1", "headweight", "headbias"}
    answers = predict(run.ema_network, tiny_validation().clean_faces)
    assert answers[:, 2:].max() < 1e-6, "six of the eight classes have no face"
    cool = np.exp(np.log(answers) / 3)  # by the highest temperature that is fitted
    assert (cool / cool.sum(1, keepdims=True))[:, 2:].max() < 1e-6
    assert np.isfinite(answers).all()
    rows = [line for line in lines if "epoch" in line]
    assert "epoch 0," in rows[0], "what it begins with is a candidate too"
    assert run.best_epoch <= run.epoch <= 3
    if run.epoch < 3:
        assert rows[-1].startswith("stopped early: not better since epoch")


def test_a_run_that_gets_no_better_stops_and_stays_stopped_when_it_is_resumed(tmp_path: Path) -> None:
    stuck = replace(OWN, learning_rate=0.0, weight_decay=0.0)
    run = TrainingRun(stuck, 3, tmp_path)
    train([run], tiny_augmenter(48), tiny_validation(), no_progress)
    assert (run.epoch, run.best_epoch) == (2, 0)
    again = TrainingRun(stuck, 3, tmp_path)
    again.resume()
    train([again], tiny_augmenter(48), tiny_validation(), no_progress)
    assert again.epoch == 2


def test_without_patience_all_learn_to_the_last_epoch(tmp_path: Path) -> None:
    run = TrainingRun(replace(TINY, epochs=2), 3, tmp_path)
    freeze(run.network, None)
    train_mode(run.network, None)
    assert all(weight.requires_grad for weight in run.network.parameters())
    assert all(layer.training for layer in run.network.modules())


def test_batch_norms_keep_their_statistics_where_only_the_last_blocks_learn() -> None:
    network = create_network(TINY.network)
    train_mode(network, 1)
    norms = [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)]
    assert norms
    assert not [layer for layer in norms if layer.training]


def test_a_class_that_no_face_has_is_absent_and_a_set_of_all_changes_nothing() -> None:
    assert absent_classes(np.array([0, 4, 4, -1])).tolist() == [1, 2, 3, 5, 6, 7]
    network = create_network(TINY.network)
    before = network.head.weight.clone()
    silence(network, absent_classes(np.arange(8)))
    assert torch.equal(network.head.weight, before)


def test_the_preset_own_is_of_the_shipped_networks_shape_and_begins_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    config = TrainingConfig(faces=folder, folder=tmp_path / "run", preset="own")
    assert config.pretrained == (SHIPPED,)
    assert replace(config, pretrained=(card_beside(SHIPPED),)).pretrained != (SHIPPED,)
    restore_from_onnx(SHIPPED, PRESETS["own"].network)


def test_a_divided_folder_gives_its_parts(tmp_path: Path) -> None:
    rows = [
        FaceRow(f"anger/{k}.png", "anger", f"P{k}", part=part) for k, part in enumerate(("train", "valid", "test", ""))
    ]
    for k, row in enumerate(rows):
        write_picture(tmp_path / row.path, drawn(k))
    write_table(tmp_path, rows)
    faces = read_training_faces(TrainingConfig(faces=tmp_path, folder=tmp_path / "run", preset="own"))
    assert faces.test is not None
    assert [len(one) for one in (faces.training, faces.validation, faces.test)] == [1, 1, 1]
    assert np.array_equal(faces.validation.images[0], drawn(1))
    write_table(tmp_path, [replace(row, part="") for row in rows])
    with pytest.raises(ValueError, match="chiaro dataset split"):
        read_training_faces(TrainingConfig(faces=tmp_path, folder=tmp_path / "run", preset="own"))


def test_the_report_says_before_and_after_on_validation_and_test_faces(tmp_path: Path) -> None:
    run = TrainingRun(TINY, 3, tmp_path)
    run.began_with = create_network(TINY.network).eval()
    run.load_weights(run.began_with)
    train([run], tiny_augmenter(48), tiny_validation(), no_progress)
    faces = TrainingFaces(two_kinds(48, 1), two_kinds(24, 2), two_kinds(10, 3))
    lines = write_report(run, run.folder / "best.pt", faces, tiny_validation())
    assert [line.split(":")[0] for line in lines] == [
        *("validation faces, before", "validation faces, after", "test faces, before", "test faces, after", "report"),
    ]
    page = (tmp_path / "report.html").read_text()
    assert page.count("data:image/png") == 2
    assert "10 faces that neither has seen" in page
    assert (tmp_path / "confusion.png").is_file()
    assert (tmp_path / "reliability.png").is_file()
    assert "recall neutral" in (tmp_path / "report.txt").read_text()


def test_presets_that_stop_early_are_few_and_the_others_are_as_they_were() -> None:
    assert [name for name, preset in PRESETS.items() if preset.patience] == ["own"]
    assert asdict(PRESETS["gpu"].network) == asdict(PRESETS["own"].network)
