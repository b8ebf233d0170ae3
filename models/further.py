"""Trains a network further: for any light, or for one lamp high up in a dark room.

Run as ``python -m models.further TRAINING VALIDATION --begin NETWORK.onnx [--only front]`` (extra ``train``); the files
come into ``--folder`` (runs/further), and it goes on where it was stopped. The learner learns the taggers' votes and,
for three tenths, what the network that it began as says of the same face in full light. One core
learns some 110 faces a second: general 65 minutes, a network for lamps 100, of which 65 are in common.
"""

from __future__ import annotations

import argparse
import copy
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor, nn
from torch.nn import functional

from calibration.settings import Shipped
from models.augment import Augmenter, Strength
from models.batches import leveled
from models.card import read_card
from models.classifier import open_classifier
from models.evaluate import classify_all
from models.export import export
from models.faces import read_faces
from models.landmarks import aligned_faces
from models.measure import temperature
from models.network import EmotionNet, Shape, multiply_adds
from models.release import Sources, release
from models.relight import Lamps, lamps_between, training_lamps
from models.taken_up import taken_up, with_statistics
from models.validation import landmarks_once, probabilities

BATCH, DECAY = 128, 0.02
KEEP = 0.998
SMOOTH, TAUGHT = 0.02, 0.3
"""Share of each label given to all classes; share that the first network's answer in full light has of it."""
LEVEL = 0.3
SAVED_EVERY = 100
SEED = 7


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the training, from the averaged weights of the part before."""

    name: str
    steps: int
    rate: float
    """At its height; it falls by half a cosine."""
    warm_up: int
    strength: Strength
    lamps: Callable[[], Lamps]
    calm_from: int
    """The step from which on faces are nearly as aligned as in the show: best at the end of a training."""


def calm(strength: Strength) -> Strength:
    """The same light, but little turned, scaled, shifted and hidden."""
    return replace(strength, turn_degrees=4.0, scale=0.05, stretch=0.03, shift=1.2, hidden=0.05)


_DARK = Strength(relit=1.0, dark=1.0, hidden=0.1)
_ANY = Strength(relit=0.4, dark=0.5, hidden=0.1)

GENERAL = Phase("general", 3200, 1e-3, 150, _ANY, training_lamps, 2240)

WIDE = Phase(
    "wide",
    2000,
    1e-3,
    150,
    replace(_DARK, means=(9, 80)),
    partial(lamps_between, (0, 90), (40, 90), (1.5, 25), 7),
    2000,
)
"""Every lamp from 40 degrees upwards."""
STEEP = Phase(
    "steep",
    1200,
    5e-4,
    80,
    replace(_DARK, means=(12, 45)),
    partial(lamps_between, (0, 55), (52, 80), (1.5, 10), 17),
    1200,
)
"""What an installation has: a hard spot overhead in a dark room."""


def _last(name: Shipped, azimuths: tuple[float, float], elevations: tuple[float, float]) -> Phase:
    lamps = partial(lamps_between, azimuths, elevations, (1.5, 12), 31)
    return Phase(name, 1600, 6e-4, 80, replace(_DARK, means=(12, 50)), lamps, 0)


LAST: dict[Shipped, Phase] = {
    "front": _last("front", (0, 35), (50, 77)),
    "side": _last("side", (35, 95), (45, 77)),
}
"""Each to its own lamps: the fewer a network has to know, the better it knows them."""


def phases_of(name: Shipped) -> tuple[Phase, ...]:
    """What is trained for each network, one after the other."""
    return (GENERAL,) if name == "general" else (WIDE, STEEP, LAST[name])


def main() -> None:
    """Train, and write the files."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("training", type=Path)
    words.add_argument("validation", type=Path)
    words.add_argument("--begin", type=Path, required=True)
    words.add_argument("--only", choices=("general", *LAST), action="append")
    words.add_argument("--folder", type=Path, default=Path("runs/further"))
    words.add_argument("--version", default="1.0")
    said = words.parse_args()
    folder: Path = said.folder / read_card(said.begin).sha256[:8]
    faces, valid = read_faces(said.training), read_faces(said.validation).judged()
    five, valid_five = (landmarks_once(some, said.folder, lambda share: None)[0] for some in (faces, valid))
    training = Augmenter(faces, five, _DARK, None)
    wanted = wanted_of(training, said.begin)
    made = f"further from {read_card(said.begin).sha256[:12]}"
    for name in said.only or ("general", *LAST):
        learner = taken_up(said.begin)
        for phase in phases_of(name):
            learner = trained(learner, phase, training, wanted, folder)
        if name == "general":
            checkpoint = folder / "averaged.pt"
            torch.save({"shape": asdict(Shape()), "averaged": learner.state_dict()}, checkpoint)
            sources = Sources(made, SEED, True, faces, five, valid, valid_five)
            release(checkpoint, folder / "chiaro-emotion.onnx", said.version, sources)
        else:
            phase = LAST[name]
            still = replace(calm(phase.strength), hidden=0.0)
            judging = Augmenter(valid, valid_five, still, phase.lamps())
            written(learner, folder / f"chiaro-{name}.onnx", judging, said.version, made, faces.fingerprint())


