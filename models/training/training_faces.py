"""The faces of a training: of two sets that were named, or of one folder that ``chiaro dataset split`` has divided."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from calibration.errors import BadFile
from models.dataset.parts import read_parts
from models.evaluation.dataset import LabelledFaces, read_faces
from models.training.config import TrainingConfig


@dataclass(frozen=True, slots=True, eq=False)
class TrainingFaces:
    """What is learned from, what is chosen on, and what neither has seen."""

    training: LabelledFaces
    validation: LabelledFaces
    """Those that have a label."""
    test: LabelledFaces | None
    """None: two sets were named, or the split has no such part."""
    computed: LabelledFaces | None = None
    """Learned from as well; what they show is known."""

    def fingerprint(self) -> str:
        """A short name of all that is learned from or chosen on: it changes when a picture or a label of it does."""
        sets = (self.training, self.validation, self.computed)
        parts = " ".join("" if one is None else one.fingerprint() for one in sets)
        return hashlib.sha256(parts.encode()).hexdigest()[:12]


def read_training_faces(config: TrainingConfig) -> TrainingFaces:
    """Read them. Raises ``BadFile`` for faces that cannot be used, and for a folder that is not split."""
    computed = read_faces(config.computed) if config.computed else None
    if config.validation_faces is not None:
        return TrainingFaces(read_faces(config.faces), read_faces(config.validation_faces).with_label(), None, computed)
    parts = read_parts(config.faces)
    if lacking := [name for name in ("train", "valid") if name not in parts]:
        hint = f"run 'chiaro dataset split {config.faces}', or name the validation faces as a second set"
        raise BadFile(config.faces, [f"no face is in the part {' or '.join(lacking)}; {hint}"])
    return TrainingFaces(parts["train"], parts["valid"], parts.get("test"), computed)
