"""The training of one temporal network: loss, averaged weights, checkpoints to go on from, export."""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from calibration.errors import NotEquivalent
from models.evaluation.temporal_filter import LOOKS_OF
from models.seeing.session import open_session
from models.training.checkpoint import Parts, read_parts, write_parts
from models.training.detector_training import average
from models.training.export import write_metadata
from models.training.temporal_config import TemporalPreset
from models.training.temporal_looks import Looks
from models.training.temporal_network import COUNT, TemporalNet, make_network, picture_of, weights

CHECKPOINT, BEST, EMA_DECAY, TOLERANCE = "last.pt", "best.pt", 0.99, 1e-3
CALM_WEIGHT = 1.0
"""Of changes from look to look while the visitor shows the same, beside the cross-entropy."""
INPUTS = ("logs", "embedding", "seconds", "quality", "face", "state")


class TemporalRun:
    """A training that can be stopped and gone on with."""

    def __init__(self, kind: str, embedding: int, preset: TemporalPreset, folder: Path) -> None:
        torch.manual_seed(1)
        self.kind, self.preset, self.folder, self.step = kind, preset, folder, 0
        self.network = make_network(kind, embedding)
        self.ema_network = copy.deepcopy(self.network).eval()
        self.best_network = copy.deepcopy(self.ema_network)
        """The averaged one where the loss on held-out courses was least: later ones learn courses by heart."""
        self.best_step = 0
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=preset.learning_rate, weight_decay=preset.weight_decay
        )

    def resume(self) -> None:
        """Go on from the folder's checkpoint, if there is one. Raises ``BadFile``."""
        if (self.folder / CHECKPOINT).is_file():
            self.step = self.best_step = read_parts(self.folder / CHECKPOINT, self._parts())
            self.best_network.load_state_dict(self.ema_network.state_dict())
        if (self.folder / BEST).is_file():
            self.best_step = read_parts(self.folder / BEST, {"network": self.best_network})

    def keep_best(self) -> None:
        """From here on the averaged network of now is the best one."""
        self.best_step = self.step
        self.best_network.load_state_dict(self.ema_network.state_dict())
        write_parts(self.folder / BEST, {"network": self.best_network}, self.step)

    def save(self) -> None:
        """Write the checkpoint, whole or not at all."""
        write_parts(self.folder / CHECKPOINT, self._parts(), self.step)

    def _parts(self) -> Parts:
        return {"network": self.network, "ema_network": self.ema_network, "optimizer": self.optimizer}

    def learning_rate(self) -> float:
        """Warm up, then a cosine down to a hundredth."""
        preset = self.preset
        share = max(self.step - preset.warmup_steps, 0) / max(preset.steps - preset.warmup_steps, 1)
        cosine = 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(share, 1.0)))
        return preset.learning_rate * min(1.0, (self.step + 1) / preset.warmup_steps) * cosine

    def train_step(self, looks: Looks) -> float:
        """One step on a batch; its loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate()
        torch.manual_seed(self.step)  # dropout after a stop is as without it
        self.network.train()
        total = loss(self.network, looks)
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        average(self.ema_network, self.network, self.step, EMA_DECAY)
        return float(total.detach())


def tensors(looks: Looks) -> tuple[Tensor, ...]:
    """What a network is called with."""
    logs, embedding = torch.from_numpy(looks.logs), torch.from_numpy(looks.embedding.astype(np.float32))
    seconds, quality = torch.from_numpy(looks.seconds)[..., None], torch.from_numpy(looks.quality)[..., None]
    return logs, embedding, seconds, quality, picture_of(torch.from_numpy(looks.face))


def loss(network: TemporalNet, looks: Looks) -> Tensor:
    """Cross-entropy to what is shown, and the restlessness of what is said while nothing changes."""
    logits, wanted = network(*tensors(looks)), torch.from_numpy(looks.targets)
    said = logits.softmax(-1)
    still = (wanted[:, 1:] - wanted[:, :-1]).abs().sum(-1) < 1e-3
    moved = (said[:, 1:] - said[:, :-1]).pow(2).sum(-1)
    entropy = functional.cross_entropy(logits.reshape(-1, COUNT), wanted.reshape(-1, COUNT))
    return entropy + CALM_WEIGHT * (moved * still).mean()


def train_temporal(run: TemporalRun, looks: Looks, valid: Looks, progress: Callable[[str, float], None]) -> None:
    """Train until the preset's last step; a checkpoint and a line of the log now and then."""
    preset = run.preset
    run.folder.mkdir(parents=True, exist_ok=True)
    total, first, started = 0.0, run.step, time.monotonic()
    with torch.no_grad():
        least = float(loss(run.best_network, valid))
    while run.step < preset.steps:
        total += run.train_step(looks.batch(preset.batch_size, np.random.default_rng((1, run.step))))
        if run.step % preset.save_every == 0 or run.step == preset.steps:
            with torch.no_grad():
                held_out = float(loss(run.ema_network, valid))
            if held_out < least:
                least = held_out
                run.keep_best()
            run.save()
            row = {"step": run.step, "loss": total / (run.step - first), "held_out": held_out}
            row = {name: round(value, 4) for name, value in row.items()}
            row["seconds"] = round(time.monotonic() - started, 1)
            with (run.folder / "log.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            line = ", ".join(f"{name} {value}" for name, value in row.items())
            progress(f"{run.kind}: {line}", run.step / preset.steps)
            total, first = 0.0, run.step


class _OneLook(nn.Module):
    def __init__(self, network: TemporalNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, *look_and_state: Tensor) -> tuple[Tensor, Tensor]:
        *look, state = look_and_state
        logits, state = self.network.step(tuple(look), state)  # type: ignore[arg-type]
        return logits, state


def export_temporal(network: TemporalNet, path: Path, valid: Looks, looks_of: str = "") -> None:
    """Write one look's step as onnx: ``INPUTS`` -> logits, new_state; ``looks_of``: the classifier's sha256.

    Raises ``NotEquivalent`` if the file answers otherwise than the network.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    course = tensors(valid.subset(slice(1)))
    examples = (*(part[:, 0] for part in course), torch.zeros(1, network.size))
    torch.onnx.export(
        _OneLook(network).eval(),  # the exporter puts back the mode of the outermost one, dropout and all
        examples,
        str(path),
        input_names=list(INPUTS),
        output_names=["logits", "new_state"],
        opset_version=17,
        dynamo=False,
    )
    write_metadata(path, {LOOKS_OF: looks_of})
    with torch.no_grad():
        wanted = network(*course)[0].numpy()
    session, state = open_session(path), np.zeros((1, network.size), np.float32)
    needed = {one.name for one in session.get_inputs()}
    for t, expected in enumerate(wanted):
        values = dict(zip(INPUTS, (*(part[:, t].numpy() for part in course), state), strict=True))
        said, state = session.run(None, {name: value for name, value in values.items() if name in needed})
        if (difference := float(np.abs(said[0] - expected).max())) > TOLERANCE:
            raise NotEquivalent(f"{path.name}: answers differ from the network's by {difference:.2g} at look {t}")


def facts(run: TemporalRun) -> str:
    """A line on a trained network."""
    size = f"{weights(run.network)} weights, {run.network.size} numbers of state"
    return f"{run.kind}: {size}, the best of {run.step} steps: {run.best_step}"
