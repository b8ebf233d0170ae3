"""A network taken up again from its file."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")

from calibration.files import BadFile  # noqa: E402
from models.seeing.card import read_card  # noqa: E402
from models.seeing.classifier import SHIPPED, open_classifier  # noqa: E402
from models.training.presets import PRESETS  # noqa: E402
from models.training.restore import begun_from, taken_up, with_statistics  # noqa: E402
from models.training.training_run import Run  # noqa: E402

SHAPE = PRESETS["gpu"].shape

FACES = torch.from_numpy(np.random.default_rng(5).standard_normal((6, 1, 64, 64), np.float32))


def answers(network: torch.nn.Module, temperature: float = 1.0) -> np.ndarray:
    with torch.no_grad():
        return (network(FACES)[0] / temperature).softmax(1).numpy()


def test_the_shipped_network_taken_up_again_answers_as_its_file_does() -> None:
    given = open_classifier(SHIPPED, "cpu", int8=False).run(FACES.numpy())[0]
    assert answers(taken_up(SHIPPED, SHAPE), read_card(SHIPPED).temperature) == pytest.approx(given, abs=1e-4)


def test_statistics_change_no_answer_and_are_those_of_the_faces() -> None:
    before = answers(taken_up(SHIPPED, SHAPE))
    network = with_statistics(with_statistics(taken_up(SHIPPED, SHAPE), [FACES + 0.3]), [FACES])
    assert answers(network) == pytest.approx(before, abs=1e-4)
    with torch.no_grad():
        first = network.stem[0](network.local_contrast(FACES))
    assert network.stem[1].running_mean.numpy() == pytest.approx(first.mean((0, 2, 3)).numpy(), abs=1e-3)


def test_a_run_begins_from_a_file_or_a_checkpoint_and_only_from_its_own_shape(tmp_path: Path) -> None:
    given = answers(taken_up(SHIPPED, SHAPE))
    begun = begun_from(SHIPPED, SHAPE, [FACES])
    assert answers(begun) == pytest.approx(given, abs=1e-4)
    run = Run(PRESETS["gpu"], 1, tmp_path)
    run.begin_from(begun)
    run.save_averaged("best")
    assert answers(begun_from(tmp_path / "best.pt", SHAPE, [])) == pytest.approx(given, abs=1e-4)
    (tmp_path / "broken.onnx").write_bytes(b"no network")
    for path in (SHIPPED, tmp_path / "best.pt"):
        with pytest.raises(BadFile, match="is no network of the preset's shape"):
            begun_from(path, PRESETS["cpu"].shape, [FACES])
    for name, fault in (("broken.onnx", "is no network"), ("gone.onnx", "cannot be read"), ("gone.pt", "cannot be")):
        with pytest.raises(BadFile, match=fault):
            begun_from(tmp_path / name, SHAPE, [FACES])
