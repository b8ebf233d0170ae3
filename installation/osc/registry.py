"""The only place where an OSC address is written.

The encoder, the checks of what comes in, the table of the documentation, the OSCQuery tree, the monitor and the tests
are all made from the two tables at the end. Addresses are written below a target's prefix (``/emo`` unless the venue
says otherwise).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from calibration.eyes_settings import EYES_AT_MOST
from calibration.settings import MAX_VISITORS
from models.labels import LABELS
from scenes.story.signals import SIGNALS_AT_MOST

INT_MAX = 2**31 - 1
STRING_AT_MOST = 200


class Pace(IntEnum):
    """How an address travels."""

    BUNDLE = 0
    """First in every bundle."""
    STREAM = 1
    """At the target's rate, changed or not."""
    CHANGE = 2
    """On change, and again each second."""
    HEALTH = 3
    """Each time the machine's health is measured (1 Hz); never repeated, so that silence means a dead show."""
    SLOW = 4
    """Every five seconds, and when a target has come back."""
    EVENT = 5
    """Three times within 200 ms under one sequence number."""
    REPLY = 6
    """Once, to whoever asked."""
    COMMAND = 7
    """Incoming."""
    TIME = 8
    """Five times a second."""


PACE_WORDS = {
    Pace.BUNDLE: "first in each bundle",
    Pace.STREAM: "target's rate (10 Hz)",
    Pace.CHANGE: "on change + 1 Hz",
    Pace.HEALTH: "1 Hz",
    Pace.SLOW: "0.2 Hz",
    Pace.EVENT: "3x in 200 ms",
    Pace.REPLY: "once",
    Pace.COMMAND: "",
    Pace.TIME: "5 Hz",
}


@dataclass(frozen=True, slots=True)
class Argument:
    """One value of a message: its tag, name and range (both ends included)."""

    name: str
    tag: str
    low: float = 0.0
    high: float = 1.0
    accepts: str = ""
    """Incoming: the tags that are accepted, where more than its own."""


@dataclass(frozen=True)
class Address:
    """One line of the table."""

    path: str
    arguments: tuple[Argument, ...]
    pace: Pace
    meaning: str
    profiles: tuple[str, ...] = ()
    """Profiles that carry it."""
    optional: bool = False
    """Incoming: the argument may be missing."""
    takes: str = "no arguments"
    """Incoming: its arguments in words, for whoever sent others."""

    @cached_property
    def tags(self) -> str:
        """The type tags of all arguments, as in a datagram."""
        return "".join(argument.tag for argument in self.arguments)

    @property
    def name(self) -> str:
        """The last part of the path: a command's name."""
        return self.path.rsplit("/", 1)[1]

    def concrete(self) -> tuple[str, ...]:
        """All addresses that this line stands for, one per slot, emotion, signal or eye."""
        if "{slot}" in self.path:
            return tuple(self.path.format(slot=slot) for slot in range(1, MAX_VISITORS + 1))
        if "{label}" in self.path:
            return tuple(self.path.format(label=label) for label in LABELS)
        if "{signal}" in self.path:
            return tuple(self.path.format(signal=number) for number in range(1, SIGNALS_AT_MOST + 1))
        if "{eye}" in self.path:
            return tuple(self.path.format(eye=number) for number in range(1, EYES_AT_MOST + 2))
        if "{command}" in self.path:
            return tuple(self.path.format(command=name) for name in (*COMMANDS, UNKNOWN_COMMAND, SIGNAL))
        return (self.path,)


def number(name: str, high: float = INT_MAX, low: float = 0) -> Argument:
    """An int32."""
    return Argument(name, "i", low, high)


def share(name: str, low: float = 0.0, high: float = 1.0) -> Argument:
    """A float32, 0 to 1 unless said otherwise."""
    return Argument(name, "f", low, high)


def text(name: str) -> Argument:
    """An ASCII string of at most ``STRING_AT_MOST`` characters."""
    return Argument(name, "s", 0, STRING_AT_MOST)


