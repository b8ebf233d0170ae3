"""The committed graphs are what their program makes."""

import pytest

onnx = pytest.importorskip("onnx")

from models import GRAPHS  # noqa: E402 - after the package that may be missing
from models.training.make_graphs import pnet, probe, with_dense_layers  # noqa: E402

MADE = {
    "pnet": pnet,
    "rnet": lambda: with_dense_layers("rnet"),
    "onet": lambda: with_dense_layers("onet"),
    "probe": probe,
}


@pytest.mark.parametrize("name", MADE)
def test_a_committed_graph_is_what_its_program_makes(name: str) -> None:
    committed = onnx.load(GRAPHS / f"{name}.onnx", load_external_data=False)
    assert committed == MADE[name]()
    assert not any(tensor.raw_data for tensor in committed.graph.initializer), "no weights lie in the repository"
