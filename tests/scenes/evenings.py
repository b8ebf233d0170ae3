"""For tests: stories without media files, visitors with a given mood, and the cues of an evening with them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

from models.labels import LABELS
from models.mood import Mood, unseen
from scenes.machine.command import StoryCommand
from scenes.machine.cue import Branched, Cue, Play, SceneStarted
from scenes.machine.dry_run import dry_run
from scenes.machine.other_rooms import NO_ROOMS, OtherRooms
from scenes.machine.signal_state import SignalMessage
from scenes.story.media import timed_clip
from scenes.story.story import Story
from scenes.story.story_file import StoryFile

TWO_ROOMS = """
title = "Two rooms"
start = "door"
attract = "lamp"
safe = "still"
[groups]
calm = ["neutral", "happiness"]
dark = ["sadness", "fear", "anger"]
[scenes.lamp]
clip = "lamp.mp4"
[scenes.still]
clip = "still.png"
[scenes.door]
clip = "door.mp4"
out_seconds = 10
listen = { from_seconds = 2, until_seconds = 8 }
branch = [{ to = "garden", when = { mood = "calm" } }, { to = "cellar", when = { mood = "dark" } }]
next = "garden"
[scenes.garden]
clip = "garden.mp4"
out_seconds = 6
transition = { kind = "crossfade", seconds = 1 }
end = true
[scenes.cellar]
clip = "cellar.mp4"
out_seconds = 30
end = true
"""


def story_of(text: str = TWO_ROOMS) -> Story:
    """A story whose clips need not exist; those without ``out_seconds`` are 10 s long."""
    file = StoryFile.model_validate(tomllib.loads(text))
    return Story(
        Path("/nowhere/story.toml"), file, {name: timed_clip(file, name, Path("/nowhere")) for name in file.scenes}
    )


def feeling(label: str | None, strength: float = 0.86, count: int = 1) -> Mood:
    """Somebody is there and feels so; None: no emotion that can be named."""
    rest = (1 - strength) / (len(LABELS) - 1)
    probabilities = tuple(strength if name == label else rest for name in LABELS)
    if label is None:
        probabilities = tuple(1 / len(LABELS) for _ in LABELS)
    return Mood(
        captured_at=0.0,
        trusted=True,
        present=True,
        count=count,
        probabilities=probabilities,
        dominant=label,
        confidence=strength if label else 0.0,
    )


NOBODY = Mood(captured_at=0.0, trusted=True)
BLIND = unseen(0.0, "the lens is covered")

Course = Sequence[tuple[float, Mood]]
"""(seconds, mood): from that time on the visitors show that mood."""


def evening(  # noqa: PLR0913 - what an evening is made of
    story: Story,
    course: Course,
    until: float,
    commands: dict[float, StoryCommand] | None = None,
    tick_seconds: float = 0.1,
    signals: Sequence[tuple[float, str, float | None]] = (),
    rooms: Sequence[tuple[float, OtherRooms]] = (),
) -> list[tuple[float, Cue]]:
    """All cues of an evening with their times, rounded to a hundredth. ``signals``: (seconds, name, value).

    ``rooms``: what is known of other rooms from that time on.
    """
    asked = sorted((commands or {}).items())
    sent = sorted(signals, key=lambda message: message[0])

    def orders(now: float) -> tuple[StoryCommand, ...]:
        due = tuple(command for time, command in asked if time <= now + 1e-9)
        del asked[: len(due)]
        return due

    def messages(now: float) -> tuple[SignalMessage, ...]:
        due = tuple(SignalMessage(name, value) for time, name, value in sent if time <= now + 1e-9)
        del sent[: len(due)]
        return due

    def others(now: float) -> OtherRooms:
        return next((known for time, known in reversed(rooms) if time <= now + 1e-9), NO_ROOMS)

    ticks = dry_run(story, mood_at(course), until, tick_seconds, orders, messages, rooms=others)
    return [(round(now, 2), cue) for now, _, cues in ticks for cue in cues]


def mood_at(course: Course) -> Callable[[float, object], Mood]:
    return lambda now, _state: next((mood for time, mood in reversed(course) if time <= now + 1e-9), NOBODY)


def scenes_of(cues: list[tuple[float, Cue]]) -> list[str]:
    return [cue.scene for _, cue in cues if isinstance(cue, SceneStarted)]


def branches_of(cues: list[tuple[float, Cue]]) -> list[Branched]:
    return [cue for _, cue in cues if isinstance(cue, Branched)]


def plays_of(cues: list[Cue] | tuple[Cue, ...]) -> list[Play]:
    return [cue for cue in cues if isinstance(cue, Play)]
