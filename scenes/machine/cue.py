"""What the story asks for. The stage performs each; each may fail alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

from scenes.story.clip import PictureLevels, Transition


class ShowState(IntEnum):
    """As broadcast in /scene/state."""

    CLOSED = 0
    ATTRACT = 1
    PLAYING = 2
    DECIDING = 3
    TRANSITION = 4
    PAUSED = 5
    BLACKOUT = 6
    FAULT = 7


@dataclass(frozen=True, slots=True)
class Prepare:
    """These scenes may come next: hold their clips ready, the likeliest first."""

    scenes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Play:
    """Change the film to ``scene``, now or on the last frame of what is playing."""

    entry: int
    scene: str
    at: Literal["now", "end"] = "now"
    transition: Transition = field(default_factory=Transition)
    from_seconds: float = 0.0
    """Film time at which the scene begins."""


@dataclass(frozen=True, slots=True)
class SceneStarted:
    """The first picture of the scene is on the screen."""

    entry: int
    scene: str
    index: int
    """From 1, in the order of the story file."""


@dataclass(frozen=True, slots=True)
class SceneEnded:
    """The last picture of the scene was shown."""

    entry: int
    scene: str
    index: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Branched:
    """The choice of the next scene, and why."""

    source: str
    target: str
    reason: str
    """A sentence: 'joy held 1.6 s at 0.71', 'otherwise', 'nobody there', 'operator'."""
    emotion: str | None
    """The label that decided, or None: by default, presence, time or an operator."""
    confidence: float


@dataclass(frozen=True, slots=True)
class TakeStarted:
    """A visitor's way through the film begins."""

    take: int
    seed: int = 0
    """What is drawn by lot in this take comes from it: a show that begins with it draws the same."""
    draws: Mapping[str, str] = field(default_factory=dict)
    """What was drawn for this take, by the names of the story."""


@dataclass(frozen=True, slots=True)
class TakeEnded:
    """It is over: the film ended, the visitor left, an operator ended it, or the show itself ended."""

    take: int
    outcome: str
    """Name of the ending scene, or 'left', 'operator', 'fault', 'show_end'."""


@dataclass(frozen=True, slots=True)
class SendOsc:
    """A cue of the story's own to the other machines. The address is below the target's prefix."""

    address: str
    arguments: tuple[int | float | str, ...]


@dataclass(frozen=True, slots=True)
class Caption:
    """A line of text on the picture; '' takes it away."""

    text: str
    seconds: float


@dataclass(frozen=True, slots=True)
class SetVolume:
    """Change of the scene's own volume, on top of the master volume."""

    volume: float
    over_seconds: float


@dataclass(frozen=True, slots=True)
class CutThread:
    """Cut to another thread of the scene."""

    entry: int
    thread: str
    at_seconds: float
    """Film time; if that is over, with the next picture."""


@dataclass(frozen=True, slots=True)
class ThreadShown:
    """Another thread of the scene is on the screen, or its first."""

    entry: int
    scene: str
    thread: str
    index: int
    """From 1, in the order of the story file."""
    reason: str


@dataclass(frozen=True, slots=True)
class DrivePicture:
    """The drives of the scene have moved."""

    entry: int
    picture: PictureLevels


@dataclass(frozen=True, slots=True)
class SetLamps:
    """Channels of a DMX universe go to their values and stay there."""

    universe: int
    channels: Mapping[int, int]
    """Channel (1 to 512): value (0 to 255)."""
    over_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class StemLevels:
    """Where the stems of a scene are to go, 0 to 1 each, in their order; also of one that is to follow."""

    entry: int
    """Number of the ``Play`` cue that brings the scene."""
    levels: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The show's state, as broadcast; the stage pauses and blacks out by it."""

    state: ShowState
    paused: bool
    blackout: bool


@dataclass(frozen=True, slots=True)
class SignalChanged:
    """A signal from elsewhere has moved, has come back, or has become too old; told once a second at most."""

    number: int
    """From 1, in the order of the story file."""
    signal: str
    value: float
    """In its sender's unit, smoothed."""
    level: float
    """Where that is between ``low`` (0) and ``high`` (1)."""
    known: bool


@dataclass(frozen=True, slots=True)
class WaitBegan:
    """A scene could begin now, and waits for other rooms; the one before it goes on, or its last picture stays."""

    entry: int
    scene: str
    rooms: tuple[str, ...]
    limit_seconds: float


@dataclass(frozen=True, slots=True)
class WaitEnded:
    """It begins now."""

    entry: int
    scene: str
    came: bool
    """The others are there; False: they are lost, or the time is over."""
    reason: str
    seconds: float
    """How long it waited."""


Cue = (
    Prepare
    | Play
    | SceneStarted
    | SceneEnded
    | Branched
    | TakeStarted
    | TakeEnded
    | SendOsc
    | Caption
    | SetVolume
    | CutThread
    | ThreadShown
    | DrivePicture
    | SetLamps
    | StemLevels
    | StateChanged
    | SignalChanged
    | WaitBegan
    | WaitEnded
)
