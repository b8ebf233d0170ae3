"""Batches for training, made by as many processes as wanted and the same for any number of them."""

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


class Batches(Dataset[Batch]):
    """Every batch of a run by its number. Each has its own seed, so that the number of workers changes nothing."""

    def __init__(self, augmenter: Augmenter, preset: Preset, seed: int) -> None:
        self._augmenter, self._preset, self._seed = augmenter, preset, seed
        self._weights = leveled(augmenter.faces, preset.level)
        self.steps = len(augmenter.faces) // preset.batch
        """In one epoch."""
        self._order: tuple[int, Indices] = (-1, np.empty(0, np.intp))

    def __len__(self) -> int:
        return self.steps * self._preset.epochs

    def __getitem__(self, number: int) -> Batch:
        epoch, i = divmod(number, self.steps)
        size, seed = self._preset.batch, self._seed * 100_003 + epoch
        if self._order[0] != epoch:
            count = len(self._weights)
            self._order = epoch, np.random.default_rng(seed).choice(count, count, p=self._weights)
        chosen = self._order[1][i * size : (i + 1) * size]
        rng = np.random.default_rng((seed, i))
        faces, shares = self._augmenter.batch(chosen, rng), self._augmenter.faces.shares[chosen]
        if self._preset.mix > 0:
            faces, shares = mixed(faces, shares, self._preset.mix, rng)
        return torch.from_numpy(faces), torch.from_numpy(shares)

    def onwards(self, epoch: int, pinned: bool) -> Iterator[Batch]:
        """All batches from the beginning of ``epoch`` to the end of the run.

        One loader for all epochs: its workers go on while an epoch is judged, and start only once.
        """
        workers = self._preset.workers
        numbers = range(epoch * self.steps, len(self))
        return iter(
            DataLoader(
                self,
                batch_size=None,
                sampler=numbers,
                num_workers=workers,
                worker_init_fn=_alone,
                pin_memory=pinned,
                prefetch_factor=4 if workers else None,
            )
        )


def _alone(worker: int) -> None:
    """A worker is one process on one core: OpenCV's own threads would fight for it, or hang after the fork."""
    cv2.setNumThreads(0)


def mixed(faces: Floats, shares: Floats, mix: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Each face blended with another of the batch, and brought back to deviation 1, as every face comes prepared."""
    other = rng.permutation(len(faces))
    mine = rng.beta(mix, mix, len(faces)).astype(np.float32)
    mine = np.maximum(mine, 1 - mine)
    across = mine[:, None, None, None]
    blend = across * faces + (1 - across) * faces[other]
    blend /= np.maximum(blend.std(axis=(1, 2, 3), keepdims=True), np.float32(0.1))
    return blend, mine[:, None] * shares + (1 - mine[:, None]) * shares[other]


def leveled(faces: LabelledFaces, level: float) -> Doubles:
    """How often each face is drawn (sums to 1): rare classes more often, faces without an emotion never."""
    share = np.maximum(faces.shares.mean(axis=0), 1e-6)
    weight: Doubles = (faces.shares @ share**-level).astype(np.float64)
    return weight / weight.sum()
