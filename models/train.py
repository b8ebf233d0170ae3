"""Training of the emotion network: soft labels, relit faces, averaged weights; presets are plain values."""

from __future__ import annotations

import csv
import math
import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from models.align import prepare
from models.augment import Augmenter, Strength
from models.faces import LabelledFaces
from models.landmarks import aligned_faces, find_landmarks
from models.measure import Scores, scores
from models.network import EmotionNet, Shape


@dataclass(frozen=True, slots=True)
class Preset:
    """Everything that a training run is made of, beside its faces and its seed."""

    epochs: int
    batch: int = 128
    rate: float = 2e-3
    decay: float = 0.02
    warm_up_epochs: float = 1.0
    keep: float = 0.998
    """Share of the averaged weights that stays at each step."""
    smooth: float = 0.02
    """Share of every label given to all classes."""
    level: float = 0.3
    """0: faces as often as they come; 1: every class equally often."""
    lamps: int = 160
    """Lamps in the bank that faces are relit from; each is computed for 16 heads before training begins."""
    threads: int = 1
    workers: int = 0
    """Processes that relight and darken; 0: the training process itself."""
    shape: Shape = field(default_factory=Shape)
    strength: Strength = field(default_factory=Strength)


PRESETS = {
    "quick": Preset(epochs=6, lamps=24, strength=Strength(relit=0.3, dark=0.4, hidden=0.0)),
    "cpu": Preset(epochs=33, strength=Strength(relit=0.4, dark=0.5, hidden=0.15)),
    "gpu": Preset(epochs=150, batch=256, rate=3e-3, threads=4, workers=12, shape=Shape(blocks=(2, 2, 2, 2))),
}

Batch = tuple[Tensor, Tensor]
"""Prepared faces (n, 1, 64, 64) and vote shares (n, 8)."""
Told = Callable[[str, float], None]
"""told(line, share): after each epoch, and now and then between (with an empty line)."""


