"""The variant for a GPU says what the float32 file says, from faces as the camera loop cuts them out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, load, numpy_helper, save

from calibration.errors import BadFile, NotEquivalent
from models.seeing.align import prepare
from models.seeing.card import card_beside, write_card
from models.seeing.classifier import SHIPPED, open_classifier
from models.seeing.io_binding import BATCHES, BoundNetwork, VariantUnavailable
from models.seeing.runtime import Device
from models.seeing.session import CUDA, open_session
from models.training import gpu_variant
from models.training.gpu_variant import make_gpu_variant
from models.training.parity_faces import parity_faces
from tests.models.tiny_classifier import FACTS, make_classifier

NAMES = ["probabilities", "embedding"]


@pytest.fixture(scope="module")
def faces() -> np.ndarray:
    """Portraits under lamps overhead, down to a face mean of 12, and pictures of nothing."""
    return parity_faces()


def _some(n: int) -> np.ndarray:
    return np.random.default_rng(n).integers(0, 256, (n, 64, 64), np.uint8)


def test_the_shipped_variant_for_a_gpu_agrees_with_the_float32_file_in_light_and_in_the_dark(faces: np.ndarray) -> None:
    assert len(faces) > 150
    whole, folded = open_session(SHIPPED), open_session(SHIPPED.with_suffix(".cuda.onnx"))
    wanted, got = whole.run(NAMES, {"faces": prepare(faces)}), folded.run(NAMES, {"faces": faces})
    assert np.abs(wanted[0] - got[0]).max() < 0.002
    assert np.abs(wanted[1] - got[1]).max() < 0.005
    assert (wanted[0].argmax(1) == got[0].argmax(1)).mean() > 0.998
    card = json.loads(card_beside(SHIPPED.with_suffix(".cuda.onnx")).read_text())
    assert card["made_from"] == json.loads(card_beside(SHIPPED).read_text())["sha256"]


def test_weights_become_float16_and_local_contrast_does_not() -> None:
    graph = gpu_variant._gpu_model(load(str(SHIPPED))).graph
    kinds = {weight.name: weight.data_type for weight in graph.initializer}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    assert {kinds[name] for node in convolutions for name in node.input[1:]} == {TensorProto.FLOAT16}
    first = graph.node[: list(graph.node).index(convolutions[0])]
    assert sum(node.op_type == "Cast" and node.attribute[0].i == TensorProto.FLOAT16 for node in first) == 1
    assert first[-1].op_type == "Cast", "the last step before the convolutions"


def test_a_variant_that_prepares_its_faces_otherwise_is_refused(
    tmp_path: Path, faces: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_classifier(tmp_path / "net.onnx")
    _, off = make_gpu_variant(path, faces[:60])
    assert off < 1e-4, "without convolutions nothing becomes float16"
    monkeypatch.setattr(gpu_variant, "FLAT", 200.0)
    with pytest.raises(NotEquivalent, match="probabilities differ"):
        make_gpu_variant(path, faces[:60])
    assert not path.with_suffix(".cuda.onnx").is_file()


def test_a_network_whose_activations_are_too_large_for_float16_is_refused(tmp_path: Path) -> None:
    path = make_classifier(tmp_path / "net.onnx")
    model = load(str(path))
    shrink = helper.make_node("Mul", ["loud", "less"], ["quiet"])
    loud = helper.make_node("Conv", ["faces", "loudness"], ["loud"])
    model.graph.node[0].input[0] = "quiet"
    nodes = [loud, shrink, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    for name, value in {"loudness": np.full((1, 1, 1, 1), 9000.0), "less": np.array(1 / 9000)}.items():
        model.graph.initializer.append(numpy_helper.from_array(value.astype(np.float32), name))
    save(model, str(path))
    write_card(path, FACTS)
    with pytest.raises(NotEquivalent, match="too close to the largest float16"):
        make_gpu_variant(path, _some(4))


@pytest.mark.parametrize("count", [1, 3, 4, 16, 21])
def test_any_number_of_faces_goes_through_in_batches_of_fixed_size(tmp_path: Path, count: int) -> None:
    folded, _ = make_gpu_variant(make_classifier(tmp_path / "net.onnx"), _some(8))
    session = open_session(folded)
    asked: list[int] = []

    class Counting:
        """A session on the CPU, its memory bound as on a GPU."""

        def __getattr__(self, name: str) -> object:
            return getattr(session, name)

        def run_with_iobinding(self, binding: object, options: object) -> None:
            asked.append(1)
            session.run_with_iobinding(binding, options)

    bound = BoundNetwork(Counting(), "cpu")
    warm = len(asked)
    assert warm >= 2 * len(BATCHES), "no visitor waits for the first run of a size"
    for seen in (_some(count), _some(count)[::-1]):
        wanted = session.run(NAMES, {"faces": seen})
        got = bound.run(seen)
        assert all(a == pytest.approx(b, abs=1e-5) for a, b in zip(wanted, got, strict=True))
    assert len(asked) - warm == (4 if count > 16 else 2)


def _on_a_gpu(monkeypatch: pytest.MonkeyPatch, taken: bool = True) -> list[Path]:
    """The CPU in a GPU's place: what is tried is which file is taken, and what is told.

    Returns the float32 files that are opened from now on.
    """
    float32: list[Path] = []

    def open_on_gpu(path: Path, *_rest: object) -> tuple[Any, Device]:
        float32.append(path)
        return open_session(path), Device(CUDA, "CUDA")

    def open_bound_network(path: Path, _threads: int, check: Callable[[Any], None]) -> tuple[BoundNetwork, bool]:
        if not taken:
            raise VariantUnavailable("no kernel for it")
        session = open_session(path)
        check(session)
        return BoundNetwork(session, "cpu"), True

    monkeypatch.setattr("models.seeing.classifier.why_no_cuda", lambda: "")
    monkeypatch.setattr("models.seeing.classifier.load_cuda", lambda: None)
    monkeypatch.setattr("models.seeing.classifier.open_on_gpu", open_on_gpu)
    monkeypatch.setattr("models.seeing.classifier.open_bound_network", open_bound_network)
    return float32


def test_on_a_gpu_the_variant_is_taken_unless_declined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_classifier(tmp_path / "net.onnx")
    plain = open_classifier(path, "cpu")
    make_gpu_variant(path, _some(8))
    assert open_classifier(path, "cpu").line == plain.line, "on the CPU nothing changes"
    float32 = _on_a_gpu(monkeypatch)
    folded = open_classifier(path, "auto")
    assert folded.line.endswith("on CUDA in float16, recorded")
    assert not float32, "one session is opened: the one that is used"
    assert folded.embedding_size == 16
    assert folded.classify(_some(5))[0] == pytest.approx(plain.classify(_some(5))[0], abs=1e-4)
    assert folded.classify(_some(0).reshape(0, 64, 64))[0].shape == (0, 8)
    with pytest.raises(TypeError, match="prepares its faces itself"):
        folded.run(prepare(_some(1)))
    assert open_classifier(path, "auto", int8=False).line.endswith("on CUDA")


def test_a_gpu_that_does_not_run_the_variant_gets_the_float32_file_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_classifier(tmp_path / "net.onnx")
    make_gpu_variant(path, _some(8))
    _on_a_gpu(monkeypatch, taken=False)
    assert open_classifier(path, "auto").line.endswith("CUDA in float32 (net.cuda.onnx does not run: no kernel for it)")


def test_a_variant_of_another_network_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_classifier(tmp_path / "net.onnx")
    make_gpu_variant(path, _some(8))
    make_classifier(path, seed=7)
    _on_a_gpu(monkeypatch)
    with pytest.raises(BadFile, match="another network"):
        open_classifier(path, "auto")


def test_a_variant_that_takes_prepared_faces_is_refused_at_the_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_classifier(tmp_path / "net.onnx")
    make_classifier(tmp_path / "net.cuda.onnx")
    _on_a_gpu(monkeypatch)
    with pytest.raises(BadFile) as told:
        open_classifier(path, "auto")
    assert any("tensor(uint8)" in problem for problem in told.value.problems)