STATE = ("aggregate", "visitors")
ALL = ("aggregate", "visitors", "scalar", "events")
STATE_AND_SCALAR = (*STATE, "scalar")
STATE_AND_EVENTS = (*STATE, "events")
SINGLE = ("visitors", "events")
"""Profiles with data of single visitors."""

EMOTION = number("emotion", len(LABELS))
DISTRIBUTION = tuple(share(label) for label in LABELS)
SECONDS = 1e6

OUT: tuple[Address, ...] = (
    Address("/frame", (number("number"),), Pace.BUNDLE, "counts bundles, wraps at 2^31-1", STATE_AND_EVENTS),
    Address("/count", (number("visitors", 99),), Pace.STREAM, "visitors being analysed now", STATE_AND_SCALAR),
    Address(
        "/mood/emotions",
        DISTRIBUTION,
        Pace.STREAM,
        "room mood: the smoothed distribution over all visitors; all 0 = nobody present",
        STATE,
    ),
    Address("/mood/dominant", (EMOTION,), Pace.STREAM, "index of the dominant emotion, 0 = none", STATE_AND_SCALAR),
    Address("/mood/label", (text("label"),), Pace.CHANGE, "name of the dominant emotion, or 'none'", STATE),
    Address("/mood/valence", (share("valence", -1),), Pace.STREAM, "unpleasant to pleasant", STATE_AND_SCALAR),
    Address("/mood/arousal", (share("arousal", -1),), Pace.STREAM, "calm to excited", STATE_AND_SCALAR),
    Address(
        "/mood/facing",
        (share("facing", -1),),
        Pace.STREAM,
        "how much the visitors face the film, 0 to 1 in the mean; -1 = not known",
        STATE_AND_SCALAR,
    ),
    Address(
        "/mood/speaking",
        (share("speaking", -1),),
        Pace.STREAM,
        "share of the visitors who speak, 0 to 1; -1 = not known",
        STATE_AND_SCALAR,
    ),
    Address(
        "/mood/confidence", (share("confidence"),), Pace.STREAM, "how sure the dominant emotion is", STATE_AND_SCALAR
    ),
    Address("/mood/{label}", (share("share"),), Pace.STREAM, "one address per emotion", ("scalar",)),
    Address(
        "/visitor/{slot}/present",
        (number("present", 1),),
        Pace.CHANGE,
        "1 while a visitor occupies the slot",
        ("visitors",),
    ),
    Address("/visitor/{slot}/id", (number("id"),), Pace.STREAM, "random number, new for each visit", ("visitors",)),
    Address("/visitor/{slot}/emotions", DISTRIBUTION, Pace.STREAM, "smoothed distribution", ("visitors",)),
    Address(
        "/visitor/{slot}/dominant",
        (EMOTION,),
        Pace.STREAM,
        "index of the dominant emotion, 0 = undecided",
        ("visitors",),
    ),
    Address(
        "/visitor/{slot}/confidence",
        (share("confidence"),),
        Pace.STREAM,
        "how sure the dominant emotion is",
        ("visitors",),
    ),
    Address(
        "/visitor/{slot}/position",
        (share("x"), share("y")),
        Pace.STREAM,
        "centre of the face in the camera picture; 0, 0 is the upper left corner",
        ("visitors",),
    ),
    Address(
        "/visitor/{slot}/facing",
        (share("facing", -1),),
        Pace.STREAM,
        "how much the head is turned to the film, 0 to 1; -1 = not known",
        ("visitors",),
    ),
    Address(
        "/visitor/{slot}/pose",
        (share("yaw", -180, 180), share("pitch", -90, 90), share("roll", -180, 180)),
        Pace.STREAM,
        "of the head, in degrees off the camera: to the picture's right, up, clockwise; not sent while facing is -1",
        ("visitors",),
    ),
    Address(
        "/visitor/{slot}/distance",
        (share("metres", -1, 1000),),
        Pace.STREAM,
        "from the camera, for a mean adult; -1 = not known",
        ("visitors",),
    ),
    Address(
        "/visitor/{slot}/eyes_shut",
        (number("shut", 1, -1),),
        Pace.STREAM,
        "1 = shut for longer than a blink (a hint); -1 = not known",
        ("visitors",),
    ),
    Address(
        "/visitor/{slot}/speaking",
        (number("speaking", 1, -1),),
        Pace.STREAM,
        "1 = the mouth moves as in speech (chewing looks alike); -1 = not known",
        ("visitors",),
    ),
    Address(
        "/event/enter",
        (number("sequence"), number("slot", MAX_VISITORS, 1), number("id")),
        Pace.EVENT,
        "a visitor arrived",
        SINGLE,
    ),
    Address(
        "/event/leave",
        (number("sequence"), number("slot", MAX_VISITORS, 1), number("id")),
        Pace.EVENT,
        "a visitor left",
        SINGLE,
    ),
    Address(
        "/event/emotion",
        (number("sequence"), number("slot", MAX_VISITORS), EMOTION, share("confidence")),
        Pace.EVENT,
        "the dominant emotion changed; slot 0 is the room mood, the only one in 'aggregate'",
        STATE_AND_EVENTS,
    ),
    Address(
        "/event/scene/start",
        (number("sequence"), number("index")),
        Pace.EVENT,
        "the first picture of a scene is on the screen",
        STATE_AND_EVENTS,
    ),
    Address(
        "/event/scene/end",
        (number("sequence"), number("index")),
        Pace.EVENT,
        "the last picture of a scene was shown",
        STATE_AND_EVENTS,
    ),
    Address(
        "/event/branch",
        (number("sequence"), number("from"), number("to"), EMOTION, share("confidence")),
        Pace.EVENT,
        "the next scene was chosen; emotion 0 = by default, presence, time or an operator",
        STATE_AND_EVENTS,
    ),
    Address(
        "/event/branch/names",
        (text("from"), text("to"), text("reason")),
        Pace.EVENT,
        "the same choice in words",
        STATE_AND_EVENTS,
    ),
    Address(
        "/event/scene/cut",
        (number("sequence"), number("index")),
        Pace.EVENT,
        "another thread of the scene is on the screen: its number in the scene, from 1",
        STATE_AND_EVENTS,
    ),
    Address("/scene/id", (text("name"),), Pace.CHANGE, "scene on the screen, '' = none", STATE_AND_EVENTS),
    Address(
        "/scene/index",
        (number("index"),),
        Pace.CHANGE,
        "its number in the order of the story file, from 1; 0 = none",
        ALL,
    ),
    Address(
        "/scene/thread",
        (number("index"),),
        Pace.CHANGE,
        "thread of the scene that is on the screen, from 1; 0 = it has none",
        ALL,
    ),
    Address(
        "/scene/state",
        (number("state", 7),),
        Pace.CHANGE,
        "0 closed 1 attract 2 playing 3 deciding 4 transition 5 paused 6 blackout 7 fault",
        ALL,
    ),
    Address(
        "/scene/time",
        (share("elapsed", 0, SECONDS), share("duration", 0, SECONDS)),
        Pace.TIME,
        "seconds into the scene, or into this pass of its loop, and its length (0 = unknown)",
        STATE_AND_SCALAR,
    ),
    Address(
        "/scene/signal/{signal}/name",
        (text("name"),),
        Pace.CHANGE,
        "a signal of the story, numbered in the order of its file, once it was heard",
        STATE,
    ),
    Address(
        "/scene/signal/{signal}/level",
        (share("level"),),
        Pace.CHANGE,
        "where it is from its low (0) to its high (1); told once a second at most",
        STATE_AND_SCALAR,
    ),
    Address(
        "/scene/signal/{signal}/known",
        (number("known", 1),),
        Pace.CHANGE,
        "0 = nothing was heard of it for its stale_seconds",
        STATE_AND_SCALAR,
    ),
    Address(
        "/eye/open",
        (number("open", 1),),
        Pace.CHANGE,
        "1 while the camera is open or may open at any moment; told before it opens, and 0 only when it has closed",
        ALL,
    ),
    Address(
        "/eye/why",
        (text("why"),),
        Pace.CHANGE,
        "open, or lost (it looks once it is back); while it is shut: staff, hours, button, camera, forbidden, closed",
        STATE_AND_EVENTS,
    ),
    Address("/health/beat", (number("beat"),), Pace.HEALTH, "counts up; silence over 3 s = dead", ALL),
    Address("/health/camera", (number("state", 2),), Pace.HEALTH, "0 lost 1 ok 2 off", ALL),
    Address("/health/model", (number("state", 2),), Pace.HEALTH, "0 lost 1 ok 2 off", ALL),
    Address(
        "/health/eye/{eye}/name",
        (text("name"),),
        Pace.HEALTH,
        "with several eyes: each by its name in the venue; 'own' is the stage's",
        STATE,
    ),
    Address("/health/eye/{eye}/state", (number("state", 2),), Pace.HEALTH, "0 lost 1 ok 2 off", STATE),
    Address(
        "/health/fps",
        (share("film", 0, 1000), share("eye", 0, 1000)),
        Pace.HEALTH,
        "pictures shown and frames analysed per second",
        ALL,
    ),
    Address("/health/uptime", (number("seconds"),), Pace.HEALTH, "seconds since the start of the show", ALL),
    Address("/health/errors", (number("errors"),), Pace.HEALTH, "losses reported since the start", ALL),
    Address(
        "/health/lost",
        (text("parts"),),
        Pace.HEALTH,
        "what is lost now, by name, separated by commas; '' = nothing",
        STATE,
    ),
    Address(
        "/health/frames",
        (number("late"), number("dropped"), number("repeated"), number("gaps")),
        Pace.HEALTH,
        "late, dropped and repeated pictures, and gaps in the sound, since the start",
        STATE_AND_EVENTS,
    ),
    Address(
        "/health/drift",
        (share("stops", 0, 100),),
        Pace.HEALTH,
        "change of the light since the calibration, in stops; from 1 up, calibrate again",
        ALL,
    ),
    Address("/info/version", (text("version"),), Pace.SLOW, "version of chiaroscuro", STATE_AND_EVENTS),
    Address("/info/story", (text("story"),), Pace.SLOW, "title of the story", STATE_AND_EVENTS),
    Address(
        "/info/labels",
        (text("labels"),),
        Pace.SLOW,
        "the emotions in their order, separated by spaces",
        STATE_AND_EVENTS,
    ),
    Address("/info/unit", (text("unit"),), Pace.SLOW, "name of the venue", STATE_AND_EVENTS),
    Address(
        "/info/house",
        (text("doors"),),
        Pace.CHANGE,
        "open, closing (a take is still running), closed, or opening (not all is back yet)",
        STATE_AND_EVENTS,
    ),
    Address(
        "/reply/{command}",
        (number("code"), text("reason")),
        Pace.REPLY,
        "0 = done, or the code and the reason why not; /reply/unknown where there is no such command; /reply/signal to "
        "a signal",
    ),
)

