"""The three networks of MTCNN as onnx graphs, made in memory from the weights in the ``mtcnn`` wheel.

The wheel (MIT) is built on TensorFlow, which is not needed: only its weight files are read, never its code.
Zhang et al., "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks", 2016.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import joblib
import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from calibration.errors import Unavailable
from models.arrays import Floats

SHA256 = {
    "pnet": "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5",
    "rnet": "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee",
    "onet": "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3",
}
"""Of mtcnn 1.0.0. The files are pickles, so they are opened only when they are exactly these."""

Weights = list[Floats]


class NoWeights(Unavailable):
    """The detector's weights are missing or are not the known ones."""


def read_weights(network: str) -> Weights:
    """The weights of ``network`` ("pnet", "rnet", "onet") in the order of its layers. Raises ``NoWeights``."""
    mend = "; mend it with: pip install --force-reinstall --no-deps mtcnn==1.0.0"
    try:
        files = metadata.files("mtcnn") or []
        path = next(Path(str(f.locate())) for f in files if f.match(f"mtcnn/assets/weights/{network}.lz4"))
        content = path.read_bytes()
    except (metadata.PackageNotFoundError, StopIteration, OSError) as error:
        raise NoWeights(
            f"the face detector's weights ({network}.lz4 of the package mtcnn) are not there{mend}"
        ) from error
    if hashlib.sha256(content).hexdigest() != SHA256[network]:
        raise NoWeights(f"{path} is not the file of mtcnn 1.0.0 (its sha256 differs) and is not opened{mend}")
    return [np.asarray(array, np.float32) for array in joblib.load(io.BytesIO(content))]


class _Graph:
    """Collects nodes one after the other; ``here`` is the name of the newest value."""

    def __init__(self, weights: Weights) -> None:
        self.weights: Iterator[Floats] = iter(weights)
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self.here = "picture"

    def constant(self, array: NDArray[np.floating]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array, np.float32), name))
        return name

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: object) -> str:
        output = output or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def next_layer(self, first: bool = False) -> tuple[Floats, Floats, Floats]:
        """Kernel (out, in, height, width), bias and PReLU's slope; the first one takes gray 0 to 255, not RGB -1 to 1.

        A gray picture has three equal channels, so their weights add up, and as nothing is padded the scaling
        (x - 127.5) / 128 folds exactly into weights and bias.
        """
        kernel, bias, slope = (next(self.weights) for _ in range(3))
        if first:
            kernel = kernel.sum(axis=2, keepdims=True) / 128
            bias = bias - 127.5 * kernel.sum(axis=(0, 1, 2))
        return kernel.transpose(3, 2, 0, 1), bias, slope.reshape(-1)  # Keras has height, width, in, out

    def convolve(self, first: bool = False) -> None:
        """Convolution and PReLU."""
        kernel, bias, slope = self.next_layer(first)
        out = self.add("Conv", self.here, self.constant(kernel), self.constant(bias))
        self.here = self.add("PRelu", out, self.constant(slope.reshape(-1, 1, 1)))

    def convolve_and_halve(self) -> None:
        """The first convolution of a whole picture, PReLU and pooling by 2, in half the time of these three.

        PReLU is the larger of x and slope * x (the one slope of 1.01 counts as 1), and so is its pooled value: both
        are convolved, pooled, and only then compared. Channels are filled up to 16, for which the runtime is quick.
        """
        kernel, bias, slope = self.next_layer(first=True)
        slope = np.minimum(slope, 1)
        kernels, biases = np.zeros((2, 16, *kernel.shape[1:])), np.zeros((2, 16))
        kernels[0, : len(slope)], biases[0, : len(slope)] = kernel, bias
        kernels[1, : len(slope)], biases[1, : len(slope)] = kernel * slope.reshape(-1, 1, 1, 1), bias * slope
        out = self.add("Conv", self.here, self.constant(np.concatenate(kernels)), self.constant(biases.reshape(-1)))
        self.here = out
        self.pool(2, same=False)
        self.nodes.append(helper.make_node("Split", [self.here], ["plain", "sloped"], axis=1))
        self.here = self.add("Max", "plain", "sloped")
        unused = ((0, 0), (0, 0), (0, 16 - len(slope)), (0, 0))
        following = [np.pad(next(self.weights), unused), *self.weights]
        self.weights = iter(following)

    def pool(self, size: int, same: bool) -> None:
        pad = "SAME_UPPER" if same else "VALID"
        self.here = self.add("MaxPool", self.here, kernel_shape=[size, size], strides=[2, 2], auto_pad=pad)

    def flatten(self) -> None:
        """Keras permutes to width, height, channel before it flattens."""
        self.here = self.add("Flatten", self.add("Transpose", self.here, perm=[0, 3, 2, 1]), axis=1)

    def dense(self, output: str = "") -> str:
        return self.add("Gemm", self.here, *(self.constant(next(self.weights)) for _ in range(2)), output=output)

    def heads(self, output: str) -> None:
        """P-Net's two outputs as one 1x1 convolution: four offsets, and how much likelier a face is (as a logit)."""
        offsets, offsets_bias, faces, faces_bias = self.weights
        kernel = np.concatenate([offsets, faces[..., 1:] - faces[..., :1]], axis=3).transpose(3, 2, 0, 1)
        bias = np.concatenate([offsets_bias, faces_bias[1:] - faces_bias[:1]])
        self.add("Conv", self.here, self.constant(kernel), self.constant(bias), output=output)

    def to_bytes(self, name: str, side: int | str, outputs: tuple[str, ...]) -> bytes:
        shape = ["n", 1, side if isinstance(side, int) else "h", side if isinstance(side, int) else "w"]
        graph = helper.make_graph(
            self.nodes,
            name,
            [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, None) for output in outputs],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        return bytes(model.SerializeToString())


