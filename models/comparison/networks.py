"""Networks of the comparison, trained as ``chiaro train`` does: same batches, same averaging, same choice of epoch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from calibration.progress import Progress
from models.arrays import Floats, Gray, Indices
from models.comparison.face_set import FaceSet
from models.comparison.illumination import Correction, none
from models.lighting.relight import LampBank
from models.seeing.align import prepare
from models.training.augment import AugmentConfig, Augmenter
from models.training.batches import BatchDataset
from models.training.export import load_network
from models.training.network import EmotionNet
from models.training.network_config import NetworkConfig
from models.training.presets import Preset
from models.training.restore import load_pretrained
from models.training.train import train
from models.training.training_run import TrainingRun
from models.training.validation import make_validation, predict

NOT_AUGMENTED = AugmentConfig(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, erase_probability=0.0)
"""But mirrored and with a random gamma, as all are."""
MOVED = AugmentConfig(relight_probability=0.0, exposure_probability=0.0, erase_probability=0.0)
"""Turned, scaled, shifted."""
WHOLE = AugmentConfig(relight_probability=0.4, exposure_probability=0.5, erase_probability=0.15)
"""And under other lamps, in the dark, partly hidden."""
SIX_LAYERS = NetworkConfig(arch="baseline_cnn")
NARROW = NetworkConfig(arch="narrow_cnn")
SMALL = NetworkConfig((16, 32, 64, 128))
"""Our network at a ninth of its multiply-adds."""
BATCHES = (32, 128)
"""Faces of a batch: a hundredth of all between these, so that few faces give many steps, too."""
STATISTICS_BATCHES = 12


@dataclass(frozen=True, slots=True, eq=False)
class CorrectingAugmenter(Augmenter):
    """Draws batches whose light is corrected before a network sees them."""

    correction: Correction = none

    def batch(self, chosen: Indices, rng: np.random.Generator) -> Floats:
        """See ``Augmenter``."""
        return prepare(self.correction(self.pictures(chosen, rng)))


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A network with the correction that it was trained behind."""

    network: EmotionNet
    correction: Correction = none

    @property
    def size_bytes(self) -> int:
        """Of its weights in float32."""
        return 4 * sum(weights.numel() for weights in self.network.parameters())

    def probabilities(self, faces: Gray) -> Floats:
        """See ``Method``."""
        return predict(self.network, prepare(self.correction(faces)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a network of the comparison is trained."""

    network: NetworkConfig
    epochs: int
    augment: AugmentConfig = WHOLE
    correction: Correction = none
    learning_rate: float = 2e-3
    seeds: tuple[int, ...] = (1,)
    batch_size: int = 0
    """0: as ``BATCHES`` says."""
    workers: int = 0
    device: str = "cpu"
    pretrained: EmotionNet | None = None
    """Fine-tune this one."""
    last_epoch: bool = False
    """Take the last epoch: there are no faces to choose it on."""

    def preset(self, faces: int) -> Preset:
        """As hyperparameters for so many faces."""
        least, most = BATCHES
        size = self.batch_size or max(least, min(most, faces // 100))
        size = max(2, min(size, faces // 2))
        return Preset(
            self.epochs,
            size,
            self.learning_rate,
            warmup_epochs=min(1.0, self.epochs / 10),
            ema_decay=0.998 if self.epochs * faces > 100 * size * 10 else 0.98,
            eval_every=self.epochs if self.last_epoch else 1,
            workers=self.workers,
            network=self.network,
            augment=self.augment,
        )


def train_networks(
    plan: Plan, learn: FaceSet, choose: FaceSet, lamps: LampBank, folder: Path, progress: Progress
) -> list[Trained]:
    """A network for each seed, side by side; one that was stopped goes on from ``folder``.

    The epoch is chosen on ``choose``, as they are and under ``lamps``.
    """
    preset = plan.preset(len(learn))
    runs = [
        TrainingRun(preset, seed, folder / f"seed-{seed}", plan.device, pretrained="given" if plan.pretrained else "")
        for seed in plan.seeds
    ]
    for run in runs:
        run.resume()
        if plan.pretrained and not run.epoch:
            run.load_weights(plan.pretrained)
    relit = lamps if plan.augment.relight_probability else None
    augmenter = CorrectingAugmenter(learn.faces, learn.landmarks, plan.augment, relit, plan.correction)
    labelled = choose.with_label()
    validation = make_validation(labelled.faces, labelled.landmarks, replace(augmenter, lamps=lamps))
    validation = replace(validation, clean_faces=prepare(plan.correction(labelled.images)))
    train(runs, augmenter, validation, progress)
    return [Trained(load_network(run.folder / "best.pt"), plan.correction) for run in runs]


def pretrained_network(path: Path, faces: FaceSet, plan: Plan) -> EmotionNet:
    """An exported network to be fine-tuned on these faces. Raises ``BadFile`` for one of another architecture."""
    preset = plan.preset(len(faces))
    batches = BatchDataset(Augmenter(faces.faces, faces.landmarks, plan.augment, None), preset, 1)
    return load_pretrained(path, plan.network, (batches[i][0] for i in range(min(len(batches), STATISTICS_BATCHES))))
