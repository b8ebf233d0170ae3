"""Networks that learn beside each other from the same batches, and what one step of them is."""

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from calibration.progress import no_progress
from models.seeing.align import SIDE
from models.training.batches import BatchDataset
from models.training.distillation import Teachers
from models.training.train import train
from models.training.train_step import TrainStep, random_shift
from models.training.training_run import TrainingRun
from tests.models.training.tiny_training import tiny_validation, train_side_by_side
from tests.models.two_kinds import TINY, tiny_augmenter


def test_a_run_learns_beside_others_what_it_learns_alone(tmp_path: Path) -> None:
    (alone,) = train_side_by_side(tmp_path / "alone", (3,), 2)
    first, second = train_side_by_side(tmp_path / "both", (3, 4), 2)
    for name, value in alone.ema_network.state_dict().items():
        assert torch.equal(value, first.ema_network.state_dict()[name]), name
    assert not torch.equal(first.ema_network.head.weight, second.ema_network.head.weight)


def test_a_run_that_was_stopped_later_than_the_others_waits_for_them(tmp_path: Path) -> None:
    train_side_by_side(tmp_path, (3,), 2)
    ahead, behind = train_side_by_side(tmp_path, (3, 4), 3)
    assert (ahead.epoch, behind.epoch) == (3, 3)
    steps = BatchDataset(tiny_augmenter(), TINY, 3).steps_per_epoch
    assert (ahead.step, behind.step) == (3 * steps, 3 * steps), "no epoch twice"


def test_a_run_is_evaluated_only_so_often_and_at_its_end(tmp_path: Path) -> None:
    run = TrainingRun(replace(TINY, epochs=5, eval_every=2), 3, tmp_path)
    train([run], tiny_augmenter(), tiny_validation(), no_progress)
    rows = (tmp_path / "log.csv").read_text().splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == ["2", "4", "5"]


def test_a_face_is_shifted_by_its_own_vector_within_the_bounds() -> None:
    ramp = torch.arange(SIDE).float().expand(40, 1, SIDE, SIDE)
    across = (random_shift(ramp, 2.0) - ramp)[:, 0, 32, 8:-8]
    assert (across.std(dim=1) < 1e-3).all(), "the whole face by the same vector"
    assert 1.5 < across.mean(1).max() <= 2.001
    assert -2.001 <= across.mean(1).min() < -1.5
    down = random_shift(ramp.transpose(2, 3), 2.0) - ramp.transpose(2, 3)
    assert down[:, 0, 8:-8, 32].abs().max() > 1.5


def test_a_student_sees_a_face_elsewhere_than_its_teachers(tmp_path: Path) -> None:
    seen: list[torch.Tensor] = []

    class Watching(Teachers):
        def __init__(self) -> None:
            self.networks, self.name = [], ""

        def soft_targets(self, views: torch.Tensor, temperature: float) -> torch.Tensor:
            assert temperature == TINY.distillation_temperature
            seen.append(views)
            return torch.full((len(views), 8), 1 / 8)

    faces = torch.randn(4, 1, SIDE, SIDE)
    for pixels, same in ((0.0, True), (2.0, False)):
        run = TrainingRun(replace(TINY, student_shift_pixels=pixels), 1, tmp_path / str(pixels))
        run.network.stem.register_forward_pre_hook(lambda _layer, inputs: seen.append(inputs[0]))
        TrainStep([run], Watching()).step(faces, torch.eye(8)[:4], 10)
        assert torch.equal(seen[0], run.network.local_contrast(faces)), "teachers see it where it is"
        assert torch.equal(seen[0], seen[1]) is same
        seen.clear()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_captured_step_learns_what_an_eager_one_learns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faces, vote_shares = torch.randn(16, 1, SIDE, SIDE), torch.rand(16, 8).softmax(1)
    sums = []
    for before in (3, 10**6):
        monkeypatch.setattr("models.training.train_step.GRAPH_WARMUP_STEPS", before)
        train_step = TrainStep([TrainingRun(TINY, 1, tmp_path / str(before), "cuda")])
        for _ in range(20):
            train_step.step(faces, vote_shares, 10)
        sums.append(float(train_step.losses[0]))
    assert sums[0] == pytest.approx(sums[1], rel=1e-3)
