"""Fine-tuning on a small set: only the last blocks learn, and a class without faces is never predicted."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from models.arrays import Integers
from models.labels import LABELS
from models.training.network import EmotionNet

NEVER = -50.0
"""Logit of a class of which there is no face: its probability is under one in a million at every temperature that is
fitted (up to 3), and still a number."""


def absent_classes(labels: Integers) -> Integers:
    """Indices of the classes that none of the labels (n,) is."""
    return np.setdiff1d(np.arange(len(LABELS)), labels).astype(np.int64)


@torch.no_grad()
def silence(network: EmotionNet, absent: Integers) -> EmotionNet:
    """Let the network, which is returned, never predict these: nothing in its training said what they look like."""
    if len(absent):
        rows = torch.from_numpy(absent).to(network.head.weight.device)  # type: ignore[no-untyped-call]  # torch has none
        network.head.weight[rows] = 0.0
        network.head.bias[rows] = NEVER
    return network


def freeze(network: nn.Module, trained_blocks: int | None) -> None:
    """Let only the head and the last ``trained_blocks`` residual blocks learn; None: all of the network."""
    if trained_blocks is None or not isinstance(network, EmotionNet):
        return
    network.requires_grad_(False)
    learning = [network.head, *list(network.stages)[len(network.stages) - trained_blocks :]]
    for part in learning:
        part.requires_grad_(True)


def train_mode(network: nn.Module, trained_blocks: int | None) -> None:
    """Training mode. Where only the last blocks learn, batch norms keep the statistics of the many faces before."""
    network.train()
    if trained_blocks is not None:
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.eval()
