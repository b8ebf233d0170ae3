"""The hyperparameters of a training run, and the presets: plain values, without PyTorch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from models.training.augment import AugmentConfig
from models.training.network_config import NetworkConfig


@dataclass(frozen=True, slots=True)
class Preset:
    """The hyperparameters of a training run: all but its faces, its seed and its teachers."""

    epochs: int
    batch_size: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    warmup_epochs: float = 1.0
    ema_decay: float = 0.998
    """Share of the exponential moving average of the weights (EMA) that stays at each step."""
    label_smoothing: float = 0.02
    """Share of every label that is given to all classes alike (Szegedy et al. 2016)."""
    class_balance: float = 0.3
    """0: faces as often as they come; 1: every class equally often."""
    mixup_alpha: float = 0.0
    """Faces and their votes are blended in pairs by shares from Beta(alpha, alpha); 0: none (Zhang et al. 2018)."""
    distillation_weight: float = 0.7
    """With teachers: their share of the label; the rest is the annotators' votes."""
    distillation_temperature: float = 1.0
    """Temperature at which teachers and student are compared (Hinton et al. 2015). At 1 the teachers, who learned vote
    shares, give what they predict the votes to be."""
    clean_answer_weight: float = 0.0
    """When fine-tuning: share of every label that is what the pretrained network says of the face in clean light, so
    that a face gets one answer in every light; the rest is the annotators' votes."""
    student_shift_pixels: float = 0.0
    """With teachers: the student sees each face shifted from where they see it, by up to so many pixels of 64."""
    eval_every: int = 1
    """Epochs after which a run is evaluated, logged and saved."""
    patience: int = 0
    """Evaluations without a better one after which a run stops early; 0: it goes on to its last epoch."""
    trained_blocks: int | None = None
    """Only the head and the last so many residual blocks learn, batch norms keep their statistics; None: all learn."""
    begins_with_shipped: bool = False
    """It fine-tunes the shipped network unless another one is named."""
    lamp_count: int = 160
    """Lamps in the bank that faces are relit from; each is computed for 40 heads before training starts."""
    threads: int = 1
    workers: int = 0
    """Processes that augment; 0: the training process itself."""
    network: NetworkConfig = field(default_factory=NetworkConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)


_GPU = Preset(
    epochs=100,
    batch_size=256,
    learning_rate=3e-3,
    weight_decay=0.05,
    warmup_epochs=3,
    ema_decay=0.999,
    mixup_alpha=0.2,
    eval_every=10,
    threads=4,
    workers=14,
    augment=AugmentConfig(relight_probability=0.55, exposure_probability=0.45, erase_probability=0.25),
)

PRESETS = {
    "quick": Preset(
        epochs=6,
        lamp_count=24,
        augment=AugmentConfig(relight_probability=0.3, exposure_probability=0.4, erase_probability=0.0),
    ),
    "cpu": Preset(
        epochs=33,
        augment=AugmentConfig(relight_probability=0.4, exposure_probability=0.5, erase_probability=0.15),
    ),
    # A patient student that sees just what its teachers see, blended faces too (Beyer et al. 2021).
    "gpu": replace(
        _GPU,
        epochs=240,
        weight_decay=0.03,
        student_shift_pixels=2.0,
        network=NetworkConfig(blocks=(2, 2, 2, 2), avg_pool_shortcut=True),
    ),
    # A trained network brought under light as fine as that of photographs, on one CPU core; needs --pretrained. All of
    # it learns: with the first stage left as it is accuracy stands still after half of the epochs. Under that light it
    # does not overfit (training and validation faces are read equally well), so nothing is blended, and little is
    # dropped or erased.
    "finetune": replace(
        _GPU,
        epochs=18,
        batch_size=128,
        learning_rate=7e-4,
        weight_decay=0.03,
        warmup_epochs=0.7,
        ema_decay=0.998,
        mixup_alpha=0.0,
        clean_answer_weight=0.7,
        eval_every=1,
        threads=1,
        workers=0,
        network=NetworkConfig(blocks=(2, 2, 2, 2), dropout=0.1, avg_pool_shortcut=True),
        augment=AugmentConfig(
            relight_probability=0.7,
            relief_probability=0.2,
            exposure_probability=0.45,
            face_means=(10.0, 150.0),
            small_probability=0.2,
            erase_probability=0.1,
        ),
    ),
    "teacher": replace(
        _GPU,
        network=NetworkConfig(
            (64, 128, 256, 384), (2, 2, 2, 2), dropout=0.4, squeeze_excite=True, avg_pool_shortcut=True
        ),
    ),
    # As it was trained before us: neither other lamps nor darkness. On a GPU; a CPU needs half an hour an epoch.
    "baseline": Preset(
        epochs=60,
        batch_size=256,
        learning_rate=1e-3,
        eval_every=10,
        threads=4,
        workers=14,
        network=NetworkConfig(arch="baseline_cnn"),
        augment=AugmentConfig(relight_probability=0.0, exposure_probability=0.0, erase_probability=0.0),
    ),
    # A small set of one's own, from the shipped network: the last stage and the head alone, minutes of one core.
    "own": Preset(
        epochs=40,
        batch_size=32,
        learning_rate=5e-4,
        ema_decay=0.98,
        label_smoothing=0.05,
        class_balance=0.5,
        patience=6,
        trained_blocks=2,
        begins_with_shipped=True,
        lamp_count=24,
        network=NetworkConfig(blocks=(2, 2, 2, 2), avg_pool_shortcut=True),
        augment=AugmentConfig(relight_probability=0.3, exposure_probability=0.4, erase_probability=0.15),
    ),
}
"""Teachers differ by their seeds; in float16 their weights must stay below 16 MiB, to be copied around easily
(``export.save_float16_weights``)."""

OLD_NAMES = {"six": "baseline"}
"""Presets that had another name: still accepted, and no longer shown, for one release."""
