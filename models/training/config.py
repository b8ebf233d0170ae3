"""What one ``chiaro train`` does, as one frozen value: checked whole before anything starts, kept beside the result.

It needs no PyTorch, so that a mistyped option is reported at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from calibration.errors import BadInput
from calibration.files import did_you_mean
from models.seeing.classifier import SHIPPED
from models.training.presets import OLD_NAMES, PRESETS, Preset

FILE_NAME = "config.json"
EXPORTS = (".onnx", ".pt")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """Everything that decides what is trained. Raises ``BadInput`` with every fault at once when it is made."""

    faces: Path
    validation_faces: Path | None = None
    """None: ``faces`` is a folder that 'chiaro dataset split' has divided."""
    computed: Path | None = None
    """More faces to learn from, whose labels are certain (``models.training.computed_faces``)."""
    folder: Path
    """Checkpoints, log and plot; with several seeds each has its own folder inside."""
    preset: str = "cpu"
    epochs: int | None = None
    """None: the preset's."""
    workers: int | None = None
    """None: the preset's."""
    seeds: tuple[int, ...] = (1,)
    """One network each, trained side by side on the same batches."""
    relight: bool = True
    pretrained: tuple[Path, ...] = ()
    """Networks to fine-tune: none, one for all seeds, or one for each."""
    teachers: tuple[Path, ...] = ()
    """Checkpoints to distil from."""
    device: str = ""
    """cpu, cuda or cuda:N; '': cuda where there is one."""
    export: Path | None = None
    """Where the exported network goes; with .pt only its weights, as a teacher."""
    version: str = "1.0"

    def __post_init__(self) -> None:
        """Check all that can be checked without opening a file or loading PyTorch."""
        object.__setattr__(self, "preset", OLD_NAMES.get(self.preset, self.preset))
        if self.preset in PRESETS and PRESETS[self.preset].begins_with_shipped and not self.pretrained:
            object.__setattr__(self, "pretrained", (SHIPPED,))
        if faults := [*self._preset_faults(), *self._seed_faults(), *self._file_faults()]:
            raise BadInput(*faults)

    def _preset_faults(self) -> Iterator[str]:
        if self.preset not in PRESETS:
            known = list(PRESETS)
            yield f"--preset: {self.preset!r} is not one of {', '.join(known)}{did_you_mean(self.preset, known)}"
        if self.epochs is not None and self.epochs < 1:
            yield f"--epochs: {self.epochs} must be 1 or more"
        if self.workers is not None and self.workers < 0:
            yield f"--workers: {self.workers} must be 0 or more"
        if self.device.split(":")[0] not in ("", "cpu", "cuda"):
            yield f"--device: {self.device!r} is not cpu or cuda"

    def _seed_faults(self) -> Iterator[str]:
        if not self.seeds or min(self.seeds) < 0:
            yield "--seed: give one or more whole numbers from 0 on"
        if len(set(self.seeds)) < len(self.seeds):
            yield "--seed: the same seed is given twice"
        if self.pretrained and len(self.pretrained) not in (1, len(self.seeds)):
            counts = f"{len(self.pretrained)} networks for {len(self.seeds)} seeds"
            yield f"--pretrained: {counts}; give one for all seeds, or one for each"
        if self.preset in PRESETS and PRESETS[self.preset].clean_answer_weight and len({*self.pretrained}) != 1:
            which = "one network for all seeds" if self.pretrained else "a trained network; name it with --pretrained"
            yield f"--preset: {self.preset} goes on with {which}"

    def _file_faults(self) -> Iterator[str]:
        files = [("FACES", self.faces)]
        if self.validation_faces is not None:
            files.append(("VALID", self.validation_faces))
        elif not self.faces.is_dir() and self.faces.exists():
            yield f"VALID: is missing; {self.faces} is no folder that 'chiaro dataset split' has divided"
        if self.computed is not None:
            files.append(("--computed", self.computed))
        files += [("--pretrained", path) for path in self.pretrained]
        files += [("--teacher", path) for path in self.teachers]
        for name, path in files:
            if not path.exists():
                yield f"{name}: {path}: no such file or folder"
        if self.export and self.export.suffix not in EXPORTS:
            yield f"--export: {self.export} must end in .onnx (a network for the show) or .pt (a teacher)"

    @property
    def hyperparameters(self) -> Preset:
        """The preset's, with epochs and workers as they were given."""
        preset = PRESETS[self.preset]
        epochs = preset.epochs if self.epochs is None else self.epochs
        return replace(preset, epochs=epochs, workers=preset.workers if self.workers is None else self.workers)

    @property
    def run_folders(self) -> tuple[Path, ...]:
        """The folder of each seed's run."""
        if len(self.seeds) == 1:
            return (self.folder,)
        return tuple(self.folder / f"seed-{seed}" for seed in self.seeds)

    @property
    def pretrained_per_seed(self) -> tuple[Path | None, ...]:
        """The network that each seed's run is fine-tuned from; None: from scratch."""
        paths: Sequence[Path | None] = self.pretrained or (None,)
        return tuple(paths) * (len(self.seeds) if len(paths) == 1 else 1)

    def export_path(self, seed: int) -> Path | None:
        """Where the network of ``seed`` goes: the path given, or NAME-SEED where there are several seeds."""
        if self.export is None or len(self.seeds) == 1:
            return self.export
        return self.export.with_stem(f"{self.export.stem}-{seed}")

    def write(self) -> None:
        """Keep it beside the checkpoints as config.json, with all hyperparameters."""
        self.folder.mkdir(parents=True, exist_ok=True)
        values = asdict(self) | {"hyperparameters": asdict(self.hyperparameters)}
        (self.folder / FILE_NAME).write_text(json.dumps(values, indent=2, default=str) + "\n", encoding="utf-8")