def written(learner: EmotionNet, path: Path, valid: Augmenter, version: str, made: str, fingerprint: str) -> None:
    """Write ``path`` with the temperature that is best under its lamps; ``fingerprint`` is of the training faces.

    No int8 variant: under their own lamps it lost 0.2 points, and saves 0.4 ms a face.
    """
    judged = valid.batch(np.arange(len(valid.faces)), np.random.default_rng(20))
    warmth = round(temperature(probabilities(learner, judged), valid.faces.labels), 4)
    more: dict[str, object] = {"multiply_adds": multiply_adds(learner), "faces_sha256": fingerprint}
    export(learner, path, warmth, version, f"{fingerprint[:16]} {made}", more)
    print(f"{path}: temperature {warmth}")


def trained(
    learner: EmotionNet, phase: Phase, training: Augmenter, wanted: NDArray[np.float32], folder: Path
) -> EmotionNet:
    """The averaged weights at the end of ``phase``; goes on from the folder's checkpoint where there is one."""
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    state = folder / f"{phase.name}.pt"
    saved = torch.load(state, weights_only=True) if state.is_file() else {"step": 0}
    if saved["step"] >= phase.steps:
        learner.load_state_dict(saved["averaged"])
        return learner.eval()
    lively = replace(training, strength=phase.strength, lamps=phase.lamps())
    still = replace(lively, strength=calm(phase.strength))
    rng, weights = np.random.default_rng(SEED), leveled(training.faces, LEVEL)

    def batch(step: int) -> tuple[Tensor, Tensor]:
        chosen = rng.choice(len(weights), BATCH, p=weights)
        augmenter = still if step >= phase.calm_from else lively
        seen = torch.from_numpy(augmenter.batch(chosen, rng)).contiguous(memory_format=torch.channels_last)
        return seen, torch.from_numpy(wanted[chosen])

    learner = with_statistics(learner, (batch(0)[0] for _ in range(12))).to(memory_format=torch.channels_last)
    for layer in learner.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = 0.03
    averaged = copy.deepcopy(learner)
    flat, deep = ([p for p in learner.parameters() if (p.ndim > 1) == many] for many in (False, True))
    groups = [{"params": deep, "weight_decay": DECAY}, {"params": flat, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=phase.rate, fused=True)
    if begun := saved["step"]:
        learner.load_state_dict(saved["learner"])
        averaged.load_state_dict(saved["averaged"])
        optimizer.load_state_dict(saved["optimizer"])
        rng = np.random.default_rng((SEED, begun))
    for step in track(range(begun, phase.steps), phase.name):
        rising, falling = (step + 1) / phase.warm_up, 0.5 * (1 + math.cos(math.pi * step / phase.steps))
        for group in optimizer.param_groups:
            group["lr"] = max(phase.rate * min(1.0, rising) * falling, 2e-6)
        seen, shares = batch(step)
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


def wanted_of(training: Augmenter, begin: Path) -> NDArray[np.float32]:
    """What is to be learned of each face, (n, 8): its votes, and what ``begin`` says of it and its mirror image."""
    faces = training.faces
    general = open_classifier(begin, "cpu", int8=False)
    aligned = aligned_faces(faces.images, training.landmarks)
    both = [classify_all(general, one) for one in (aligned, np.ascontiguousarray(aligned[:, :, ::-1]))]
    votes = faces.shares * (1 - SMOOTH) + SMOOTH / faces.shares.shape[1]
    return np.asarray((1 - TAUGHT) * votes + TAUGHT * np.mean(both, axis=0), np.float32)


if __name__ == "__main__":
    main()
