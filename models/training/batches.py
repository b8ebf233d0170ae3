"""Batches for training, made by any number of processes and the same whatever that number."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from models.arrays import Doubles, Floats, Indices
from models.evaluation.dataset import LabelledFaces
from models.training.augment import Augmenter
from models.training.presets import Preset

Batch = tuple[Tensor, Tensor]
"""Prepared faces (n, 1, 64, 64) and vote shares (n, 8)."""


class BatchDataset(Dataset[Batch]):
    """Every batch of a run by its number. Each has its own seed, so that the number of workers changes nothing."""

    def __init__(self, augmenter: Augmenter, preset: Preset, seed: int) -> None:
        self._augmenter, self._preset, self._seed = augmenter, preset, seed
        self._weights = class_balanced_weights(augmenter.faces, preset.class_balance)
        self.steps_per_epoch = len(augmenter.faces) // preset.batch_size
        self._order: tuple[int, Indices] = (-1, np.empty(0, np.intp))

    def __len__(self) -> int:
        return self.steps_per_epoch * self._preset.epochs

    def __getitem__(self, number: int) -> Batch:
        epoch, i = divmod(number, self.steps_per_epoch)
        size, seed = self._preset.batch_size, self._seed * 100_003 + epoch
        if self._order[0] != epoch:
            count = len(self._weights)
            self._order = epoch, np.random.default_rng(seed).choice(count, count, p=self._weights)
        chosen = self._order[1][i * size : (i + 1) * size]
        rng = np.random.default_rng((seed, i))
        faces, vote_shares = self._augmenter.batch(chosen, rng), self._augmenter.faces.vote_shares[chosen]
        if self._preset.mixup_alpha > 0:
            faces, vote_shares = mixup(faces, vote_shares, self._preset.mixup_alpha, rng)
        return torch.from_numpy(faces), torch.from_numpy(vote_shares)

    def from_epoch(self, epoch: int, pin_memory: bool) -> Iterator[Batch]:
        """All batches from the beginning of ``epoch`` to the end of the run.

        One loader for all epochs: its workers go on while an epoch is evaluated, and start only once.
        """
        workers = self._preset.workers
        return iter(
            DataLoader(
                self,
                batch_size=None,
                sampler=range(epoch * self.steps_per_epoch, len(self)),
                num_workers=workers,
                worker_init_fn=_single_threaded,
                pin_memory=pin_memory,
                prefetch_factor=4 if workers else None,
            )
        )


def _single_threaded(_worker: int) -> None:
    """A worker is one process on one core: OpenCV's own threads would fight for it, or hang after the fork."""
    cv2.setNumThreads(0)


def mixup(faces: Floats, vote_shares: Floats, alpha: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Each face (n, 1, h, w) and its votes (n, 8) blended with another of the batch (Zhang et al. 2018).

    The face whose place it is weighs at least half. The blend is scaled back to deviation 1, as every prepared face.
    """
    other = rng.permutation(len(faces))
    share = rng.beta(alpha, alpha, len(faces)).astype(np.float32)
    share = np.maximum(share, 1 - share)
    across = share[:, None, None, None]
    blend = across * faces + (1 - across) * faces[other]
    blend /= np.maximum(blend.std(axis=(1, 2, 3), keepdims=True), np.float32(0.1))
    return blend, share[:, None] * vote_shares + (1 - share[:, None]) * vote_shares[other]


def class_balanced_weights(faces: LabelledFaces, balance: float) -> Doubles:
    """The probability (n,) that each face is drawn: rare classes more often, faces without an emotion never."""
    frequency = np.maximum(faces.vote_shares.mean(axis=0), 1e-6)
    weight: Doubles = (faces.vote_shares @ frequency**-balance).astype(np.float64)
    weight /= weight.sum()
    return weight
