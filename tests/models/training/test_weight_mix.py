"""A fine-tuned network is mixed with the one that it came from, and the best mix is kept beside its run."""

from pathlib import Path

import pytest

pytest.importorskip("torch")

import numpy as np
import torch
from torch import Tensor, nn

from models.seeing.align import SIDE
from models.training.export import load_network
from models.training.fine_tuning import silence
from models.training.network import EmotionNet, create_network
from models.training.training_run import TrainingRun
from models.training.weight_mix import folded, mixed, write_mix
from tests.models.training.tiny_training import tiny_validation
from tests.models.two_kinds import TINY


def used(seed: int) -> EmotionNet:
    """A network whose batch norms have seen something."""
    torch.manual_seed(seed)
    network = create_network(TINY.network)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.weight, 0.5, 2)
            nn.init.uniform_(layer.bias, -1, 1)
    network.train()
    with torch.no_grad():
        for _ in range(3):
            network(torch.randn(8, 1, SIDE, SIDE))
    return network.eval()


def logits(network: EmotionNet) -> Tensor:
    """What it answers to four faces."""
    faces = torch.randn(4, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        return network(faces)[0]


def test_a_folded_network_answers_as_before_and_both_ends_of_a_mix_are_the_two_networks() -> None:
    before, after = used(1), used(2)
    assert torch.allclose(logits(folded(before)), logits(before), atol=1e-4)
    for share, network in ((0.0, before), (1.0, after)):
        assert torch.allclose(logits(mixed(folded(before), folded(after), share)), logits(network), atol=1e-4)
    half = mixed(folded(before), folded(after), 0.5).head.bias
    assert torch.allclose(half, (before.head.bias + after.head.bias) / 2)


def test_a_class_that_the_set_lacks_is_never_predicted_by_a_mix_either() -> None:
    absent = np.array([5, 6, 7])
    both = [folded(silence(used(seed), absent)) for seed in (1, 2)]
    for share in (0.0, 0.3, 0.8, 1.0):
        said = (logits(mixed(both[0], both[1], share)) / 3).softmax(1)  # 3: the highest temperature that is fitted
        assert float(said[:, 5:].max()) < 1e-6
        assert torch.isfinite(said.log()).all()
    assert float((logits(mixed(folded(used(1)), both[1], 0.3)) / 3).softmax(1)[:, 5:].max()) > 1e-6, "both need it"


def test_the_best_mix_is_written_beside_the_run_whose_own_best_stays(tmp_path: Path) -> None:
    run, told = TrainingRun(TINY, 1, tmp_path), []
    run.save_ema("best")
    own = (tmp_path / "best.pt").read_bytes()
    write_mix(run, used(1), tiny_validation(), lambda what, _share: told.append(what))
    assert (tmp_path / "best.pt").read_bytes() == own
    assert logits(load_network(tmp_path / "mixed.pt")).shape == (4, 8)
    assert "mixed with the pretrained network, share" in told[-1]
