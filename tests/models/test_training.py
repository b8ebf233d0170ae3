"""A network learns, can be taken up again where it stopped, and its exported file says the same as it does."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from calibration.toml import BadFile  # noqa: E402
from models.align import SIDE, TEMPLATE, prepare  # noqa: E402
from models.augment import Augmenter, Strength  # noqa: E402
from models.classifier import open_classifier  # noqa: E402
from models.export import Disagrees, export, export_int8, facts_of, load_network  # noqa: E402
from models.faces import LabelledFaces  # noqa: E402
from models.network import EmotionNet, Shape, multiply_adds  # noqa: E402
from models.relight import Lamp, Lamps, read_heads  # noqa: E402
from models.train import PRESETS, Preset, Run, leveled, probabilities, train, validation  # noqa: E402

TINY = Preset(
    2, 16, 4e-3, warm_up_epochs=0.1, keep=0.9, shape=Shape((8, 16), (1, 1), 0.0), strength=Strength(relit=0.2)
)


def _faces(n: int, seed: int) -> LabelledFaces:
    """Two kinds of 'faces' that a small network can tell apart: bright above, or bright below."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    images = rng.integers(60, 120, (n, SIDE, SIDE), np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[32 * label : 32 * label + 32] += 100
    return LabelledFaces(tuple(images), np.eye(8, dtype=np.float32)[labels], labels.astype(np.int64))


def _augmenter(n: int = 192) -> Augmenter:
    lamps = Lamps(read_heads("bench"), [Lamp(0, 30, 5)])
    return Augmenter(_faces(n, 1), np.repeat(TEMPLATE[None], n, axis=0), TINY.strength, lamps)


def _trained(folder: Path, epochs: int) -> Run:
    from dataclasses import replace

    run = Run(replace(TINY, epochs=epochs), seed=3, folder=folder)
    run.resume()
    judge = validation(_faces(24, 2), np.repeat(TEMPLATE[None], 24, axis=0), _augmenter())
    train(run, _augmenter(), judge, lambda line, share: None)
    return run


def test_a_batch_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    chosen = np.arange(32)
    one, same, other = (_augmenter().batch(chosen, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.shape == (32, 1, SIDE, SIDE)
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert np.abs(one.mean(axis=(1, 2, 3))).max() < 1e-3, "prepared as at the camera"


def test_a_face_that_is_not_changed_is_the_face_that_the_camera_loop_sees() -> None:
    still = Strength(0, 0, 0, 0, relit=0, dark=0, hidden=0)
    augmenter = Augmenter(_faces(40, 1), np.repeat(TEMPLATE[None], 40, axis=0), still, None)
    seen = augmenter.batch(np.arange(40), np.random.default_rng(1))
    plain = prepare(np.stack(augmenter.faces.images))
    turned = np.minimum(*(np.abs(view - plain).mean(axis=(1, 2, 3)) for view in (seen, seen[..., ::-1])))
    assert turned.max() < 0.2, "but for the mirror and the bent contrast"


def test_training_learns_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    run = _trained(tmp_path / "run", 2)
    assert (tmp_path / "run" / "best.pt").is_file()
    on = _trained(tmp_path / "run", 5)
    assert (run.epoch, on.epoch) == (2, 5)
    assert len((tmp_path / "run" / "log.csv").read_text().splitlines()) == 6
    faces = _faces(40, 9)
    guess = probabilities(on.averaged, prepare(np.stack(faces.images))).argmax(1)
    assert (guess == faces.labels).mean() > 0.9


def test_rare_emotions_are_drawn_more_often_and_nameless_faces_never() -> None:
    shares = np.eye(8, dtype=np.float32)[[0] * 9 + [5]]
    shares = np.concatenate([shares, np.zeros((1, 8), np.float32)])
    faces = LabelledFaces((), shares, np.zeros(11, np.int64))
    weight = leveled(faces, 0.5)
    assert weight.sum() == pytest.approx(1)
    assert weight[9] == pytest.approx(3 * weight[0], rel=1e-3)
    assert weight[10] == 0


def test_the_exported_file_agrees_with_the_network_and_is_taken_at_the_door(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = EmotionNet(Shape((8, 16), (1, 1), 0.0)).eval()
    path = tmp_path / "net.onnx"
    export(network, path, 1.3, "test", "made up", {"figures": "none"})
    classifier = open_classifier(path, "cpu", int8=False)
    faces = np.random.default_rng(1).integers(0, 256, (5, SIDE, SIDE), np.uint8)
    given, embedding = classifier.classify(faces)
    with torch.no_grad():
        logits, wanted = network(torch.from_numpy(prepare(faces)))
    assert given == pytest.approx((logits / 1.3).softmax(1).numpy(), abs=1e-4)
    assert embedding == pytest.approx(wanted.numpy(), abs=1e-4)
    small = export_int8(path, prepare(faces), facts_of("test", 1.3, "made up"))
    assert small.stat().st_size < path.stat().st_size
    assert open_classifier(path, "cpu").classify(faces)[0] == pytest.approx(given, abs=0.2)


def test_an_export_that_says_something_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = EmotionNet(Shape((8, 16), (1, 1), 0.0)).eval()
    monkeypatch.setattr("models.export.AGREE", -1.0)
    with pytest.raises(Disagrees, match="probabilities differ"):
        export(network, tmp_path / "net.onnx", 1.0, "test", "made up", {})
    with pytest.raises(BadFile):
        open_classifier(tmp_path / "net.onnx", "cpu")


def test_every_preset_stays_within_the_budget_of_the_film(tmp_path: Path) -> None:
    for name, preset in PRESETS.items():
        assert multiply_adds(EmotionNet(preset.shape)) < 150e6, name


def test_a_checkpoint_gives_its_network_back(tmp_path: Path) -> None:
    run = Run(TINY, 1, tmp_path)
    run.save("last")
    again = load_network(tmp_path / "last.pt")
    faces = torch.randn(2, 1, SIDE, SIDE)
    run.averaged.eval()
    with torch.no_grad():
        assert torch.allclose(again(faces)[0], run.averaged(faces)[0], atol=1e-6)
