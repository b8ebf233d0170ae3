"""A training run on disk: network, averaged network and optimizer, checkpointed whole and taken up again."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from calibration.errors import BadFile
from models.training.network import EmotionNet, Shape, network_of
from models.training.presets import Preset


@dataclass(slots=True)
class Run:
    """A training run that can be stopped after any epoch and taken up again from its folder."""

    preset: Preset
    seed: int
    folder: Path
    device: str = "cpu"
    taught_by: str = ""
    """Which teachers it has (``Teachers.name``)."""
    trained_for: str = ""
    """Which light, and begun from which network, where that is not all light and none."""
    epoch: int = 0
    step: int = 0
    best: float = -1.0
    network: EmotionNet = field(init=False)
    averaged: EmotionNet = field(init=False)
    optimizer: torch.optim.Optimizer = field(init=False)

    def __post_init__(self) -> None:
        torch.manual_seed(self.seed)
        random.seed(self.seed)
        torch.set_num_threads(self.preset.threads)
        torch.backends.cudnn.benchmark = True  # every batch has the same size
        self.network = network_of(self.preset.shape).to(self.device, memory_format=torch.channels_last)
        self.averaged = network_of(self.preset.shape).to(self.device, memory_format=torch.channels_last)
        self.averaged.load_state_dict(self.network.state_dict())
        weights = [p for p in self.network.parameters() if p.ndim > 1]
        others = [p for p in self.network.parameters() if p.ndim <= 1]  # no decay for biases and norms
        groups = [{"params": weights, "weight_decay": self.preset.decay}, {"params": others, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=self._rate(), fused=True, capturable=self._on_gpu)
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def _on_gpu(self) -> bool:
        return self.device.startswith("cuda")

    def _rate(self) -> float | Tensor:
        """A recorded step reads the rate where it lies on the GPU."""
        return torch.tensor(self.preset.rate, device=self.device) if self._on_gpu else self.preset.rate

    def set_rate(self, rate: float) -> None:
        """The learning rate of the next step."""
        for group in self.optimizer.param_groups:
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate

    def begin_from(self, network: EmotionNet) -> None:
        """Begin with the weights of this network, of the same shape."""
        self.network.load_state_dict(network.state_dict())
        self.averaged.load_state_dict(network.state_dict())

    def resume(self) -> None:
        """Take up from the last checkpoint of the folder, if there is one.

        Raises ``BadFile`` when that was begun with another network, seed, teachers or light.
        """
        path = self.folder / "last.pt"
        if not path.is_file():
            return
        saved = torch.load(path, map_location=self.device, weights_only=True)
        saved["shape"] = asdict(Shape(**saved["shape"]))  # an older file knows fewer of its fields
        now = self._begun_with()
        faults = [
            f"was begun with {name} {saved[name] or 'nothing'}, not {value or 'nothing'}; take another --folder"
            for name, value in now.items()
            if name in saved and saved[name] != value
        ]
        if faults:
            raise BadFile(path, faults)
        self.network.load_state_dict(saved["network"])
        self.averaged.load_state_dict(saved["averaged"])
        self.optimizer.load_state_dict(saved["optimizer"])
        for group in self.optimizer.param_groups:  # also when the last steps were made on another device
            group["lr"], group["capturable"] = self._rate(), self._on_gpu
        self.epoch, self.step, self.best = saved["epoch"], saved["step"], saved["best"]

    def save(self, name: str) -> None:
        """Write a checkpoint to go on from, whole or not at all."""
        state = {"network": self.network.state_dict(), "optimizer": self.optimizer.state_dict()}
        self._write(name, state | {"step": self.step, "best": self.best})

    def save_averaged(self, name: str) -> None:
        """Write a checkpoint with the averaged network alone: all that an export or a student needs."""
        self._write(name, {})

    def _begun_with(self) -> dict[str, object]:
        shape = asdict(self.preset.shape)
        return {"seed": self.seed, "shape": shape, "taught_by": self.taught_by, "trained_for": self.trained_for}

    def _write(self, name: str, more: dict[str, object]) -> None:
        part = self.folder / f"{name}.part"
        state = {"averaged": self.averaged.state_dict(), "epoch": self.epoch, **self._begun_with()}
        torch.save(state | more, part)
        part.replace(self.folder / f"{name}.pt")
