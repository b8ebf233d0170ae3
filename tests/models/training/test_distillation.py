"""A student learns from its teachers what the votes do not say."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from calibration.errors import BadFile
from models.seeing.align import SIDE, prepare
from models.training.distillation import Teachers, distillation_loss
from models.training.export import load_network, save_float16_weights
from models.training.network import EmotionNet
from models.training.presets import PRESETS
from models.training.train import train
from models.training.training_run import TrainingRun
from models.training.validation import predict
from tests.models.training.tiny_training import tiny_validation, train_tiny
from tests.models.two_kinds import TINY, tiny_augmenter, two_kinds


def test_a_student_learns_from_its_teachers_what_the_votes_do_not_say(tmp_path: Path) -> None:
    teacher = train_tiny(tmp_path, 5)
    teachers = Teachers([teacher.folder / "best.pt"] * 2, "cpu")
    blind = tiny_augmenter()
    shares = np.full_like(blind.faces.vote_shares, 1 / 8)  # annotators who know nothing
    blind = replace(blind, faces=replace(blind.faces, vote_shares=shares))
    preset = replace(TINY, epochs=10, distillation_weight=0.9, distillation_temperature=2.0)
    run = TrainingRun(preset, 4, tmp_path / "student", teachers=teachers.name)
    validation = tiny_validation()
    lines: list[str] = []
    train([run], blind, validation, lambda what, _share: lines.append(what), teachers)
    assert lines[0].startswith("the teachers together: accuracy ")
    faces = two_kinds(40, 9)
    guess = predict(run.ema_network, prepare(np.stack(faces.images))).argmax(1)
    assert (guess == faces.labels).mean() > 0.8
    with pytest.raises(BadFile, match="teachers"):
        TrainingRun(preset, 4, tmp_path / "student").resume()
    with pytest.raises(BadFile, match="seed 4, not 5"):
        TrainingRun(preset, 5, tmp_path / "student", teachers=teachers.name).resume()


def test_teachers_and_votes_share_the_label_as_the_preset_says() -> None:
    network = EmotionNet(TINY.network).eval()
    faces, votes = torch.randn(3, 1, SIDE, SIDE), torch.eye(8)[:3]

    sure = torch.eye(8)[3:6]

    logits = network.forward_views(network.local_contrast(faces))[0].detach()

    def loss(weight: float, soft_targets: torch.Tensor | None, labels: torch.Tensor = votes) -> float:
        preset = replace(TINY, distillation_weight=weight, label_smoothing=0.0)
        return float(distillation_loss(logits, labels, preset, soft_targets))

    alone, all_theirs = loss(0.7, None), loss(0.7, None, sure)
    assert loss(0.0, sure) == pytest.approx(alone, rel=1e-5)
    assert loss(1.0, sure) == pytest.approx(all_theirs, rel=1e-5)
    assert loss(0.7, sure) == pytest.approx(0.3 * alone + 0.7 * all_theirs, rel=1e-5)
    assert abs(alone - all_theirs) > 1e-3


def test_a_teacher_in_float16_is_small_and_still_says_the_same(tmp_path: Path) -> None:
    run = TrainingRun(PRESETS["teacher"], 1, tmp_path)
    run.save_ema("best")
    assert save_float16_weights(tmp_path / "best.pt", tmp_path / "small.pt") < 16 * 2**20, "what one file may weigh"
    faces = np.random.default_rng(1).normal(size=(4, 1, SIDE, SIDE)).astype(np.float32)
    whole, small = (predict(load_network(tmp_path / name), faces) for name in ("best.pt", "small.pt"))
    assert small == pytest.approx(whole, abs=5e-3)
    (tmp_path / "broken.pt").write_bytes(b"no checkpoint")
    with pytest.raises(BadFile, match="not a checkpoint"):
        Teachers([tmp_path / "broken.pt"], "cpu")
