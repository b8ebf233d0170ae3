"""Trains and writes the network for one lamp overhead in a dark room: the general one taken further under such lamps.

Run as ``python -m models.overhead TRAINING VALIDATION [--folder runs/overhead]`` (extra ``train``; 75 minutes on one
core); goes on where it was stopped. The learner sees every face under a drawn lamp overhead, hardly exposed, and learns
the taggers' votes and, for a third, what the general network says of the same face in full light.
"""

from __future__ import annotations

import argparse
import copy
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor, nn
from torch.nn import functional

from models.augment import Augmenter, Strength
from models.batches import leveled
from models.card import read_card
from models.classifier import OVERHEAD, SHIPPED, open_classifier
from models.evaluate import classify_all
from models.export import export, export_int8, facts_of
from models.exposure import Floats
from models.faces import LabelledFaces, read_faces
from models.landmarks import aligned_faces
from models.measure import temperature
from models.network import EmotionNet, multiply_adds
from models.release import CALIBRATION_FACES
from models.relight import Lamps, overhead_lamps, steep_lamps
from models.taken_up import taken_up, with_statistics
from models.validation import landmarks_once, probabilities

BATCH, DECAY = 128, 0.02
KEEP = 0.998
SMOOTH, TAUGHT = 0.02, 0.3
"""Share of each label given to all classes; share that the general network's answer in full light has of the label."""
LEVEL = 0.3
SAVED_EVERY = 100


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the training, from the averaged weights of the part before."""

    name: str
    steps: int
    cosine: int
    """Steps of the half cosine by which the rate falls; a phase may end before it does."""
    rate: float
    warm_up: int
    lamps: Callable[[], Lamps]
    means: tuple[float, float]


PHASES = (
    Phase("wide", 2000, 2400, 1e-3, 150, overhead_lamps, (9.0, 80.0)),
    Phase("steep", 1200, 1200, 5e-4, 80, steep_lamps, (12.0, 45.0)),
)
"""First every lamp from 40 degrees upwards, then what an installation has: a hard spot overhead in a dark room."""


def main() -> None:
    """Train, and write the files beside the general network's."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("training", type=Path)
    words.add_argument("validation", type=Path)
    words.add_argument("--folder", type=Path, default=Path("runs/overhead"))
    words.add_argument("--out", type=Path, default=OVERHEAD)
    words.add_argument("--version", default="1.0")
    said = words.parse_args()
    faces, valid = read_faces(said.training), read_faces(said.validation).judged()
    five, five_valid = (landmarks_once(some, said.folder, lambda share: None)[0] for some in (faces, valid))
    learner = taken_up(SHIPPED)
    wanted = _wanted(faces, five)
    for phase in PHASES:
        strength = Strength(relit=1.0, dark=1.0, hidden=0.1, means=phase.means)
        augmenter = Augmenter(faces, five, strength, phase.lamps())
        learner = trained(learner, phase, augmenter, wanted, said.folder)
    dark = replace(augmenter, faces=valid, landmarks=five_valid, strength=replace(strength, hidden=0.0))
    judged = dark.batch(np.arange(len(valid)), np.random.default_rng(20))
    fitted = round(temperature(probabilities(learner, judged), valid.labels), 4)
    trained_with = f"{faces.fingerprint()[:16]} overhead, from {read_card(SHIPPED).sha256[:12]}"
    more: dict[str, object] = {"multiply_adds": multiply_adds(learner), "faces_sha256": faces.fingerprint()}
    export(learner, said.out, fitted, said.version, trained_with, more)
    some = np.random.default_rng(1).permutation(len(faces))[:CALIBRATION_FACES]
    export_int8(
        said.out, augmenter.batch(some, np.random.default_rng(2)), facts_of(said.version, fitted, trained_with), more
    )
    print(f"{said.out}: temperature {fitted}")


def trained(
    learner: EmotionNet, phase: Phase, augmenter: Augmenter, wanted: NDArray[np.float32], folder: Path
) -> EmotionNet:
    """The averaged weights at the end of ``phase``; goes on from the folder's checkpoint where there is one."""
    torch.set_num_threads(1)
    rng, weights = np.random.default_rng(7), leveled(augmenter.faces, LEVEL)

    def batch() -> tuple[Tensor, Tensor]:
        chosen = rng.choice(len(weights), BATCH, p=weights)
        seen = torch.from_numpy(augmenter.batch(chosen, rng)).contiguous(memory_format=torch.channels_last)
        return seen, torch.from_numpy(wanted[chosen])

    learner = with_statistics(learner, (batch()[0] for _ in range(12))).to(memory_format=torch.channels_last)
    for layer in learner.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = 0.03
    averaged = copy.deepcopy(learner)
    flat, deep = ([p for p in learner.parameters() if (p.ndim > 1) == many] for many in (False, True))
    groups = [{"params": deep, "weight_decay": DECAY}, {"params": flat, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=phase.rate, fused=True)
    state, begun = folder / f"{phase.name}.pt", 0
    if state.is_file():
        saved = torch.load(state, weights_only=True)
        learner.load_state_dict(saved["learner"])
        averaged.load_state_dict(saved["averaged"])
        optimizer.load_state_dict(saved["optimizer"])
        begun = saved["step"]
        rng = np.random.default_rng((7, begun))
    for step in track(range(begun, phase.steps), phase.name):
        rising, falling = (step + 1) / phase.warm_up, 0.5 * (1 + math.cos(math.pi * step / phase.cosine))
        for group in optimizer.param_groups:
            group["lr"] = max(phase.rate * min(1.0, rising) * falling, 2e-6)
        seen, shares = batch()
        learner.train()
        loss = -(shares * functional.log_softmax(learner(seen)[0], dim=1)).sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learner.parameters(), 2.0)
        optimizer.step()
        keep = min(KEEP, (2 + step) / (11 + step))
        for mean, new in zip(averaged.state_dict().values(), learner.state_dict().values(), strict=True):
            if mean.dtype.is_floating_point:
                mean.lerp_(new, 1 - keep)
        if (step + 1) % SAVED_EVERY == 0 or step + 1 == phase.steps:
            now = {"learner": learner.state_dict(), "averaged": averaged.state_dict(), "step": step + 1}
            torch.save(now | {"optimizer": optimizer.state_dict()}, state.with_suffix(".part"))
            state.with_suffix(".part").replace(state)
    return averaged.eval()


def _wanted(faces: LabelledFaces, five: Floats) -> NDArray[np.float32]:
    """What is to be learned of each face, (n, 8)."""
    votes = faces.shares * (1 - SMOOTH) + SMOOTH / faces.shares.shape[1]
    return np.asarray((1 - TAUGHT) * votes + TAUGHT * _in_full_light(faces, five), np.float32)


def _in_full_light(faces: LabelledFaces, five: Floats) -> NDArray[np.float32]:
    """What the general network says of the faces as they are and of their mirror images, (n, 8)."""
    general = open_classifier(SHIPPED, "cpu", int8=False)
    aligned = aligned_faces(faces.images, five)
    both = [classify_all(general, one) for one in (aligned, np.ascontiguousarray(aligned[:, :, ::-1]))]
    return np.asarray(np.mean(both, axis=0), np.float32)


if __name__ == "__main__":
    main()
