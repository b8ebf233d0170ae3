"""The second look's network and its training: on what the one-shot detector finds in drawn scenes, right or wrong."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from calibration.progress import Progress
from models.arrays import Floats, Gray
from models.darkroom.scenes import Scene, SceneConfig, SceneSource, Truth, upright_box
from models.seeing.align import SIDE as FACE_SIDE
from models.seeing.align import align, prepare, similarity
from models.seeing.one_shot import OneShot
from models.seeing.second_look import VALUES, wanted_of
from models.training.checkpoint import Parts, read_parts, write_parts
from models.training.detector_batches import POOL, SIDE
from models.training.detector_network import Conv, Residual
from models.training.detector_training import average

BATCH, FRESH, KEPT = 128, 24, 20_000
"""Faces of a step; how many of them are new; how many are kept to be seen again."""
SEARCHED = 0.1
"""Score from which the detector's finds are learned from."""
SCENES = SceneConfig(empty_share=0.45, faceless_share=0.35)
"""More of what is no face than the first look learns from: there each picture has thousands of places without one."""
LEARNING_RATE, AVERAGED_OVER, SAVE_EVERY = 3e-3, 0.998, 250
JITTER = (9.0, 0.08, 2.5)
"""Degrees, logarithm of the scale, pixels of the template: so much otherwise than found half of the faces are cut."""


SECOND_CHECKPOINT = "second.pt"
ANSWERS = "answers"
"""The layer that gives the answers."""


class SecondLookNet(nn.Sequential):
    """Prepared faces (n, 1, 64, 64) to (n, 11)."""

    def __init__(self) -> None:
        layers = [
            Conv(1, 16, stride=2),
            Conv(16, 32, stride=2),
            Residual(32),
            Conv(32, 64, stride=2),
            Residual(64),
            Conv(64, 96, stride=2),
            nn.Flatten(),
            nn.Linear(96 * 16, 96),
            nn.ReLU(inplace=True),
        ]
        super().__init__(*layers)
        self.add_module(ANSWERS, nn.Linear(96, VALUES))


class FoundFaces:
    """What a detector finds in drawn scenes, cut out, with the truth: batches without end."""

    def __init__(self, source: SceneSource, detector: OneShot, rng: np.random.Generator) -> None:
        self._source, self._detector, self._rng = source, detector, rng
        self._scenes: list[Scene] = []
        self._faces = np.empty((KEPT, FACE_SIDE, FACE_SIDE), np.uint8)
        self._wanted = np.empty((KEPT, VALUES), np.float32)
        self._count = 0

    def __iter__(self) -> Iterator[tuple[Gray, Floats]]:
        """Faces (128, 64, 64) and what is wanted (128, 11): 1 or 0, and landmarks."""
        while True:
            self._draw(max(self._count + FRESH, BATCH))
            chosen = self._rng.integers(min(self._count, KEPT), size=BATCH)
            yield self._faces[chosen], self._wanted[chosen]

    def some(self, count: int) -> Gray:
        """A few faces (count, 64, 64)."""
        self._draw(count)
        return self._faces[:count]

    def _draw(self, count: int) -> None:
        while self._count < count:
            self._look()

    def _look(self) -> None:
        """Draw a scene, or take an old one; see it; keep what is found in it."""
        rng = self._rng
        if len(self._scenes) < POOL or rng.random() < 0.25:
            scene = self._source.draw(SIDE, SIDE, rng)
            if len(self._scenes) < POOL:
                self._scenes.append(scene)
            else:
                self._scenes[int(rng.integers(POOL))] = scene
        scene = self._scenes[int(rng.integers(len(self._scenes)))]
        picture, truth = self._source.seen(scene, rng)
        _, _, landmarks = self._detector.search(picture, SEARCHED)
        for five in landmarks:
            meant = face_meant(five, truth)
            if meant is None:
                self._keep(picture, five, None)
            elif meant >= 0:
                self._keep(picture, five, truth.landmarks[meant])
        for five in truth.landmarks[truth.counted > 0]:
            self._keep(picture, jittered(five, 1.5, rng), five)

    def _keep(self, picture: Gray, five: Floats, truth: Floats | None) -> None:
        if self._rng.random() < 0.5:
            five = jittered(five, 1.0, self._rng)
        face, wanted = align(picture, five), np.zeros(VALUES, np.float32)
        if truth is not None:
            wanted[0], wanted[1:] = 1, wanted_of(truth, five).reshape(-1)
        at = self._count % KEPT
        self._faces[at], self._wanted[at] = face, wanted
        self._count += 1


