"""The detector learns faces of a few strokes, goes on after a stop, and its file answers as the network does."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the training of the detector was not tried: PyTorch is not installed")

import torch

from calibration.errors import BadFile, BadInput
from calibration.progress import no_progress
from models.darkroom.scenes import SceneConfig, Truth
from models.seeing.one_shot import OneShot, card_of, cell_centres, decoded
from models.training.detector_batches import SIDE, SceneBatches, flipped
from models.training.detector_config import DetectorPreset, DetectorTraining
from models.training.detector_export import export_detector, load_detector, quantize_detector
from models.training.detector_network import DetectorNet
from models.training.detector_network import decoded as decoded_in_training
from models.training.detector_targets import targets
from models.training.detector_training import CHECKPOINT, DetectorRun, giou, losses, train_detector
from tests.models.darkroom.drawn_faces import drawn_scenes

TINY = DetectorPreset(steps=3, batch_size=2, warmup_steps=1, save_every=2)


def truth_of(*boxes: tuple[float, float, float, float], counted: float = 1.0) -> Truth:
    found = np.array(boxes, np.float32).reshape(-1, 4)
    five = (found[:, None, :2] + found[:, None, 2:]) / 2 * np.ones((1, 5, 1), np.float32)
    return Truth(
        found, np.asarray(five, np.float32), np.full(len(found), counted, np.float32), np.ones(len(found), np.float32)
    )


@pytest.mark.parametrize(("width", "levels"), [(20, {8}), (40, {8, 16}), (70, {16}), (95, {16, 32}), (180, {32})])
def test_each_face_is_wanted_at_its_middle_on_the_levels_for_its_size(width: int, levels: set[int]) -> None:
    box = (128 - width / 2, 100 - width / 2, 128 + width / 2, 100 + width / 2)
    (wanted,) = targets([truth_of(box)], SIDE, SIDE)
    centres = cell_centres(SIDE, SIDE)
    strides = np.concatenate([np.full(len(cells), SIDE // round(len(cells) ** 0.5)) for cells in centres])
    face = wanted[:, 0] == 1
    assert set(strides[face]) == levels
    assert (wanted[face, 1:5] == box).all()
    assert (np.hypot(*(np.concatenate(centres)[face] - (128, 100)).T) < 32).all()
    assert (wanted[np.abs(np.concatenate(centres) - (128, 100)).max(axis=1) > 0.7 * width + 64, 0] == 0).all()


def test_a_face_that_need_not_be_found_is_neither_wanted_nor_unwanted() -> None:
    (wanted,) = targets([truth_of((60, 60, 120, 120), counted=0.0)], SIDE, SIDE)
    assert not (wanted[:, 0] == 1).any()
    assert (wanted[:, 0] == -1).any()
    assert not (targets([truth_of()], SIDE, SIDE)[..., 0] != 0).any()


def test_the_mirrored_truth_lies_where_the_mirrored_face_is() -> None:
    truth = flipped(truth_of((10, 20, 40, 60)), 100)
    assert truth.boxes.tolist() == [[60, 20, 90, 60]]
    assert np.allclose(truth.landmarks[0, :, 0], 74)  # a pixel's middle is half a pixel from its edge


def test_training_and_show_read_the_answers_alike() -> None:
    cells = np.concatenate(cell_centres(32, 64))
    answers = np.random.default_rng(1).normal(0, 1, (len(cells), 15)).astype(np.float32)
    boxes, scores, points = decoded(answers, 32, 64, 0.5)
    sure = answers[:, 0] > 0
    strides = np.repeat([8.0, 16.0, 32.0], [32, 8, 2]).astype(np.float32)
    parts = (torch.from_numpy(part[sure]) for part in (answers, cells, strides))
    their_boxes, their_points = decoded_in_training(*parts)
    assert np.allclose(boxes, their_boxes.numpy(), atol=1e-4)
    assert np.allclose(points.reshape(-1, 10), their_points.numpy(), atol=1e-4)
    assert (scores > 0.5).all()


def test_the_loss_is_smallest_for_the_right_answer() -> None:
    box = (100.0, 100.0, 130.0, 130.0)
    wanted = torch.from_numpy(targets([truth_of(box)], SIDE, SIDE))
    answers = torch.zeros(1, wanted.shape[1], 15)
    answers[..., 0] = -9
    face = wanted[0, :, 0] == 1
    wrong = {name: float(value) for name, value in losses(answers, wanted, (SIDE, SIDE)).items()}
    centres = torch.from_numpy(np.concatenate(cell_centres(SIDE, SIDE)))[face]
    middle = (115 - centres) / 8
    right = [
        torch.full((len(centres), 1), 9.0),
        middle,
        torch.full((len(centres), 2), np.log(15 / 8)),
        middle.repeat(1, 5) / 2,
    ]
    answers[0, face] = torch.cat(right, 1)
    best = {name: float(value) for name, value in losses(answers, wanted, (SIDE, SIDE)).items()}
    assert all(best[name] < 0.05 < wrong[name] for name in best)
    assert giou(torch.tensor([box]), torch.tensor([(200.0, 200.0, 230.0, 230.0)])) < -0.5


def test_a_stopped_training_goes_on_and_its_file_answers_as_the_network(tmp_path: Path) -> None:
    source = drawn_scenes(SceneConfig(people=(1, 1)))
    first = DetectorRun(TINY, tmp_path)
    train_detector(first, SceneBatches(source, TINY).loader(), no_progress)
    again = DetectorRun(TINY, tmp_path)
    again.resume()
    assert again.step == TINY.steps
    for a, b in zip(again.network.parameters(), first.network.parameters(), strict=True):
        assert torch.equal(a, b)
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 2
    path = tmp_path / "faces.onnx"
    export_detector(load_detector(tmp_path / CHECKPOINT), path, {"version": "0.1"})
    picture = np.random.default_rng(1).integers(0, 256, (90, 130, 3), np.uint8)
    assert OneShot(smallest_face=1, score=0.01, path=path).detect(picture) is not None
    quantize_detector(path, path.with_suffix(".int8.onnx"), [np.full((64, 64), 90, np.uint8)], {"version": "0.1"})
    assert path.with_suffix(".int8.onnx").stat().st_size < 0.5 * path.stat().st_size
    OneShot(path=path.with_suffix(".int8.onnx")).detect(picture)
    card_of(path).write_text('{"sha256": "0"}')
    with pytest.raises(BadFile, match="is not the file of its card"):
        OneShot(path=path)
    (tmp_path / CHECKPOINT).write_bytes(b"torn")
    with pytest.raises(BadFile, match="torn"):
        again.resume()


def test_the_log_has_the_mean_losses_of_a_step_also_where_few_were_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(run: DetectorRun, _pictures: object, _wanted: object) -> dict[str, float]:
        run.step += 1
        return {"score": 3.0}

    monkeypatch.setattr(DetectorRun, "train_step", step)
    nothing = iter([(torch.zeros(1), torch.zeros(1))] * 9)
    for steps in (3, 5):
        run = DetectorRun(replace(TINY, steps=steps), tmp_path)
        run.resume()
        train_detector(run, nothing, no_progress)
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(row["step"], row["score"]) for row in rows] == [(2, 3.0), (3, 3.0), (4, 3.0), (5, 3.0)]


def test_the_detector_learns_to_tell_a_face_from_a_room() -> None:
    torch.manual_seed(1)
    torch.set_num_threads(1)
    run = DetectorRun(DetectorPreset(steps=60, batch_size=4, warmup_steps=5, learning_rate=4e-3), Path())
    config = SceneConfig(
        people=(1, 1), empty_share=0.0, faceless_share=0.0, hidden_share=0.0, widths=(60, 120), face_means=(100, 120)
    )
    batches = SceneBatches(drawn_scenes(config), run.preset).loader()
    course = [run.train_step(*next(batches)) for _ in range(14)]
    assert sum(step["score"] for step in course[-4:]) < 0.6 * sum(step["score"] for step in course[:4])
    assert sum(step["box"] for step in course[-4:]) < sum(step["box"] for step in course[:4])


def test_all_mistakes_of_a_training_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as told:
        DetectorTraining(
            faces=tmp_path / "none", folder=tmp_path, preset="quik", steps=0, device="tpu", export=Path("a.pt")
        )
    for word in ("FACES", "did you mean 'quick'", "--steps", "--device", ".onnx"):
        assert word in str(told.value)


def test_the_network_is_as_small_as_its_card_says() -> None:
    assert sum(weights.numel() for weights in DetectorNet().parameters()) < 300_000
