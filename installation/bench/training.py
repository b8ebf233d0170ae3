"""How many faces a second training can be fed and can learn from: tells before a long run whether it will be short."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from installation.bench.report import Figure, Progress, Report
from models.evaluation.dataset import LabelledFaces
from models.lighting.relight import training_lamps
from models.seeing.align import TEMPLATE
from models.training.augment import Augmenter

FACES, SECONDS = 2048, 5.0
NOTES = (
    "feeding: one process; a run has as many as its preset's workers, and needs feeding > learning to keep a GPU busy.",
    "one epoch of FER+ is 28,558 faces.",
)


def run(progress: Progress) -> Report:
    """Feeding by one process, then steps of the presets that this machine is for (cpu; gpu and teacher with CUDA)."""
    from models.training.presets import PRESETS
    from models.training.timing import cuda_name, training_step

    progress("lamps", 0.0)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(0)  # as in a worker
    rng = np.random.default_rng(1)
    images = tuple(rng.integers(0, 256, (FACES, 48, 48), np.uint8))
    shares = rng.dirichlet(np.ones(8), FACES).astype(np.float32)
    faces = LabelledFaces(images, shares, shares.argmax(1))
    five = np.repeat(TEMPLATE[None] * np.float32(0.75), FACES, axis=0)
    lamps = training_lamps(count=24)
    figures = []
    for name in ("cpu", "gpu"):
        progress(f"feeding, {name}", 0.3)
        augmenter = Augmenter(faces, five, PRESETS[name].augment, lamps)
        chosen = np.arange(PRESETS[name].batch_size)
        rate = len(chosen) * _a_second(partial(augmenter.batch, chosen, rng))
        figures.append(Figure(f"feeding, preset {name}", rate, "faces/s"))
    cv2.setNumThreads(threads)
    device = cuda_name() or "CPU"
    for name in ("gpu", "teacher", "baseline") if cuda_name() else ("cpu",):
        progress(f"learning, {name}", 0.6)
        with training_step(PRESETS[name]) as step:
            figures.append(
                Figure(f"learning, preset {name}, {device}", PRESETS[name].batch_size * _a_second(step), "faces/s")
            )
    return Report("training", tuple(figures), NOTES)


def _a_second(call: Callable[[], object]) -> float:
    for _ in range(5):  # on a GPU the fourth is recorded
        call()
    count, began = 0, time.monotonic()
    while time.monotonic() - began < SECONDS:
        call()
        count += 1
    return count / (time.monotonic() - began)