def pnet() -> bytes:
    """Proposals, one cell for 2 pixels.

    (1, 1, h, w) gray 0 to 255, h and w even -> ``maps`` (1, 5, h', w'): four offsets and the logit of a face.
    """
    graph = _Graph(read_weights("pnet"))
    graph.convolve_and_halve()
    graph.convolve()
    graph.convolve()
    graph.heads("maps")
    return graph.to_bytes("pnet", "any", ("maps",))


def rnet() -> bytes:
    """Refinement: (n, 1, 24, 24) gray 0 to 255 -> ``boxes`` (n, 4) and ``faces`` (n, 2)."""
    graph = _Graph(read_weights("rnet"))
    graph.convolve(first=True)
    graph.pool(3, same=True)
    graph.convolve()
    graph.pool(3, same=False)
    graph.convolve()
    _fully_connected(graph, landmarks=False)
    return graph.to_bytes("rnet", 24, ("boxes", "faces"))


def onet() -> bytes:
    """Output with landmarks.

    (n, 1, 48, 48) gray 0 to 255 -> ``boxes`` (n, 4), ``points`` (n, 10: five x, five y) and ``faces`` (n, 2).
    """
    graph = _Graph(read_weights("onet"))
    graph.convolve(first=True)
    graph.pool(3, same=True)
    graph.convolve()
    graph.pool(3, same=False)
    graph.convolve()
    graph.pool(2, same=True)
    graph.convolve()
    _fully_connected(graph, landmarks=True)
    return graph.to_bytes("onet", 48, ("boxes", "points", "faces"))


def _fully_connected(graph: _Graph, landmarks: bool) -> None:
    graph.flatten()
    dense = graph.dense()
    graph.here = graph.add("PRelu", dense, graph.constant(next(graph.weights)))
    graph.dense("boxes")
    if landmarks:
        graph.dense("points")
    graph.add("Softmax", graph.dense(), axis=1, output="faces")
