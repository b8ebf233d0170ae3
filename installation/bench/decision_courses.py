"""Courses of visitors before a camera, seeded: what the bench of the decision lets every method judge.

A course says who shows what and when; a classifier (real or synthetic) says what it sees of each frame; then the
camera's faults are added: jitter of the box, dropped frames, detections lost, faces where there are none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from models.arrays import Doubles, Floats, Integers, Mask
from models.estimate import EmotionEstimate
from models.frame import Detection
from models.labels import LABELS

FRAME = (1280, 720)
FACE_PIXELS = 140.0
_NO_LANDMARKS = np.zeros((5, 2), np.float32)


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a course: ``person`` shows ``label`` (None: nobody is there) from ``x`` on, moving on."""

    label: str | None
    seconds: float
    person: int = 0
    x: float = 640.0
    speed: float = 0.0
    """Pixels a second along x."""
    strength: float = 1.0
    """Of the expression; 0 is the same person's neutral. Photographs have none: theirs is 1."""
    pose: int = 0
    """How the same person holds the head; 0 as most of the time. Photographs have one."""


@dataclass(frozen=True, slots=True)
class Course:
    """What happens before the camera, and how it is disturbed."""

    name: str
    parts: tuple[Part, ...]
    frames_per_second: float = 30.0
    seed: int = 0
    """Of the faces: who they are."""
    noise: int = 0
    """Of the disturbances: another replay of the same faces."""

    @property
    def seconds(self) -> float:
        """How long the whole course lasts."""
        return sum(part.seconds for part in self.parts)


@dataclass(frozen=True, slots=True)
class Faults:
    """How badly the camera and the detector behave."""

    jitter_pixels: float = 2.0
    dropped_frames: float = 0.02
    """Share of the frames that never arrive."""
    gaps_a_minute: float = 6.0
    """Stretches of 0.1 to 0.5 s in which the face is not found."""
    false_faces: float = 0.01
    """Share of frames with a face where there is none."""


Seen = tuple[float, list[EmotionEstimate], str | None]
"""(seconds, faces found, what the visitor truly shows)"""
Classify = Callable[[Course, Integers], tuple[Floats, Floats]]
"""classify(course, part of each frame (T,)) -> probabilities (T, 8), quality (T,)"""


def film(course: Course, classify: Classify, faults: Faults) -> list[Seen]:
    """The frames of a course as the judgement gets them."""
    chance = np.random.default_rng((course.seed, course.noise, 1))
    frames = round(course.seconds * course.frames_per_second)
    times = np.arange(frames) / course.frames_per_second
    ends = np.cumsum([part.seconds for part in course.parts])
    index = np.minimum(np.searchsorted(ends, times + 1e-9, side="right"), len(ends) - 1)
    probabilities, quality = classify(course, index)
    found = _found(course, frames, faults, chance)
    arrived = chance.random(frames) >= faults.dropped_frames
    false_at = chance.random(frames) < faults.false_faces
    seen: list[Seen] = []
    for k in np.flatnonzero(arrived):
        part = course.parts[index[k]]
        into = times[k] - (ends[index[k]] - part.seconds)
        faces = []
        if part.label is not None and found[k]:
            dx, dy, grow = chance.uniform(-1, 1, 3) * faults.jitter_pixels
            faces.append(
                _face(part.x + part.speed * into + dx, 360 + dy, FACE_PIXELS + grow, probabilities[k], quality[k])
            )
        if false_at[k]:
            faces.append(_false_face(chance))
        seen.append((100.0 + float(times[k]), faces, part.label))
    return seen


def _found(course: Course, frames: int, faults: Faults, chance: np.random.Generator) -> Mask:
    found = np.ones(frames, bool)
    for _ in range(chance.poisson(faults.gaps_a_minute * course.seconds / 60)):
        start = chance.integers(frames)
        found[start : start + round(chance.uniform(0.1, 0.5) * course.frames_per_second)] = False
    return found


def _face(x: float, y: float, size: float, p: Floats, quality: float) -> EmotionEstimate:
    box = (x - size / 2, y - size / 2, size, size)
    return EmotionEstimate(Detection(box, 0.95, _NO_LANDMARKS), p, float(quality), 20.0)


