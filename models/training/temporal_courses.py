"""Courses of looks at one visitor, as a dark room's camera gives them: held faces, onsets, talk, blinks, turned heads.

A plan says which faces are blended with what weight at each look and what the visitor shows; then each look is
photographed: an uneven rate of 15 to 60 a second, looks that are missing, a trembling box, noise, a lamp that flickers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.arrays import Doubles, Floats, Gray
from models.frame import Detection
from models.labels import LABELS
from models.lighting.exposure import Sensor, captured, expose, noisy
from models.seeing.align import TEMPLATE, align
from models.seeing.quality import quality
from models.training.temporal_faces import CANVAS, JAWS, LIPS, READABLE, TURNS, Computed, Face, Stills

LOOKS = 64
RATES, RATE_SHARES = (15.0, 20.0, 30.0, 60.0), (0.4, 0.25, 0.25, 0.1)
EYES_APART = 40.0
"""Pixels of the camera between the eyes, for the quality."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Looks at one visitor, in their order."""

    seconds: Floats
    """(t,) since the look before."""
    faces: Gray
    """(t, 64, 64) aligned."""
    quality: Floats
    """(t,)"""
    targets: Floats
    """(t, 8) what the visitor shows; between two emotions it is some of each."""


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    faces: list[Face]
    weights: Doubles
    """(t, faces): what of each is seen at each look."""
    label: str
    level: Doubles
    """(t,) how strongly ``label`` is shown, 0 to 1; the rest is neutral."""


Level = Callable[[Doubles, np.random.Generator], Doubles]
Planner = Callable[["CourseSource", Doubles, np.random.Generator], _Plan]


@dataclass(eq=False)
class CourseSource:
    """What courses are drawn from; without computed people nobody talks, blinks or turns."""

    stills: Stills
    computed: Computed | None = None
    level: Level | None = None
    """How strongly an expression is shown at each second; None: drawn, onset, apex and offset."""

    def draw(self, kind: str, rng: np.random.Generator, looks: int = LOOKS, rate: float = 0.0) -> Course:
        """A course of this kind (a key of ``KINDS``); ``rate``: looks a second, 0: drawn."""
        times = _times(rng, looks, rate or float(rng.choice(RATES, p=RATE_SHARES)))
        plan = KINDS[kind](self, times, rng)
        targets = np.zeros((looks, len(LABELS)), np.float32)
        share = smooth((plan.level - 0.1) / 0.35)
        targets[:, 0] = 1 - share
        targets[:, LABELS.index(plan.label)] += share
        faces, weighed = _photographed(plan, times, rng)
        return Course(np.diff(times, prepend=times[0] - 1 / 30).astype(np.float32), faces, weighed, targets)

    def level_at(self, times: Doubles, rng: np.random.Generator) -> Doubles:
        """How strongly an expression is shown at each of ``times``."""
        if self.level is not None:
            return self.level(times, rng)
        return _course_of(float(rng.uniform(0.2, 0.6) if rng.random() < 0.4 else 1.0), times, rng)

    def any_kind(self, rng: np.random.Generator) -> str:
        """One of the kinds that can be drawn."""
        names = [name for name in SHARES if self.computed is not None or name in OF_STILLS]
        shares = np.array([SHARES[name] for name in names])
        return str(rng.choice(names, p=shares / shares.sum()))


def smooth(share: Doubles) -> Doubles:
    """0 before 0, 1 after 1, and between them a cubic without corners."""
    share = np.clip(share, 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def _times(rng: np.random.Generator, looks: int, rate: float) -> Doubles:
    apart = (1 + (rng.random(looks) < 0.04)) / rate * rng.uniform(0.8, 1.2, looks)
    for _ in range(rng.poisson(0.5 * looks / rate / 4)):
        apart[rng.integers(looks)] += rng.uniform(0.1, 0.5)
    return np.asarray(np.cumsum(apart))


def _course_of(level: float, times: Doubles, rng: np.random.Generator) -> Doubles:
    """Onset of 0.2 to 0.7 s (one in four is sudden), apex, and in half of the courses the offset."""
    span = times[-1]
    begins, onset = rng.uniform(0.25, 0.5) * span, 0.01 if rng.random() < 0.25 else rng.uniform(0.2, 0.7)
    up = smooth((times - begins) / onset)
    if rng.random() < 0.5:
        return level * up
    ends = begins + onset + rng.uniform(0.3, 0.5) * span
    return level * (up - smooth((times - ends) / rng.uniform(0.3, 0.9)))


def _exposed(face: Face, mean: float, like: Face | None = None) -> Face:
    """The face so bright that its middle (or that of ``like``) has this mean: what is around it has no say."""
    middle = (like or face)[0][None, 28:68, 28:68]
    gain = float(expose(middle, mean).sum()) / max(float(middle.sum()), 1e-9)
    return face[0] * np.float32(gain), face[1]


def _mean(rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(np.log(12), np.log(110))))


