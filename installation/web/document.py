"""What travels between the stage and the console's process, and on to each page, as typed documents.

The stage sends ``Hello`` once to each new process, ``StoryPlan`` when another story begins, ``State`` a few times a
second, ``LossLine`` on each change, ``CameraPicture`` while an operator looks, ``Answer`` to each request. The process
sends ``Request``.
Times are unix seconds, unless their name says otherwise: pages and stage need not share a monotonic clock.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

PROTOCOL = 2
"""Counts up when a page of before would misread what is sent now; such a page says so and loads itself again."""


class Document(BaseModel):
    """Base of all: frozen, unknown keys and NaN are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Hello(Document):
    """Who the stage is; the first thing that a console's process hears."""

    kind: Literal["hello"] = "hello"
    protocol: int = PROTOCOL
    version: str
    room: str
    """The venue's name."""
    venue_file: str = ""
    """Where settings are written; '' while the show runs on defaults."""
    state_folder: str
    """Where the journal, the token and the reports of this machine lie."""
    journal_folder: str
    listen: str
    port: int
    started_at: float
    constellation: tuple[str, str, str] | None = None
    """HOST:PORT of its server, the component's id and its group."""


class Way(Document):
    """One branch of a scene, as it is drawn in the graph."""

    to: str
    asks: str
    """Its condition in words; '' for ``otherwise``."""


class SceneNode(Document):
    """One scene of the story."""

    name: str
    kind: Literal["scene", "attract", "safe", "ending", "course"]
    seconds: float | None
    """Of its clip; None: not known, or it has none."""
    loops: bool
    ways: tuple[Way, ...]
    file: str = ""
    """The clip from which its thumbnail is made; '' where there is none."""
    thumbnail_at: float = 0.0
    """Seconds into that file."""


class StoryPlan(Document):
    """The story that runs."""

    kind: Literal["story"] = "story"
    number: int
    """Counts up with each story that takes over."""
    title: str
    path: str
    first: str
    attract: str
    safe: str
    scenes: tuple[SceneNode, ...]
    moods: dict[str, tuple[str, ...]] = {}
    """The story's own words for moods, and the emotions in each."""


class SceneNow(Document):
    """The scene that is on the wall."""

    name: str
    seconds: float
    duration: float | None
    loops: bool
    closes: float | None
    """Second of film at which the choice falls; None: it waits."""
    listens: bool
    window: tuple[float, float] | None
    """Seconds of film between which faces and signals count."""


class BranchNow(Document):
    """How one way out of the scene stands."""

    to: str
    asks: str
    share: float
    needed: float | None
    taken: bool
    """It would be taken if the choice fell now: this is what comes next."""
    stands: str


class MoodNow(Document):
    """The visitors' mood together."""

    trusted: bool
    reason: str
    present: bool
    count: int
    dominant: str | None
    confidence: float
    probabilities: dict[str, float]
    """By emotion, 0 to 1; all 0: nobody to judge."""
    valence: float
    arousal: float
    facing: float | None = None
    """How much they face the film, 0 to 1; None: not known."""
    speaking: float | None = None
    """Share of them who speak; None: not known."""
    rehearsed: bool = False
    """It is an operator's, for half a minute; not the eye's."""


class VisitorNow(Document):
    """One visitor in the camera's picture: no identity, gone with the visit."""

    slot: int
    x: float
    y: float
    """Centre of the face as shares of the picture."""
    size: float
    """Height of the face as a share of the picture's."""
    dominant: str | None
    facing: float | None = None
    speaking: bool | None = None


class SenseNow(Document):
    """One part of the machine: camera, eye, film, sound, OSC, display ..."""

    name: str
    state: Literal["ok", "lost", "off"]
    words: str
    since: float | None
    """When it became so; None: since the start."""


class ControlsNow(Document):
    """What operators have set."""

    paused: bool
    blackout: bool
    mute: bool
    closed: bool
    camera: bool
    staff: bool = False
    """Only staff is in the room, somebody has said."""
    looking: str = "notice"
    """Why the eye is open or shut: a word of ``installation.show.consent.Why``."""
    eye_open: bool = True
    asks: bool = False
    """Visitors are asked before the eye is opened."""
    volume: float
    brightness: float
    captions: tuple[str, ...] | None
    caption_languages: tuple[str, ...]
    camera_shown_until: float | None = None
    test_picture: str = ""
    """Which one lies over the film; '' none."""


class Counters(Document):
    """Running numbers of this show since its start."""

    pictures: int
    late: int
    dropped: int
    repeated: int
    sound_gaps: int
    film_fps: float
    eye_fps: float
    drift: float
    takes: int
    visits: int
    losses: int
    beat: int


class State(Document):
    """The show at one moment."""

    kind: Literal["state"] = "state"
    number: int
    at: float
    word: str
    """``attract``, ``playing``, ``paused``, ``blackout``, ``closed``, ``fault`` ..."""
    title: str
    scene: SceneNow
    branches: tuple[BranchNow, ...]
    answers: tuple[str, ...]
    remembered: tuple[str, ...]
    signals: dict[str, str]
    take: int
    in_take: bool
    way: tuple[str, ...]
    """The scenes of the running take in order; of the last one while none runs."""
    mood: MoodNow
    visitors: tuple[VisitorNow, ...]
    controls: ControlsNow
    senses: tuple[SenseNow, ...]
    house: str
    """Doors and next change, in words."""
    counters: Counters


class LossLine(Document):
    """A part went (``seconds`` None), or is back after so long."""

    kind: Literal["loss"] = "loss"
    at: float
    part: str
    why: str
    seconds: float | None


class CommandLine(Document):
    """Somebody asked something of the show, by console, key or OSC: all operators see it."""

    kind: Literal["command"] = "command"
    at: float
    name: str
    value: Any
    source: str


class CameraPicture(Document):
    """The eye's small picture, only while an operator looks. It is never written."""

    kind: Literal["picture"] = "picture"
    at: float
    jpeg: str
    """Base 64."""


class Forget(Document):
    """A visitor asked to be forgotten: what is remembered since then is dropped. Not sent on to pages."""

    kind: Literal["forget"] = "forget"
    since: float


class Request(Document):
    """An operator's wish; it passes the same checks as an OSC message before it is a command."""

    kind: Literal["request"] = "request"
    number: int
    who: str = Field(max_length=60)
    """The operator's name or address, for the journal."""
    name: str = Field(max_length=60)
    arguments: tuple[Any, ...] = Field((), max_length=16)


class Answer(Document):
    """What became of the request with this number; ``code`` as in OSC's replies."""

    kind: Literal["answer"] = "answer"
    number: int
    code: int
    reason: str


Told = Hello | StoryPlan | State | LossLine | CommandLine | CameraPicture | Forget | Answer
"""What the stage sends."""
