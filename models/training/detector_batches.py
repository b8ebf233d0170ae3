"""Batches for the detector: drawn scenes, each seen a few times in other light before it is replaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from models.arrays import Floats, Gray
from models.darkroom.face_bank import mirrored
from models.darkroom.scenes import Scene, SceneSource, Truth
from models.training.detector_config import DetectorPreset
from models.training.detector_targets import targets

SIDE = 256
"""Pixels of the square scenes: room for a face of 200."""
POOL = 384
SEEN_TIMES = 4
"""How often a scene is seen before it is replaced: drawing one takes four times as long as taking its picture."""

Batch = tuple[Tensor, Tensor]
"""Pictures (n, 1, 256, 256) uint8 and what is wanted of them (n, cells, 16)."""


class SceneBatches(IterableDataset[Batch]):
    """Batches without end. Each process that draws them has its own chance, and so has each run that goes on."""

    def __init__(self, source: SceneSource, preset: DetectorPreset, first_step: int = 0) -> None:
        self._source, self._preset, self._first = source, preset, first_step

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        rng = np.random.default_rng((7, self._first, worker.id if worker else 0))
        pool: list[Scene] = []
        while True:
            pictures, wanted = self._draw(pool, rng)
            yield torch.from_numpy(pictures), torch.from_numpy(wanted)

    def loader(self) -> Iterator[Batch]:
        """All batches, drawn by as many processes as the preset says."""
        workers = self._preset.workers
        return iter(
            DataLoader(
                self,
                batch_size=None,
                num_workers=workers,
                worker_init_fn=_single_threaded,
                prefetch_factor=4 if workers else None,
            )
        )

    def _draw(self, pool: list[Scene], rng: np.random.Generator) -> tuple[Gray, Floats]:
        size = self._preset.batch_size
        for _ in range(-(-size // SEEN_TIMES)):
            scene = self._source.draw(SIDE, SIDE, rng)
            if len(pool) < POOL:
                pool.append(scene)
            else:
                pool[int(rng.integers(POOL))] = scene
        pictures, truths = np.empty((size, 1, SIDE, SIDE), np.uint8), []
        for k in range(size):
            scene = pool[int(rng.integers(len(pool)))]
            picture, truth = self._source.seen(scene, rng)
            if rng.random() < 0.5:
                picture, truth = np.asarray(picture[:, ::-1]), flipped(truth, SIDE)
            pictures[k, 0] = picture
            truths.append(truth)
        return pictures, targets(truths, SIDE, SIDE)


def _single_threaded(_worker: int) -> None:
    """As in ``batches``: OpenCV's own threads would fight for the core."""
    cv2.setNumThreads(0)


def flipped(truth: Truth, width: int) -> Truth:
    """The truth of the mirrored picture."""
    if not len(truth.boxes):
        return truth
    boxes = truth.boxes.copy()
    boxes[:, [0, 2]] = width - boxes[:, [2, 0]]
    return replace(truth, boxes=boxes, landmarks=np.stack([mirrored(five, width) for five in truth.landmarks]))
