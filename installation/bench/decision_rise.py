"""Rises over the resting face: one person neutral and then, from the next frame on, with a weak or a full expression.

The people are computed (``models.rendering``), where the 3-D face is at hand: the network reads its expressions, and no
photographs show the same person at strengths that are known. Else the synthetic classifier stands in. Each course is
judged with the rise and without it (``[mood] rise = 0``).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from calibration.settings import MoodSettings
from installation.bench.decision_courses import Classify, Course, Faults, Part, Seen, film
from installation.bench.decision_faces import Network
from installation.bench.decision_light import LEARNS_SECONDS
from installation.bench.decision_measures import SAME, SETTLED_SECONDS, decisions
from installation.bench.decision_rows import Ours
from installation.bench.report import Figure
from models.arrays import Floats, Gray, Integers
from models.darkroom.heads import Head
from models.darkroom.rendered import FINER, render_head
from models.lighting.exposure import Sensor, captured, expose, noisy
from models.lighting.relight import Lamp
from models.rendering.mesh import read_mesh
from models.rendering.people import EXPRESSIONS, RELAXED, people
from models.seeing.align import SIDE, align

SHOWN = ("happiness", "surprise", "sadness", "anger", "fear")
"""Disgust and contempt are read too seldom to be measured, at any strength."""
STRENGTHS = (0.2, 0.4, 0.6, 1.0)
PERSONS_OWN: tuple[dict[str, float], ...] = (
    {},
    {"mouthSmile": 0.3},
    {"browDown": 0.55},
    {"mouthFrown": 0.45, "browInnerUp": 0.15},
)
"""What their faces have at rest: nothing, raised mouth corners, heavy brows, drooping corners."""
POSES = 5
POSE_SECONDS = 1.0
FRAMES_A_SECOND = 15.0
WITHOUT = "without the rise"


def figures(classify: Classify, seed: int, count: int, faults: Faults = Faults()) -> list[Figure]:
    """The rows of the rise, each with the same judgement without it as its baseline."""
    shown = {key: [film(course, classify, faults) for course in group] for key, group in onsets(seed, count).items()}
    resting = [film(course, classify, faults) for course in at_rest(seed, count)]
    (delays, false, emotion), (delays_0, false_0, emotion_0) = (
        ({key: delays_of(rise, group) for key, group in shown.items()}, *resting_events(rise, resting))
        for rise in (1.0, 0.0)
    )
    made = []
    for label in SHOWN:
        for name, strengths in (("weak", STRENGTHS[:-1]), ("full", STRENGTHS[-1:])):
            now, before = (
                100 * float(np.mean([d is not None for s in strengths for d in found[label, s]]))
                for found in (delays, delays_0)
            )
            made.append(Figure(f"right event, one person, {name} {label}", now, "%", before, WITHOUT))
    now, before = (
        float(np.median([d for (_, s), group in found.items() if s < 1 for d in group if d is not None] or [np.nan]))
        for found in (delays, delays_0)
    )
    return [
        *made,
        Figure("onset to event, one person, weak", now, "s", before, WITHOUT),
        Figure("false events, one person at rest who moves", false, "a minute", false_0, WITHOUT),
        Figure("time with an emotion, the same", 100 * emotion, "%", 100 * emotion_0, WITHOUT),
    ]


def when_the_light_goes(courses: Sequence[tuple[list[Seen], list[Seen]]]) -> Figure:
    """Films of the same people in the light and in the dark (``decision_light``), the second right after the first."""
    now, before = (
        100
        * float(np.mean([one == other for bright, dark in courses for one, other in _side_by_side(rise, bright, dark)]))
        for rise in (1.0, 0.0)
    )
    return Figure(f"{SAME}, footage, when the light goes: {Ours.name}", now, "%", before, WITHOUT)


def _side_by_side(rise: float, bright: list[Seen], dark: list[Seen]) -> list[tuple[str | None, str | None]]:
    """The labels of each moment in the light and in the dark that follows, without the first seconds of both."""
    later = 2 * bright[-1][0] - bright[-2][0] - dark[0][0]
    course = [*bright, *((now + later, faces, shown) for now, faces, shown in dark)]
    labels = [label for _, label in decisions(Ours(MoodSettings(rise=rise)), course)]
    skipped = sum(now < bright[0][0] + LEARNS_SECONDS for now, _, _ in bright)
    return list(zip(labels[skipped : len(bright)], labels[len(bright) + skipped :], strict=True))


def onsets(seed: int, count: int) -> dict[tuple[str, float], list[Course]]:
    """By emotion and strength: neutral for 6 s, then the expression for 3 s; as many people as ``count``."""
    return {
        (label, strength): [
            Course(
                "rise", (Part("neutral", 6), Part(label, 3, strength=strength)), FRAMES_A_SECOND, seed + 500 + k, noise
            )
            for k in range(count)
        ]
        for noise, (label, strength) in enumerate((label, strength) for label in SHOWN for strength in STRENGTHS)
    }


def at_rest(seed: int, count: int) -> list[Course]:
    """Neutral for a minute, the head held another way every second, now and then half blinking."""
    courses = []
    for k in range(count):
        chance = np.random.default_rng((seed, k))
        poses = [0, 0, 0, *chance.integers(0, POSES, 57).tolist()]
        parts = tuple(Part("neutral", POSE_SECONDS, pose=pose) for pose in poses)
        courses.append(Course("rest", parts, FRAMES_A_SECOND, seed + 500 + k))
    return courses


def delays_of(rise: float, courses: Sequence[list[Seen]]) -> list[float | None]:
    """Seconds from the first frame of each expression until it is reported; None: never."""
    found: list[float | None] = []
    for course in courses:
        truth = course[-1][2]
        onset = next(now for now, _, shown in course if shown == truth)
        events = decisions(Ours(MoodSettings(rise=rise)), course)
        found.append(next((now - onset for now, label in events if now >= onset and label == truth), None))
    return found


def resting_events(rise: float, courses: Sequence[list[Seen]]) -> tuple[float, float]:
    """How often a minute an emotion begins in faces at rest, and the share of the time in which one is reported."""
    events, time, seconds = 0, 0.0, 0.0
    for course in courses:
        labels = [
            one for one in decisions(Ours(MoodSettings(rise=rise)), course) if one[0] >= course[0][0] + SETTLED_SECONDS
        ]
        for (before_at, before), (now_at, now) in pairwise(labels):
            seconds += now_at - before_at
            time += (now_at - before_at) * (now not in (None, "neutral"))
            events += now not in (before, None, "neutral")
    return 60 * events / seconds, time / seconds


class ComputedPeople:
    """Classifies the frames of courses in which each seed is a computed person under a lamp overhead.

    ``mean``: of their faces, 0 to 255.
    """

    views = 16

    def __init__(self, mesh: Path, network: Network, mean: float = 18.0) -> None:
        self._mesh, self._network, self._mean = read_mesh(mesh), network, mean
        self._seen = lru_cache(maxsize=None)(self._classified)

    def __call__(self, course: Course, index: Integers) -> tuple[Floats, Floats]:
        """Probabilities (T, 8) and quality (T,) of a course whose frame k belongs to part ``index[k]``."""
        chance = np.random.default_rng((course.seed, course.noise, 4))
        views = [self._seen(course.seed, part.label, part.strength, part.pose) for part in course.parts]
        probabilities = np.stack([views[part][chance.integers(self.views)] for part in index])
        return probabilities, np.full(len(index), 0.8, np.float32)

    def _classified(self, seed: int, label: str, strength: float, pose: int) -> Floats:
        chance = np.random.default_rng((seed, int(100 * strength), pose))
        light, landmarks = _cut_out(self._rendered(seed, label, strength, pose), self._mean)
        return self._network(np.stack([_photograph(light, landmarks, chance) for _ in range(self.views)]))

    def _rendered(self, seed: int, label: str, strength: float, pose: int) -> Head:
        chance = np.random.default_rng(seed)
        person = people(seed % 4 + 1, len(self._mesh.identities), seed)[-1]  # of four skins
        own = PERSONS_OWN[seed // 2 % len(PERSONS_OWN)]
        turn = np.array([chance.uniform(-8, 8), chance.uniform(-5, 12)])
        lamp = Lamp(chance.uniform(-40, 40), chance.uniform(45, 70), 8.0)
        way = np.random.default_rng((seed, LIKE[label]))  # each emotion in a way of one's own
        shapes = dict(RELAXED)
        shown = {shape: strength * way.uniform(0.7, 1.3) * full for shape, full in EXPRESSIONS[label].items()}
        for more in (own, shown):
            shapes = {shape: shapes.get(shape, 0.0) + more.get(shape, 0.0) for shape in {**shapes, **more}}
        if pose:
            moved = np.random.default_rng((seed, pose, 7))
            turn += moved.normal(0, [8, 6])
            shapes["eyeBlink"] += moved.uniform(-0.1, 0.25)
            shapes["mouthSmile"] = shapes.get("mouthSmile", 0.0) + moved.uniform(0, 0.08)
        return render_head(self._mesh, person, shapes, (turn[0], turn[1]), [lamp], np.random.default_rng(seed))[0]


LIKE = {label: k for k, label in enumerate(EXPRESSIONS)}


def _cut_out(head: Head, mean: float) -> tuple[Floats, Floats]:
    """Light around the face, exposed so that its mean is ``mean``, and its landmarks."""
    half = int(SIDE * FINER / 2)
    x, y = (int(v) for v in head.landmarks.mean(axis=0))
    face = head.light[y - half : y + half, x - half : x + half]
    left, top = max(x - 2 * half, 0), max(y - 2 * half, 0)
    light = head.light[top : y + 2 * half, left : x + 2 * half]
    gain = expose(face[None], mean).mean() / max(float(face.mean()), 1e-9)
    return np.asarray(light * np.float32(gain), np.float32), (head.landmarks - [left, top]).astype(np.float32)


def _photograph(light: Floats, landmarks: Floats, chance: np.random.Generator) -> Gray:
    """One frame: the sensor's noise, the box and each landmark a little off."""
    picture = captured(noisy(light[None], Sensor(), chance))[0]
    off = chance.uniform(-JITTER, JITTER, 2) + chance.normal(0, JITTER / 2, (5, 2))
    return align(picture, (landmarks + off).astype(np.float32))


JITTER = 1.4
"""Pixels; faces of this size are two thirds as large as those of the other courses, which tremble by 2."""
