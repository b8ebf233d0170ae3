"""The emotion network: a small residual one that evens out the light itself before it looks."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.align import SIDE
from models.labels import LABELS


@dataclass(frozen=True, slots=True)
class Shape:
    """Channels at half, quarter, eighth and sixteenth of the face's side, and residual blocks of each.

    Squeeze-and-excite was measured: it takes a third of the training speed on a CPU.
    """

    channels: tuple[int, ...] = (32, 64, 128, 256)
    blocks: tuple[int, ...] = (1, 1, 1, 1)
    dropout: float = 0.3


class EvenLight(nn.Module):
    """Two views of a face: as it is, and each place measured against its surroundings.

    The second one (local contrast) keeps what lies in a cast shadow: an eye socket at a tenth of the forehead's light
    still has its edges. Input and output (n, 1, 64, 64) and (n, 2, 64, 64).
    """

    def __init__(self, around: int = 13, faintest: float = 0.08) -> None:
        super().__init__()
        self.around, self.faintest = around, faintest

    def _mean(self, x: Tensor) -> Tensor:
        side, half = self.around, self.around // 2  # rows, then columns: a thirteenth of the work of a square
        rows = functional.avg_pool2d(x, (1, side), 1, (0, half), count_include_pad=False)
        return functional.avg_pool2d(rows, (side, 1), 1, (half, 0), count_include_pad=False)

    def forward(self, x: Tensor) -> Tensor:
        away = x - self._mean(x)
        spread = torch.sqrt(self._mean(away * away) + self.faintest**2)
        return torch.cat([x.clamp(-3, 4), (away / spread).clamp(-4, 4)], dim=1)


class Block(nn.Module):
    """Two 3x3 convolutions beside a short cut."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.first = convolution(before, after, 3, stride)
        self.second = convolution(after, after, 3, 1)
        same = stride == 1 and before == after
        self.short = nn.Identity() if same else convolution(before, after, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        deep = self.second(functional.relu(self.first(x)))
        return functional.relu(deep + self.short(x))


def convolution(before: int, after: int, side: int, stride: int) -> nn.Sequential:
    """Convolution with its batch norm."""
    return nn.Sequential(nn.Conv2d(before, after, side, stride, side // 2, bias=False), nn.BatchNorm2d(after))


class EmotionNet(nn.Module):
    """Prepared faces (n, 1, 64, 64) in, logits (n, 8) and embedding (n, channels[-1]) out."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.even = EvenLight()
        before = shape.channels[0]
        self.stem = convolution(2, before, 5, 2)
        stages = []
        for after, count in zip(shape.channels, shape.blocks, strict=True):
            for i in range(count):
                stages.append(Block(before, after, 2 if i == 0 and after != before else 1))
                before = after
        self.stages = nn.Sequential(*stages)
        self.drop = nn.Dropout(shape.dropout)
        self.head = nn.Linear(before, len(LABELS))

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        x = functional.relu(self.stem(self.even(faces)))
        embedding = self.stages(x).mean((2, 3))
        return self.head(self.drop(embedding)), embedding


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
