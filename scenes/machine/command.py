"""What a person (keys, OSC, command line) can ask of the show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

StoryCommand = Literal["start", "stop", "pause", "resume", "next", "reset", "attract", "goto", "blackout"]
"""Understood by the story. start: as if a visitor had come; stop: to attract, and stay until start; reset: the take
begins again at the story's first scene; goto: value = scene name; blackout: value 1 or 0."""
StageCommand = Literal[
    "mute", "camera", "volume", "brightness", "closed", "mood", "reload", "snapshot", "overlay", "shutdown", "restart"
]
"""Understood by the stage. mute, camera, closed, overlay: value 1 or 0; volume, brightness: 0 to 1; mood: value =
(label, intensity), overrides the mood for 30 s."""
STORY_COMMANDS: tuple[str, ...] = get_args(StoryCommand)


@dataclass(frozen=True, slots=True)
class Command:
    """One wish, already checked for type and range by whoever received it."""

    name: StoryCommand | StageCommand
    value: float | str | tuple[str, float] | None = None
    source: str = "operator"
    """Who asked: 'key', 'osc 10.0.0.7:9001', ... for the journal."""
