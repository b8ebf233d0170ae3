"""The architecture of the emotion network as plain values; without PyTorch, so that presets need none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Arch = Literal["resnet", "baseline_cnn", "narrow_cnn"]
ARCHS: tuple[Arch, ...] = get_args(Arch)


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """Channels at half, quarter, eighth and sixteenth of the face's side, and residual blocks of each."""

    channels: tuple[int, ...] = (32, 64, 128, 256)
    blocks: tuple[int, ...] = (1, 1, 1, 1)
    dropout: float = 0.3
    squeeze_excite: bool = False
    """Squeeze-and-excite in each block (Hu et al. 2018); it was measured to take a third of a CPU's training speed."""
    avg_pool_shortcut: bool = False
    """Shortcuts that halve the side average four places instead of picking one of them (ResNet-D, He et al. 2019)."""
    arch: Arch = "resnet"
    """``baseline_cnn``: the network of earlier installations, to compare with; it ignores every other field.

    ``narrow_cnn``: the same a quarter as wide, quick enough to be trained many times.
    """

    def __post_init__(self) -> None:
        """Raises ValueError for a shape that cannot be built."""
        object.__setattr__(self, "channels", tuple(self.channels))  # lists, where it was read from a file
        object.__setattr__(self, "blocks", tuple(self.blocks))
        if len(self.channels) != len(self.blocks) or not self.channels:
            raise ValueError(f"channels {self.channels} and blocks {self.blocks} must be of one length, at least 1")
        if self.arch not in ARCHS:
            raise ValueError(f"arch {self.arch!r} is not one of {', '.join(ARCHS)}")
