"""What a person (keys, OSC, command line) can ask of the show: one type for each command, matched exhaustively.

Whoever receives a command checks its types and ranges when it makes one of these; nothing is parsed after that.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asked, and where the answer goes."""

    kind: str = "operator"
    """``operator``, ``key``, ``window``, ``house``, ``osc``, ``console`` or ``mqtt``."""
    reply_to: tuple[str, int] | None = None
    """Host and port of a sender that waits for an answer."""
    who: str = ""
    """The operator of a console, by name or address."""
    request: int = 0
    """Number of the console's or the broker's request that waits for an answer."""

    def __str__(self) -> str:
        """For the journal and for reasons that people read: ``key``, ``osc 10.0.0.7:9001``, ``console Anna``."""
        asker = f"{self.reply_to[0]}:{self.reply_to[1]}" if self.reply_to else self.who
        return f"{self.kind} {asker}" if asker else self.kind


OPERATOR = Origin()
KEY = Origin("key")
WINDOW = Origin("window")


@dataclass(frozen=True, slots=True)
class Asked:
    """What all commands share. ``name`` is the last part of the command's OSC address, and its name in the journal."""

    name: ClassVar[str]
    origin: Origin = field(default=OPERATOR, kw_only=True)


@dataclass(frozen=True, slots=True)
class Start(Asked):
    """As if a visitor had come."""

    name: ClassVar[str] = "start"


@dataclass(frozen=True, slots=True)
class Stop(Asked):
    """To attract, and stay there until ``Start``."""

    name: ClassVar[str] = "stop"


@dataclass(frozen=True, slots=True)
class Pause(Asked):
    """Stop picture, sound and all clocks of the story."""

    name: ClassVar[str] = "pause"


@dataclass(frozen=True, slots=True)
class Resume(Asked):
    """Go on from where the film was paused."""

    name: ClassVar[str] = "resume"


@dataclass(frozen=True, slots=True)
class Next(Asked):
    """Take the choice that the film would take if the scene ended now."""

    name: ClassVar[str] = "next"


@dataclass(frozen=True, slots=True)
class Reset(Asked):
    """The take begins again at the story's first scene."""

    name: ClassVar[str] = "reset"


@dataclass(frozen=True, slots=True)
class Attract(Asked):
    """To the scene that waits for visitors."""

    name: ClassVar[str] = "attract"


@dataclass(frozen=True, slots=True)
class ForgetTake(Asked):
    """Whoever is there asks to be forgotten: to attract, and nothing is kept of the take that runs."""

    name: ClassVar[str] = "forget"


@dataclass(frozen=True, slots=True)
class GoTo(Asked):
    """To the scene of this name."""

    name: ClassVar[str] = "goto"
    scene: str


@dataclass(frozen=True, slots=True)
class SetBlackout(Asked):
    """Take picture and sound away, or bring them back; the film goes on meanwhile."""

    name: ClassVar[str] = "blackout"
    on: bool


@dataclass(frozen=True, slots=True)
class SetMute(Asked):
    """Silence, or the volume as it was."""

    name: ClassVar[str] = "mute"
    on: bool


@dataclass(frozen=True, slots=True)
class SetCamera(Asked):
    """Open or close the eye's camera."""

    name: ClassVar[str] = "camera"
    on: bool


@dataclass(frozen=True, slots=True)
class SetStaff(Asked):
    """Only staff is in the room: the eye is shut, and the film goes on. Or visitors are again."""

    name: ClassVar[str] = "staff"
    on: bool


@dataclass(frozen=True, slots=True)
class Consent(Asked):
    """A visitor agrees to be looked at: the eye opens for one take, which begins."""

    name: ClassVar[str] = "consent"


@dataclass(frozen=True, slots=True)
class SetMasterVolume(Asked):
    """The master volume, 0 to 1."""

    name: ClassVar[str] = "volume"
    level: float


@dataclass(frozen=True, slots=True)
class SetBrightness(Asked):
    """The picture's brightness, 0 to 1."""

    name: ClassVar[str] = "brightness"
    level: float


@dataclass(frozen=True, slots=True)
class SetCaptions(Asked):
    """The languages of the captions: ``de``, ``de en`` (both), ``own`` (those that the story names) or ``off``."""

    name: ClassVar[str] = "captions"
    languages: str


@dataclass(frozen=True, slots=True)
class SetClosed(Asked):
    """Close the house at once, or open it."""

    name: ClassVar[str] = "closed"
    on: bool


