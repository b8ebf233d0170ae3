"""The bench of the eye looks at real frames and its figures add up."""

from pathlib import Path

import pytest

from installation.bench import eye_stages
from installation.bench.eye_to_wire import REACHED, _latencies
from installation.bench.report import Figure
from tests.models.tiny_classifier import make_classifier


def test_the_stages_shares_add_up_and_economies_have_their_baselines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.seeing.classifier.SHIPPED", make_classifier(tmp_path / "net.onnx"))
    monkeypatch.setattr(eye_stages, "FRAMES", 12)
    monkeypatch.delenv("CHIARO_FOOTAGE", raising=False)
    shares: list[float] = []
    figures, notes = eye_stages.stage_figures(lambda _, share: shares.append(share))
    named = {figure.name: figure for figure in figures}
    assert sum(f.value for f in figures if f.name.endswith(", share")) == pytest.approx(100)
    assert named["frames with a face"].value == 100
    with_baseline = {name for name, figure in named.items() if figure.baseline is not None}
    assert {"one frame, mean", "one frame, p95", "cut out and prepare one face"} <= with_baseline
    assert shares == sorted(shares)
    assert "simulated visitor" in notes[0]
    assert "CPU" in notes[1] or "CUDA" in notes[1]


def test_a_bench_that_loses_its_eye_says_so_with_figures() -> None:
    assert _latencies([], {}) == [Figure(REACHED, 0.0, "moods")]
