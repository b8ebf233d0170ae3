"""The one-shot face detector's network: plain 3x3 convolutions on three strides, one shared head.

Anchor-free as FCOS (Tian et al. 2019) and YuNet (Wu et al. 2023). Dense convolutions of few channels: depthwise ones
have a third of the multiply-adds, but are slower in int8 (2.5 ms for 53 M against 1.7 for 141 M at 640x352).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.seeing.one_shot import LANDMARK_REACH, VALUES

WIDTHS, DEPTHS, NECK, PLACE = (16, 32, 64, 64), (2, 2, 2), 32, 64
"""Channels at strides 4, 8, 16, 32; convolutions after the one that halves, at 8, 16, 32; channels of the head,
and of its part for boxes and landmarks."""
SCALE = 1 / 128


class DetectorNet(nn.Module):
    """Gray pictures (n, 1, h, w), 0 to 255, sides multiples of 32, to (n, cells, 15)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Conv(1, WIDTHS[0], size=6, stride=4, padding=1)
        self.stages = nn.ModuleList(
            nn.Sequential(Conv(before, after, stride=2), *[Residual(after) for _ in range(depth)])
            for before, after, depth in zip(WIDTHS, WIDTHS[1:], DEPTHS, strict=False)
        )
        self.laterals = nn.ModuleList(Conv(width, NECK, size=1, padding=0) for width in WIDTHS[1:])
        self.smooth = Conv(NECK, NECK)
        self.score = nn.Sequential(_Separable(NECK), nn.Conv2d(NECK, 1, 1))
        self.place = nn.Sequential(Conv(NECK, PLACE), _Separable(PLACE), nn.Conv2d(PLACE, VALUES - 1, 1))
        nn.init.constant_(self.score[1].bias, -4.0)  # type: ignore[arg-type]

    def forward(self, pictures: Tensor) -> Tensor:
        """Each cell's logit, offset of the middle and logarithm of the size, landmarks; all in strides."""
        x = self.stem(pictures * SCALE - 1)
        levels = []
        for stage, lateral in zip(self.stages, self.laterals, strict=True):
            x = stage(x)
            levels.append(lateral(x))
        for fine, coarse in ((1, 2), (0, 1)):
            levels[fine] = levels[fine] + functional.interpolate(levels[coarse], scale_factor=2.0)
        answers = []
        for level in levels:
            shared = self.smooth(level)
            answers.append(torch.cat([self.score(shared), self.place(shared)], 1).flatten(2))
        return torch.cat(answers, 2).transpose(1, 2)


def decoded(answers: Tensor, centres: Tensor, strides: Tensor) -> tuple[Tensor, Tensor]:
    """Boxes (..., 4) and landmarks (..., 10) in pixels of answers (..., 15) in cells at ``centres`` (..., 2)."""
    stride = strides[..., None]
    middle = centres + answers[..., 1:3] * stride
    half = answers[..., 3:5].clamp(-3, 4).exp() * stride
    return torch.cat([middle - half, middle + half], -1), torch.cat([centres] * 5, -1) + answers[
        ..., 5:
    ] * stride * LANDMARK_REACH


class Conv(nn.Sequential):
    """Convolution, batch norm, ReLU."""

    def __init__(self, before: int, after: int, size: int = 3, stride: int = 1, padding: int = 1) -> None:
        super().__init__(
            nn.Conv2d(before, after, size, stride, padding, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)
        )


class Residual(nn.Module):
    """A convolution whose input is added to its answer: trained like a deeper network, the same price."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = Conv(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """What came in, and what was made of it."""
        return x + self.conv(x)


class _Separable(nn.Sequential):
    """A depthwise and a pointwise convolution."""

    def __init__(self, width: int) -> None:
        super().__init__(
            nn.Conv2d(width, width, 3, 1, 1, groups=width, bias=False),
            nn.BatchNorm2d(width),
            Conv(width, width, size=1, padding=0),
        )
