"""Who is told to speak, and what speech does to the mood: simulated visitors who talk, and films of people.

The simulated visitors (heads that do not exist) talk with syllables of uneven length and pauses for breath, or rest.
They go through the whole eye as a camera's pictures do. Beside ours stands the same judgement that sees no mouths.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from calibration.settings import CameraSettings, EyeSettings, MoodSettings
from installation.bench.decision_courses import Seen
from installation.bench.decision_measures import a_minute
from installation.bench.decision_rows import Ours
from installation.bench.report import Figure
from models.estimate import EmotionEstimate
from models.frame import Frame
from models.judging.judgement import Judgement
from models.labels import LABELS
from models.rendering.performance import DirectedVisit
from models.rendering.simulated_visitor import SimulatedVisitor
from models.seeing.sight import open_sight

TALKS_FROM, SECONDS, LOOKS = 2.0, 12.0, 15
"""The second from which a visitor talks, how long each stays, and how often a second the eye looks."""
PEOPLE = 3
SPEAKS, RESTS, TOLD_AFTER = "told to speak, who talks", "told to speak, who rests", "speech is told after"
FALSE, READ = "false events, who talks", "looks read as surprise or happiness, who talks"
SPEECH = "ours"
BLIND = "ours, mouths not seen"


class MouthNotSeen(Ours):
    """The judgement without speech: what it was before."""

    name = BLIND

    def update(self, faces: Sequence[EmotionEstimate], now: float) -> str | None:
        """The label that the film would get at ``now``."""
        return super().update([replace(face, mouth_open=None) for face in faces], now)


def figures() -> list[Figure]:
    """What is told of those who talk and of those who rest."""
    talking = [course(person, talking_mouth(person)) for person in range(PEOPLE)]
    resting = [course(person, lambda _: 0.0) for person in range(PEOPLE)]
    delays = [delay(seen) for seen in talking]
    return [
        Figure(f"{SPEAKS}: {SPEECH}", 100 * share_told(talking, TALKS_FROM + 1.5), "%"),
        Figure(f"{RESTS}: {SPEECH}", 100 * share_told(resting, TALKS_FROM), "%"),
        Figure(f"{TOLD_AFTER}: {SPEECH}", float(np.median(delays)), "s"),
        Figure(f"{READ}", 100 * _read_as(talking), "%"),
        Figure(
            f"{FALSE}: {SPEECH}", _events(Ours, talking), "a minute", _events(MouthNotSeen, talking), MouthNotSeen.name
        ),
    ]


def on_footage(clips: Sequence[tuple[int, list[Seen]]], names: Sequence[str]) -> list[Figure]:
    """How much of the time people of the films are told to speak: those who sign and mouth words, those who turn."""
    made = []
    for word, what in (("sign", "people who sign"), ("head-pose", "turning heads")):
        group = [_to_and_fro(seen) for (_, seen), name in zip(clips, names, strict=True) if name.startswith(word)]
        if group:
            made.append(Figure(f"told to speak, footage, {what}: {SPEECH}", 100 * share_told(group, 1.0), "%"))
    return made


def talking_mouth(seed: int) -> Callable[[float], float]:
    """How far a mouth is open at each second: syllables of 0.16 to 0.33 s, some of them silent, none at first."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible course
    at, said = TALKS_FROM, list[tuple[float, float, float]]()
    while at < SECONDS:
        lasts = 1 / chance.uniform(3.0, 6.0)
        said.append((at, lasts, 0.0 if chance.random() < 0.1 else chance.uniform(0.35, 1.0)))
        at += lasts
    return lambda t: sum(
        high * (0.5 - 0.5 * math.cos(2 * math.pi * (t - begins) / lasts))
        for begins, lasts, high in said
        if begins <= t < begins + lasts
    )


def course(person: int, mouth: Callable[[float], float], seconds: float = SECONDS) -> list[Seen]:
    """A simulated visitor as the eye sees it, neutral but for the mouth."""
    visit = DirectedVisit(person + 1)
    visit.direct(person, "neutral", 0.0)
    camera = SimulatedVisitor(CameraSettings(width=640, height=480), person, visit, 0.0, mouth)
    sight = open_sight(EyeSettings(device="cpu"))
    times = [k / LOOKS for k in range(round(seconds * LOOKS))]
    return [
        (100.0 + t, sight.detect_and_classify(Frame(camera.read(t), 100.0 + t, k)), None) for k, t in enumerate(times)
    ]


def share_told(group: Sequence[Sequence[Seen]], since: float) -> float:
    """Share of the looks after ``since`` (seconds) in which the visitors are told to speak."""
    said = [speaks for seen in group for now, speaks in speaking_at(seen) if now - seen[0][0] >= since]
    return sum(said) / max(len(said), 1)


def delay(seen: Sequence[Seen]) -> float:
    """Seconds from the first syllable until it is told; the whole time where it is not."""
    begins = seen[0][0] + TALKS_FROM
    return next((now for now, speaks in speaking_at(seen) if speaks and now >= begins), seen[-1][0]) - begins


def speaking_at(seen: Sequence[Seen]) -> list[tuple[float, bool]]:
    """At each look, whether somebody is told to speak."""
    judge = Judgement(MoodSettings(), random.Random(1))  # noqa: S311 - ids of a benchmark
    return [(now, bool(judge.update(faces, (640, 480), 20.0, now).speaking)) for now, faces, _ in seen]


def _events(row: type[Ours], group: Sequence[list[Seen]]) -> float:
    return a_minute(row, list(group), lambda before, now: now not in (before, None, "neutral"), TALKS_FROM + 1.0)


def _read_as(group: Sequence[Sequence[Seen]]) -> float:
    labels = [
        LABELS[int(face.probabilities.argmax())]
        for seen in group
        for now, faces, _ in seen
        for face in faces
        if now - seen[0][0] >= TALKS_FROM
    ]
    return sum(label in ("surprise", "happiness") for label in labels) / max(len(labels), 1)


def _to_and_fro(seen: Sequence[Seen]) -> list[Seen]:
    """A short clip played there and back for as long as the others stay."""
    step, start = seen[1][0] - seen[0][0], seen[0][0]
    path = [*seen, *seen[-2:0:-1]]
    return [
        (start + k * step, path[k % len(path)][1], path[k % len(path)][2]) for k in range(math.ceil(SECONDS / step))
    ]
