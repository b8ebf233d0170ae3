"""A classifier is used only when file, card and program speak of the same thing, and it says what it runs on."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.errors import BadFile
from models.labels import LABELS
from models.seeing.card import card_beside, write_card
from models.seeing.classifier import Classifier, open_classifier
from models.seeing.runtime import Device, NoCuda, open_on, runtime_report, why_no_cuda
from models.seeing.session import CPU, CUDA, open_session
from tests.models.tiny_classifier import FACTS, make_classifier

FACES = np.random.default_rng(0).integers(0, 255, (5, 64, 64)).astype(np.uint8)


def faults(path: Path) -> str:
    with pytest.raises(BadFile) as caught:
        open_classifier(path, "cpu")
    return "\n".join(caught.value.problems)


def test_all_faces_of_a_frame_go_through_in_one_batch(tmp_path: Path) -> None:
    classifier = open_classifier(make_classifier(tmp_path / "net.onnx"), "cpu")
    probabilities, embedding = classifier.classify(FACES)
    assert probabilities.shape == (5, len(LABELS))
    assert embedding.shape == (5, classifier.embedding_size)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    alone, _ = classifier.classify(FACES[3:4])
    assert np.allclose(alone[0], probabilities[3], atol=1e-5)


def test_a_frame_without_faces_asks_the_network_nothing(tmp_path: Path) -> None:
    classifier = open_classifier(make_classifier(tmp_path / "net.onnx"), "cpu")
    assert classifier.classify(FACES[:0])[0].shape == (0, len(LABELS))


def test_a_file_changed_after_its_card_was_written_is_refused(tmp_path: Path) -> None:
    path = make_classifier(tmp_path / "net.onnx")
    path.write_bytes(path.read_bytes() + b"\0")
    assert "is not the file of its card net.json" in faults(path)


def test_emotions_in_another_order_are_refused_by_name(tmp_path: Path) -> None:
    path = make_classifier(tmp_path / "net.onnx", labels=list(reversed(LABELS)))
    assert "labels are contempt, fear" in faults(path)


def test_another_preprocessing_is_refused_and_both_faults_are_told_at_once(tmp_path: Path) -> None:
    path = make_classifier(tmp_path / "net.onnx", preprocessing="whole-frame-48", labels=["happy"])
    told = faults(path)
    assert "whole-frame-48" in told
    assert "labels are happy" in told


def test_a_card_that_says_more_than_its_file_is_refused(tmp_path: Path) -> None:
    path = make_classifier(tmp_path / "net.onnx")
    write_card(path, FACTS | {"version": "9.9"})
    assert 'its metadata says version = "0.0-test", its card says "9.9"' in faults(path)


def test_a_file_without_a_card_is_refused(tmp_path: Path) -> None:
    assert "card net.json" in faults(make_classifier(tmp_path / "net.onnx", card=False))


def test_a_card_that_is_no_card_is_told_with_its_key(tmp_path: Path) -> None:
    path = make_classifier(tmp_path / "net.onnx")
    card = json.loads(card_beside(path).read_text())
    del card["temperature"]
    card_beside(path).write_text(json.dumps(card))
    assert "temperature" in faults(path)


def test_a_file_that_is_no_network_and_one_that_is_not_there_are_told_plainly(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.onnx"
    wrong.write_bytes(b"not a network")
    write_card(wrong, FACTS)
    assert "not an onnx file that can be run" in faults(wrong)
    assert "cannot be read" in faults(tmp_path / "missing.onnx")


def test_a_card_may_hold_figures_beside_the_facts(tmp_path: Path) -> None:
    path = make_classifier(tmp_path / "net.onnx")
    write_card(path, FACTS, {"accuracy": 0.87})
    assert json.loads(card_beside(path).read_text())["accuracy"] == 0.87
    assert open_classifier(path, "cpu").card.version == "0.0-test"


def test_on_the_cpu_the_int8_variant_beside_the_file_is_taken_unless_declined(tmp_path: Path) -> None:
    path = make_classifier(tmp_path / "net.onnx")
    make_classifier(tmp_path / "net.int8.onnx", seed=1, version="int8-test")
    assert "int8-test" in open_classifier(path, "cpu").line
    assert "0.0-test" in open_classifier(path, "cpu", int8=False).line


def test_a_wrong_int8_variant_is_refused_too(tmp_path: Path) -> None:
    path = make_classifier(tmp_path / "net.onnx")
    make_classifier(tmp_path / "net.int8.onnx", labels=["happy"])
    assert "labels are happy" in faults(path)


def test_only_the_session_that_is_used_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def counting(model: Path, threads: int) -> Any:
        opened.append(model.name)
        return open_session(model, threads)

    monkeypatch.setattr("models.seeing.classifier.open_session", counting)
    monkeypatch.setattr("models.seeing.runtime.open_session", counting)
    make_classifier(tmp_path / "net.int8.onnx")
    make_classifier(tmp_path / "net.onnx")
    open_classifier(tmp_path / "net.onnx", "cpu")
    assert opened == ["net.int8.onnx"]


def test_what_runs_is_always_told(tmp_path: Path) -> None:
    classifier = open_classifier(make_classifier(tmp_path / "net.onnx"), "cpu")
    assert classifier.provider == CPU
    assert classifier.line.endswith("on CPU (as the venue asks)")


@pytest.mark.skipif(why_no_cuda() != "no NVIDIA driver", reason="needs a machine without an NVIDIA driver")
def test_without_a_driver_auto_takes_the_cpu_and_says_why_and_cuda_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = make_classifier(tmp_path / "net.onnx")
    assert open_classifier(path, "auto").line.endswith("on CPU (no NVIDIA driver)")
    with pytest.raises(NoCuda, match="no NVIDIA driver"):
        open_classifier(path, "cuda")


def test_a_driver_without_cudas_libraries_is_answered_with_the_line_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_classifier(tmp_path / "net.onnx")
    # No machine of ours has a driver but no libraries: the session that CUDA refused is a real one on the CPU.
    monkeypatch.setattr("models.seeing.runtime.why_no_cuda", lambda: "")
    monkeypatch.setattr("models.seeing.runtime._try_cuda", open_session)
    with pytest.raises(NoCuda, match=r'pip install "chiaroscuro\[cuda\]"'):
        open_on(path, "cuda")
    _, device = open_on(path, "auto")
    assert device.provider == CPU
    assert 'pip install "chiaroscuro[cuda]"' in device.line


def test_on_a_gpu_only_three_batch_sizes_are_ever_asked_for(tmp_path: Path) -> None:
    path = make_classifier(tmp_path / "net.onnx")
    plain = open_classifier(path, "cpu")
    asked: list[int] = []

    class Counting:
        """A session on the CPU in the GPU's place: what is tried is how batches are filled up."""

        def __init__(self) -> None:
            self._session = open_session(path)

        def run(self, names: list[str], inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
            asked.append(len(inputs["faces"]))
            answers: list[np.ndarray] = self._session.run(names, inputs)
            return answers

    classifier = Classifier(Counting(), Device(CUDA, "CUDA"), plain.card, "net")
    for n in (1, 2, 5):
        assert np.allclose(classifier.classify(FACES[:n])[0], plain.classify(FACES[:n])[0], atol=1e-5)
    assert asked == [1, 4, 16, 1, 4, 16]


def test_the_doctor_hears_what_is_built_and_what_would_run() -> None:
    report = "\n".join(runtime_report())
    assert "CPUExecutionProvider" in report
    assert "NVIDIA driver: " in report
    assert "networks would run on: C" in report
