"""A network learns, and a stopped training is resumed."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from models.seeing.align import SIDE, prepare
from models.training.export import load_network
from models.training.train import logged
from models.training.training_run import TrainingRun
from models.training.validation import predict
from tests.models.training.tiny_training import train_tiny
from tests.models.two_kinds import TINY, two_kinds


def test_training_learns_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    run = train_tiny(tmp_path, 2)
    assert (run.folder / "best.pt").is_file()
    on = train_tiny(tmp_path, 5)
    assert (run.epoch, on.epoch) == (2, 5)
    assert len((run.folder / "log.csv").read_text().splitlines()) == 6
    faces = two_kinds(40, 9)
    guess = predict(on.ema_network, prepare(np.stack(faces.images))).argmax(1)
    assert (guess == faces.labels).mean() > 0.9


def test_a_checkpoint_gives_its_network_back(tmp_path: Path) -> None:
    run = TrainingRun(TINY, 1, tmp_path)
    run.save("last")
    again = load_network(tmp_path / "last.pt")
    faces = torch.randn(2, 1, SIDE, SIDE)
    run.ema_network.eval()
    with torch.no_grad():
        assert torch.allclose(again(faces)[0], run.ema_network(faces)[0], atol=1e-6)


def test_an_epoch_that_is_made_again_after_a_kill_has_one_row_in_the_log(tmp_path: Path) -> None:
    run = train_tiny(tmp_path, 1)
    with (run.folder / "log.csv").open("a") as file:
        file.write("2,0.5,0.5,0.5,0.5,1.0\n")  # it was killed before its checkpoint was written
    train_tiny(tmp_path, 2)
    rows = logged(run.folder)
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert rows[1]["seconds"] != "1.0"
