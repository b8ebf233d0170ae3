"""The network of the installations before this one, as a baseline: six convolutions, VGG-like, without alignment.

3x3 convolutions of 128, 128 | 128, 128 | 128, 128 channels with max-pooling by 3, 3, 2, dropout 0.2, a dense layer of
1024 and a softmax, on faces of 48x48 gray. Published: 61.7 % on FER2013's own labels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.labels import LABELS
from models.seeing.align import SIDE

INPUT_SIDE = 48
CHANNELS = 128
DENSE_UNITS = 1024


class AreaResize(nn.Module):
    """Aligned faces (n, 1, 64, 64) as (n, 1, 48, 48): each pixel is the mean of the area that it covers."""

    share: Tensor

    def __init__(self) -> None:
        super().__init__()
        edges = torch.arange(INPUT_SIDE + 1) * SIDE / INPUT_SIDE
        pixel = torch.arange(SIDE)
        covered = torch.minimum(edges[1:, None], pixel + 1) - torch.maximum(edges[:-1, None], pixel)
        self.register_buffer("share", covered.clamp(min=0) * INPUT_SIDE / SIDE, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(n, 1, 64, 64) to (n, 1, 48, 48)."""
        return self.share @ x @ self.share.T


class BaselineCnn(nn.Module):
    """Prepared faces (n, 1, 64, 64) in, logits (n, 8) and the dense layer (n, 1024) out, as from ``EmotionNet``."""

    def __init__(self, channels: int = CHANNELS, dense_units: int = DENSE_UNITS) -> None:
        super().__init__()
        self.local_contrast = AreaResize()  # in EmotionNet's place for what comes before the convolutions
        layers: list[nn.Module] = []
        width = 1
        for pool in (3, 3, 2):
            for _ in range(2):
                layers += [nn.Conv2d(width, channels, 3, padding=1), nn.ReLU()]
                width = channels
            layers.append(nn.MaxPool2d(pool))
        self.stages = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.2))
        self.dense = nn.Linear(channels * 2 * 2, dense_units)
        self.head = nn.Linear(dense_units, len(LABELS))
        for layer in self.modules():  # as Keras began it (Glorot & Bengio 2010): from PyTorch's own weights it said
            if isinstance(layer, nn.Conv2d | nn.Linear):  # neutral of every face for hundreds of steps
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        """Prepared faces (n, 1, 64, 64) to logits (n, 8) and embeddings (n, 1024)."""
        return self.forward_views(self.local_contrast(faces))

    def forward_views(self, views: Tensor) -> tuple[Tensor, Tensor]:
        """The same from faces that have been resized already."""
        embedding = self.dense(self.stages(views)).relu()
        return self.head(embedding), embedding
