"""The detector's training: loss, averaged weights, checkpoints from which a stopped run goes on."""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from calibration.progress import Progress
from models.seeing.one_shot import cell_centres, cell_strides
from models.training.checkpoint import Parts, read_parts, write_parts
from models.training.detector_batches import Batch
from models.training.detector_config import DetectorPreset
from models.training.detector_network import DetectorNet, decoded

CHECKPOINT = "last.pt"


class DetectorRun:
    """A training that can be stopped and gone on with: network, averaged network, optimiser, step."""

    def __init__(self, preset: DetectorPreset, folder: Path, device: str = "cpu", faces: str = "") -> None:
        torch.manual_seed(1)
        self.preset, self.folder, self.device, self.faces, self.step = preset, folder, device, faces, 0
        self.network = DetectorNet().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.ema_network = copy.deepcopy(self.network).eval()
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=preset.learning_rate, weight_decay=preset.weight_decay
        )

    def resume(self) -> None:
        """Go on from the folder's checkpoint, if there is one. Raises ``BadFile``, also for one of other faces."""
        if (self.folder / CHECKPOINT).is_file():
            self.step = read_parts(self.folder / CHECKPOINT, self._parts(), self.faces, self.device)

    def save(self) -> None:
        """Write the checkpoint, whole or not at all."""
        write_parts(self.folder / CHECKPOINT, self._parts(), self.step, self.faces)

    def _parts(self) -> Parts:
        return {"network": self.network, "ema": self.ema_network, "optimiser": self.optimiser}

    def learning_rate(self) -> float:
        """Warm up, then a cosine down to a hundredth."""
        preset = self.preset
        if self.step < preset.warmup_steps:
            return preset.learning_rate * (self.step + 1) / preset.warmup_steps
        share = (self.step - preset.warmup_steps) / max(preset.steps - preset.warmup_steps, 1)
        return preset.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(share, 1.0))))

    def train_step(self, pictures: Tensor, wanted: Tensor) -> dict[str, float]:
        """One step on a batch; its losses."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate()
        self.network.train()
        x = pictures.to(self.device).float().contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.split(":")[0], torch.bfloat16):
            answers = self.network(x)
        parts = losses(answers.float(), wanted.to(self.device), (pictures.shape[-2], pictures.shape[-1]))
        total = torch.stack(list(parts.values())).sum()
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        average(self.ema_network, self.network, self.step, self.preset.ema_decay)
        return {name: float(value.detach()) for name, value in parts.items()}


@torch.no_grad()
def average(kept: nn.Module, new: nn.Module, step: int, decay: float) -> None:
    """Draw the averaged network a little to the new one; more in the first steps."""
    decay = min(decay, (1 + step) / (20 + step))
    for mean, value in zip(kept.state_dict().values(), new.state_dict().values(), strict=True):
        if mean.dtype.is_floating_point:
            mean.lerp_(value, 1 - decay)
        else:
            mean.copy_(value)


def losses(answers: Tensor, wanted: Tensor, size: tuple[int, int]) -> dict[str, Tensor]:
    """Score (focal, Lin et al. 2017), box (GIoU, Rezatofighi et al. 2019) and landmarks, each over the faces' cells."""
    centres = torch.from_numpy(np.concatenate(cell_centres(*size))).to(answers.device)
    strides = torch.from_numpy(cell_strides(*size)).to(answers.device)
    face, other = wanted[..., 0] == 1, wanted[..., 0] == 0
    count = face.sum().clamp(min=1)
    logits = answers[..., 0]
    p = logits.sigmoid()
    # Faces count more than the many places without one, and those most that are not yet told apart.
    score = (functional.softplus(-logits) * (1 - p) ** 2)[face].sum() + (functional.softplus(logits) * p**2)[
        other
    ].sum()
    picture, cell = face.nonzero(as_tuple=True)
    boxes, landmarks = decoded(answers[picture, cell], centres[cell], strides[cell])
    truth = wanted[picture, cell]
    width = truth[:, 15:]
    points = functional.smooth_l1_loss(landmarks / width, truth[:, 5:15] / width, beta=0.02, reduction="none").mean(1)
    return {
        "score": score / count,
        "box": 1.5 * (1 - giou(boxes, truth[:, 1:5])).sum() / count,
        "landmarks": 20 * points.sum() / count,
    }


def giou(a: Tensor, b: Tensor) -> Tensor:
    """Generalised overlap (n,) of boxes (n, 4): 1 where they are the same, down to -1 far apart."""
    shared = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    union = (a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - shared
    around = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(1)
    return shared / union.clamp(min=1e-6) - (around - union) / around.clamp(min=1e-6)


def train_detector(run: DetectorRun, batches: Iterator[Batch], progress: Progress) -> None:
    """Train until the preset's last step; a checkpoint and a line of the log now and then."""
    preset = run.preset
    torch.set_num_threads(preset.threads)
    run.folder.mkdir(parents=True, exist_ok=True)
    sums: dict[str, float] = {}
    first, started = run.step, time.monotonic()
    while run.step < preset.steps:
        for name, value in run.train_step(*next(batches)).items():
            sums[name] = sums.get(name, 0.0) + value
        if run.step % preset.save_every == 0 or run.step == preset.steps:
            run.save()
            steps = run.step - first
            row = {"step": run.step, **{name: round(value / steps, 4) for name, value in sums.items()}}
            row["seconds"] = round(time.monotonic() - started, 1)
            with (run.folder / "log.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            progress(", ".join(f"{name} {value}" for name, value in row.items()), run.step / preset.steps)
            sums, first, started = {}, run.step, time.monotonic()
        elif run.step % 20 == 0:
            progress("", run.step / preset.steps)
