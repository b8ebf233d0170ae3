"""The state of a story between two ticks, and what it learns at each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from models.mood import Mood
from scenes.machine.command import StoryCommand
from scenes.machine.cue import StateChanged, StemLevels
from scenes.machine.evidence import Evidence
from scenes.machine.memory import NO_TAKES, History, Hour, Memory
from scenes.machine.other_rooms import NO_ROOMS, OtherRooms
from scenes.machine.signal_state import SignalMessage, SignalState
from scenes.story.clip import PictureLevels, Playhead, Transition


class Moment(NamedTuple):  # made at each tick: a frozen dataclass costs four times as much
    """All that the story learns at one tick."""

    now: float
    """Monotonic seconds, read once a tick. If it goes backwards or stands still, no time passes."""
    mood: Mood
    playhead: Playhead
    commands: tuple[StoryCommand, ...] = ()
    signals: tuple[SignalMessage, ...] = ()
    """What was heard since the last tick, in order."""
    hour: Hour | None = None
    """None: nobody knows what time it is."""
    looking: bool = True
    """The eye is open; shut, what was seen before is forgotten."""
    on_request: bool = False
    """A take begins only when somebody asks for it (``Start``), whoever is there."""
    rooms: OtherRooms = NO_ROOMS
    """What is known of other rooms, for a scene that waits for them."""


@dataclass(frozen=True)  # without slots: see scenes/machine/replacing.py
class Pending:
    """A scene that the player was asked for and has not shown yet."""

    entry: int
    scene: str
    at: Literal["now", "end"]
    transition: Transition
    begins: bool = False
    """A take begins with it."""
    outcome: str | None = None
    """The take that ends with it, and how."""
    since: float = 0.0
    """The show's clock when the player could have shown it at the earliest."""
    asks: int = 1
    """How often the player was asked; 0: not yet, for the scene waits for other rooms."""
    waits_since: float | None = None
    """The show's clock when it could have begun, had it not waited for other rooms."""
    moods: tuple[str, ...] = ()
    """Those that decided for it, of the story's own words."""
    way: int | None = None
    """Number of the branch that led to it; None: none did."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Who was there when the eye could last be trusted."""

    here: bool | None = None
    since: float = 0.0
    """The show's clock when it changed."""


@dataclass(frozen=True, slots=True)
class Response:
    """What of a scene answers to the visitors while it plays: the thread on the screen, and where its drives are."""

    thread: str = ""
    """On the screen; '' in a scene without threads."""
    asked: str = ""
    """The thread that the player was asked for and has not shown yet."""
    reason: str = ""
    """Why it was asked for."""
    since: tuple[float | None, ...] = ()
    """The show's clock since when the conditions of each cut have held; None: they do not."""
    levels: tuple[float, ...] = ()
    """Of each drive, 0 to 1."""
    picture: PictureLevels = PictureLevels()  # noqa: RUF009 - frozen
    """What the player was told last."""
    clock: float = 0.0
    """The show's clock when the drives last moved."""
    coming: tuple[int, PictureLevels] | None = None
    """What the player was told for the entry that comes next."""


NO_RESPONSE = Response()
"""Of a scene that has just begun."""


@dataclass(frozen=True, slots=True)
class LampResponse:
    """How the lamps that go with the visitors stand."""

    entry: int = 0
    """Of the scene whose lamps they are."""
    levels: tuple[float, ...] = ()
    values: tuple[int, ...] = ()
    clock: float = 0.0
    """The show's clock when they last moved."""


@dataclass(frozen=True)  # without slots: see scenes/machine/replacing.py
class StoryState:
    """One moment of a show. Made by ``begin``, followed by ``advance``."""

    now: float
    clock: float
    """The show's own time: ``now`` without pauses, jumps and moments in which the stage stood still."""
    scene: str
    """On the screen (before the first picture: about to be)."""
    entry: int = 0
    """Number of the ``Play`` cue that brought it; 0 before the first picture."""
    last_entry: int = 0
    pending: Pending | None = None
    seconds: float = 0.0
    """Film time in the scene."""
    moved: float = 0.0
    """The show's clock when the film last moved."""
    ended: bool = False
    evidence: Evidence = field(default_factory=Evidence)
    """Of the listening window; its time counts from the window's start."""
    signals: tuple[SignalState, ...] = ()
    """Those that were ever heard, in the story's order."""
    cues_done: int = 0
    response: Response = NO_RESPONSE
    lamps: LampResponse = LampResponse()
    stems: tuple[StemLevels, ...] = ()
    """What the player was told last of the scenes that play and follow, where they have stems."""
    presence: Presence = Presence()
    take: int = 0
    in_take: bool = False
    memory: Memory = field(default_factory=Memory)
    history: History = NO_TAKES
    hour: Hour | None = None
    ending: str = ""
    """The last scene of this take that was no course: a take is known by the ending that it came to."""
    visited: bool = False
    """Somebody was seen in this take (one that an operator started for an empty room does not end by emptiness)."""
    paused: bool = False
    blackout: bool = False
    stopped: bool = False
    """An operator holds the show at attract."""
    fault: bool = False
    """Nothing can be shown, not even the safe scene."""
    failed: frozenset[str] = frozenset()
    announced: StateChanged | None = None
    """What was last broadcast of all this."""

    @property
    def there_seconds(self) -> float:
        """For how long somebody, or nobody, has been there."""
        return self.clock - self.presence.since

    @property
    def still_seconds(self) -> float:
        """For how long the film has not moved."""
        return self.clock - self.moved
