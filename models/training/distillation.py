"""Knowledge distillation: a student learns from the annotators' votes and from teachers that see the same picture.

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
from models.training.presets import Preset


class Teachers:
    """An ensemble of networks."""

    def __init__(self, checkpoints: Sequence[Path], device: str) -> None:
        """Raises ``BadFile`` for a checkpoint that cannot be read."""
        # nn.Module.to has no overload for a device with a memory format
        self.networks = [
            load_network(path).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
            for path in checkpoints
        ]
        digests = sorted(hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in checkpoints)
        self.name = "+".join(digests)
        """Identifies the ensemble: a run that was started with other teachers is not resumed."""

    @torch.no_grad()
    def soft_targets(self, views: Tensor, temperature: float) -> Tensor:
        """Their mean probabilities (n, 8) for the two views (n, 2, 64, 64) of faces, at this temperature."""
        answers = [(network.forward_views(views)[0].float() / temperature).softmax(1) for network in self.networks]
        return torch.stack(answers).mean(0)


def distillation_loss(
    logits: Tensor, vote_shares: Tensor, preset: Preset, soft_targets: Tensor | None = None
) -> Tensor:
    """The mean loss of a student's float32 ``logits`` (n, 8).

    Cross-entropy against the annotators' ``vote_shares`` (n, 8), smoothed, and against the teachers'
    ``soft_targets`` (n, 8) where there are teachers.
    """
    labels = vote_shares * (1 - preset.label_smoothing) + preset.label_smoothing / vote_shares.shape[1]
    loss = _cross_entropy(logits, labels)
    if soft_targets is None:
        return loss
    temperature, weight = preset.distillation_temperature, preset.distillation_weight
    distilled = temperature**2 * _cross_entropy(logits / temperature, soft_targets)
    return (1 - weight) * loss + weight * distilled


def _cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    return -(target * functional.log_softmax(logits, dim=1)).sum(1).mean()
