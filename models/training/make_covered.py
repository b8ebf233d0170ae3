"""Trains the network that tells covered mouths (``models.seeing.covered_mouth``) on faces labelled one by one.

Run as ``python -m models.training.make_covered TRAIN VALID`` with the two sheets; it needs the extra
(``chiaroscuro[train]``) and four minutes of a core. ``maps/covered_mouths.csv`` names a face by sheet and row. 1:
something (mostly a hand) hides at least half of the lips; 0: they are all seen; -1: in between, or no photograph: left
out. Learned beside them: drawn masks, which nobody in the sheets wears, and other training faces as they come, of
which hardly any is covered. Prints how well the validation faces, of which nothing is learned, are told apart.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from calibration.extras import needs_extra
from calibration.program import run_program, say
from models.arrays import Floats, Gray, Indices, Integers
from models.darkroom.heads import Head
from models.darkroom.hidden import hidden
from models.evaluation.dark_benchmark import CONDITIONS, darkened, landmarks_aligned
from models.evaluation.dataset import LabelledFaces, one_hot, read_faces
from models.evaluation.landmarks import aligned_faces, find_landmarks
from models.labels import LABELS
from models.lighting.exposure import captured, linear
from models.lighting.relight import Light
from models.seeing.align import SIDE
from models.seeing.covered_mouth import COVERED, FREE, HIDDEN, KERNELS, covered_log_odds, logarithms
from models.training.augment import AugmentConfig, Augmenter
from models.training.training_light import training_light

LABELS_FILE = COVERED.with_name("covered_mouths.csv")
COVERED_MOUTH, FREE_MOUTH, IN_BETWEEN, UNLABELLED = 1, 0, -1, -2
CHANGED = AugmentConfig(
    rotation_degrees=5.0,
    scale=0.06,
    aspect=0.04,
    translate_pixels=1.5,
    relight_probability=0.6,
    exposure_probability=0.7,
    erase_probability=0.0,
)
SEED, MASKS, OTHERS = 19, 400, 5000
ROUNDS, MASK_ROUNDS, OTHER_ROUNDS = 8, 4, 2
WEIGHT = 3.0
"""Of a covered mouth, where a free one counts 1."""
ALIKE = 0.93
"""Correlation of two faces from which on they count as the same photograph."""
CHANNELS, HIDDEN_UNITS, DROPOUT = (12, 24, 32), 32, 0.4
EPOCHS, BATCH_SIZE, LEARNING_RATE, WEIGHT_DECAY = 8, 128, 4e-3, 0.05


def main() -> None:
    """Train, write ``maps/covered.npz``, print the figures of the validation faces."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("valid", type=Path)
    options = parser.parse_args()
    needs_extra("train", "training", "torch")
    layers = train(*examples(read_faces(options.train)))
    arrays = {f"bias{k}": bias for k, (_, bias) in enumerate(layers)}
    arrays |= {f"weights{k}": weights.astype(np.float16) for k, (weights, _) in enumerate(layers)}
    np.savez_compressed(COVERED, **arrays)  # type: ignore[arg-type]
    report(read_faces(options.valid))


def read_labels(sheet: str, count: int) -> Integers:
    """(count,) what is known of each mouth of the sheet 'train' or 'valid'."""
    states = np.full(count, UNLABELLED, np.int64)
    for name, row, state in np.loadtxt(LABELS_FILE, np.str_, delimiter=",", skiprows=1):
        if name == sheet:
            states[int(row)] = int(state)
    return states


def examples(sheet: LabelledFaces) -> tuple[Gray, Floats]:
    """Aligned faces (n, 64, 64) to learn from, and whether each mouth is covered, (n,) 0 or 1."""
    states, rng, lamps = read_labels("train", len(sheet)), np.random.default_rng(SEED), training_light()
    labelled = sheet.subset(np.flatnonzero(states >= 0))
    landmarks, _ = find_landmarks(labelled.images)
    truth = states[states >= 0].astype(np.float32)
    seen = [aligned_faces(labelled.images, landmarks), *_photographs(labelled, landmarks, lamps, ROUNDS, rng)]
    covered = [truth] * (1 + ROUNDS)
    others = sheet.subset(rng.permutation(_unlike_covered(sheet, states))[:OTHERS])
    landmarks, _ = find_landmarks(others.images)
    seen += _photographs(others, landmarks, lamps, OTHER_ROUNDS, rng)
    covered += [np.zeros(len(others), np.float32)] * OTHER_ROUNDS
    some = others.subset(np.arange(MASKS))
    five = landmarks_aligned(landmarks[:MASKS])
    masked = _masked(aligned_faces(some.images, landmarks[:MASKS]), five, rng)
    faces = LabelledFaces(tuple(masked), *one_hot(some.labels))
    seen += [masked, *_photographs(faces, five, lamps, MASK_ROUNDS, rng)]
    covered += [np.ones(MASKS, np.float32)] * (1 + MASK_ROUNDS)
    return np.concatenate(seen), np.concatenate(covered)


