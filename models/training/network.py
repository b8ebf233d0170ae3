"""The emotion network: a small residual network that normalises local contrast before its first convolution."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.labels import LABELS
from models.seeing.align import SIDE
from models.training.baseline_cnn import CHANNELS, DENSE_UNITS, BaselineCnn
from models.training.network_config import NetworkConfig

# Names of submodules (stem, stages, first, second, excite, short, head) are keys of checkpoints and of exported files:
# they stay as they are.


class LocalContrast(nn.Module):
    """Two views of a face: as it is, and each place measured against its surroundings.

    The second one (local contrast normalisation) keeps what lies in a cast shadow: an eye socket at a tenth of the
    forehead's light still has its edges. Input (n, 1, 64, 64), output (n, 2, 64, 64).
    """

    box_kernel: Tensor

    def __init__(self, kernel_size: int = 13, min_deviation: float = 0.08) -> None:
        super().__init__()
        self.min_deviation = min_deviation
        place = torch.arange(SIDE)
        box_kernel = ((place[:, None] - place).abs() <= kernel_size // 2).float()
        self.register_buffer("box_kernel", box_kernel / box_kernel.sum(1, keepdim=True), persistent=False)

    def _mean(self, x: Tensor) -> Tensor:
        # Rows, then columns, each a product with one matrix: seven times quicker than pooling on a CPU, where it took
        # a tenth of a training step.
        return self.box_kernel @ x @ self.box_kernel.T

    def forward(self, x: Tensor) -> Tensor:
        """Prepared faces (n, 1, 64, 64) to their two views (n, 2, 64, 64)."""
        deviation = x - self._mean(x)
        spread = torch.sqrt(self._mean(deviation * deviation) + self.min_deviation**2)
        return torch.cat([x.clamp(-3, 4), (deviation / spread).clamp(-4, 4)], dim=1)


class SqueezeExcite(nn.Module):
    """Scales each channel by what all of them see in the whole face (Hu et al. 2018)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.squeeze, self.widen = nn.Linear(channels, channels // 8), nn.Linear(channels // 8, channels)

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to the same shape."""
        scale: Tensor = self.widen(functional.relu(self.squeeze(x.mean((2, 3))))).sigmoid()
        return x * scale[:, :, None, None]


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut (He et al. 2016)."""

    def __init__(self, channels_in: int, channels_out: int, stride: int, config: NetworkConfig) -> None:
        super().__init__()
        self.first = conv_bn(channels_in, channels_out, 3, stride)
        self.second = conv_bn(channels_out, channels_out, 3, 1)
        self.excite = SqueezeExcite(channels_out) if config.squeeze_excite else nn.Identity()
        pooled = config.avg_pool_shortcut and stride > 1
        self.mean = nn.AvgPool2d(stride) if pooled else nn.Identity()
        identity = stride == 1 and channels_in == channels_out
        self.short = nn.Identity() if identity else conv_bn(channels_in, channels_out, 1, 1 if pooled else stride)

    def forward(self, x: Tensor) -> Tensor:
        """(n, channels_in, h, w) to (n, channels_out, h / stride, w / stride)."""
        deep = self.excite(self.second(functional.relu(self.first(x))))
        return functional.relu(deep + self.short(self.mean(x)))


def conv_bn(channels_in: int, channels_out: int, kernel: int, stride: int) -> nn.Sequential:
    """A convolution without bias and its batch norm."""
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(channels_out)
    )


class EmotionNet(nn.Module):
    """Prepared faces (n, 1, 64, 64) in, logits (n, 8) and embedding (n, channels[-1]) out."""

    config: NetworkConfig

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.local_contrast = LocalContrast()
        width = config.channels[0]
        self.stem = conv_bn(2, width, 5, 2)
        stages = []
        for channels, count in zip(config.channels, config.blocks, strict=True):
            for i in range(count):
                stages.append(BasicBlock(width, channels, 2 if i == 0 and channels != width else 1, config))
                width = channels
        self.stages = nn.Sequential(*stages)
        self.drop = nn.Dropout(config.dropout)
        self.head = nn.Linear(width, len(LABELS))

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        """Prepared faces (n, 1, 64, 64) to logits (n, 8) and embeddings (n, d)."""
        return self.forward_views(self.local_contrast(faces))

    def forward_views(self, views: Tensor) -> tuple[Tensor, Tensor]:
        """The same from the two views (n, 2, 64, 64): those stay float32 when the rest is done in bf16."""
        x = functional.relu(self.stem(views))
        embedding = self.stages(x).mean((2, 3))
        return self.head(self.drop(embedding)), embedding


def create_network(config: NetworkConfig) -> EmotionNet:
    """A new network of this configuration, with random weights."""
    # The baseline answers the same calls; whoever trains, exports or measures need not know which one it is.
    if config.arch == "resnet":
        return EmotionNet(config)
    narrower = 4 if config.arch == "narrow_cnn" else 1
    baseline = cast(EmotionNet, BaselineCnn(CHANNELS // narrower, DENSE_UNITS // narrower))
    baseline.config = config
    return baseline


def multiply_adds(network: nn.Module) -> int:
    """Multiply-adds for one face, counted in its convolutions and dense layers."""
    count = 0

    def add(layer: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal count
        weight = cast(Tensor, layer.weight)
        count += weight.numel() // weight.shape[0] * output.numel()

    kinds = (nn.Conv2d, nn.Linear)
    hooks = [layer.register_forward_hook(add) for layer in network.modules() if isinstance(layer, kinds)]
    with torch.no_grad():
        network.eval()(torch.zeros(1, 1, SIDE, SIDE))
    for hook in hooks:
        hook.remove()
    return count
