"""A small network that finds the usual 68 landmarks in aligned faces, learned from rendered ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from calibration.array_file import ANYTHING, load_arrays
from models.arrays import Floats, Gray
from models.lighting.exposure import jpeg
from models.seeing.align import SIDE, prepare

POINTS = 68
MIRRORED = np.array(
    [
        *range(16, -1, -1),  # jaw
        *range(26, 16, -1),  # brows
        *range(27, 31),
        *range(35, 30, -1),  # nose
        *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),  # eyes
        *range(54, 47, -1),
        *range(59, 54, -1),
        *range(64, 59, -1),
        *range(67, 64, -1),  # mouth
    ]
)
"""Order of the landmarks in a mirrored face."""
BATCH = 64
CAMERA_SIDES = (36, 64)
"""Sides in pixels that a face may have had before it was enlarged."""


class LandmarkNetwork(nn.Module):
    """Prepared faces (n, 1, 64, 64) to landmarks (n, 68, 2) in pixels; 0.13 M parameters."""

    usual: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("usual", torch.zeros(POINTS * 2))  # where landmarks lie on average
        layers: list[nn.Module] = []
        width = 1
        for channels in (16, 32, 48, 64):
            layers += [nn.Conv2d(width, channels, 3, 2, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
            layers += [nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
            width = channels
        self.stages = nn.Sequential(*layers, nn.Conv2d(width, 24, 1), nn.ReLU(), nn.Flatten())
        self.head = nn.Linear(24 * 16, POINTS * 2)

    def forward(self, faces: Tensor) -> Tensor:
        """Prepared faces to landmarks."""
        moved: Tensor = self.head(self.stages(faces))
        return (self.usual + moved).reshape(-1, POINTS, 2)


def train_landmarks(
    pictures: Gray, landmarks: Floats, epochs: int, path: Path, progress: Callable[[float], None]
) -> LandmarkNetwork:
    """Learn from rendered faces (n, 96, 96) and their landmarks, and keep the network at ``path``."""
    torch.manual_seed(1)
    torch.set_num_threads(1)
    rng = np.random.default_rng(1)
    network = LandmarkNetwork()
    margin = (pictures.shape[1] - SIDE) / 2
    network.usual.copy_(torch.from_numpy((landmarks - margin).mean(axis=0).reshape(-1).astype(np.float32)))
    steps = max(1, epochs * len(pictures) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps + 1)
    for step in range(steps):
        chosen = rng.integers(0, len(pictures), BATCH)
        faces, points = augmented(pictures[chosen], landmarks[chosen], rng)
        loss = (network(torch.from_numpy(faces)) - torch.from_numpy(points)).abs().mean()
        loss.backward()  # type: ignore[no-untyped-call]  # torch carries no types here
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        schedule.step()
        if step % 20 == 0:
            progress(step / steps)
    np.savez(path, **{name: value.numpy() for name, value in network.state_dict().items()})  # type: ignore[arg-type]
    return network.eval()


def load_landmark_network(path: Path) -> LandmarkNetwork:
    """A network that was kept. Raises ``BadFile``."""
    network = LandmarkNetwork()
    arrays = load_arrays(path, dict.fromkeys(network.state_dict(), ANYTHING))
    network.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    return network.eval()


@torch.no_grad()
def find_points(network: LandmarkNetwork, faces: Gray) -> Floats:
    """Landmarks (n, 68, 2) of aligned faces (n, 64, 64) uint8."""
    parts = [network(torch.from_numpy(prepare(faces[i : i + 256]))).numpy() for i in range(0, len(faces), 256)]
    return np.concatenate(parts) if parts else np.empty((0, POINTS, 2), np.float32)


def augmented(pictures: Gray, landmarks: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Rendered faces aligned with some error, mirrored, coarse, noisy, partly hidden: prepared, and their landmarks."""
    n, margin = len(pictures), (pictures.shape[1] - SIDE) / 2
    faces, points = np.empty((n, SIDE, SIDE), np.uint8), np.empty((n, POINTS, 2), np.float32)
    middle = np.array([(SIDE - 1) / 2] * 2)
    for k in range(n):
        turn, scale, flip = rng.normal(0, 0.1), np.exp(rng.normal(0, 0.07)), rng.choice((-1.0, 1.0))
        around = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ np.diag([flip, 1.0])
        shift = middle + rng.normal(0, 2, 2) - around @ (middle + margin)
        matrix = np.concatenate([around, shift[:, None]], axis=1)
        face = cv2.warpAffine(
            pictures[k], matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        at = landmarks[k] @ around.T + shift
        points[k] = at[MIRRORED] if flip < 0 else at
        faces[k] = _as_a_camera(np.asarray(face, np.uint8), rng)
    return prepare(faces), points


def _as_a_camera(face: Gray, rng: np.random.Generator) -> Gray:
    side = int(rng.integers(*CAMERA_SIDES))
    coarse = cv2.resize(cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA), (SIDE, SIDE))
    light = (coarse / 255.0) ** np.exp(rng.normal(0, 0.35)) * 255
    seen = np.clip(light + rng.normal(0, rng.uniform(0, 6), light.shape), 0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        width, height = rng.integers(6, 26, 2)
        x, y = rng.integers(-4, SIDE - 4, 2)
        seen[max(y, 0) : y + height, max(x, 0) : x + width] = rng.integers(0, 256)
    return jpeg(seen, int(rng.integers(50, 95))) if rng.random() < 0.3 else seen
