"""Trains the small network that tells the lamp from a face, on training faces relit by lamps everywhere.

Run as ``python -m models.training.make_lamp FACES [--faces 5000]``; FACES as for ``chiaro train``, which must be
installed (``chiaroscuro[train]``). Writes ``maps/lamp.npz``; takes about 10 minutes on two cores.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from models.arrays import Floats, Gray, Indices
from models.evaluation.dark_benchmark import SENSOR, landmarks_aligned
from models.evaluation.dataset import read_faces
from models.evaluation.landmarks import aligned_faces, find_landmarks
from models.lighting.exposure import captured, expose, linear, noisy
from models.lighting.lamp_direction import LAMP, LampNet, features
from models.lighting.relight import Fill, Lamp, LampBank, direction, read_face_maps

LAMPS, ROUNDS, HIDDEN, EPOCHS, BATCH = 1200, 16, 64, 24, 256
ROOM = Fill(walls=(0.02, 0.4), floor=(0.01, 0.12), film=(0.01, 0.3), background=(0.02, 0.6))
DARKEST, BRIGHTEST = 12.0, 120.0
NOISE = 0.1
"""Added to the features in training, so that no single pixel is relied on."""


def lamps_everywhere(rng: np.random.Generator) -> list[Lamp]:
    """Evenly over the half sphere before and above the face, hard and soft."""
    return [
        Lamp(
            rng.uniform(-100, 100),
            float(np.degrees(np.arcsin(rng.uniform(0, 1)))),
            float(np.exp(rng.uniform(np.log(1.5), np.log(25)))),
        )
        for _ in range(LAMPS)
    ]


def examples(faces: Gray, five: Floats) -> tuple[Floats, Floats, Indices]:
    """Features (n, d) of relit faces, directions (n, 3) to their lamps, and whose face each is (n,)."""
    lamps = lamps_everywhere(np.random.default_rng(5))
    bank = LampBank(read_face_maps("train"), lamps, ROOM)
    towards = np.stack([direction(lamp.azimuth, lamp.elevation) for lamp in lamps])
    light = linear(faces)
    seen, there = [], []
    for turn in range(ROUNDS):
        rng, same = (np.random.default_rng((1, turn)) for _ in range(2))
        same.integers(len(bank.heads.landmarks), size=len(faces))  # ``draw`` draws the heads first, then the lamps
        there.append(towards[same.integers(len(lamps), size=len(faces))])
        relit = light * bank.draw(five, rng)
        means = np.exp(rng.uniform(np.log(DARKEST), np.log(BRIGHTEST), len(faces))).astype(np.float32)
        seen.append(features(captured(noisy(expose(relit, means), SENSOR, rng))))
        print(f"relit {turn + 1} of {ROUNDS}", flush=True)
    return np.concatenate(seen), np.concatenate(there), np.tile(np.arange(len(faces)), ROUNDS)


def train(seen: Floats, towards: Floats) -> LampNet:
    """Least squares on the direction; what the network is unsure of comes out short."""
    import torch

    torch.set_num_threads(1)  # small matrices: a second thread only waits
    torch.manual_seed(0)
    mean, deviation = seen.mean(0), seen.std(0)
    x, y = torch.tensor((seen - mean) / deviation), torch.tensor(towards)
    net = torch.nn.Sequential(
        torch.nn.Linear(x.shape[1], HIDDEN),
        torch.nn.ReLU(),
        torch.nn.Linear(HIDDEN, HIDDEN),
        torch.nn.ReLU(),
        torch.nn.Linear(HIDDEN, 3),
    )
    steps = EPOCHS * (len(x) // BATCH + 1)
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps)
    for epoch in range(EPOCHS):
        losses = []
        for some in torch.randperm(len(x)).split(BATCH):
            loss = ((net(x[some] + NOISE * torch.randn(len(some), x.shape[1])) - y[some]) ** 2).sum(1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}", flush=True)
    layers = [parameter.detach().numpy() for parameter in net.parameters()]
    first = layers[0] / deviation  # the scaling becomes part of the first layer
    return LampNet((first, *layers[2::2]), (layers[1] - first @ mean, *layers[3::2]))


def main() -> None:
    """Train on most faces, say what it is worth on the others, and write it."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("faces", type=Path)
    words.add_argument("--faces", dest="count", type=int, default=5000)
    said = words.parse_args()
    labelled = read_faces(said.faces).judged()
    labelled = labelled.only(np.random.default_rng(0).permutation(len(labelled))[: said.count])
    landmarks, _ = find_landmarks(labelled.images)
    seen, towards, whose = examples(aligned_faces(labelled.images, landmarks), landmarks_aligned(landmarks))
    kept = whose < len(labelled) * 0.95
    net = train(seen[kept], towards[kept])
    found = net(seen[~kept])
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    off = np.degrees(np.arccos(np.clip((found * towards[~kept]).sum(1), -1, 1)))
    print(f"faces left out, one each: median {np.median(off):.1f} degrees, {(off <= 15).mean():.0%} within 15")
    net.write(LAMP)


if __name__ == "__main__":
    main()