NUMBERS = "ihfdTF"
"""Every way in which senders write a number; true is 1, false is 0."""
NOTHING = "NI"
"""Nil and 'infinitum' (a bang): some senders cannot send a button without an argument."""
TRIGGER_WORDS = {
    "button": "fires without an argument, with an empty one (nil, bang), with true, or with 0.5 and above; false, or "
    "below 0.5, means that the button was released",
    "switch": "true, or 0.5 and above, is on; false, or below 0.5, is off; sending it twice changes nothing",
}


def _command(name: str, meaning: str, *arguments: Argument, optional: bool = False, takes: str = "") -> Address:
    words = takes or " and ".join(_words(argument) for argument in arguments)
    return Address(f"/control/{name}", arguments, Pace.COMMAND, meaning, (), optional, words)


def _words(argument: Argument) -> str:
    """An argument as a person would ask for it."""
    return f"a {argument.name}" if argument.tag == "s" else f"a number from {argument.low:g} to {argument.high:g}"


def _strength(name: str) -> Argument:
    return Argument(name, "f", accepts=NUMBERS)


def _trigger(name: str, meaning: str) -> Address:
    pressed = Argument("pressed", "f", accepts=NUMBERS + NOTHING)
    return _command(name, f"button: {meaning}", pressed, optional=True, takes="no argument, or a number")


