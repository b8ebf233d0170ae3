"""The training loop: soft labels, relit faces, averaged weights, teachers where there are any."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from calibration.file_writer import write_over
from calibration.progress import Progress
from models.arrays import Integers
from models.training.augment import Augmenter
from models.training.batches import BatchDataset
from models.training.distillation import Teachers
from models.training.fine_tuning import absent_classes, freeze, silence, train_mode
from models.training.train_step import TrainStep
from models.training.training_run import TrainingRun
from models.training.validation import Validation


def train(
    runs: Sequence[TrainingRun],
    augmenter: Augmenter,
    validation: Validation,
    progress: Progress,
    teachers: Teachers | None = None,
) -> None:
    """Train runs of one preset side by side, on the same batches, until its last epoch.

    ``best.pt`` of each is the evaluated epoch with the best validation score, the mean of the accuracy on clean and on
    relit, darkened validation faces, so that neither is bought with the other. The batches are drawn by the first
    run's seed. A run that was stopped later than the others waits for them. A class without a face is never predicted.
    With a preset of ``patience`` what they begin with is evaluated too, and they stop when none has become better for
    so long. ``progress`` gets a line after each evaluation, and '' in between.
    """
    preset, first = runs[0].preset, min(run.epoch for run in runs)
    if first >= preset.epochs:
        return
    if teachers:
        clean, dark = validation.evaluate(teachers.networks, runs[0].device)
        progress(f"the teachers together: accuracy {clean.accuracy:.4f}, accuracy_dark {dark.accuracy:.4f}", 0.0)
    dataset = BatchDataset(augmenter, preset, runs[0].seed)
    batches = dataset.from_epoch(first, pin_memory=runs[0].device.startswith("cuda"))
    absent = absent_classes(augmenter.faces.labels)
    for run in runs:
        freeze(run.network, preset.trained_blocks)
        _silence(run, absent)
        if preset.patience and not run.epoch:
            _log(run, _evaluate(run, validation) | {"loss": 0.0, "seconds": 0.0}, progress)
    active: list[TrainingRun] = []
    for epoch in range(first, preset.epochs):
        if preset.patience and all(run.epoch - run.best_epoch >= preset.patience * preset.eval_every for run in runs):
            progress(f"stopped early: not better since epoch {max(run.best_epoch for run in runs)}", 1.0)
            return
        if active != (due := [run for run in runs if run.epoch <= epoch]):
            active, train_step = due, TrainStep(due, teachers)
        started = time.monotonic()
        before = train_step.losses.clone()
        for run in active:
            train_mode(run.network, preset.trained_blocks)
        for i, (faces, vote_shares) in enumerate(islice(batches, dataset.steps_per_epoch)):
            train_step.step(faces, vote_shares, dataset.steps_per_epoch)
            if i % 20 == 0:
                progress("", (epoch + i / dataset.steps_per_epoch) / preset.epochs)
        losses: list[float] = ((train_step.losses - before) / dataset.steps_per_epoch).tolist()
        seconds = time.monotonic() - started
        for run, loss in zip(active, losses, strict=True):
            run.epoch = epoch + 1
            _silence(run, absent)
            if run.epoch % preset.eval_every == 0 or run.epoch == preset.epochs:
                row = _evaluate(run, validation) | {"loss": round(loss, 4), "seconds": round(seconds, 1)}
                _log(run, row, progress)


LOG = "log.csv"
COLUMNS = ("epoch", "loss", "accuracy", "macro_f1", "accuracy_dark", "seconds")


def logged(folder: Path) -> list[dict[str, str]]:
    """The rows of a run's log so far, by ``COLUMNS``."""
    if not (folder / LOG).is_file():
        return []
    with (folder / LOG).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _silence(run: TrainingRun, absent: Integers) -> None:
    for network in (run.network, run.ema_network):
        silence(network, absent)


def _evaluate(run: TrainingRun, validation: Validation) -> dict[str, float]:
    """Evaluate the averaged network and save the run; its figures."""
    clean, dark = validation.evaluate([run.ema_network], run.device)
    score = (clean.accuracy + dark.accuracy) / 2
    if score > run.best_score:
        run.best_score, run.best_epoch = score, run.epoch
        run.save_ema("best")
    run.save("last")
    return {
        "epoch": run.epoch,
        "accuracy": round(clean.accuracy, 4),
        "macro_f1": round(clean.macro_f1, 4),
        "accuracy_dark": round(dark.accuracy, 4),
    }


def _log(run: TrainingRun, row: dict[str, float], progress: Progress) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    earlier = (old for old in logged(run.folder) if int(old["epoch"]) < run.epoch)  # a killed epoch is made again
    writer.writerows(earlier)
    writer.writerow(row)
    write_over(run.folder / LOG, text.getvalue().encode())
    line = ", ".join(f"{name} {row[name]}" for name in COLUMNS)
    progress(f"seed {run.seed}: {line}", run.epoch / run.preset.epochs)
