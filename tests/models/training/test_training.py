"""A network learns, can be resumed where it stopped, and its exported file says the same as it does."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from calibration.errors import BadFile, NotEquivalent
from calibration.progress import no_progress
from models.evaluation.dataset import LabelledFaces
from models.seeing.align import SIDE, TEMPLATE, prepare
from models.seeing.classifier import open_classifier
from models.training.augment import AugmentConfig, Augmenter
from models.training.batches import (
    BatchDataset,
    class_balanced_weights,
    mixup,
)
from models.training.distillation import Teachers, distillation_loss
from models.training.export import export, export_int8, load_network, make_facts, save_float16_weights
from models.training.network import BasicBlock, EmotionNet, LocalContrast, create_network, multiply_adds
from models.training.network_config import NetworkConfig
from models.training.precision import has_fast_bf16, mixed_precision
from models.training.presets import PRESETS
from models.training.train import train
from models.training.training_run import TrainingRun
from models.training.validation import make_validation, predict
from tests.models.two_kinds import TINY, tiny_augmenter, two_kinds


def _trained(folder: Path, epochs: int) -> TrainingRun:
    run = TrainingRun(replace(TINY, epochs=epochs), seed=3, folder=folder)
    run.resume()
    validation = make_validation(two_kinds(24, 2), np.repeat(TEMPLATE[None], 24, axis=0), tiny_augmenter())
    train([run], tiny_augmenter(), validation, no_progress)
    return run


def test_a_batch_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    chosen = np.arange(32)
    one, same, other = (tiny_augmenter().batch(chosen, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.shape == (32, 1, SIDE, SIDE)
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert np.abs(one.mean(axis=(1, 2, 3))).max() < 1e-3, "prepared as at the camera"


def test_a_face_that_is_not_changed_is_the_face_that_the_camera_loop_sees() -> None:
    still = AugmentConfig(0, 0, 0, 0, relight_probability=0, exposure_probability=0, erase_probability=0)
    augmenter = Augmenter(two_kinds(40, 1), np.repeat(TEMPLATE[None], 40, axis=0), still, None)
    seen = augmenter.batch(np.arange(40), np.random.default_rng(1))
    plain = prepare(np.stack(augmenter.faces.images))
    turned = np.minimum(*(np.abs(view - plain).mean(axis=(1, 2, 3)) for view in (seen, seen[..., ::-1])))
    assert turned.max() < 0.2, "but for the mirror and the bent contrast"


def test_without_relighting_as_many_faces_are_darkened_so_that_only_the_relighting_differs() -> None:
    five = np.repeat(TEMPLATE[None], 40, axis=0)
    plain, darkened = (
        Augmenter(
            two_kinds(40, 1),
            five,
            AugmentConfig(relight_probability=relit, exposure_probability=0, erase_probability=0),
            None,
        ).batch(np.arange(40), np.random.default_rng(5))
        for relit in (0.0, 0.5)
    )
    changed = np.abs(plain - darkened).mean(axis=(1, 2, 3)) > 1e-3
    assert 10 < changed.sum() < 30


def test_a_rectangle_of_a_face_is_really_hidden() -> None:
    five = np.repeat(TEMPLATE[None], 20, axis=0)
    bare, hidden = (
        Augmenter(
            two_kinds(20, 1),
            five,
            AugmentConfig(relight_probability=0, exposure_probability=0, erase_probability=share),
            None,
        ).batch(np.arange(20), np.random.default_rng(5))
        for share in (0.0, 1.0)
    )
    assert (np.abs(bare - hidden).max(axis=(1, 2, 3)) > 0.3).mean() > 0.8


def test_blended_faces_keep_their_deviation_and_their_votes_add_up() -> None:
    faces = prepare(np.stack(two_kinds(16, 1).images))
    blend, shares = mixup(faces, two_kinds(16, 1).vote_shares, 0.5, np.random.default_rng(1))
    assert blend.std(axis=(1, 2, 3)) == pytest.approx(np.ones(16), abs=1e-3)
    assert shares.sum(1) == pytest.approx(np.ones(16), abs=1e-5)
    assert (shares > 0).sum() > 16, "some pairs are of two kinds"
    own = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(faces, blend, strict=True)]
    assert min(own) > 0.6, "the face whose place it is weighs most"


def test_batches_are_the_same_for_any_number_of_workers_and_when_resumed_later() -> None:
    def all_of(workers: int, epoch: int) -> list[np.ndarray]:
        batches = BatchDataset(tiny_augmenter(64), replace(TINY, workers=workers, mixup_alpha=0.2), seed=1)
        return [faces.numpy() for faces, _ in batches.from_epoch(epoch, pin_memory=False)]

    alone, two, later = all_of(0, 0), all_of(2, 0), all_of(0, 1)
    assert len(alone) == 8
    assert all(np.array_equal(a, b) for a, b in zip(alone, two, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(alone[4:], later, strict=True))


def test_half_precision_is_taken_only_where_the_processor_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for there in (False, True):
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda there=there: there, raising=False)
        monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False, raising=False)
        assert has_fast_bf16("cpu") is there
        with mixed_precision("cpu"):
            kind = (torch.ones(2, 2) @ torch.ones(2, 2)).dtype
        assert kind == (torch.bfloat16 if there else torch.float32)


def test_local_contrast_is_measured_against_the_mean_of_thirteen_by_thirteen() -> None:
    face = torch.randn(2, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    pooled = torch.nn.functional.avg_pool2d(face, 13, 1, 6, count_include_pad=False)
    around = LocalContrast()._mean(face)
    assert torch.allclose(around[..., 6:-6, 6:-6], pooled[..., 6:-6, 6:-6], atol=1e-5)
    assert torch.allclose(around, pooled, atol=1e-5), "at the border only what is inside counts"


def test_a_student_learns_from_its_teachers_what_the_votes_do_not_say(tmp_path: Path) -> None:
    _trained(tmp_path / "teacher", 5)
    teachers = Teachers([tmp_path / "teacher" / "best.pt"] * 2, "cpu")
    blind = tiny_augmenter()
    shares = np.full_like(blind.faces.vote_shares, 1 / 8)  # annotators who know nothing
    blind = replace(blind, faces=replace(blind.faces, vote_shares=shares))
    preset = replace(TINY, epochs=10, distillation_weight=0.9, distillation_temperature=2.0)
    run = TrainingRun(preset, 4, tmp_path / "student", teachers=teachers.name)
    validation = make_validation(two_kinds(24, 2), np.repeat(TEMPLATE[None], 24, axis=0), tiny_augmenter())
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


def test_the_baseline_network_is_as_published_and_goes_through_the_same_door(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = create_network(NetworkConfig(arch="baseline_cnn")).eval()
    sides = [layer.weight.shape for layer in network.modules() if isinstance(layer, torch.nn.Conv2d)]
    assert [tuple(side) for side in sides] == [(128, 1, 3, 3)] + 5 * [(128, 128, 3, 3)]
    assert multiply_adds(network) == pytest.approx(426e6, rel=0.02)
    face = np.random.default_rng(1).normal(size=(SIDE, SIDE)).astype(np.float32)
    shrunk = network.local_contrast(torch.from_numpy(face)[None, None])[0, 0].numpy()
    assert shrunk == pytest.approx(cv2.resize(face, (48, 48), interpolation=cv2.INTER_AREA), abs=1e-5)
    export(network, tmp_path / "baseline.onnx", make_facts("baseline", 1.0, "nothing"), {})
    assert open_classifier(tmp_path / "baseline.onnx", "cpu").embedding_size == 1024


def test_training_learns_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    run = _trained(tmp_path / "run", 2)
    assert (tmp_path / "run" / "best.pt").is_file()
    on = _trained(tmp_path / "run", 5)
    assert (run.epoch, on.epoch) == (2, 5)
    assert len((tmp_path / "run" / "log.csv").read_text().splitlines()) == 6
    faces = two_kinds(40, 9)
    guess = predict(on.ema_network, prepare(np.stack(faces.images))).argmax(1)
    assert (guess == faces.labels).mean() > 0.9


def test_a_short_cut_that_halves_sees_each_of_four_places_or_only_one() -> None:
    def reach(pooled: bool) -> int:
        config = NetworkConfig((4, 8), (1, 1), avg_pool_shortcut=pooled)
        block = [layer for layer in EmotionNet(config).eval().modules() if isinstance(layer, BasicBlock)][1]
        answers = []
        for place in ((0, 0), (0, 1), (1, 0), (1, 1)):
            x = torch.zeros(1, 4, 4, 4)
            x[:, :, place[0], place[1]] = 1
            answers.append(bool((block.short(block.mean(x)) - block.short(block.mean(0 * x))).abs().max() > 1e-4))
        return sum(answers)

    assert (reach(True), reach(False)) == (4, 1)


def test_rare_emotions_are_drawn_more_often_and_nameless_faces_never() -> None:
    shares = np.eye(8, dtype=np.float32)[[0] * 9 + [5]]
    shares = np.concatenate([shares, np.zeros((1, 8), np.float32)])
    faces = LabelledFaces((), shares, np.zeros(11, np.int64))
    weight = class_balanced_weights(faces, 0.5)
    assert weight.sum() == pytest.approx(1)
    assert weight[9] == pytest.approx(3 * weight[0], rel=1e-3)
    assert weight[10] == 0


def test_the_exported_file_agrees_with_the_network_and_is_taken_at_the_door(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = EmotionNet(NetworkConfig((8, 16), (1, 1), 0.0)).eval()
    path = tmp_path / "net.onnx"
    export(network, path, make_facts("test", 1.3, "made up"), {"figures": "none"})
    classifier = open_classifier(path, "cpu", int8=False)
    faces = np.random.default_rng(1).integers(0, 256, (5, SIDE, SIDE), np.uint8)
    given, embedding = classifier.classify(faces)
    with torch.no_grad():
        logits, wanted = network(torch.from_numpy(prepare(faces)))
    assert given == pytest.approx((logits / 1.3).softmax(1).numpy(), abs=1e-4)
    assert embedding == pytest.approx(wanted.numpy(), abs=1e-4)
    small = export_int8(path, prepare(faces), make_facts("test", 1.3, "made up"))
    assert small.stat().st_size < path.stat().st_size
    assert open_classifier(path, "cpu").classify(faces)[0] == pytest.approx(given, abs=0.2)


def test_an_export_that_says_something_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = EmotionNet(NetworkConfig((8, 16), (1, 1), 0.0)).eval()
    monkeypatch.setattr("models.training.export.PARITY_TOLERANCE", -1.0)
    with pytest.raises(NotEquivalent, match="probabilities differ"):
        export(network, tmp_path / "net.onnx", make_facts("test", 1.0, "made up"), {})
    with pytest.raises(BadFile):
        open_classifier(tmp_path / "net.onnx", "cpu")


def test_every_network_to_be_shown_stays_within_the_budget_of_the_film() -> None:
    for name in ("quick", "cpu", "gpu"):
        assert multiply_adds(EmotionNet(PRESETS[name].network)) < 150e6, name


def test_a_teacher_can_be_carried_and_still_says_the_same(tmp_path: Path) -> None:
    run = TrainingRun(PRESETS["teacher"], 1, tmp_path)
    run.save_ema("best")
    assert save_float16_weights(tmp_path / "best.pt", tmp_path / "small.pt") < 16 * 2**20, "what one file may weigh"
    faces = np.random.default_rng(1).normal(size=(4, 1, SIDE, SIDE)).astype(np.float32)
    whole, small = (predict(load_network(tmp_path / name), faces) for name in ("best.pt", "small.pt"))
    assert small == pytest.approx(whole, abs=5e-3)
    (tmp_path / "broken.pt").write_bytes(b"no checkpoint")
    with pytest.raises(BadFile, match="is not a checkpoint"):
        Teachers([tmp_path / "broken.pt"], "cpu")


def test_a_checkpoint_gives_its_network_back(tmp_path: Path) -> None:
    run = TrainingRun(TINY, 1, tmp_path)
    run.save("last")
    again = load_network(tmp_path / "last.pt")
    faces = torch.randn(2, 1, SIDE, SIDE)
    run.ema_network.eval()
    with torch.no_grad():
        assert torch.allclose(again(faces)[0], run.ema_network(faces)[0], atol=1e-6)