def jittered(five: Floats, much: float, rng: np.random.Generator) -> Floats:
    """Landmarks (5, 2) turned, scaled and shifted a little."""
    degrees, scale, pixels = (much * value for value in JITTER)
    turn, larger = np.radians(rng.normal(0, degrees)), np.exp(rng.normal(0, scale))
    matrix = larger * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    a_pixel = 1 / float(np.hypot(*similarity(five.astype(np.float64))[0, :2]))
    middle = five.mean(axis=0) + rng.normal(0, pixels * a_pixel, 2)
    return np.asarray((five - five.mean(axis=0)) @ matrix + middle, np.float32)


def face_meant(five: Floats, truth: Truth) -> int | None:
    """The face of ``truth`` that found landmarks mean; None: none; -1: one that may be found or not, or half of one."""
    if not len(truth.boxes):
        return None
    box = upright_box(five)
    sizes = truth.boxes[:, 2] - truth.boxes[:, 0]
    away = np.hypot(*((truth.boxes[:, :2] + truth.boxes[:, 2:] - box[:2] - box[2:]) / 2).T) / sizes
    nearest, ratio = int(away.argmin()), (box[2] - box[0]) / sizes
    if away[nearest] < 0.3 and 0.6 < ratio[nearest] < 1.6:
        return nearest if truth.counted[nearest] else -1
    return -1 if (away < 0.8).any() else None


def mirrored_half(faces: Gray, wanted: Floats) -> tuple[Floats, Floats]:
    """Prepared faces and what is wanted, every second one mirrored."""
    faces, wanted = faces.copy(), wanted.copy()
    faces[::2] = faces[::2, :, ::-1]
    points = wanted[::2, 1:].reshape(-1, 5, 2)[:, [1, 0, 2, 4, 3]]
    wanted[::2, 1:] = (points * np.array([-1, 1], np.float32)).reshape(-1, VALUES - 1)
    return prepare(faces), wanted


def second_look_losses(answers: Tensor, wanted: Tensor) -> dict[str, Tensor]:
    """Whether it is a face, and landmarks of those that are."""
    face = wanted[:, 0] > 0
    score = functional.binary_cross_entropy_with_logits(answers[:, 0], wanted[:, 0])
    points = functional.smooth_l1_loss(answers[face, 1:], wanted[face, 1:], beta=0.03, reduction="none").mean(1)
    return {"score": score, "landmarks": 20 * points.sum() / face.sum().clamp(min=1)}


class SecondLookRun:
    """A training that can be stopped and gone on with: network, averaged network, optimiser, step."""

    def __init__(self, path: Path, steps: int) -> None:
        torch.manual_seed(2)
        self.path, self.steps, self.step = path, steps, 0
        self.network = SecondLookNet()
        self.trained = copy.deepcopy(self.network).eval()
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=LEARNING_RATE, weight_decay=0.02)

    def _parts(self) -> Parts:
        return {"network": self.network, "ema": self.trained, "optimiser": self.optimiser}

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one. Raises ``BadFile``."""
        if self.path.is_file():
            self.step = read_parts(self.path, self._parts())

    def save(self) -> None:
        """Write the checkpoint, whole or not at all."""
        write_parts(self.path, self._parts(), self.step)

    def train_step(self, faces: Gray, wanted: Floats) -> dict[str, float]:
        """One step on a batch; its losses."""
        rate = min((self.step + 1) / 200, 0.005 + 0.5 * (1 + math.cos(math.pi * min(self.step / self.steps, 1))))
        self.optimiser.param_groups[0]["lr"] = LEARNING_RATE * rate
        light, wanted = mirrored_half(faces, wanted)
        with torch.autocast("cpu", torch.bfloat16):
            answers = self.network(torch.from_numpy(light))
        parts = second_look_losses(answers.float(), torch.from_numpy(wanted))
        self.optimiser.zero_grad(set_to_none=True)
        torch.stack(list(parts.values())).sum().backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        self.step += 1
        average(self.trained, self.network, self.step, AVERAGED_OVER)
        return {name: float(value.detach()) for name, value in parts.items()}


def train_second_look(run: SecondLookRun, faces: FoundFaces, progress: Progress) -> None:
    """Train until the run's last step; a checkpoint and a line now and then."""
    sums: dict[str, float] = {}
    first = run.step
    for batch in faces:
        if run.step >= run.steps:
            break
        for name, value in run.train_step(*batch).items():
            sums[name] = sums.get(name, 0.0) + value
        if run.step % SAVE_EVERY == 0 or run.step == run.steps:
            run.save()
            told = ", ".join(f"{name} {value / (run.step - first):.4f}" for name, value in sums.items())
            progress(f"second look, step {run.step}, {told}", run.step / run.steps)
            sums, first = {}, run.step
