"""The weights of MTCNN's three networks, read from the ``mtcnn`` wheel and named as in the graphs of ``models/graphs``.

The wheel (MIT) is built on TensorFlow, which is not needed: only its weight files are read, never its code. The graphs
are committed without weights (``models.training.make_graphs`` makes them), so no onnx package is needed at run time.
Zhang et al., "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks", 2016.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Literal

import lz4.frame
import numpy as np

from calibration.errors import Unavailable
from models.arrays import Floats

SHA256 = {
    "pnet": "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5",
    "rnet": "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee",
    "onet": "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3",
}
"""Of mtcnn 1.0.0. What lies where in them is known, so nothing of them is unpickled."""

Network = Literal["pnet", "rnet", "onet"]
ARRAYS: dict[Network, tuple[tuple[int, tuple[int, ...]], ...]] = {
    "pnet": (
        *((240, (3, 3, 3, 10)), (1376, (10,)), (1472, (1, 1, 10)), (1568, (3, 3, 10, 16)), (7376, (16,))),
        *((7504, (1, 1, 16)), (7632, (3, 3, 16, 32)), (26112, (32,)), (26304, (1, 1, 32))),
        *((26496, (1, 1, 32, 4)), (27056, (4,)), (27136, (1, 1, 32, 2)), (27440, (2,))),
    ),
    "rnet": (
        *((240, (3, 3, 3, 28)), (3312, (28,)), (3488, (1, 1, 28)), (3664, (3, 3, 28, 48)), (52096, (48,))),
        *((52352, (1, 1, 48)), (52608, (2, 2, 48, 64)), (101808, (64,)), (102128, (1, 1, 64))),
        *((102448, (576, 128)), (397408, (128,)), (397968, (128,)), (398528, (128, 4)), (400624, (4,))),
        *((400688, (128, 2)), (401760, (2,))),
    ),
    "onet": (
        *((240, (3, 3, 3, 32)), (3744, (32,)), (3936, (1, 1, 32)), (4128, (3, 3, 32, 64)), (77904, (64,))),
        *((78224, (1, 1, 64)), (78544, (3, 3, 64, 64)), (226048, (64,)), (226368, (1, 1, 64))),
        *((226688, (2, 2, 64, 128)), (357808, (128,)), (358384, (1, 1, 128)), (358960, (1152, 256))),
        *((1538656, (256,)), (1539728, (256,)), (1540816, (256, 4)), (1544960, (4,)), (1545040, (256, 10))),
        *((1555328, (10,)), (1555424, (256, 2)), (1557520, (2,))),
    ),
}
"""Where each array of float32 begins in the unpacked file, and its shape. (To import joblib, which wrote them, would
cost the eye's start more than all networks together.)"""
PNET_CHANNELS = 16
"""P-Net's first layer has 10 channels; filled up to 16, for which the runtime is quick."""
OUTPUTS = {"rnet": ("boxes", "faces"), "onet": ("boxes", "points", "faces")}
CONVOLUTIONS = {"rnet": 3, "onet": 4}


class NoWeights(Unavailable):
    """The detector's weights are missing or are not the known ones."""


def read_weights(network: Network) -> list[Floats]:
    """The weights of ``network`` in the order of its layers, as Keras keeps them. Raises ``NoWeights``."""
    repair = "; repair it with: pip install --force-reinstall --no-deps mtcnn==1.0.0"
    try:
        files = metadata.files("mtcnn") or []
        path = next(Path(str(f.locate())) for f in files if f.match(f"mtcnn/assets/weights/{network}.lz4"))
        content = path.read_bytes()
    except (metadata.PackageNotFoundError, StopIteration, OSError) as error:
        raise NoWeights(
            f"the face detector's weights ({network}.lz4 of the package mtcnn) were not found{repair}"
        ) from error
    if hashlib.sha256(content).hexdigest() != SHA256[network]:
        raise NoWeights(f"{path} is not the file of mtcnn 1.0.0 (its sha256 differs), so it was not opened{repair}")
    unpacked = lz4.frame.decompress(content)
    return [np.frombuffer(unpacked, "<f4", math.prod(shape), begin).reshape(shape) for begin, shape in ARRAYS[network]]


def initializers(network: Network) -> dict[str, Floats]:
    """Every constant of the network's graph by its name there, such as ``conv1.weight``. Raises ``NoWeights``.

    Convolution kernels are (out, in, height, width), dense ones (in, out), PReLU's slopes (channels, 1, 1).
    """
    layers = iter(read_weights(network))
    found = _pnet(layers) if network == "pnet" else _with_dense_layers(network, layers)
    return {name: np.ascontiguousarray(array, np.float32) for name, array in found.items()}


def _first_layer(layers: Iterator[Floats]) -> tuple[Floats, Floats, Floats]:
    """Kernel (height, width, 1, out), bias and slope of the first layer for gray 0 to 255 instead of RGB -1 to 1.

    A gray picture has three equal channels, so their weights add up, and as nothing is padded the scaling
    (x - 127.5) / 128 folds exactly into weights and bias.
    """
    kernel, bias, slope = (next(layers) for _ in range(3))
    kernel = kernel.sum(axis=2, keepdims=True) / 128
    return kernel, bias - 127.5 * kernel.sum(axis=(0, 1, 2)), slope.reshape(-1)


def _pnet(layers: Iterator[Floats]) -> dict[str, Floats]:
    """P-Net, whose first convolution, PReLU and pooling by 2 are done in half the time of these three.

    PReLU is the larger of x and slope * x (the one slope of 1.01 counts as 1), and so is its pooled value: both
    are convolved, pooled, and only then compared. Its two outputs are one 1x1 convolution: four offsets, and how much
    likelier a face is (as a logit).
    """
    kernel, bias, slope = _first_layer(layers)
    kernel, slope = _as_conv(kernel), np.minimum(slope, 1)
    used = len(slope)
    kernels, biases = np.zeros((2, PNET_CHANNELS, *kernel.shape[1:])), np.zeros((2, PNET_CHANNELS))
    kernels[0, :used], biases[0, :used] = kernel, bias
    kernels[1, :used], biases[1, :used] = kernel * slope.reshape(-1, 1, 1, 1), bias * slope
    found = {"conv1.weight": np.concatenate(kernels), "conv1.bias": biases.reshape(-1)}
    second, *rest = layers
    second = np.pad(second, ((0, 0), (0, 0), (0, PNET_CHANNELS - used), (0, 0)))
    layers = iter([second, *rest])
    found |= _convolution("conv2", layers) | _convolution("conv3", layers)
    offsets, offsets_bias, faces, faces_bias = layers
    both = np.concatenate([offsets, faces[..., 1:] - faces[..., :1]], axis=3)
    found["maps.weight"] = _as_conv(both)
    found["maps.bias"] = np.concatenate([offsets_bias, faces_bias[1:] - faces_bias[:1]])
    return {name: np.asarray(array, np.float32) for name, array in found.items()}


def _with_dense_layers(network: Network, layers: Iterator[Floats]) -> dict[str, Floats]:
    """R-Net and O-Net: convolutions, one dense layer, then a dense layer for each output."""
    layers = iter([*_first_layer(layers), *layers])
    found: dict[str, Floats] = {}
    for k in range(CONVOLUTIONS[network]):
        found |= _convolution(f"conv{k + 1}", layers)
    found |= {f"dense.{part}": next(layers) for part in ("weight", "bias", "slope")}
    for output in OUTPUTS[network]:
        found |= {f"{output}.{part}": next(layers) for part in ("weight", "bias")}
    return found


def _convolution(name: str, layers: Iterator[Floats]) -> dict[str, Floats]:
    kernel, bias, slope = (next(layers) for _ in range(3))
    return {f"{name}.weight": _as_conv(kernel), f"{name}.bias": bias, f"{name}.slope": slope.reshape(-1, 1, 1)}


def _as_conv(kernel: Floats) -> Floats:
    """Keras has height, width, in, out; onnx has out, in, height, width."""
    return kernel.transpose(3, 2, 0, 1)