def _unlike_covered(sheet: LabelledFaces, states: Integers) -> Indices:
    """Faces without a label that are not another copy of one that is covered, or may be."""
    flat = np.stack(sheet.images).reshape(len(sheet), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
    covered = flat[(states == COVERED_MOUTH) | (states == IN_BETWEEN)]
    alike = np.concatenate([(some @ covered.T).max(axis=1) > ALIKE for some in np.array_split(flat, 16)])
    return np.flatnonzero((states == UNLABELLED) & ~alike)


def _photographs(
    faces: LabelledFaces, landmarks: Floats, lamps: Light, rounds: int, rng: np.random.Generator
) -> list[Gray]:
    """The faces as cameras see them, (n, 64, 64) each, in other lights and exposures every time."""
    augmenter = Augmenter(faces, landmarks, CHANGED, lamps)
    parts = np.array_split(np.arange(len(faces)), len(faces) // 256 + 1)
    return [np.concatenate([augmenter.pictures(part, rng) for part in parts]) for _ in range(rounds)]


def _masked(faces: Gray, landmarks: Floats, rng: np.random.Generator) -> Gray:
    """Aligned faces (n, 64, 64) with a mask drawn on each."""
    heads = [Head(light, np.ones_like(light), five) for light, five in zip(linear(faces), landmarks, strict=True)]
    return captured(np.stack([hidden(head, "mask", rng).light for head in heads]))


def train(faces: Gray, covered: Floats) -> list[tuple[Floats, Floats]]:
    """Weights (out, in) and biases (out,) of each layer, by binary cross-entropy."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    net = nn.Sequential()
    before, side = 1, SIDE
    for channels, kernel in zip(CHANNELS, KERNELS, strict=True):
        net.extend([nn.Conv2d(before, channels, kernel, stride=2), nn.ReLU()])
        before, side = channels, (side - kernel) // 2 + 1
    net.extend([nn.Flatten(), nn.Dropout(DROPOUT), nn.Linear(before * side**2, HIDDEN_UNITS), nn.ReLU()])
    net.append(nn.Linear(HIDDEN_UNITS, 1))
    seen, wanted = torch.from_numpy(logarithms(faces))[:, None], torch.from_numpy(covered)
    loss_of = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(WEIGHT))
    optimizer = torch.optim.AdamW(net.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps = EPOCHS * (len(seen) // BATCH_SIZE + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps)
    for epoch in range(EPOCHS):
        losses = []
        for some in torch.randperm(len(seen)).split(BATCH_SIZE):  # type: ignore[no-untyped-call]  # torch has no types here
            loss = loss_of(net(seen[some])[:, 0], wanted[some])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
        say(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}")
    values = [parameter.detach().numpy() for parameter in net.parameters()]
    return [(weights.reshape(len(weights), -1), bias) for weights, bias in zip(values[::2], values[1::2], strict=True)]


def report(sheet: LabelledFaces) -> None:
    """Print how well the validation faces are told apart, in light and in the dark, and who is told wrongly."""
    states = read_labels("valid", len(sheet))
    landmarks, found = find_landmarks(sheet.images)
    covered, free = found & (states == COVERED_MOUTH), found & np.isin(states, (FREE_MOUTH, UNLABELLED))
    light = aligned_faces(sheet.images, landmarks)
    dark = darkened(light, landmarks_aligned(landmarks))
    say(f"{covered.sum()} covered and {free.sum()} free mouths; told from log odds of {FREE} on, surely from {HIDDEN}")
    told = {"as photographed": [covered_log_odds(light)]}
    for condition, faces in zip(CONDITIONS, dark, strict=True):
        told.setdefault(f"lamps overhead, face mean {condition.mean:.0f}", []).append(covered_log_odds(faces))
    for name, scores in told.items():
        hits, wrong = (np.concatenate([one[some] for one in scores]) for some in (covered, free))
        curve = float((hits[:, None] > np.sort(wrong)[None, :: max(len(wrong) // 4000, 1)]).mean())
        at = ", ".join(f"{(hits > odds).mean():.0%} with {(wrong > odds).mean():.1%}" for odds in (FREE, HIDDEN))
        say(f"{name}: area under the curve {curve:.3f}; hits with false alarms: {at}")
        emotions = np.tile(sheet.labels[free], len(scores))
        shares = ((wrong[emotions == k] > FREE).mean() for k in range(len(LABELS)))
        say("  false alarms: " + ", ".join(f"{label} {share:.1%}" for label, share in zip(LABELS, shares, strict=True)))


if __name__ == "__main__":
    run_program(main)
