"""The validation faces that a training run is evaluated on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from calibration.array_file import FLAGS, FLOAT_CUBE, load_arrays, save_arrays
from calibration.errors import BadFile
from models.arrays import Floats, Integers, Mask
from models.evaluation.dataset import LabelledFaces
from models.evaluation.landmarks import aligned_faces, find_landmarks
from models.evaluation.metrics import Scores, scores
from models.seeing.align import prepare
from models.training.augment import AugmentConfig, Augmenter
from models.training.network import EmotionNet
from models.training.precision import mixed_precision


def cached_landmarks(faces: LabelledFaces, folder: Path, progress: Callable[[float], None]) -> tuple[Floats, Mask]:
    """Landmarks (n, 5, 2) of the faces and whether they were found (n,), kept in ``folder`` for the next time.

    They are somebody's: readable by their owner alone. Raises ``OSError`` where they cannot be kept.
    """
    path = folder / f"landmarks-{faces.fingerprint()[:16]}.npz"
    if path.is_file():
        with suppress(BadFile):  # a torn one is made anew
            kept = load_arrays(path, {"five": FLOAT_CUBE, "found": FLAGS})
            return kept["five"], kept["found"]
    landmarks, found = find_landmarks(faces.images, progress)
    save_arrays(path, {"five": landmarks, "found": found}, private=True)
    return landmarks, found


@dataclass(frozen=True, slots=True, eq=False)
class Validation:
    """Prepared validation faces (n, 1, 64, 64), clean and dark, and their labels (n,)."""

    labels: Integers
    clean_faces: Floats
    dark_faces: Floats

    def evaluate(self, networks: Sequence[EmotionNet], device: str) -> tuple[Scores, Scores]:
        """Figures of the networks' mean answer on the clean and on the dark faces."""
        clean, dark = (
            np.mean([predict(network, faces, device) for network in networks], axis=0)
            for faces in (self.clean_faces, self.dark_faces)
        )
        return scores(clean, self.labels), scores(dark, self.labels)


def make_validation(faces: LabelledFaces, landmarks: Floats, augmenter: Augmenter) -> Validation:
    """Validation faces as they are, and once relit and darkened with a fixed seed.

    Lamps and exposures are those of ``augmenter``; ``landmarks`` (n, 5, 2) in pixels of each image.
    """
    dark_only = AugmentConfig(
        rotation_degrees=2,
        scale=0.02,
        aspect=0.0,
        translate_pixels=0.7,
        relight_probability=1.0,
        exposure_probability=1.0,
        face_means=augmenter.config.face_means,
        erase_probability=0.0,
    )
    shown = replace(augmenter, faces=faces, landmarks=landmarks, config=dark_only)
    dark = shown.batch(np.arange(len(faces)), np.random.default_rng(20))
    return Validation(faces.labels, prepare(aligned_faces(faces.images, landmarks)), dark)


@torch.no_grad()
def predict(network: EmotionNet, faces: Floats, device: str = "cpu") -> Floats:
    """Probabilities (n, 8) for prepared faces (n, 1, 64, 64), without temperature."""
    network.eval()
    parts = []
    for part in torch.from_numpy(faces).split(256):  # type: ignore[no-untyped-call]  # torch carries no types here
        views = network.local_contrast(part.to(device)).contiguous(memory_format=torch.channels_last)
        with mixed_precision(device):
            logits, _ = network.forward_views(views)
        parts.append(logits.float().softmax(1).cpu().numpy())
    return np.concatenate(parts)