def _false_face(chance: np.random.Generator) -> EmotionEstimate:
    """A pattern of the wall taken for a face: any size, any answer, and as sure as a real one."""
    p = chance.dirichlet(np.full(len(LABELS), 0.3)).astype(np.float32)
    x, y, size = chance.uniform(100, 1180), chance.uniform(100, 620), chance.uniform(50, 200)
    return _face(x, y, size, p, 0.5)


def synthetic(course: Course, index: Integers) -> tuple[Floats, Floats]:
    """A classifier that is not one: errors drawn from a model of how such networks err.

    Each person has an own leaning for good (drawn from the confusions below), each frame an error of its own, one
    that lasts for a few frames (box, pose), one that comes and goes with the lamp, and now and then a moment of
    another face altogether (a blink, a word).
    """
    chance = np.random.default_rng((course.seed, course.noise, 2))
    rate, frames = course.frames_per_second, len(index)
    means = np.stack([_lean(course.seed, part) for part in course.parts])
    slow = _red_noise(chance, frames, 0.15 * rate) * SLOW
    flicker = np.sin(2 * np.pi * (chance.uniform(0.5, 3) * np.arange(frames) / rate + chance.random()))
    logits = means[index] + slow + chance.normal(0, FAST, (frames, len(LABELS)))
    logits += flicker[:, None] * chance.normal(0, FLICKER, len(LABELS))
    quality = np.clip(0.75 + 0.1 * _red_noise(chance, frames, 0.5 * rate)[:, 0], 0.05, 1)
    for _ in range(chance.poisson(MOMENTS_A_MINUTE * course.seconds / 60)):
        start, length = chance.integers(frames), round(chance.uniform(0.07, 0.3) * rate)
        logits[start : start + length, chance.integers(len(LABELS))] += MOMENT
        quality[start : start + length] *= 0.6
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32), quality.astype(np.float32)


SLOW, FAST, FLICKER, LEAN = 0.4, 0.3, 0.2, 0.4
MOMENTS_A_MINUTE, MOMENT = 6.0, 3.5
CONFUSED = {
    "neutral": {"sadness": 0.6, "anger": 0.3, "happiness": 0.3, "surprise": 0.2},
    "happiness": {"neutral": 1.0},
    "surprise": {"fear": 1.2, "neutral": 0.6, "happiness": 0.4},
    "sadness": {"neutral": 1.6, "anger": 0.5, "fear": 0.4},
    "anger": {"neutral": 1.2, "disgust": 0.8, "sadness": 0.5},
    "disgust": {"anger": 1.5, "sadness": 0.6},
    "fear": {"surprise": 1.4, "sadness": 0.7},
    "contempt": {"neutral": 1.6, "anger": 0.6},
}
"""Which emotions such networks take for which, as additions to the logits."""


def _lean(seed: int, part: Part) -> Doubles:
    """Mean logits of one person's expression, drawn until the label is the likeliest: only such faces are shown."""
    if part.label is None:
        return np.zeros(len(LABELS))
    if part.strength < 1.0:
        rest = _lean(seed, replace(part, label="neutral", strength=1.0))
        return rest + part.strength * (_lean(seed, replace(part, strength=1.0)) - rest)
    if part.pose:
        moved = np.random.default_rng((seed, part.person, part.pose, 1)).normal(0, LEAN, len(LABELS))
        return _lean(seed, replace(part, pose=0)) + moved
    index = LABELS.index(part.label)
    person = np.random.default_rng((seed, part.person)).normal(0, LEAN, len(LABELS))
    chance = np.random.default_rng((seed, part.person, index))
    while True:
        logits = person + chance.normal(0, LEAN / 2, len(LABELS))
        logits[index] += chance.uniform(2.2, 4.0)
        for other, more in CONFUSED[part.label].items():
            logits[LABELS.index(other)] += more
        if logits.argmax() == index:
            return logits


def _red_noise(chance: np.random.Generator, frames: int, memory: float) -> Doubles:
    """(T, 8) of deviation 1 that remembers for ``memory`` frames."""
    keep = np.exp(-1.0 / memory)
    white = chance.normal(0, np.sqrt(1 - keep**2), (frames, len(LABELS)))
    noise = np.empty_like(white)
    now = chance.normal(0, 1, len(LABELS))
    for k in range(frames):
        now = keep * now + white[k]
        noise[k] = now
    return noise
