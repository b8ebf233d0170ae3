"""Trains the small network that estimates the lamp's direction from a face, on training faces relit by many lamps.

Run as ``python -m models.training.make_lamp FACES [--faces 5000] [--output FILE]``; FACES as for ``chiaro train``. It
needs the extra (``chiaroscuro[train]``) and writes ``maps/lamp.npz`` in about 3 minutes of one core. All seeds are
fixed and the network learns on one thread, so the same faces give the same file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from calibration.extras import needs_extra
from calibration.program import run_program, say
from models.arrays import Floats, Gray, Indices
from models.evaluation.dark_benchmark import SENSOR, landmarks_aligned
from models.evaluation.dataset import read_faces
from models.evaluation.landmarks import aligned_faces, find_landmarks
from models.lighting.exposure import captured, expose, linear, noisy
from models.lighting.lamp_direction import LAMP, LampNet, features
from models.lighting.relight import Fill, Lamp, LampBank, direction, read_face_maps

LAMP_COUNT, ROUNDS = 1200, 16
HIDDEN_UNITS, EPOCHS, BATCH_SIZE, LEARNING_RATE, WEIGHT_DECAY = 64, 24, 256, 2e-3, 0.05
ROOM = Fill(walls=(0.02, 0.4), floor=(0.01, 0.12), film=(0.01, 0.3), background=(0.02, 0.6))
DARKEST, BRIGHTEST = 12.0, 120.0
FEATURE_NOISE = 0.1
"""Deviation of noise added to the features in training, so that no single pixel is relied on."""


def lamps_everywhere(rng: np.random.Generator) -> list[Lamp]:
    """Evenly over the half sphere before and above the face, hard and soft."""
    return [
        Lamp(
            rng.uniform(-100, 100),
            float(np.degrees(np.arcsin(rng.uniform(0, 1)))),
            float(np.exp(rng.uniform(np.log(1.5), np.log(25)))),
        )
        for _ in range(LAMP_COUNT)
    ]


def examples(faces: Gray, landmarks: Floats) -> tuple[Floats, Floats, Indices]:
    """Features (n, d) of relit faces, directions (n, 3) to their lamps, and whose face each is (n,)."""
    lamps = lamps_everywhere(np.random.default_rng(5))
    bank = LampBank(read_face_maps("train"), lamps, ROOM)
    towards = np.stack([direction(lamp.azimuth, lamp.elevation) for lamp in lamps])
    light = linear(faces)
    inputs, targets = [], []
    for turn in range(ROUNDS):
        rng, same = (np.random.default_rng((1, turn)) for _ in range(2))
        same.integers(len(bank.heads.landmarks), size=len(faces))  # ``draw`` draws the heads first, then the lamps
        targets.append(towards[same.integers(len(lamps), size=len(faces))])
        relit = light * bank.draw(landmarks, rng)
        means = np.exp(rng.uniform(np.log(DARKEST), np.log(BRIGHTEST), len(faces))).astype(np.float32)
        inputs.append(features(captured(noisy(expose(relit, means), SENSOR, rng))))
        say(f"relit {turn + 1} of {ROUNDS}")
    return np.concatenate(inputs), np.concatenate(targets), np.tile(np.arange(len(faces)), ROUNDS)


def train(seen: Floats, towards: Floats) -> LampNet:
    """Least squares on the direction; what the network is unsure of comes out short."""
    import torch

    torch.set_num_threads(1)  # small matrices: a second thread only waits
    torch.manual_seed(0)
    mean, deviation = seen.mean(0), seen.std(0)
    x, y = torch.tensor((seen - mean) / deviation), torch.tensor(towards)
    net = torch.nn.Sequential(
        torch.nn.Linear(x.shape[1], HIDDEN_UNITS),
        torch.nn.ReLU(),
        torch.nn.Linear(HIDDEN_UNITS, HIDDEN_UNITS),
        torch.nn.ReLU(),
        torch.nn.Linear(HIDDEN_UNITS, 3),
    )
    steps = EPOCHS * (len(x) // BATCH_SIZE + 1)
    optimizer = torch.optim.AdamW(net.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps)
    for epoch in range(EPOCHS):
        losses = []
        for some in torch.randperm(len(x)).split(BATCH_SIZE):  # type: ignore[no-untyped-call]  # torch has no types here
            loss = ((net(x[some] + FEATURE_NOISE * torch.randn(len(some), x.shape[1])) - y[some]) ** 2).sum(1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
        say(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}")
    layers = [parameter.detach().numpy() for parameter in net.parameters()]
    first = layers[0] / deviation  # the scaling becomes part of the first layer
    return LampNet((first, *layers[2::2]), (layers[1] - first @ mean, *layers[3::2]))


def main() -> None:
    """Train on 95 % of the faces, print the error on the others, and write the network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faces", type=Path)
    parser.add_argument("--faces", dest="count", type=int, default=5000)
    parser.add_argument("--output", type=Path, default=LAMP)
    options = parser.parse_args()
    needs_extra("train", "training", "torch")
    labelled = read_faces(options.faces).with_label()
    labelled = labelled.subset(np.random.default_rng(0).permutation(len(labelled))[: options.count])
    landmarks, _ = find_landmarks(labelled.images)
    seen, towards, whose = examples(aligned_faces(labelled.images, landmarks), landmarks_aligned(landmarks))
    training = whose < len(labelled) * 0.95
    net = train(seen[training], towards[training])
    found = net(seen[~training])
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    error = np.degrees(np.arccos(np.clip((found * towards[~training]).sum(1), -1, 1)))
    say(f"left-out faces, one each: median error {np.median(error):.1f} degrees, {(error <= 15).mean():.0%} within 15")
    net.write(options.output)


if __name__ == "__main__":
    run_program(main)
