"""All that the operator's overlay shows, as values; the stage gathers it, the overlay only draws."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from installation.host.health import Health
from installation.show.keys import Controls
from models.mood import Mood
from scenes.machine.branching import BranchStanding
from scenes.machine.signals import SignalStanding
from scenes.story.story import Story


@dataclass(frozen=True, slots=True)
class Timeline:
    """The scene that plays, and what happens when in it, in seconds of film."""

    seconds: float
    """Where it is; in a loop, in this pass."""
    duration: float
    """Of one pass, if it loops."""
    loops: bool
    closes: float
    """When its choice closes; infinite in a loop that waits for a branch."""
    minimum: float
    cues: tuple[float, ...]
    listens: bool = True
    """Faces or signals count for the choice."""

    @property
    def length(self) -> float:
        """What the whole line stands for: longer than one pass where a loop has a time at which it is left."""
        return self.closes if self.loops and math.isfinite(self.closes) else self.duration


def timeline_of(story: Story, scene: str, seconds: float) -> Timeline:
    """The timeline of ``scene`` at ``seconds`` of film."""
    duration, closes, loops = story.duration(scene), story.close(scene), story.clip(scene).loop
    minimum, cues = story.scene(scene).minimum_seconds, tuple(cue.at_seconds for cue in story.cues(scene))
    line = Timeline(seconds, duration, loops, closes, minimum, cues, story.listens(scene))
    return replace(line, seconds=seconds % duration) if line.length == duration and loops and duration else line


@dataclass(frozen=True, slots=True)
class View:
    """One moment of the show for whoever watches over it."""

    clock: str
    """The time on the wall, as it is written there."""
    title: str
    """Of the story."""
    scene: str
    state: str
    seconds: float
    duration: float | None
    window: tuple[float, float]
    """The scene's listening window, from and until, in seconds of film."""
    branches: tuple[BranchStanding, ...]
    mood: Mood
    health: Health
    eye_line: str
    """Which device and detector the eye runs on, and what the camera is."""
    lost: tuple[str, ...]
    thumbnail: bytes | None
    """JPEG of the camera's picture, in memory only."""
    question: str
    controls: Controls
    timeline: Timeline
    answers: tuple[str, ...] = ()
    """How a scene that answers while it plays stands: its thread, cuts and drives, each in words."""
    remembered: tuple[str, ...] = ()
    """What the take remembers, and what else branches ask of, each in words."""
    sign: str = ""
    """What the room is told of the eye; '' where there is none."""
    house: str = ""
    """Doors and next change, where the house has hours or is not open."""
    signals: tuple[SignalStanding, ...] = ()
    """Those that the story asks for."""
    rehearsed: bool = False
    """The mood is an operator's, not the eye's."""
    console_url: str = ""
    """Where the operator's console is; '' while there is none."""
    console_code: tuple[bytes, ...] = ()
    """Its QR code, where the overlay shows it: rows of one byte for each module, 1 is dark."""


def set_by_hand(controls: Controls) -> tuple[str, ...]:
    """What an operator has changed and may have forgotten: why it is dark, or silent."""
    words = {
        "paused": controls.paused,
        "closed": controls.closed,
        "blackout": controls.blackout and not controls.closed,
        "muted": controls.mute,
        "captions off": controls.captions is None,
        "camera off": not controls.camera,
        "staff in the room": controls.staff,
        f"volume {controls.volume:.0%}": controls.volume < 1 and not controls.mute,
        f"brightness {controls.brightness:.0%}": controls.brightness < 1,
    }
    return tuple(word for word, is_so in words.items() if is_so)


def signal_words(signal: SignalStanding) -> str:
    """What a signal stands at, in its sender's unit and as a share of its range."""
    if signal.value is not None:
        return f"{signal.value:.4g} ({signal.level:.0%})"
    return "never heard" if signal.silent_seconds is None else f"not heard for {signal.silent_seconds:.0f} s"
