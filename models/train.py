"""Training of the emotion network: soft labels, relit faces, averaged weights, teachers where there are any."""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models.augment import Augmenter
from models.batches import Batch, Batches
from models.distil import Teachers, soft_loss
from models.run import Run
from models.validation import Validation

Told = Callable[[str, float], None]
"""told(line, share): after each epoch, and now and then between (with an empty line)."""


def train(run: Run, augmenter: Augmenter, valid: Validation, told: Told, teachers: Teachers | None = None) -> None:
    """Train until the preset's last epoch; ``best.pt`` is the epoch with the best validation score.

    The score is the mean of the accuracy on clean and on relit, darkened validation faces, so that neither is bought
    with the other.
    """
    if run.epoch >= run.preset.epochs:
        return
    if teachers:
        clean, dark = valid.judge(teachers.networks, run.device)
        told(f"the teachers together: accuracy {clean.accuracy:.4f}, accuracy_dark {dark.accuracy:.4f}", 0.0)
    batches = Batches(augmenter, run.preset, run.seed)
    onwards = batches.onwards(run.epoch, pinned=run.device.startswith("cuda"))
    while run.epoch < run.preset.epochs:
        began = time.monotonic()
        loss = _one_epoch(run, onwards, batches.steps, told, teachers)
        run.epoch += 1
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
            "seconds": round(time.monotonic() - began, 1),
        }
        _log(run.folder / "log.csv", row)
        told(", ".join(f"{name} {value}" for name, value in row.items()), run.epoch / run.preset.epochs)


def _one_epoch(run: Run, onwards: Iterator[Batch], steps: int, told: Told, teachers: Teachers | None) -> float:
    run.network.train()
    total = torch.zeros((), device=run.device)  # asked for once: each look at a GPU's number makes it wait
    for faces, shares in islice(onwards, steps):
        total += step(run, faces, shares, steps, teachers)
        if run.step % 20 == 0:
            told("", run.step / (steps * run.preset.epochs))
    return float(total) / steps


def step(run: Run, faces: Tensor, shares: Tensor, steps: int, teachers: Teachers | None = None) -> Tensor:
    """Learn from one batch; its loss. ``steps``: in an epoch."""
    _set_rate(run, steps)
    x, y = faces.to(run.device, non_blocking=True), shares.to(run.device, non_blocking=True)
    loss = soft_loss(run.network, x, y, run.preset, run.device, teachers)
    run.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(run.network.parameters(), 2.0)
    run.optimizer.step()
    run.step += 1
    _average(run)
    return loss.detach()


def _set_rate(run: Run, steps: int) -> None:
    """Warm up, then half a cosine down to nearly nothing."""
    warm, last = run.preset.warm_up_epochs * steps, run.preset.epochs * steps
    rising = min(1.0, (run.step + 1) / max(warm, 1))
    falling = 0.5 * (1 + math.cos(math.pi * min(1.0, run.step / last)))
    for group in run.optimizer.param_groups:
        group["lr"] = run.preset.rate * rising * max(falling, 0.002)


@torch.no_grad()
def _average(run: Run) -> None:
    """Move the averaged weights towards the new ones; at first quickly, or the first epochs are judged by noise."""
    keep = min(run.preset.keep, (1 + run.step) / (10 + run.step))
    means, news = (
        [value for value in network.state_dict().values() if value.dtype.is_floating_point]
        for network in (run.averaged, run.network)
    )
    torch._foreach_lerp_(means, news, 1 - keep)  # one call: a hundred small ones keep a GPU waiting


def _log(path: Path, row: dict[str, Any]) -> None:
    fresh = not path.is_file()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        if fresh:
            writer.writeheader()
        writer.writerow(row)