def _still(source: CourseSource, times: Doubles, rng: np.random.Generator) -> _Plan:
    label = "neutral" if rng.random() < 0.5 else str(rng.choice(source.stills.labels()))
    face = source.stills.under(source.stills.draw(label, rng), int(rng.integers(2**31)))
    return _Plan([_exposed(face, _mean(rng))], np.ones((len(times), 1)), label, np.ones(len(times)))


def _light(source: CourseSource, times: Doubles, rng: np.random.Generator) -> _Plan:
    """The same face, and the lamps and the exposure change."""
    label = "neutral" if rng.random() < 0.5 else str(rng.choice(source.stills.labels()))
    face = source.stills.draw(label, rng)
    two = [_exposed(source.stills.under(face, int(rng.integers(2**31))), _mean(rng)) for _ in range(2)]
    after = smooth((times - rng.uniform(0.3, 0.7) * times[-1]) / rng.uniform(0.02, 0.6))
    return _Plan(two, np.stack([1 - after, after], axis=1), label, np.ones(len(times)))


def _onset(source: CourseSource, times: Doubles, rng: np.random.Generator) -> _Plan:
    """From a neutral face to another one's expression, aligned: there are no pairs of one person."""
    stills, label, lamp, mean = (
        source.stills,
        str(rng.choice(source.stills.labels())),
        int(rng.integers(2**31)),
        _mean(rng),
    )
    two = [_exposed(stills.under(stills.draw(one, rng), lamp), mean) for one in ("neutral", label)]
    level = source.level_at(times, rng)
    return _Plan(two, np.stack([1 - level, level], axis=1), label, level)


def _posed(
    source: CourseSource, poses: list[str], weights: Doubles, rng: np.random.Generator, times: Doubles
) -> tuple[list[Face], Doubles]:
    """A computed person, at rest in so far as ``weights`` (t, poses) do not sum to 1, who blinks now and then."""
    if source.computed is None:
        raise ValueError("there are no computed people")
    person, span = int(rng.integers(len(source.computed))), times[-1]
    blink = np.zeros(len(times))
    for middle in rng.uniform(0, span, rng.poisson(span / 3)):
        blink = np.maximum(blink, np.clip(1 - np.abs(times - middle) / rng.uniform(0.08, 0.16), 0, 1))
    weights = np.concatenate([weights * (1 - blink)[:, None], blink[:, None]], axis=1)
    weights = np.concatenate([1 - weights.sum(axis=1, keepdims=True), weights], axis=1)
    faces = [source.computed.face(person, pose) for pose in ("rest", *poses, "blink")]
    mean = _mean(rng)
    return [_exposed(face, mean, like=faces[0]) for face in faces], weights


def _rest(source: CourseSource, times: Doubles, rng: np.random.Generator) -> _Plan:
    faces, weights = _posed(source, [], np.zeros((len(times), 0)), rng, times)
    return _Plan(faces, weights, "neutral", np.ones(len(times)))


