"""What one ``chiaro train temporal`` does; without PyTorch, so that a mistyped option is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from calibration.errors import BadInput
from calibration.files import did_you_mean

KINDS = ("gru", "tcn", "convlstm")
"""The networks of ``models.training.temporal_network``."""


@dataclass(frozen=True, slots=True)
class TemporalPreset:
    """How much is drawn, and how long is learned from it."""

    courses: int
    people: int
    """Computed people, each in some twenty poses."""
    stills: int
    """Photographed faces for each label (neutral: four times as many)."""
    steps: int
    batch_size: int = 24
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    warmup_steps: int = 50
    save_every: int = 100
    """Steps after which a checkpoint is written and a line told."""


TEMPORAL_PRESETS = {
    "quick": TemporalPreset(courses=40, people=2, stills=12, steps=60, batch_size=8, save_every=20),
    "cpu": TemporalPreset(courses=600, people=10, stills=300, steps=1200, batch_size=16),
    "long": TemporalPreset(courses=4000, people=60, stills=400, steps=12_000, batch_size=48),
}
"""``cpu``: some 5 minutes of one core to draw, 2 to 5 for each network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporalTraining:
    """All that decides what is trained. Raises ``BadInput`` with every fault at once when it is made."""

    faces: Path
    folder: Path
    mesh: Path | None = None
    """The 3-D face; None: nobody talks, blinks or turns, only photographed faces are shown."""
    model: Path | None = None
    """The classifier whose looks are learned from; None: the one that is shipped."""
    kinds: tuple[str, ...] = KINDS
    preset: str = "cpu"
    steps: int | None = None
    """None: the preset's."""
    people: int | None = None
    """None: the preset's."""

    def __post_init__(self) -> None:
        """Check all that can be checked without opening a file."""
        if faults := list(self._faults()):
            raise BadInput(*faults)

    def _faults(self) -> Iterator[str]:
        known = list(TEMPORAL_PRESETS)
        if self.preset not in known:
            yield f"--preset: {self.preset!r} is not one of {', '.join(known)}{did_you_mean(self.preset, known)}"
        for kind in self.kinds:
            if kind not in KINDS:
                yield f"--kind: {kind!r} is not one of {', '.join(KINDS)}{did_you_mean(kind, list(KINDS))}"
        if self.steps is not None and self.steps < 1:
            yield f"--steps: {self.steps} must be 1 or more"
        for name, path in (("FACES", self.faces), ("--mesh", self.mesh), ("--model", self.model)):
            if path and not path.exists():
                yield f"{name}: {path}: no such file or folder"

    @property
    def hyperparameters(self) -> TemporalPreset:
        """The preset's, with the steps and people as they were given."""
        preset = TEMPORAL_PRESETS[self.preset]
        return replace(preset, steps=self.steps or preset.steps, people=self.people or preset.people)
