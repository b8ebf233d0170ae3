"""A pretrained network's weights from a checkpoint or from its onnx file, to be fine-tuned or built into another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from calibration.errors import BadFile
from calibration.files import shown
from models.training.export import load_network
from models.training.network import EmotionNet
from models.training.network_config import NetworkConfig

OTHER_NETWORK = "is not a network of this preset; choose the --preset that it was trained with"


def load_pretrained(path: Path, config: NetworkConfig, faces: Iterable[Tensor]) -> EmotionNet:
    """The network of a checkpoint (.pt) or of an exported float32 file (.onnx), to be fine-tuned.

    ``faces``: batches of prepared ones (n, 1, 64, 64) as training sees them, for the statistics of the file's batch
    norms. Raises ``BadFile``.
    """
    if path.suffix != ".onnx":
        network = load_network(path)
        if replace(network.config, dropout=config.dropout) != config:
            raise BadFile(path, [OTHER_NETWORK])
        return network
    try:
        return restore_batch_norm(restore_from_onnx(path, config), faces)
    except OSError as error:
        raise BadFile(path, [f"cannot be read: {error.strerror or error}"]) from error
    except (KeyError, RuntimeError) as error:
        raise BadFile(path, [f"{OTHER_NETWORK} ({shown(str(error), 200)})"]) from error


def restore_from_onnx(path: Path, config: NetworkConfig) -> EmotionNet:
    """The network of an exported float32 file, in evaluation mode, without its temperature.

    The export has folded each batch norm into its convolution, so here the norms do nothing but carry the bias, until
    ``restore_batch_norm`` gives them their statistics back. Raises ``KeyError`` for a file of another configuration,
    ``BadFile`` for one that is torn.
    """
    try:
        stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(str(path)).graph.initializer}
    except OSError:
        raise
    except Exception as error:  # protobuf, onnx and numpy raise a dozen kinds on torn bytes, with no common base
        raise BadFile(path, [f"is not a network: torn, or no onnx file ({shown(str(error), 200)})"]) from error
    network = EmotionNet(config)
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


class _Moments:
    """Sums over all that goes into one batch norm, in double precision."""

    def __init__(self, norm: nn.BatchNorm2d) -> None:
        self.sum = torch.zeros(norm.num_features, dtype=torch.float64)
        self.squares = torch.zeros_like(self.sum)
        self.count = 0

    def __call__(self, _norm: nn.Module, inputs: tuple[Tensor, ...], _output: Tensor) -> None:
        x = inputs[0].double()
        self.sum += x.sum((0, 2, 3))
        self.squares += (x * x).sum((0, 2, 3))
        self.count += x.numel() // x.shape[1]


@torch.no_grad()
def restore_batch_norm(network: EmotionNet, batches: Iterable[Tensor]) -> EmotionNet:
    """Let each batch norm hold mean and variance of these prepared faces; the network answers as before."""
    norms = [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)]
    moments = {norm: _Moments(norm) for norm in norms}
    hooks = [norm.register_forward_hook(moments[norm]) for norm in norms]
    network.eval()
    for batch in batches:
        network(batch)
    for hook in hooks:
        hook.remove()
    for norm in norms:
        seen = moments[norm]
        mean = seen.sum / seen.count
        variance = seen.squares / seen.count - mean**2
        if norm.running_mean is None or norm.running_var is None:
            raise TypeError("a batch norm without running statistics")
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        norm.bias.add_(scale * (mean - norm.running_mean))
        norm.weight.copy_(scale * torch.sqrt(variance + norm.eps))
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
    return network
