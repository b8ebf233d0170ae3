"""Faces per second that can be augmented and learned from: how long a training will take, measured beforehand."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from calibration.extras import needs_extra
from installation.bench.report import Figure, Progress, Report
from models.evaluation.dataset import LabelledFaces
from models.seeing.align import TEMPLATE
from models.training.augment import Augmenter
from models.training.training_light import lent_detail, training_light

FACES, SECONDS = 2048, 5.0
NOTES = (
    "feeding: one process augments; a run has the preset's workers, and needs feeding > learning to keep a GPU busy.",
    "one epoch of FER+ is 28,558 faces.",
)


def run(progress: Progress) -> Report:
    """Feeding by one process, then training steps: of preset cpu, or with CUDA of gpu, teacher and baseline."""
    needs_extra("train", "this benchmark", "torch")
    from models.training.presets import PRESETS
    from models.training.timing import cuda_name, training_step

    progress("lamps", 0.0)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(0)  # as in a worker
    rng = np.random.default_rng(1)
    images = tuple(rng.integers(0, 256, (FACES, 48, 48), np.uint8))
    vote_shares = rng.dirichlet(np.ones(8), FACES).astype(np.float32)
    faces = LabelledFaces(images, vote_shares, vote_shares.argmax(1))
    landmarks = np.repeat(TEMPLATE[None] * np.float32(0.75), FACES, axis=0)
    lamps = training_light(count=24, detail=lent_detail(faces, landmarks, np.ones(FACES, np.bool_)))
    figures = []
    for name in ("cpu", "gpu"):
        progress(f"feeding, {name}", 0.3)
        augmenter = Augmenter(faces, landmarks, PRESETS[name].augment, lamps)
        chosen = np.arange(PRESETS[name].batch_size)
        rate = len(chosen) * _calls_per_second(partial(augmenter.batch, chosen, rng))
        figures.append(Figure(f"feeding, preset {name}", rate, "faces/s"))
    cv2.setNumThreads(threads)
    device = cuda_name() or "CPU"
    for name in ("gpu", "teacher", "baseline") if cuda_name() else ("cpu",):
        progress(f"learning, {name}", 0.6)
        with training_step(PRESETS[name]) as step:
            figures.append(
                Figure(
                    f"learning, preset {name}, {device}", PRESETS[name].batch_size * _calls_per_second(step), "faces/s"
                )
            )
    return Report("training", tuple(figures), NOTES)


def _calls_per_second(call: Callable[[], object]) -> float:
    for _ in range(5):  # on a GPU the fourth is captured as a graph
        call()
    count, started = 0, time.monotonic()
    while time.monotonic() - started < SECONDS:
        call()
        count += 1
    return count / (time.monotonic() - started)
