"""A network's weights taken up again from its onnx file, to be trained further or built into something larger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx
import torch
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import numpy_helper
from torch import Tensor, nn

from calibration.errors import BadFile
from models.training.export import load_network
from models.training.network import EmotionNet, Shape


def begun_from(path: Path, shape: Shape, faces: Iterable[Tensor]) -> EmotionNet:
    """The network of a checkpoint (.pt) or of an exported float32 file (.onnx), to be trained further.

    ``faces``: batches of prepared ones as training sees them, for the file's norms. Raises ``BadFile``.
    """
    if path.suffix != ".onnx":
        network = load_network(path)
        if replace(network.shape, dropout=shape.dropout) != shape:
            raise BadFile(path, [WRONG_SHAPE])
        return network
    try:
        return with_statistics(taken_up(path, shape), faces)
    except OSError as error:
        raise BadFile(path, [f"cannot be read: {error.strerror or error}"]) from error
    except (KeyError, RuntimeError, DecodeError) as error:
        raise BadFile(path, [f"{WRONG_SHAPE} ({error})"]) from error


WRONG_SHAPE = "is no network of the preset's shape; take the --preset that it was made with"


def taken_up(path: Path, shape: Shape) -> EmotionNet:
    """The network of an exported float32 file, in evaluation mode, without its temperature.

    The export has drawn each batch norm into its convolution, so here the norms do nothing but carry the bias, until
    ``with_statistics`` gives them something to do. Raises ``KeyError`` for a file of another shape.
    """
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(str(path)).graph.initializer}
    network = EmotionNet(shape)
    state = network.state_dict()
    for name in state:
        if name.endswith((".1.running_mean", ".1.running_var", "num_batches_tracked")):
            continue
        if name.endswith(".1.bias"):
            state[name] = torch.tensor(stored[f"network.{name.removesuffix('.1.bias')}.0.weight_bias"])
        elif name.endswith(".1.weight"):
            state[name] = torch.full_like(state[name], (1 + 1e-5) ** 0.5)
        else:
            state[name] = torch.tensor(stored[f"network.{name}"])
    network.load_state_dict(state)
    return network.eval()


@torch.no_grad()
def with_statistics(network: EmotionNet, batches: Iterable[Tensor]) -> EmotionNet:
    """Let each batch norm hold the mean and variance of these prepared faces; the network answers as before."""
    norms = [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)]
    sums: dict[nn.Module, list[Any]] = {norm: [0.0, 0.0, 0] for norm in norms}

    def note(norm: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        x, held = inputs[0].double(), sums[norm]
        held[0] = held[0] + x.sum((0, 2, 3))
        held[1] = held[1] + (x * x).sum((0, 2, 3))
        held[2] += x.numel() // x.shape[1]

    hooks = [norm.register_forward_hook(note) for norm in norms]
    network.eval()
    for batch in batches:
        network(batch)
    for hook in hooks:
        hook.remove()
    for norm in norms:
        first, second, count = sums[norm]
        mean = first / count
        var = second / count - mean**2
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        norm.bias.add_(scale * (mean - norm.running_mean))
        norm.weight.copy_(scale * torch.sqrt(var + norm.eps))
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(var)
    return network
