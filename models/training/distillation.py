"""What a network is taught by: the taggers' votes, and teachers that look at the very same picture.

Several strong networks, each from another seed, agree on more than one of them knows; a small one that learns their
mean answer beside the votes comes near to them (Hinton et al. 2015).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from models.training.export import load_network
from models.training.network import EmotionNet
from models.training.precision import half
from models.training.presets import Preset


class Teachers:
    """Networks that answer together."""

    def __init__(self, checkpoints: Sequence[Path], device: str) -> None:
        """Raises ``BadFile`` for a checkpoint that cannot be read."""
        self.networks = [load_network(path).to(device, memory_format=torch.channels_last) for path in checkpoints]
        digests = sorted(hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in checkpoints)
        self.name = "+".join(digests)
        """Tells one set of teachers from another: a run that was begun with others is not gone on with."""

    @torch.no_grad()
    def shares(self, views: Tensor, warmth: float) -> Tensor:
        """Their mean answer (n, 8) to the two views of faces."""
        answers = [(network.judge(views)[0].float() / warmth).softmax(1) for network in self.networks]
        return torch.stack(answers).mean(0)


def soft_loss(
    network: EmotionNet, views: Tensor, votes: Tensor, preset: Preset, device: str, taught: Tensor | None = None
) -> Tensor:
    """Cross-entropy against the taggers' shares, a little smoothed, and against what the teachers see (``taught``)."""
    with half(device):
        logits = network.judge(views)[0]
    wanted = votes * (1 - preset.smooth) + preset.smooth / votes.shape[1]
    loss = _cross_entropy(logits.float(), wanted)
    if taught is None:
        return loss
    warm = preset.warmth
    return (1 - preset.taught) * loss + preset.taught * warm**2 * _cross_entropy(logits.float() / warm, taught)


def _cross_entropy(logits: Tensor, wanted: Tensor) -> Tensor:
    return -(wanted * functional.log_softmax(logits, dim=1)).sum(1).mean()
