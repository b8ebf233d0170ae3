"""Rendered faces of people who do not exist, one a person and emotion, to make sets of."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from calibration.settings import CameraSettings
from models.arrays import Gray, Image
from models.rendering.performance import DirectedVisit
from models.rendering.simulated_visitor import SimulatedVisitor


@cache
def photograph(person: int, label: str) -> Image:
    """A whole picture (360, 640, 3) of one of the three."""
    performance = DirectedVisit(0)
    visitor = SimulatedVisitor(CameraSettings(width=640, height=360), 0, performance, begins=0.0)
    performance.direct(person, label, 0.0)
    return visitor.read(1.5)


def drawn(seed: int, shift: int = 0) -> Gray:
    """A face of one's own for each seed, as no detector finds it: blobs (48, 48), so that doubles can be told."""
    rng = np.random.default_rng(seed)
    small = cv2.resize(rng.integers(0, 256, (12, 12), np.uint8), (48, 48), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.roll(small, shift, 1), np.uint8)


def write_picture(path: Path, picture: Image) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), picture)
    return path