@dataclass(frozen=True, slots=True)
class OpenHouse(Asked):
    """Open the house, whatever its hours say."""

    name: ClassVar[str] = "open"


@dataclass(frozen=True, slots=True)
class CloseHouse(Asked):
    """Close the house once the take that is running has ended."""

    name: ClassVar[str] = "close"


@dataclass(frozen=True, slots=True)
class SetOverlay(Asked):
    """Show or hide the operator's overlay."""

    name: ClassVar[str] = "overlay"
    on: bool


@dataclass(frozen=True, slots=True)
class RehearseMood(Asked):
    """Replace the eye's mood for 30 s; ``intensity`` 0 to 1."""

    name: ClassVar[str] = "mood"
    label: str
    intensity: float


@dataclass(frozen=True, slots=True)
class ShowCamera(Asked):
    """Show the camera's small picture on the consoles for so many seconds; 0: no longer. ``large``: to draw on."""

    name: ClassVar[str] = "show_camera"
    seconds: float
    large: bool = False


@dataclass(frozen=True, slots=True)
class SetUp(Asked):
    """What visitors would notice while a technician sets the room up. ``in_take``: even while one is in the film."""

    in_take: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class LayPicture(SetUp):
    """Let a test picture lie over the film, '' none; ``corner`` 1 to 4 is the one that is being dragged."""

    name: ClassVar[str] = "test_picture"
    picture: str
    corner: int = 0


@dataclass(frozen=True, slots=True)
class SetCorners(SetUp):
    """Keystone: x and y of the picture's corners (upper left, then clockwise) as shares of the screen."""

    name: ClassVar[str] = "corners"
    corners: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class SetTone(SetUp):
    """The picture's gamma and the brightness of its black."""

    name: ClassVar[str] = "tone"
    gamma: float
    black_level: float


@dataclass(frozen=True, slots=True)
class PlayChannel(SetUp):
    """Let one channel of the sound be heard alone: as many beeps as its number."""

    name: ClassVar[str] = "test_channel"
    channel: int


@dataclass(frozen=True, slots=True)
class RenewEye(SetUp):
    """The eye begins again with the venue file as it is now; ``camera``: also with the camera that it names."""

    name: ClassVar[str] = "renew_eye"
    camera: bool


@dataclass(frozen=True, slots=True)
class Reload(Asked):
    """Read the story again; it takes over at the next scene's start."""

    name: ClassVar[str] = "reload"


@dataclass(frozen=True, slots=True)
class SendSnapshot(Asked):
    """Send the whole state to every receiver now."""

    name: ClassVar[str] = "snapshot"


@dataclass(frozen=True, slots=True)
class Ping(Asked):
    """Are you there? Answered by whoever hears it."""

    name: ClassVar[str] = "ping"


@dataclass(frozen=True, slots=True)
class Shutdown(Asked):
    """End the show."""

    name: ClassVar[str] = "shutdown"


@dataclass(frozen=True, slots=True)
class Restart(Asked):
    """End the show and start the program again."""

    name: ClassVar[str] = "restart"


VenueCommand = LayPicture | SetCorners | SetTone | PlayChannel | RenewEye
"""By which the room is set up."""
StoryCommand = Start | Stop | Pause | Resume | Next | Reset | Attract | ForgetTake | GoTo | SetBlackout
"""Understood by the story: they are part of a ``Moment``."""
StageCommand = (
    SetMute
    | SetCamera
    | SetStaff
    | Consent
    | SetMasterVolume
    | SetBrightness
    | SetCaptions
    | SetClosed
    | OpenHouse
    | CloseHouse
    | SetOverlay
    | RehearseMood
    | ShowCamera
    | VenueCommand
    | Reload
    | SendSnapshot
    | Ping
    | Shutdown
    | Restart
)
"""Understood by the stage."""
Command = StoryCommand | StageCommand


def journal_fields(command: Command) -> dict[str, object]:
    """Name, value and source (its origin) of a command as the journal writes them.

    The value is null without an argument, a number or a text with one (1.0 and 0.0 for on and off), a list with more.
    """
    values = [getattr(command, one.name) for one in fields(command) if one.name not in ("origin", "in_take")]
    values = [float(value) if isinstance(value, bool) else value for value in values]
    value = values[0] if len(values) == 1 else values or None
    return {"name": command.name, "value": value, "source": str(command.origin)}
