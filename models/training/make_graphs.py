"""The small graphs in ``models/graphs``: MTCNN's three networks without their weights, and one that tries CUDA.

Run as ``python -m models.training.make_graphs``. The weights come from the ``mtcnn`` wheel when a session is opened
(``models.seeing.mtcnn_weights``); every initializer here is external data in a file that does not exist.
"""

from __future__ import annotations

from typing import Any

import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper

from calibration.program import run_program
from models import GRAPHS
from models.arrays import Floats
from models.seeing.mtcnn_weights import CONVOLUTIONS, OUTPUTS, Network, initializers

OPSET, IR_VERSION = 17, 8
POOLS = {"rnet": ((3, True), (3, False)), "onet": ((3, True), (3, False), (2, True))}
"""Side of the pooling after each convolution but the last, and whether the border is padded."""
SIDES: dict[Network, int] = {"rnet": 24, "onet": 48}


class _Graph:
    """Collects nodes one after the other; ``newest`` is the name of the last value."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.newest = "picture"

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        output = output or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        self.newest = output
        return output

    def convolve(self, name: str) -> None:
        """Convolution and PReLU."""
        out = self.add("Conv", self.newest, f"{name}.weight", f"{name}.bias")
        self.add("PRelu", out, f"{name}.slope")

    def pool(self, size: int, same: bool) -> None:
        pad = "SAME_UPPER" if same else "VALID"
        self.add("MaxPool", self.newest, kernel_shape=[size, size], strides=[2, 2], auto_pad=pad)


def pnet() -> ModelProto:
    """Proposals, one cell for 2 pixels.

    (n, 1, h, w) gray 0 to 255, h and w even -> ``maps`` (n, 5, h', w'): four offsets and the logit of a face.
    """
    graph = _Graph()
    graph.add("Conv", graph.newest, "conv1.weight", "conv1.bias")
    graph.pool(2, same=False)
    graph.nodes.append(helper.make_node("Split", [graph.newest], ["plain", "sloped"], axis=1))
    graph.add("Max", "plain", "sloped")
    graph.convolve("conv2")
    graph.convolve("conv3")
    graph.add("Conv", graph.newest, "maps.weight", "maps.bias", output="maps")
    return _model("pnet", graph, ["n", 1, "h", "w"], ("maps",))


def with_dense_layers(network: Network) -> ModelProto:
    """R-Net and O-Net: (n, 1, side, side) gray 0 to 255 -> ``boxes`` (n, 4), ``faces`` (n, 2), O-Net ``points`` too.

    ``points`` is (n, 10): five x, then five y.
    """
    graph = _Graph()
    for k in range(CONVOLUTIONS[network]):
        graph.convolve(f"conv{k + 1}")
        if k < len(POOLS[network]):
            graph.pool(*POOLS[network][k])
    # Keras permutes to width, height, channel before it flattens.
    flat = graph.add("Flatten", graph.add("Transpose", graph.newest, perm=[0, 3, 2, 1]), axis=1)
    dense = graph.add("PRelu", graph.add("Gemm", flat, "dense.weight", "dense.bias"), "dense.slope")
    for output in OUTPUTS[network]:
        softmax = output == "faces"
        logits = graph.add("Gemm", dense, f"{output}.weight", f"{output}.bias", output="" if softmax else output)
        if softmax:
            graph.add("Softmax", logits, axis=1, output=output)
    side = SIDES[network]
    return _model(network, graph, ["n", 1, side, side], OUTPUTS[network])


def probe() -> ModelProto:
    """The smallest graph there is: what a session on it runs on is what every network here would run on."""
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("in", "out")]
    graph = helper.make_graph([helper.make_node("Relu", ["in"], ["out"])], "probe", ends[:1], ends[1:])
    return _model_of(graph)


def _model(network: Network, graph: _Graph, shape: list[str | int], outputs: tuple[str, ...]) -> ModelProto:
    return _model_of(
        helper.make_graph(
            graph.nodes,
            network,
            [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, None) for output in outputs],
            [_without_values(name, array) for name, array in initializers(network).items()],
        )
    )


def _without_values(name: str, array: Floats) -> TensorProto:
    tensor = TensorProto(name=name, dims=array.shape, data_type=TensorProto.FLOAT)
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "given-when-opened"
    return tensor


def _model_of(graph: onnx.GraphProto) -> ModelProto:
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)


def main() -> None:
    """Write all four graphs."""
    GRAPHS.mkdir(exist_ok=True)
    made = {"pnet": pnet(), "rnet": with_dense_layers("rnet"), "onet": with_dense_layers("onet"), "probe": probe()}
    for name, model in made.items():
        (GRAPHS / f"{name}.onnx").write_bytes(model.SerializeToString())


if __name__ == "__main__":
    run_program(main)
