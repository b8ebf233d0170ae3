"""Courses as the classifier sees them, drawn once and kept: what temporal networks are trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calibration.array_file import ANYTHING, load_arrays
from models.arrays import Floats, Gray
from models.evaluation.temporal_filter import small_faces
from models.judging.smoothing import log_probabilities
from models.training.temporal_courses import Course, CourseSource

Classify = Callable[[Gray], tuple[Floats, Floats]]
"""classify(aligned faces (n, 64, 64)) -> probabilities (n, 8), embeddings (n, d)"""
LENGTH = 48
"""Looks of a course that one training example has."""


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """Looks of n courses, (n, t, ...) each."""

    logs: Floats
    embedding: NDArray[np.float16]
    seconds: Floats
    quality: Floats
    face: Gray
    """(n, t, 32, 32)"""
    targets: Floats

    def __len__(self) -> int:
        return len(self.logs)

    def subset(self, which: slice) -> Looks:
        """Some of the courses."""
        return Looks(*(getattr(self, one.name)[which] for one in fields(self)))

    def batch(self, size: int, rng: np.random.Generator, length: int = LENGTH) -> Looks:
        """Some courses, of each ``length`` looks: in one piece, or with gaps as a slower or busier camera leaves."""
        rows = rng.choice(len(self), size, replace=len(self) < size)
        total = self.logs.shape[1]
        kept = np.empty((size, length), np.int64)
        for k in range(size):
            start = rng.integers(total - length + 1)
            kept[k] = start + np.arange(length)
            if rng.random() < 0.5:
                kept[k] = np.sort(rng.choice(total, length, replace=False))
        row = rows[:, None]
        since = np.diff(np.take_along_axis(np.cumsum(self.seconds[rows], axis=1), kept, axis=1), axis=1, prepend=0)
        since[:, 0] = np.minimum(since[:, 0], 1 / 30)
        picked = {one.name: getattr(self, one.name)[row, kept] for one in fields(self)}
        return Looks(**{**picked, "seconds": since.astype(np.float32)})


def look_at(course: Course, classify: Classify) -> list[Floats | Gray | NDArray[np.float16]]:
    """The arrays of one course, in the order of ``Looks``."""
    probabilities, embedding = classify(course.faces)
    logs = log_probabilities(probabilities).astype(np.float32)
    half = embedding.astype(np.float16)
    return [logs, half, course.seconds, course.quality, small_faces(course.faces), course.targets]


def draw_looks(
    source: CourseSource, classify: Classify, count: int, seed: int, progress: Callable[[float], None]
) -> Looks:
    """``count`` courses of all kinds."""
    seen = []
    for k in range(count):
        rng = np.random.default_rng((seed, k))
        seen.append(look_at(source.draw(source.any_kind(rng), rng), classify))
        progress(k / count)
    return Looks(*(np.stack(arrays) for arrays in zip(*seen, strict=True)))


def kept_looks(path: Path, make: Callable[[], Looks]) -> Looks:
    """The looks of a file, which are drawn when it is not there. Raises ``BadFile``."""
    names = [one.name for one in fields(Looks)]
    if not path.is_file():
        made = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez(part, **{name: getattr(made, name) for name in names})
        part.replace(path)
    file = load_arrays(path, dict.fromkeys(names, ANYTHING), 8_000_000_000)
    return Looks(**{name: file[name] for name in names})
