"""Training of the emotion network: soft labels, relit faces, averaged weights, teachers where there are any."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from models.training.augment import Augmenter
from models.training.batches import Batches
from models.training.distillation import Teachers
from models.training.train_step import Lesson
from models.training.training_run import Run
from models.training.validation import Validation

Told = Callable[[str, float], None]
"""told(line, share): after each epoch, and now and then between (with an empty line)."""


def train(
    runs: Sequence[Run], augmenter: Augmenter, valid: Validation, told: Told, teachers: Teachers | None = None
) -> None:
    """Train runs of one preset beside each other, on the same batches, until its last epoch.

    ``best.pt`` of each is the judged epoch with the best validation score, the mean of the accuracy on clean and on
    relit, darkened validation faces, so that neither is bought with the other. The batches are drawn by the first
    run's seed. A run that was stopped later than the others waits for them.
    """
    preset, first = runs[0].preset, min(run.epoch for run in runs)
    if first >= preset.epochs:
        return
    if teachers:
        clean, dark = valid.judge(teachers.networks, runs[0].device)
        told(f"the teachers together: accuracy {clean.accuracy:.4f}, accuracy_dark {dark.accuracy:.4f}", 0.0)
    batches = Batches(augmenter, preset, runs[0].seed)
    onwards = batches.onwards(first, pinned=runs[0].device.startswith("cuda"))
    learning: list[Run] = []
    for epoch in range(first, preset.epochs):
        if learning != (now := [run for run in runs if run.epoch <= epoch]):
            learning, lesson = now, Lesson(now, teachers)
        began = time.monotonic()
        before = lesson.losses.clone()
        for run in learning:
            run.network.train()
        for i, (faces, votes) in enumerate(islice(onwards, batches.steps)):
            lesson.step(faces, votes, batches.steps)
            if i % 20 == 0:
                told("", (epoch + i / batches.steps) / preset.epochs)
        losses = ((lesson.losses - before) / batches.steps).tolist()
        seconds = time.monotonic() - began
        for run, loss in zip(learning, losses, strict=True):
            run.epoch = epoch + 1
            if run.epoch % preset.judged_every == 0 or run.epoch == preset.epochs:
                _judged(run, valid, loss, seconds, told)


def _judged(run: Run, valid: Validation, loss: float, seconds: float, told: Told) -> None:
    """Judge, save and log."""
    clean, dark = valid.judge([run.averaged], run.device)
    score = (clean.accuracy + dark.accuracy) / 2
    if score > run.best:
        run.best = score
        run.save_averaged("best")
    run.save("last")
    row = {
        "epoch": run.epoch,
        "loss": round(loss, 4),
        "accuracy": round(clean.accuracy, 4),
        "macro_f1": round(clean.macro_f1, 4),
        "accuracy_dark": round(dark.accuracy, 4),
        "seconds": round(seconds, 1),
    }
    _log(run.folder / "log.csv", row)
    line = ", ".join(f"{name} {value}" for name, value in row.items())
    told(f"seed {run.seed}: {line}", run.epoch / run.preset.epochs)


def _log(path: Path, row: dict[str, Any]) -> None:
    fresh = not path.is_file()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        if fresh:
            writer.writeheader()
        writer.writerow(row)
