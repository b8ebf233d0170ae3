"""A training run on disk: network, its moving average and the optimizer, saved whole and resumed from its folder."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from calibration.errors import BadFile
from models.training.checkpoint import read_checkpoint, write_checkpoint
from models.training.network import EmotionNet, create_network
from models.training.presets import Preset


@dataclass(slots=True)
class TrainingRun:
    """A training run that can be stopped after any epoch and resumed from its folder."""

    preset: Preset
    seed: int
    folder: Path
    device: str = "cpu"
    teachers: str = ""
    """Which teachers it learns from (``Teachers.name``)."""
    relight: bool = True
    pretrained: str = ""
    """Start of the sha256 of the network that it is fine-tuned from; '': from scratch."""
    faces: str = ""
    """Which faces it learns from and is chosen on (``TrainingFaces.fingerprint``)."""
    epoch: int = 0
    step: int = 0
    best_score: float = -1.0
    best_epoch: int = 0
    began_with: EmotionNet | None = field(default=None, init=False)
    """The pretrained network, to compare with; None: from scratch."""
    network: EmotionNet = field(init=False)
    ema_network: EmotionNet = field(init=False)
    """The exponential moving average of the network's weights: what is evaluated and exported."""
    optimizer: torch.optim.Optimizer = field(init=False)

    def __post_init__(self) -> None:
        """Seed everything, and make network and optimizer."""
        torch.manual_seed(self.seed)
        random.seed(self.seed)
        torch.set_num_threads(self.preset.threads)
        torch.backends.cudnn.benchmark = True  # every batch has the same size
        # nn.Module.to has no overload for a device with a memory format
        self.network = create_network(self.preset.network).to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.ema_network = create_network(self.preset.network).to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.ema_network.load_state_dict(self.network.state_dict())
        weights = [p for p in self.network.parameters() if p.ndim > 1]
        others = [p for p in self.network.parameters() if p.ndim <= 1]  # no weight decay for biases and norms
        groups = [
            {"params": weights, "weight_decay": self.preset.weight_decay},
            {"params": others, "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=self._learning_rate(), fused=True, capturable=self._on_gpu)
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def _on_gpu(self) -> bool:
        return self.device.startswith("cuda")

    def _learning_rate(self) -> float | Tensor:
        """A captured step reads the learning rate from where it lies on the GPU."""
        rate = self.preset.learning_rate
        return torch.tensor(rate, device=self.device) if self._on_gpu else rate

    def set_learning_rate(self, rate: float) -> None:
        """The learning rate of the next step."""
        for group in self.optimizer.param_groups:
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate

    def load_weights(self, network: EmotionNet) -> None:
        """Start from the weights of this network, which must have the same configuration."""
        self.network.load_state_dict(network.state_dict())
        self.ema_network.load_state_dict(network.state_dict())

    def resume(self) -> None:
        """Go on from the last checkpoint in the folder, if there is one.

        Raises ``BadFile`` when that was started with another network, seed, teachers, light or pretrained network, or
        with other faces: it may have learned from somebody who has withdrawn, or who is in the test part now.
        """
        path = self.folder / "last.pt"
        if not path.is_file():
            return
        saved = read_checkpoint(path, self.device)
        faults = [
            f"was started with {name} {_shown(saved[name])}, not {_shown(value)}; choose another --folder"
            for name, value in self._identity().items()
            if name in saved and saved[name] != value
        ]
        if faults:
            raise BadFile(path, faults)
        self.network.load_state_dict(saved["network"])
        self.ema_network.load_state_dict(saved["ema_network"])
        self.optimizer.load_state_dict(saved["optimizer"])
        for group in self.optimizer.param_groups:  # also when the last steps were made on another device
            group["lr"], group["capturable"] = self._learning_rate(), self._on_gpu
        self.epoch, self.step, self.best_score = saved["epoch"], saved["step"], saved["best_score"]
        self.best_epoch = saved.get("best_epoch", self.epoch)

    def save(self, name: str) -> None:
        """Write NAME.pt, a checkpoint to resume from, whole or not at all."""
        state = {"network": self.network.state_dict(), "optimizer": self.optimizer.state_dict()}
        self._write(name, state | {"step": self.step, "best_score": self.best_score, "best_epoch": self.best_epoch})

    def save_ema(self, name: str) -> None:
        """Write NAME.pt with the averaged network alone: all that an export or a student needs."""
        self._write(name, {})

    def _identity(self) -> dict[str, object]:
        """What must be the same when it is resumed."""
        return {
            "seed": self.seed,
            "network_config": asdict(self.preset.network),
            "teachers": self.teachers,
            "relight": self.relight,
            "pretrained": self.pretrained,
            "faces": self.faces,
        }

    def _write(self, name: str, more: dict[str, object]) -> None:
        state = {"ema_network": self.ema_network.state_dict(), "epoch": self.epoch, **self._identity()}
        write_checkpoint(self.folder / f"{name}.pt", state | more)


def _shown(value: object) -> str:
    return "none" if value == "" else str(value)