def _switch(name: str, meaning: str) -> Address:
    return _command(name, f"switch: {meaning}", _strength("on"), takes="on or off (1 or 0, true or false)")


IN: tuple[Address, ...] = (
    _trigger("start", "begin the film as if a visitor had arrived"),
    _trigger("stop", "go to the attract scene, and stay there until start"),
    _trigger("pause", "pause picture and sound"),
    _trigger("resume", "continue after a pause"),
    _trigger("next", "go to the next scene now"),
    _trigger("reset", "begin a new take at the first scene"),
    _trigger("attract", "go to the attract scene"),
    _trigger("forget", "a visitor's wish: go to the attract scene, and keep nothing of the take that runs"),
    _command(
        "goto",
        "go to a scene, by its name or its number from 1",
        Argument("scene", "s", 0, STRING_AT_MOST, accepts="sihfd"),
        takes="a scene's name, or its number from 1",
    ),
    _switch("blackout", "picture dark, sound off"),
    _switch("mute", "sound off"),
    _switch("camera", "the camera is open"),
    _switch("staff", "only staff is in the room: the eye is shut, the film goes on; holds over a restart"),
    _trigger("consent", "a visitor agrees: the eye opens and the film begins (privacy.consent = 'button')"),
    _command("volume", "master volume; clamped", _strength("volume")),
    _command("brightness", "brightness of the picture; clamped", _strength("brightness")),
    _command(
        "captions",
        "language of the captions, or two under each other; `own` = those that the story names, `off` = none",
        text("languages"),
        takes="a language such as de, two such as 'de en', own, or off",
    ),
    _switch("closed", "the house closes at once, or opens"),
    _trigger("open", "open the house, until its hours change next"),
    _trigger("close", "close the house when the take that is running has ended, until its hours change next"),
    _command(
        "mood",
        "rehearsal: act for 30 s on this emotion at this strength (clamped)",
        text("label"),
        _strength("strength"),
        takes="an emotion and a strength from 0 to 1",
    ),
    _trigger("reload", "read the story file again; it takes over at the start of the next scene"),
    _trigger("snapshot", "send the whole state now"),
    _trigger("ping", "answered at once"),
    _command("shutdown", "end the show; needs the venue's passphrase, off where none is set", text("passphrase")),
    _command(
        "restart",
        "end the show and start it again; needs the venue's passphrase, off where none is set",
        text("passphrase"),
    ),
)

COMMANDS: dict[str, Address] = {line.name: line for line in IN}
UNKNOWN_COMMAND = "unknown"
"""Under this name a sender is answered whose command does not exist."""
SIGNAL = "signal"
"""Under this name the sender of a signal is answered."""
BY_PATH: dict[str, Address] = {path: line for line in OUT for path in line.concrete()} | {
    line.path: line for line in IN
}
SCALARS: dict[str, Argument] = {
    f"{line.path}/{argument.name}": argument
    for line in OUT
    if "scalar" in line.profiles and len(line.arguments) > 1
    for argument in line.arguments
}
"""Where the numbers of a message go in the profile ``scalar``, one address for each."""


class Code(IntEnum):
    """First argument of a reply."""

    DONE = 0
    UNKNOWN = 1
    """No such command, scene or emotion."""
    WRONG_ARGUMENTS = 2
    NOT_ALLOWED = 3
    """Off in this venue, or the passphrase is wrong."""
    TOO_MANY = 4
    NOT_NOW = 5
    """Understood, but not possible at this moment."""
