"""The validation faces that a training run is judged by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from models.arrays import Floats, Integers, Mask
from models.evaluation.dataset import LabelledFaces
from models.evaluation.landmarks import aligned_faces, find_landmarks
from models.evaluation.metrics import Scores, scores
from models.seeing.align import prepare
from models.training.augment import Augmenter, Strength
from models.training.network import EmotionNet
from models.training.precision import half


def landmarks_once(faces: LabelledFaces, folder: Path, progress: Callable[[float], None]) -> tuple[Floats, Mask]:
    """Landmarks of the faces and whether they were found, kept in ``folder`` for the next time."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"landmarks-{faces.fingerprint()[:16]}.npz"
    if not path.is_file():
        five, found = find_landmarks(faces.images, progress)
        np.savez(path, five=five, found=found)
    with np.load(path) as file:
        return file["five"], file["found"]


@dataclass(frozen=True, slots=True, eq=False)
class Validation:
    """Prepared validation faces, clean and dark, that a run is judged by."""

    labels: Integers
    clean_faces: Floats
    dark_faces: Floats

    def judge(self, networks: Sequence[EmotionNet], device: str) -> tuple[Scores, Scores]:
        """Figures of the networks' mean answer on the clean and on the dark faces."""
        clean, dark = (
            np.mean([probabilities(network, faces, device) for network in networks], axis=0)
            for faces in (self.clean_faces, self.dark_faces)
        )
        return scores(clean, self.labels), scores(dark, self.labels)


def validation(faces: LabelledFaces, landmarks: Floats, augmenter: Augmenter, only_dark: bool = False) -> Validation:
    """Validation faces as they are, and once relit and darkened with a fixed seed (or only so)."""
    means = augmenter.strength.means
    still = Strength(2, 0.02, stretch=0.0, shift=0.7, relit=1.0, dark=1.0, means=means, hidden=0.0)
    shown = replace(augmenter, faces=faces, landmarks=landmarks, strength=still)
    dark = shown.batch(np.arange(len(faces)), np.random.default_rng(20))
    clean = dark if only_dark else prepare(aligned_faces(faces.images, landmarks))
    return Validation(faces.labels, clean, dark)


@torch.no_grad()
def probabilities(network: EmotionNet, faces: Floats, device: str = "cpu") -> Floats:
    """(n, 8) for prepared faces (n, 1, 64, 64), without temperature."""
    network.eval()
    parts = []
    for part in torch.from_numpy(faces).split(256):
        views = network.local_contrast(part.to(device)).contiguous(memory_format=torch.channels_last)
        with half(device):
            logits, _ = network.judge(views)
        parts.append(logits.float().softmax(1).cpu().numpy())
    return np.concatenate(parts)