@dataclass(slots=True)
class Run:
    """A training run that can be stopped after any epoch and taken up again from its folder."""

    preset: Preset
    seed: int
    folder: Path
    device: str = "cpu"
    epoch: int = 0
    step: int = 0
    best: float = -1.0
    network: EmotionNet = field(init=False)
    averaged: EmotionNet = field(init=False)
    optimizer: torch.optim.Optimizer = field(init=False)

    def __post_init__(self) -> None:
        torch.manual_seed(self.seed)
        random.seed(self.seed)
        torch.set_num_threads(self.preset.threads)
        self.network = EmotionNet(self.preset.shape).to(self.device, memory_format=torch.channels_last)
        self.averaged = EmotionNet(self.preset.shape).to(self.device, memory_format=torch.channels_last)
        self.averaged.load_state_dict(self.network.state_dict())
        weights = [p for p in self.network.parameters() if p.ndim > 1]
        others = [p for p in self.network.parameters() if p.ndim <= 1]  # no decay for biases and norms
        groups = [{"params": weights, "weight_decay": self.preset.decay}, {"params": others, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=self.preset.rate, fused=True)
        self.folder.mkdir(parents=True, exist_ok=True)

    def resume(self) -> None:
        """Take up from the last checkpoint of the folder, if there is one."""
        path = self.folder / "last.pt"
        if not path.is_file():
            return
        saved = torch.load(path, map_location=self.device, weights_only=True)
        self.network.load_state_dict(saved["network"])
        self.averaged.load_state_dict(saved["averaged"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.epoch, self.step, self.best = saved["epoch"], saved["step"], saved["best"]

    def save(self, name: str) -> None:
        """Write a checkpoint, whole or not at all."""
        part = self.folder / f"{name}.part"
        torch.save(
            {
                "network": self.network.state_dict(),
                "averaged": self.averaged.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "epoch": self.epoch,
                "step": self.step,
                "best": self.best,
                "seed": self.seed,
                "shape": asdict(self.preset.shape),
            },
            part,
        )
        part.replace(self.folder / f"{name}.pt")


def train(run: Run, augmenter: Augmenter, valid: Validation, told: Told) -> None:
    """Train until the preset's last epoch; ``best.pt`` is the epoch with the best validation score.

    The score is the mean of the accuracy on clean and on relit, darkened validation faces, so that neither is bought
    with the other.
    """
    weights = leveled(augmenter.faces, run.preset.level)
    steps = len(augmenter.faces) // run.preset.batch
    while run.epoch < run.preset.epochs:
        began = time.monotonic()
        loss = _one_epoch(run, augmenter, weights, steps, told)
        run.epoch += 1
        clean, dark = valid.clean(run.averaged, run.device), valid.dark(run.averaged, run.device)
        score = (clean.accuracy + dark.accuracy) / 2
        if score > run.best:
            run.best = score
            run.save("best")
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


def _one_epoch(run: Run, augmenter: Augmenter, weights: NDArray[np.float64], steps: int, told: Told) -> float:
    seed = run.seed * 100_003 + run.epoch
    order = np.random.default_rng(seed).choice(len(weights), len(weights), p=weights)
    batches = DataLoader(
        Epoch(augmenter, order, run.preset.batch, seed), batch_size=None, num_workers=run.preset.workers
    )
    run.network.train()
    total = 0.0
    for faces, shares in batches:
        _set_rate(run, steps)
        x, y = faces.to(run.device, non_blocking=True), shares.to(run.device, non_blocking=True)
        loss = soft_loss(run.network, x, y, run.preset.smooth, run.device)
        run.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(run.network.parameters(), 2.0)
        run.optimizer.step()
        run.step += 1
        _average(run)
        total += float(loss.detach())
        if run.step % 20 == 0:
            told("", run.step / (steps * run.preset.epochs))
    return total / steps


class Epoch(Dataset[Batch]):
    """The batches of one epoch, each with a seed of its own, so that the number of workers changes nothing."""

    def __init__(self, augmenter: Augmenter, order: NDArray[np.intp], size: int, seed: int) -> None:
        self._augmenter, self._order, self._size, self._seed = augmenter, order, size, seed

    def __len__(self) -> int:
        return len(self._order) // self._size

    def __getitem__(self, i: int) -> Batch:
        if i >= len(self):
            raise IndexError(i)
        chosen = self._order[i * self._size : (i + 1) * self._size]
        faces = self._augmenter.batch(chosen, np.random.default_rng((self._seed, i)))
        return torch.from_numpy(faces), torch.from_numpy(self._augmenter.faces.shares[chosen])


def soft_loss(network: EmotionNet, faces: Tensor, shares: Tensor, smooth: float, device: str) -> Tensor:
    """Cross-entropy against the taggers' shares, a little smoothed. bf16 where it is quicker (both CPU and GPU)."""
    with torch.autocast(device.split(":")[0], torch.bfloat16):
        logits, _ = network(faces.contiguous(memory_format=torch.channels_last))
    wanted = shares * (1 - smooth) + smooth / shares.shape[1]
    return -(wanted * functional.log_softmax(logits.float(), dim=1)).sum(1).mean()


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
    for mean, new in zip(run.averaged.state_dict().values(), run.network.state_dict().values(), strict=True):
        if mean.dtype.is_floating_point:
            mean.lerp_(new, 1 - keep)
        else:
            mean.copy_(new)


def leveled(faces: LabelledFaces, level: float) -> NDArray[np.float64]:
    """How often each face is drawn (sums to 1): rare classes more often, faces without an emotion never."""
    share = np.maximum(faces.shares.mean(axis=0), 1e-6)
    weight: NDArray[np.float64] = (faces.shares @ share**-level).astype(np.float64)
    return weight / weight.sum()


def landmarks_once(
    faces: LabelledFaces, folder: Path, progress: Callable[[float], None]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Landmarks of the faces and whether they were found, kept in ``folder`` for the next time."""
    path = folder / f"landmarks-{faces.fingerprint()[:16]}.npz"
    if not path.is_file():
        five, found = find_landmarks(faces.images, progress)
        np.savez(path, five=five, found=found)
    with np.load(path) as file:
        return file["five"], file["found"]


@dataclass(frozen=True, slots=True, eq=False)
class Validation:
    """Prepared validation faces, clean and dark, that a run is judged by."""

    labels: NDArray[np.int64]
    clean_faces: NDArray[np.float32]
    dark_faces: NDArray[np.float32]
    dark_labels: NDArray[np.int64]

    def clean(self, network: EmotionNet, device: str) -> Scores:
        return scores(probabilities(network, self.clean_faces, device), self.labels)

    def dark(self, network: EmotionNet, device: str) -> Scores:
        return scores(probabilities(network, self.dark_faces, device), self.dark_labels)


def validation(faces: LabelledFaces, landmarks: NDArray[np.float32], augmenter: Augmenter | None) -> Validation:
    """Validation faces as they are, and once relit and darkened with a fixed seed (none: only as they are)."""
    labels = faces.labels
    clean = prepare(aligned_faces(faces.images, landmarks))
    if augmenter is None:
        return Validation(labels, clean, clean, labels)
    still = Strength(turn_degrees=2, scale=0.02, stretch=0.0, shift=0.7, relit=1.0, dark=1.0, hidden=0.0)
    dark = replace(augmenter, faces=faces, landmarks=landmarks, strength=still)
    rng = np.random.default_rng(20)
    return Validation(labels, clean, dark.batch(np.arange(len(faces)), rng), labels)


@torch.no_grad()
def probabilities(network: EmotionNet, faces: NDArray[np.float32], device: str = "cpu") -> NDArray[np.float32]:
    """(n, 8) for prepared faces (n, 1, 64, 64), without temperature."""
    network.eval()
    parts = []
    for part in torch.from_numpy(faces).split(256):
        with torch.autocast(device.split(":")[0], torch.bfloat16):
            logits, _ = network(part.to(device).contiguous(memory_format=torch.channels_last))
        parts.append(logits.float().softmax(1).cpu().numpy())
    return np.concatenate(parts)


def _log(path: Path, row: dict[str, Any]) -> None:
    fresh = not path.is_file()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        if fresh:
            writer.writeheader()
        writer.writerow(row)
