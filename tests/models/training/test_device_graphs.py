"""The graphs of a look on a GPU are what their program makes of the files that the CPU runs."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from calibration.errors import NotEquivalent
from models.seeing.device_tables import ALIGN, MADE_FROM, device_variant
from models.seeing.one_shot import SHIPPED, second_of
from models.seeing.session import open_session
from models.training import device_parity
from models.training.device_graphs import align_graph, make_device_graphs, plain_network


def test_the_committed_graph_that_cuts_faces_out_is_what_its_program_makes() -> None:
    assert onnx.load(str(ALIGN)) == align_graph()


@pytest.fixture
def detector(tmp_path: Path) -> Path:
    for file in (SHIPPED, second_of(SHIPPED)):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path / SHIPPED.name


def test_the_committed_variants_are_what_their_program_makes_of_the_shipped_detector(detector: Path) -> None:
    made, off = make_device_graphs(detector)
    assert "a score differs by at most 0.000" in off
    for file, source in zip(made, (SHIPPED, second_of(SHIPPED)), strict=True):
        committed = onnx.load(str(device_variant(source)))
        assert committed == onnx.load(str(file))
        assert {one.key: one.value for one in committed.metadata_props} == {
            MADE_FROM: hashlib.sha256(source.read_bytes()).hexdigest()
        }
        convolutions = [node for node in committed.graph.node if node.op_type == "Conv"]
        kinds = {weight.name: weight.data_type for weight in committed.graph.initializer}
        assert sum(kinds[node.input[1]] == TensorProto.FLOAT16 for node in convolutions) >= len(convolutions) - 1
        assert not {"Shape", "QuantizeLinear", "DequantizeLinear"} & {node.op_type for node in committed.graph.node}


def test_a_detector_that_float16_changes_gets_no_variants(detector: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_parity, "FACE_MEANS", (120.0,))
    monkeypatch.setattr(device_parity, "SCORE_TOLERANCE", 1e-6)
    with pytest.raises(NotEquivalent, match="a score differs by"):
        make_device_graphs(detector)
    assert not device_variant(detector).exists()
    assert not device_variant(second_of(detector)).exists()


def test_what_8_bits_have_swallowed_is_in_the_network_again() -> None:
    """A ReLU before a rounding from 0 on is left out of an int8 file; one before a rounding around 0 is none."""
    values: dict[str, NDArray[Any]] = {
        "scale": np.array(0.5, np.float32),
        "from_0": np.array(0, np.uint8),
        "around_0": np.array(128, np.uint8),
        "weights": np.array([[[[2]]], [[[-4]]]], np.int8),
        "weight_scales": np.array([0.5, 0.25], np.float32),
        "weight_zeros": np.zeros(2, np.int8),
    }
    nodes = [
        helper.make_node("QuantizeLinear", ["light", "scale", "around_0"], ["light8"]),
        helper.make_node("DequantizeLinear", ["light8", "scale", "around_0"], ["light_again"]),
        helper.make_node("DequantizeLinear", ["weights", "weight_scales", "weight_zeros"], ["kernel"], axis=0),
        helper.make_node("Conv", ["light_again", "kernel"], ["sum"]),
        helper.make_node("QuantizeLinear", ["sum", "scale", "from_0"], ["sum8"]),
        helper.make_node("DequantizeLinear", ["sum8", "scale", "from_0"], ["faces"]),
    ]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, n, 1, 4]) for name, n in (("light", 1), ("faces", 2))
    ]
    weights = [numpy_helper.from_array(value, name) for name, value in values.items()]
    model = helper.make_model(
        helper.make_graph(nodes, "int8", ends[:1], ends[1:], weights),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    light = np.array([[[[-3.5, 0, 1, 4.5]]]], np.float32)
    (wanted,) = open_session(model.SerializeToString()).run(None, {"light": light})
    plain = plain_network(model)
    assert [node.op_type for node in plain.graph.node] == ["Conv", "Relu"]
    (got,) = open_session(plain.SerializeToString()).run(None, {"light": light})
    assert (got == wanted).all()
    assert got.max() == 4.5
