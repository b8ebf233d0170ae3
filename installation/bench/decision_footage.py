"""Footage for the bench of the decision: real people before a camera, darkened, through the eye's own sight."""

from __future__ import annotations

import random
from pathlib import Path

import cv2
import numpy as np

from calibration.settings import EyeSettings, MoodSettings
from installation.bench.decision_courses import Seen
from models.arrays import Image
from models.frame import Frame
from models.judging.judgement import Judgement
from models.lighting.exposure import GAMMA, Sensor, captured, linear, noisy
from models.seeing.sight import open_sight

PEOPLE = {"sign-*.mkv": 1, "head-pose-face-detection-male.mp4": 1, "head-pose-face-detection-female-and-male.mp4": 2}
"""Clips in which nobody comes or goes, and how many people are in them."""
MEAN_LUMINANCE = 20.0


def seen_in(folder: Path) -> list[tuple[int, list[Seen]]]:
    """Each clip of ``folder`` with the number of its people, as the eye sees it when the room is dark."""
    return [(people, _seen(path)) for people, path in _clips(folder)]


def names_in(folder: Path) -> list[str]:
    """The names of these clips."""
    return [path.name for _, path in _clips(folder)]


def ids_too_many(people: int, course: list[Seen]) -> int:
    """How many visitors more than people the judgement has counted: visits that a turned head has ended."""
    judge, ids = Judgement(MoodSettings(), random.Random(1)), set()  # noqa: S311 - ids of a benchmark
    for now, faces, _ in course:
        ids |= {visitor.visitor_id for visitor in judge.update(faces, (640, 480), MEAN_LUMINANCE, now).visitors}
    return max(len(ids) - people, 0)


def _clips(folder: Path) -> list[tuple[int, Path]]:
    return [(people, path) for glob, people in PEOPLE.items() for path in sorted(folder.glob(glob))]


def _seen(path: Path) -> list[Seen]:
    sight, chance = open_sight(EyeSettings(device="cpu")), np.random.default_rng(1)
    film = cv2.VideoCapture(str(path))
    seen: list[Seen] = []
    rate = film.get(cv2.CAP_PROP_FPS)
    while (got := film.read())[0]:
        now = 100.0 + len(seen) / rate
        seen.append(
            (
                now,
                sight.detect_and_classify(Frame(_darkened(np.asarray(got[1], np.uint8), chance), now, len(seen))),
                None,
            )
        )
    film.release()
    return seen


def _darkened(picture: Image, chance: np.random.Generator) -> Image:
    gain = np.float32((MEAN_LUMINANCE / max(float(picture.mean()), 1.0)) ** GAMMA)
    return captured(noisy(linear(picture) * gain, Sensor(), chance))
