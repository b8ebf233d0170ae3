"""What one ``chiaro train detector`` does; without PyTorch, so that a mistyped option is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from calibration.errors import BadInput
from calibration.files import did_you_mean


@dataclass(frozen=True, slots=True)
class DetectorPreset:
    """How long and how fast the detector is trained."""

    steps: int
    batch_size: int = 16
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    warmup_steps: int = 300
    second_look_steps: int = 10_000
    ema_decay: float = 0.999
    save_every: int = 250
    """Steps after which a checkpoint is written and a line told."""
    threads: int = 1
    workers: int = 0
    """Processes that draw scenes; 0: the training process itself."""


DETECTOR_PRESETS = {
    "quick": DetectorPreset(steps=1500, second_look_steps=500),
    "cpu": DetectorPreset(steps=60_000),
    "gpu": DetectorPreset(steps=40_000, batch_size=64, learning_rate=4e-3, save_every=1000, threads=4, workers=14),
}
"""``cpu``: a core does 5 steps a second, 8 of the second look; half a night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorTraining:
    """All that decides what is trained. Raises ``BadInput`` with every fault at once when it is made."""

    faces: Path
    folder: Path
    mesh: Path | None = None
    """The 3-D face; None: only photographed faces on drawn heads."""
    preset: str = "cpu"
    steps: int | None = None
    """None: the preset's."""
    device: str = ""
    """cpu, cuda or cuda:N; '': cuda where there is one."""
    export: Path | None = None
    version: str = "1.0"

    def __post_init__(self) -> None:
        """Check all that can be checked without opening a file."""
        if faults := list(self._faults()):
            raise BadInput(*faults)

    def _faults(self) -> Iterator[str]:
        if self.preset not in DETECTOR_PRESETS:
            known = list(DETECTOR_PRESETS)
            yield f"--preset: {self.preset!r} is not one of {', '.join(known)}{did_you_mean(self.preset, known)}"
        if self.steps is not None and self.steps < 1:
            yield f"--steps: {self.steps} must be 1 or more"
        if self.device.split(":")[0] not in ("", "cpu", "cuda"):
            yield f"--device: {self.device!r} is not cpu or cuda"
        for name, path in (("FACES", self.faces), ("--mesh", self.mesh)):
            if path and not path.exists():
                yield f"{name}: {path}: no such file or folder"
        if self.export and self.export.suffix != ".onnx":
            yield f"--export: {self.export} must end in .onnx"

    @property
    def hyperparameters(self) -> DetectorPreset:
        """The preset's, with the steps as they were given."""
        preset = DETECTOR_PRESETS[self.preset]
        return preset if self.steps is None else replace(preset, steps=self.steps)
