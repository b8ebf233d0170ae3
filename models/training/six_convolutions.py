"""The network of the installations before this one, to be measured against: six convolutions, no alignment of its own.

3x3 convolutions of 128, 128 | 128, 128 | 128, 128 channels with max-pooling by 3, 3, 2, dropout 0.2, a dense layer of
1024 and a softmax, on faces of 48x48 gray. Published: 61.7 % on FER2013's own labels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.labels import LABELS
from models.seeing.align import SIDE

ITS_SIDE = 48
CHANNELS = 128
DENSE = 1024


class Shrink(nn.Module):
    """Aligned faces (n, 1, 64, 64) as 48x48: each pixel the mean of the area that it covers."""

    def __init__(self) -> None:
        super().__init__()
        edges = torch.arange(ITS_SIDE + 1) * SIDE / ITS_SIDE
        pixel = torch.arange(SIDE)
        covered = torch.minimum(edges[1:, None], pixel + 1) - torch.maximum(edges[:-1, None], pixel)
        self.register_buffer("share", covered.clamp(min=0) * ITS_SIDE / SIDE, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.share @ x @ self.share.T


class SixConvolutions(nn.Module):
    """Prepared faces (n, 1, 64, 64) in, logits (n, 8) and the dense layer (n, 1024) out, as from ``EmotionNet``."""

    def __init__(self) -> None:
        super().__init__()
        self.local_contrast = Shrink()
        layers: list[nn.Module] = []
        before = 1
        for pool in (3, 3, 2):
            for _ in range(2):
                layers += [nn.Conv2d(before, CHANNELS, 3, padding=1), nn.ReLU()]
                before = CHANNELS
            layers.append(nn.MaxPool2d(pool))
        self.stages = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.2))
        self.dense = nn.Linear(CHANNELS * 2 * 2, DENSE)
        self.head = nn.Linear(DENSE, len(LABELS))

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        return self.judge(self.local_contrast(faces))

    def judge(self, views: Tensor) -> tuple[Tensor, Tensor]:
        """The same from faces that are shrunk already."""
        embedding = self.dense(self.stages(views)).relu()
        return self.head(embedding), embedding
