"""Checkpoints that earlier versions wrote are still read: as teachers, to be resumed, to be fine-tuned."""

import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from calibration.errors import BadFile
from models.training.checkpoint import read_checkpoint, read_parts, write_checkpoint, write_parts
from models.training.distillation import Teachers
from models.training.export import load_network
from models.training.network_config import NetworkConfig
from models.training.restore import load_pretrained
from models.training.training_run import TrainingRun
from tests.models.two_kinds import TINY


def _old_style(run: TrainingRun, **changed: object) -> dict[str, Any]:
    """A whole checkpoint of ``run`` as version 0.1 wrote it."""
    shape = {"channels": (8, 16), "blocks": (1, 1), "dropout": 0.0, "excite": False, "pooled": False}
    return {
        "averaged": run.ema_network.state_dict(),
        "network": run.network.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "shape": shape | {"kind": "residual"},
        "epoch": 4,
        "step": 48,
        "best": 0.5,
        "seed": run.seed,
        "taught_by": run.teachers,
        "trained_for": "",
        **changed,
    }


def test_a_run_that_an_earlier_version_stopped_is_resumed(tmp_path: Path) -> None:
    torch.save(_old_style(TrainingRun(TINY, 7, tmp_path)), tmp_path / "last.pt")
    run = TrainingRun(TINY, 7, tmp_path)
    run.resume()
    assert (run.epoch, run.step, run.best_score) == (4, 48, 0.5)
    with pytest.raises(BadFile, match="relight True, not False"):
        TrainingRun(TINY, 7, tmp_path, relight=False).resume()


def test_an_earlier_checkpoint_can_teach_and_be_fine_tuned(tmp_path: Path) -> None:
    run = TrainingRun(TINY, 7, tmp_path)
    torch.save(_old_style(run), tmp_path / "old.pt")
    run.save_ema("new")
    faces = torch.randn(2, 1, 64, 64)
    wanted = load_network(tmp_path / "new.pt")(faces)[0]
    assert torch.equal(load_network(tmp_path / "old.pt")(faces)[0], wanted)
    assert torch.equal(load_pretrained(tmp_path / "old.pt", TINY.network, [])(faces)[0], wanted)
    assert len(Teachers([tmp_path / "old.pt"], "cpu").networks) == 1


@pytest.mark.parametrize(
    ("trained_for", "relight", "pretrained"),
    [
        ("", True, ""),
        ("no lamps", False, ""),
        ("from 0123456789ab", True, "0123456789ab"),
        ("no lamps from 0123456789ab", False, "0123456789ab"),
        ("front from 0123456789ab", True, "0123456789ab for lamps at the front"),
    ],
)
def test_the_light_and_the_beginning_of_an_earlier_run_are_understood(
    tmp_path: Path, trained_for: str, relight: bool, pretrained: str
) -> None:
    torch.save(_old_style(TrainingRun(TINY, 7, tmp_path), trained_for=trained_for), tmp_path / "old.pt")
    saved = read_checkpoint(tmp_path / "old.pt")
    assert (saved["relight"], saved["pretrained"]) == (relight, pretrained)
    assert "trained_for" not in saved


def test_an_earlier_baseline_network_is_read_by_its_old_name(tmp_path: Path) -> None:
    run = TrainingRun(replace(TINY, network=NetworkConfig(arch="baseline_cnn")), 7, tmp_path)
    old = _old_style(run)
    torch.save(old | {"shape": old["shape"] | {"kind": "six"}}, tmp_path / "old.pt")
    assert load_network(tmp_path / "old.pt").config.arch == "baseline_cnn"


def test_a_file_that_is_not_a_checkpoint_is_refused_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "broken.pt").write_bytes(b"nothing")
    torch.save({"averaged": {}}, tmp_path / "half.pt")
    torch.save([1, 2], tmp_path / "list.pt")
    for name in ("broken.pt", "half.pt", "list.pt"):
        with pytest.raises(BadFile, match="not a checkpoint"):
            read_checkpoint(tmp_path / name)


def test_a_training_is_not_gone_on_with_on_other_faces(tmp_path: Path) -> None:
    layer = nn.Linear(2, 2)
    write_parts(tmp_path / "a.pt", {"network": layer}, 7, "faces1")
    other = nn.Linear(2, 2)
    assert read_parts(tmp_path / "a.pt", {"network": other}, "faces1") == 7
    assert torch.equal(layer.weight, other.weight)
    assert read_parts(tmp_path / "a.pt", {"network": other}) == 7
    with pytest.raises(BadFile, match="other faces; choose another --folder"):
        read_parts(tmp_path / "a.pt", {"network": other}, "faces2")
    with pytest.raises(BadFile, match="no checkpoint"):
        read_parts(tmp_path / "gone.pt", {"network": other})
    run = TrainingRun(TINY, 7, tmp_path, faces="faces1")
    run.save("last")
    with pytest.raises(BadFile, match="was started with faces faces1, not faces2; choose another --folder"):
        TrainingRun(TINY, 7, tmp_path, faces="faces2").resume()


def test_a_full_disk_leaves_the_last_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pt"
    write_checkpoint(path, {"step": 1})
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_checkpoint(path, {"step": 2})
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"a.pt": before}
