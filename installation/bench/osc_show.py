"""A scripted show for the broadcast: visitors who come, feel and go, scenes, branches; the same at every run."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

from installation.host.health import Health, Sense
from installation.osc.broadcast import Broadcast
from models.judging.aggregate import mean_facing, share_speaking
from models.labels import LABELS
from models.mood import Mood, VisitorMood
from scenes.machine.cue import Branched, Cue, SceneEnded, SceneStarted, SendOsc, ShowState, StateChanged

SCENES = ("attract", "opening", "joy", "shadow", "dawn")
SCENE_SECONDS = 7.0
MOODS_A_SECOND = 15
STAY_SECONDS = 11.0


@dataclass(frozen=True, slots=True)
class Step:
    """What the broadcast is given ``at`` seconds after the start."""

    at: float
    news: Mood | Health | Cue
    elapsed: float = 0.0


def script(seconds: float, visitors: int = 4) -> Iterator[Step]:
    """Moods at 15 Hz, health at 1 Hz, a scene every 7 s with the cues around it."""
    yield Step(0.0, StateChanged(ShowState.ATTRACT, False, False))
    entry = -1
    for number in range(int(seconds * MOODS_A_SECOND)):
        at = number / MOODS_A_SECOND
        if at >= (entry + 1) * SCENE_SECONDS:
            entry += 1
            yield from _change(at, entry)
        if number % MOODS_A_SECOND == 0:
            yield Step(at, Health(int(at), Sense.OK, Sense.OK, 29.97, 14.8, at, 0))
        yield Step(at, mood(at, visitors), at - entry * SCENE_SECONDS)


def _change(at: float, entry: int) -> Iterator[Step]:
    """From one scene to the next, with a cue of the story's own."""
    scene = entry % len(SCENES)
    if entry:
        before = (entry - 1) % len(SCENES)
        label = LABELS[entry % len(LABELS)]
        reason = f"{label} held 1.6 s at 0.71"
        yield Step(at, Branched(SCENES[before], SCENES[scene], reason, label, 0.71))
        yield Step(at, SceneEnded(entry, SCENES[before], before + 1, SCENE_SECONDS))
    yield Step(at, SceneStarted(entry + 1, SCENES[scene], scene + 1))
    yield Step(at, StateChanged(ShowState.PLAYING if scene else ShowState.ATTRACT, False, False))
    yield Step(at, SendOsc("/lamp/level", (scene, 0.25 * scene, "warm")))


def mood(at: float, visitors: int) -> Mood:
    """The room at ``at``: visitors take turns, so that somebody comes or goes every few seconds."""
    there = []
    for slot in range(1, visitors + 1):
        visit, within = divmod(at + slot * STAY_SECONDS / visitors, STAY_SECONDS)
        if within < STAY_SECONDS * 0.9:
            there.append(_visitor(slot, int(visit), at))
    if not there:
        return Mood(captured_at=at, trusted=True)
    room = tuple(sum(v.probabilities[i] for v in there) / len(there) for i in range(len(LABELS)))
    leading = max(range(len(LABELS)), key=room.__getitem__)
    return Mood(
        captured_at=at,
        trusted=True,
        present=True,
        count=len(there),
        visitors=tuple(there),
        probabilities=room,
        dominant=LABELS[leading],
        confidence=room[leading],
        valence=math.sin(at),
        arousal=math.cos(at),
        facing=mean_facing(there),
        speaking=share_speaking(there),
    )


def _visitor(slot: int, visit: int, at: float) -> VisitorMood:
    weights = [math.exp(2.0 * math.sin(at * 0.7 + slot + 1.3 * index)) for index in range(len(LABELS))]
    probabilities = tuple(weight / sum(weights) for weight in weights)
    leading = max(range(len(LABELS)), key=probabilities.__getitem__)
    return VisitorMood(
        slot=slot,
        visitor_id=(slot * 1_000_003 + visit * 7919) * 97 % (2**31 - 1) + 1,
        probabilities=probabilities,
        dominant=LABELS[leading],
        confidence=probabilities[leading],
        position=(0.5 + 0.4 * math.sin(at + slot), 0.5),
        size=0.3,
        facing=0.5 + 0.5 * math.cos(at + slot),
        yaw=40 * math.sin(at + slot),
        pitch=-5.0,
        roll=2.0,
        distance=1.8,
        eyes_shut=False,
        speaking=slot % 2 == 0,
    )


def perform(broadcast: Broadcast, seconds: float, visitors: int = 4) -> None:
    """Play the script to ``broadcast`` in its own time."""
    broadcast.eye(True, "open")
    started = time.monotonic()
    for step in script(seconds, visitors):
        time.sleep(max(0.0, started + step.at - time.monotonic()))
        match step.news:
            case Mood():
                broadcast.scene_time(step.elapsed, SCENE_SECONDS)
                broadcast.mood(step.news)
            case Health():
                broadcast.health(step.news)
            case _:
                broadcast.cue(step.news)
    time.sleep(max(0.0, started + seconds - time.monotonic()))
