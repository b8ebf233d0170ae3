"""Several networks that look at the same face, as one: what one of them does not know, another may."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.network import EmotionNet, EvenLight


class Together(nn.Module):
    """Answers as ``EmotionNet`` does: the mean of their log probabilities, their embeddings in a row."""

    def __init__(self, networks: Sequence[EmotionNet]) -> None:
        super().__init__()
        self.even = EvenLight()
        self.networks = nn.ModuleList(networks)

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        return self.judge(self.even(faces))

    def judge(self, views: Tensor) -> tuple[Tensor, Tensor]:
        logits, embeddings = zip(*(network.judge(views) for network in self.networks), strict=True)
        each = [functional.log_softmax(one, dim=1) for one in logits]
        return torch.stack(each).mean(0), torch.cat(embeddings, dim=1)