def _talk(source: CourseSource, times: Doubles, rng: np.random.Generator) -> _Plan:
    """Syllables, 3 to 6.5 a second, with pauses; jaw and lips of each differ."""
    poses = [*JAWS, *LIPS]
    weights, at = np.zeros((len(times), len(poses))), rng.uniform(0, 0.4)
    while at < times[-1]:
        lasts = 1 / rng.uniform(3.0, 6.5)
        bump = smooth(1 - np.abs((times - at - lasts / 2) / (lasts / 2)))
        shape = rng.dirichlet(np.full(len(poses), 0.5)) * rng.uniform(0.4, 1.0)
        weights = np.maximum(weights, bump[:, None] * shape)
        at += lasts * rng.uniform(0.8, 1.1) if rng.random() > 0.08 else rng.uniform(0.25, 0.6)
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1)
    faces, weights = _posed(source, poses, weights, rng, times)
    return _Plan(faces, weights, "neutral", np.ones(len(times)))


def _turn(source: CourseSource, times: Doubles, rng: np.random.Generator) -> _Plan:
    """The head goes to and fro, to one side and the other or up and down, and rests in between."""
    names = list(TURNS)
    way = np.sin(2 * np.pi * (rng.uniform(0.2, 0.8) * times + rng.random())) * rng.uniform(0.4, 1.0)
    weights = np.zeros((len(times), len(names)))
    if rng.random() < 0.6:
        for sign, near, far in ((-1, "left1", "left2"), (1, "right1", "right2")):
            out = np.clip(2 * sign * way, 0, 2)
            weights[:, names.index(near)] = 1 - np.abs(out - 1)
            weights[:, names.index(far)] = np.clip(out - 1, 0, 1)
    else:
        weights[:, names.index("down")], weights[:, names.index("up")] = np.clip(way, 0, 1), np.clip(-way, 0, 1)
    faces, weights = _posed(source, names, np.clip(weights, 0, 1), rng, times)
    return _Plan(faces, weights, "neutral", np.ones(len(times)))


def _expression(source: CourseSource, times: Doubles, rng: np.random.Generator) -> _Plan:
    """A computed person's onset: from each strength that was computed to the next."""
    label = str(rng.choice(list(READABLE)))
    strengths, level = READABLE[label], source.level_at(times, rng)
    weights = np.stack(
        [np.interp(level, (0, *strengths), np.eye(len(strengths) + 1)[k + 1]) for k in range(len(strengths))], axis=1
    )
    faces, weights = _posed(source, [f"{label} {strength}" for strength in strengths], weights, rng, times)
    return _Plan(faces, weights, label, level)


KINDS: dict[str, Planner] = {
    "still": _still, "light": _light, "onset": _onset, "rest": _rest, "talk": _talk, "turn": _turn,
    "expression": _expression,
}  # fmt: skip
SHARES = {"still": 0.2, "light": 0.12, "onset": 0.3, "rest": 0.06, "talk": 0.12, "turn": 0.06, "expression": 0.14}
OF_STILLS = ("still", "light", "onset")


def _photographed(plan: _Plan, times: Doubles, rng: np.random.Generator) -> tuple[Gray, Floats]:
    """Aligned faces (t, 64, 64) and their quality (t,)."""
    looks = len(times)
    weights = plan.weights.astype(np.float32)
    light = np.tensordot(weights, np.stack([face for face, _ in plan.faces]), axes=1)
    landmarks = np.tensordot(weights, np.stack([five for _, five in plan.faces]), axes=1)
    wave = np.sin(2 * np.pi * (rng.uniform(0.5, 4) * times + rng.random()))
    light *= (1 + rng.uniform(0, 0.15) * wave)[:, None, None].astype(np.float32)
    sensor = Sensor(float(np.exp(rng.uniform(np.log(3000), np.log(20000)))), 4.0)
    pictures = captured(noisy(np.asarray(light, np.float32), sensor, rng))
    trembles = rng.uniform(0.3, 1.0)
    shift = rng.uniform(-trembles, trembles, (looks, 1, 2)) + rng.normal(0, 0.45 * trembles, (looks, 5, 2))
    faces = np.stack([align(picture, five) for picture, five in zip(pictures, landmarks + shift, strict=True)])
    apart = EYES_APART / float(np.hypot(*(TEMPLATE[1] - TEMPLATE[0])))
    found = [Detection((0, 0, CANVAS, CANVAS), 0.95, (five * apart).astype(np.float32)) for five in landmarks]
    weighed = [quality(face, one) for face, one in zip(faces, found, strict=True)]
    return faces, np.asarray(weighed, np.float32)
