"""The emotion network: a small residual one that evens out the light itself before it looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.labels import LABELS
from models.seeing.align import SIDE
from models.training.six_convolutions import SixConvolutions


@dataclass(frozen=True, slots=True)
class Shape:
    """Channels at half, quarter, eighth and sixteenth of the face's side, and residual blocks of each."""

    channels: tuple[int, ...] = (32, 64, 128, 256)
    blocks: tuple[int, ...] = (1, 1, 1, 1)
    dropout: float = 0.3
    excite: bool = False
    """Squeeze-and-excite in each block; it was measured to take a third of a CPU's training speed."""
    pooled: bool = False
    """Short cuts that halve the side take the mean of four places instead of one of them (He et al. 2019)."""
    kind: Literal["residual", "six"] = "residual"
    """six: the forebears' network, a peer; nothing else of the shape counts then."""


class LocalContrast(nn.Module):
    """Two views of a face: as it is, and each place measured against its surroundings.

    The second one (local contrast) keeps what lies in a cast shadow: an eye socket at a tenth of the forehead's light
    still has its edges. Input and output (n, 1, 64, 64) and (n, 2, 64, 64).
    """

    def __init__(self, around: int = 13, faintest: float = 0.08) -> None:
        super().__init__()
        self.faintest = faintest
        place = torch.arange(SIDE)
        box_kernel = ((place[:, None] - place).abs() <= around // 2).float()
        self.register_buffer("box_kernel", box_kernel / box_kernel.sum(1, keepdim=True), persistent=False)

    def _mean(self, x: Tensor) -> Tensor:
        # Rows, then columns, each a product with one matrix: seven times quicker than pooling on a CPU, where it took
        # a tenth of a training step.
        return self.box_kernel @ x @ self.box_kernel.T

    def forward(self, x: Tensor) -> Tensor:
        away = x - self._mean(x)
        spread = torch.sqrt(self._mean(away * away) + self.faintest**2)
        return torch.cat([x.clamp(-3, 4), (away / spread).clamp(-4, 4)], dim=1)


class Excite(nn.Module):
    """Each channel louder or quieter by what all of them see in the whole face (Hu et al. 2018)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.squeeze, self.widen = nn.Linear(channels, channels // 8), nn.Linear(channels // 8, channels)

    def forward(self, x: Tensor) -> Tensor:
        loudness = self.widen(functional.relu(self.squeeze(x.mean((2, 3))))).sigmoid()
        return x * loudness[:, :, None, None]


class Block(nn.Module):
    """Two 3x3 convolutions beside a short cut."""

    def __init__(self, before: int, after: int, stride: int, shape: Shape) -> None:
        super().__init__()
        self.first = convolution(before, after, 3, stride)
        self.second = convolution(after, after, 3, 1)
        self.excite = Excite(after) if shape.excite else nn.Identity()
        pooled = shape.pooled and stride > 1
        self.mean = nn.AvgPool2d(stride) if pooled else nn.Identity()
        same = stride == 1 and before == after
        self.short = nn.Identity() if same else convolution(before, after, 1, 1 if pooled else stride)

    def forward(self, x: Tensor) -> Tensor:
        deep = self.excite(self.second(functional.relu(self.first(x))))
        return functional.relu(deep + self.short(self.mean(x)))


def convolution(before: int, after: int, side: int, stride: int) -> nn.Sequential:
    """Convolution with its batch norm."""
    return nn.Sequential(nn.Conv2d(before, after, side, stride, side // 2, bias=False), nn.BatchNorm2d(after))


class EmotionNet(nn.Module):
    """Prepared faces (n, 1, 64, 64) in, logits (n, 8) and embedding (n, channels[-1]) out."""

    shape: Shape

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.local_contrast = LocalContrast()
        before = shape.channels[0]
        self.stem = convolution(2, before, 5, 2)
        stages = []
        for after, count in zip(shape.channels, shape.blocks, strict=True):
            for i in range(count):
                stages.append(Block(before, after, 2 if i == 0 and after != before else 1, shape))
                before = after
        self.stages = nn.Sequential(*stages)
        self.drop = nn.Dropout(shape.dropout)
        self.head = nn.Linear(before, len(LABELS))

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        return self.judge(self.local_contrast(faces))

    def judge(self, views: Tensor) -> tuple[Tensor, Tensor]:
        """The same from the two views; apart, because those keep their fractions when the rest is done in bf16."""
        x = functional.relu(self.stem(views))
        embedding = self.stages(x).mean((2, 3))
        return self.head(self.drop(embedding)), embedding


def network_of(shape: Shape) -> EmotionNet:
    """A new network of this shape."""
    # The peer answers to the same calls; whoever trains, exports or measures need not know which one it is.
    if shape.kind == "residual":
        return EmotionNet(shape)
    six = cast(EmotionNet, SixConvolutions())
    six.shape = shape
    return six


def multiply_adds(network: nn.Module) -> int:
    """Multiply-adds for one face, counted in its convolutions and dense layers."""
    count = 0

    def add(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal count
        weight = layer.weight
        count += weight.numel() // weight.shape[0] * output.numel()

    kinds = (nn.Conv2d, nn.Linear)
    hooks = [layer.register_forward_hook(add) for layer in network.modules() if isinstance(layer, kinds)]
    with torch.no_grad():
        network.eval()(torch.zeros(1, 1, SIDE, SIDE))
    for hook in hooks:
        hook.remove()
    return count
