"""Filters of looks in the comparison: each measured once, and no network of another classifier's looks."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the exam's courses are drawn by the training: no filter was measured")
pytest.importorskip("onnx", reason="temporal networks are written as onnx: no filter was measured")

from installation.bench.decision_temporal import EXPONENTIALS
from installation.bench.temporal_exam import QUICK, Material
from installation.comparison import sequences
from models.comparison.result import FilterResult
from models.seeing.classifier import SHIPPED, open_classifier
from models.training.temporal_network import make_network
from models.training.temporal_training import export_temporal
from tests.models.training.test_temporal import EMBEDDING, some_looks


def _network(path: Path, looks_of: str) -> Path:
    export_temporal(make_network("gru", EMBEDDING).eval(), path, some_looks(1), looks_of)
    return path


@pytest.mark.skipif(not SHIPPED.is_file(), reason="no classifier is shipped: no filter was measured")
def test_a_filter_is_measured_once_and_what_is_no_filter_of_this_classifier_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[str] = []

    def filtered(name: str, *_: object) -> list[FilterResult]:
        measured.append(name)
        return [FilterResult(name, 0.25, {"onset, median s": 0.4}, 0.1)]

    monkeypatch.setattr(sequences, "exams", lambda *_: (None, None))
    monkeypatch.setattr(sequences, "filtered", filtered)
    images = np.random.default_rng(1).integers(0, 256, (9, 48, 48), np.uint8)
    np.savez(tmp_path / "faces.npz", images=images, labels=np.arange(9) % 3)
    ours = _network(tmp_path / "gru.onnx", open_classifier(device="cpu").card.sha256)
    other = _network(tmp_path / "other.onnx", "another")
    for _ in range(2):
        found, told = sequences.filters_on_sequences(
            [ours, other, SHIPPED], Material(tmp_path / "faces.npz", tmp_path), QUICK, lambda *_: None
        )
        assert [one.name for one in found] == [*EXPONENTIALS, "gru"]
        assert found[-1].size_bytes == ours.stat().st_size
        assert found[0].size_bytes == 0
        assert "other.onnx: has not learned the looks of this classifier" in told[0]
        assert SHIPPED.name in told[1], "a network for faces is none for sequences"
    assert measured == [*EXPONENTIALS, "gru"]
