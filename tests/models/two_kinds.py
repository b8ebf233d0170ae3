"""Two kinds of 'faces' that a tiny network can tell apart in seconds: training without FER+."""

import numpy as np

from models.evaluation.dataset import LabelledFaces
from models.lighting.relight import Lamp, LampBank, read_face_maps
from models.seeing.align import SIDE, TEMPLATE
from models.training.augment import AugmentConfig, Augmenter
from models.training.network_config import NetworkConfig
from models.training.presets import Preset

TINY = Preset(
    2,
    16,
    4e-3,
    warmup_epochs=0.1,
    ema_decay=0.9,
    network=NetworkConfig((8, 16), (1, 1), 0.0),
    augment=AugmentConfig(relight_probability=0.2),
)


def two_kinds(n: int, seed: int) -> LabelledFaces:
    """Two kinds of 'faces' that a small network can tell apart: bright above, or bright below."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    images = rng.integers(60, 120, (n, SIDE, SIDE), np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[32 * label : 32 * label + 32] += 100
    return LabelledFaces(tuple(images), np.eye(8, dtype=np.float32)[labels], labels.astype(np.int64))


def tiny_augmenter(n: int = 192) -> Augmenter:
    lamps = LampBank(read_face_maps("bench"), [Lamp(0, 30, 5)])
    return Augmenter(two_kinds(n, 1), np.repeat(TEMPLATE[None], n, axis=0), TINY.augment, lamps)
