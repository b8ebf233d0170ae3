"""The classifier's benchmark has a row for each way that this machine can run it, and says why others are missing."""

import numpy as np
import pytest

from installation.bench import model
from models.seeing.io_binding import BATCHES
from models.seeing.runtime import why_no_cuda


def test_every_batch_size_is_measured_in_float32_and_int8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "ROUNDS", 5)
    monkeypatch.setattr(model, "WARM", 1)
    report = model.run(lambda _what, _share: None)
    rows = {figure.name: figure for figure in report.figures}
    for n in BATCHES:
        faces = "1 face" if n == 1 else f"{n} faces"
        whole, small = (rows[f"CPU, one thread, {kind}: {faces}"] for kind in ("float32", "int8"))
        assert small.baseline == whole.value > 0
    assert rows["CPU, one thread, float32: 16 faces"].value > rows["CPU, one thread, float32: 1 face"].value
    if why_no_cuda():
        assert why_no_cuda() in report.notes[-1]


def test_pytorchs_timing_of_a_gpu_judges_faces_as_the_network_does() -> None:
    pytest.importorskip("torch")
    from models.training.network_config import NetworkConfig
    from models.training.timing import graphed_inference

    answer = graphed_inference(NetworkConfig((8, 16), (1, 1), 0.0), 4, "cpu")()
    assert answer.shape == (4, 8)
    assert np.allclose(answer.sum(1), 1, atol=1e-5)
