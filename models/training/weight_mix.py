"""The weights of a fine-tuned network mixed with those that it came from: better than either (Wortsman et al. 2022).

Fine-tuning under rough light costs some of what was known in clean light. On the straight line between both networks
lie ones that have the old accuracy in the light and more of the new one in the dark than the end of the line.
"""

from __future__ import annotations

import copy

import torch
from torch import nn

from calibration.progress import Progress
from models.training.checkpoint import read_checkpoint, write_checkpoint
from models.training.export import load_network
from models.training.network import EmotionNet
from models.training.training_run import TrainingRun
from models.training.validation import Validation

SHARES = (1.0, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
"""Shares of the fine-tuned network that are tried."""
MAX_LOSS = 0.002
"""Accuracy in clean light that the mix may cost."""


@torch.no_grad()
def folded(network: EmotionNet) -> EmotionNet:
    """The same network, each batch norm's work done by the weights and bias before it, as in an exported file."""
    network = copy.deepcopy(network).cpu().eval()
    for pair in network.modules():
        if not isinstance(pair, nn.Sequential) or len(pair) != 2:
            continue
        convolution, norm = pair[0], pair[1]
        if not isinstance(norm, nn.BatchNorm2d):
            continue
        if not isinstance(convolution, nn.Conv2d) or norm.running_mean is None or norm.running_var is None:
            raise TypeError("a batch norm without running statistics, or without a convolution before it")
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        convolution.weight.mul_(scale[:, None, None, None])
        norm.bias.sub_(scale * norm.running_mean)
        norm.weight.fill_((1 + norm.eps) ** 0.5)
        norm.running_mean.zero_()
        norm.running_var.fill_(1)
    return network


def mixed(before: EmotionNet, after: EmotionNet, share: float) -> EmotionNet:
    """Weights on the straight line between two folded networks: ``share`` 0 is ``before``, 1 is ``after``."""
    network, old = copy.deepcopy(after), before.state_dict()
    network.load_state_dict(
        {
            name: old[name].lerp(new, share) if new.dtype.is_floating_point else new
            for name, new in after.state_dict().items()
        }
    )
    return network.eval()


def write_mix(run: TrainingRun, pretrained: EmotionNet, validation: Validation, progress: Progress) -> None:
    """Write mixed.pt into the run's folder: the largest share that costs next to nothing in clean light."""
    before, after = folded(pretrained), folded(load_network(run.folder / "best.pt"))
    least = validation.evaluate([before], "cpu")[0].accuracy - MAX_LOSS
    for share in SHARES:
        network = mixed(before, after, share)
        clean, dark = validation.evaluate([network], "cpu")
        progress("", 1 - share)
        if clean.accuracy >= least:
            break
    figures = f"accuracy {clean.accuracy:.4f}, accuracy_dark {dark.accuracy:.4f}"
    progress(f"seed {run.seed}, mixed with the pretrained network, share {share}: {figures}", 1.0)
    saved = read_checkpoint(run.folder / "best.pt")
    write_checkpoint(run.folder / "mixed.pt", saved | {"ema_network": network.state_dict()})
