"""Temporal networks: today's filter until they learn, causal, at any rate, resumed as they were stopped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

pytest.importorskip("torch", reason="not tried: PyTorch is not installed")
pytest.importorskip("onnx", reason="not tried: onnx is not installed")

import torch
from torch import Tensor

from calibration.errors import BadFile
from models.arrays import Floats, Gray
from models.estimate import EmotionEstimate
from models.evaluation.temporal_filter import Looks as Seen
from models.evaluation.temporal_filter import TemporalFilter, TemporalNetwork
from models.frame import Detection
from models.judging.smoothing import ExponentialFilter, log_probabilities, softmax
from models.seeing.classifier import Classifier
from models.training.temporal_config import KINDS, TemporalPreset
from models.training.temporal_looks import Looks
from models.training.temporal_network import TemporalNet, TimeDelay, make_network, weights
from models.training.temporal_training import TemporalRun, export_temporal, tensors, train_temporal

EMBEDDING = 12
TINY = TemporalPreset(courses=1, people=1, stills=1, steps=4, batch_size=2, warmup_steps=1, save_every=2)


class _Answers:
    """In the place of a classifier: always these probabilities."""

    provider, line, embedding_size = "", "", EMBEDDING

    def __init__(self, probabilities: Floats) -> None:
        self._probabilities = probabilities

    def classify(self, faces: Gray) -> tuple[Floats, Floats]:
        return self._probabilities, np.ones((len(faces), EMBEDDING), np.float32)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def some_looks(courses: int = 4, looks: int = 52, seed: int = 1) -> Looks:
    rng = np.random.default_rng(seed)
    shape = (courses, looks)
    logs = log_probabilities(rng.dirichlet(np.full(8, 0.3), shape).astype(np.float32)).astype(np.float32)
    return Looks(
        logs,
        rng.normal(size=(*shape, EMBEDDING)).astype(np.float16),
        rng.uniform(1 / 60, 0.2, shape).astype(np.float32),
        rng.uniform(0.2, 1, shape).astype(np.float32),
        rng.integers(0, 255, (*shape, 32, 32)).astype(np.uint8),
        rng.dirichlet(np.full(8, 0.3), shape).astype(np.float32),
    )


def stirred(kind: str) -> TemporalNet:
    """A network of which every part has a say."""
    torch.manual_seed(2)
    network = make_network(kind, EMBEDDING).eval()
    torch.nn.init.normal_(network.out.weight)
    return network


@torch.no_grad()
def answers(network: TemporalNet, parts: tuple[Tensor, ...]) -> np.ndarray:
    return network(*parts).numpy()


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_that_has_learned_nothing_is_the_exponential_filter(kind: str) -> None:
    looks, filtered = some_looks(1), ExponentialFilter(0.2)
    said = answers(make_network(kind, EMBEDDING), tensors(looks))[0]
    for t in range(len(said)):
        wanted = filtered.update(
            looks.logs[0, t].astype(np.float64), float(looks.quality[0, t]), float(looks.seconds[0, t])
        )
        assert np.allclose(softmax(said[t].astype(np.float64)), softmax(wanted), atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_later_changes_nothing_of_what_was_said_before(kind: str) -> None:
    network, looks = stirred(kind), some_looks(1)
    whole = answers(network, tensors(looks))
    other = some_looks(1, seed=9)
    parts = tuple(
        torch.cat([one[:, :30], two[:, 30:]], dim=1) for one, two in zip(tensors(looks), tensors(other), strict=True)
    )
    mixed = answers(network, parts)
    assert np.allclose(whole[:, :30], mixed[:, :30], atol=1e-6)
    assert not np.allclose(whole[:, 30:], mixed[:, 30:], atol=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_every_network_is_small(kind: str) -> None:
    assert weights(make_network(kind, 256)) < 50_000


def test_looks_faster_than_a_tick_share_a_moment() -> None:
    """Else a camera of 60 pictures a second would leave the time-delay network half a second to see."""
    network, looks = TimeDelay(EMBEDDING).eval(), some_looks(1)
    moments = {}
    for rate in (20, 60):
        state = torch.zeros(1, network.size)
        logs, embedding, _, quality, face = (part[:, 0] for part in tensors(looks))
        for _ in range(rate):  # one second
            with torch.no_grad():
                _, state = network.step((logs, embedding, torch.tensor([[1 / rate]]), quality, face), state)
        past = state[0, 11:].reshape(network.WIDTH, network.MOMENTS)
        moments[rate] = int((past.abs().sum(0) > 0).sum())
    assert moments[20] == 20
    assert moments[60] == 20


def test_batches_have_gaps_and_lose_no_time() -> None:
    looks = some_looks(1, looks=52)
    looks.seconds[:] = 0.05
    batch = looks.batch(20, np.random.default_rng(3), length=26)
    steps = np.round(batch.seconds[:, 1:] / 0.05)
    assert np.allclose(batch.seconds[:, 1:], 0.05 * steps, atol=1e-5)
    assert steps.min() == 1
    assert steps.max() > 1
    assert batch.seconds.sum(axis=1).max() < 52 * 0.05


def test_a_stopped_training_goes_on_as_if_it_had_not_been_stopped(tmp_path: Path) -> None:
    looks, told = some_looks(), list[str]()

    def trained(folder: Path, steps: int) -> TemporalRun:
        run = TemporalRun("gru", EMBEDDING, TINY, folder)
        run.preset = TemporalPreset(1, 1, 1, steps, batch_size=2, warmup_steps=1, save_every=2)
        run.learning_rate = lambda: 1e-3  # type: ignore[method-assign]  # the same for both lengths
        run.resume()
        train_temporal(run, looks, looks, lambda line, _: told.append(line))
        return run

    whole = trained(tmp_path / "whole", 4)
    trained(tmp_path / "halves", 2)
    halves = trained(tmp_path / "halves", 4)
    for one, other in zip(whole.ema_network.parameters(), halves.ema_network.parameters(), strict=True):
        assert torch.equal(one, other)
    assert told[-1].startswith("gru: step 4, loss ")


def test_the_log_has_the_mean_loss_of_a_step_also_where_few_were_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(run: TemporalRun, _looks: object) -> float:
        run.step += 1
        return 3.0

    monkeypatch.setattr(TemporalRun, "train_step", step)
    for steps in (3, 5):
        run = TemporalRun("gru", EMBEDDING, replace(TINY, steps=steps), tmp_path)
        run.resume()
        train_temporal(run, some_looks(), some_looks(), lambda _line, _share: None)
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(row["step"], row["loss"]) for row in rows] == [(2, 3.0), (3, 3.0), (4, 3.0), (5, 3.0)]


@pytest.mark.parametrize("stops", [(8,), (2, 6, 8)])
def test_what_is_kept_is_the_network_of_the_least_loss_on_held_out_courses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stops: tuple[int, ...]
) -> None:
    def step(run: TemporalRun, _looks: object) -> float:
        run.step += 1
        for part in run.ema_network.parameters():
            part.data.fill_(run.step)
        return 1.0

    def far_from_four(network: TemporalNet, _looks: object) -> Tensor:
        return (next(network.parameters()).flatten()[0] - 4).abs()

    monkeypatch.setattr(TemporalRun, "train_step", step)
    monkeypatch.setattr("models.training.temporal_training.loss", far_from_four)
    for steps in stops:
        run = TemporalRun("gru", EMBEDDING, replace(TINY, steps=steps), tmp_path)
        run.resume()
        train_temporal(run, some_looks(), some_looks(), lambda _line, _share: None)
    assert run.best_step == 4
    assert all((part == 4).all() for part in run.best_network.parameters())
    assert all((part == 8).all() for part in run.ema_network.parameters())


def test_a_torn_checkpoint_is_told(tmp_path: Path) -> None:
    run = TemporalRun("gru", EMBEDDING, TINY, tmp_path)
    (tmp_path / "last.pt").write_bytes(b"PK torn")
    with pytest.raises(BadFile, match="torn"):
        run.resume()


@pytest.mark.parametrize("kind", ["gru", "convlstm"])
def test_what_is_exported_answers_as_the_filter_of_a_visitor(tmp_path: Path, kind: str) -> None:
    path, looks = tmp_path / f"{kind}.onnx", some_looks(1)
    network = stirred(kind)
    export_temporal(network, path, looks)
    faces = np.random.default_rng(4).integers(0, 255, (3, 64, 64)).astype(np.uint8)
    probabilities = np.random.default_rng(5).dirichlet(np.full(8, 0.5), 3).astype(np.float32)
    seen = Seen(cast(Classifier, _Answers(probabilities)))
    seen.classify(faces)
    one = TemporalFilter(TemporalNetwork(path), seen)
    where = Detection((0.0, 0.0, 60.0, 60.0), 0.9, np.zeros((5, 2), np.float32))
    said = [one.update(EmotionEstimate(where, row, 0.8, 30.0), np.zeros(8), 0.05) for row in probabilities]
    again = TemporalFilter(TemporalNetwork(path), seen)
    resting = np.array([0, 1.0, 0, 0, 0, 0, 0, 0])
    shifted = again.update(EmotionEstimate(where, probabilities[0], 0.8, 30.0), resting, 0.05)
    assert all(abs(float(row.sum()) - 1) < 1e-6 for row in said)
    assert np.isclose(shifted[1] / shifted[0], said[0][1] / said[0][0] / np.e)
