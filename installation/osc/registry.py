"""The only place where an OSC address is written.

The encoder, the checks of what comes in, the table of the documentation, the OSCQuery tree, the monitor and the tests
are all made from the two tables at the end. Addresses are written below a target's prefix (``/emo`` unless the venue
says otherwise).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from calibration.settings import MAX_VISITORS
from models.labels import LABELS

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
    """Once a look at the machine (1 Hz); never repeated, so that silence means a dead show."""
    SLOW = 4
    """Every five seconds, and when a target has come back."""
    EVENT = 5
    """Three times within 200 ms under one sequence number."""
    REPLY = 6
    """Once, to whoever asked."""
    COMMAND = 7
    """Comes in."""
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
    """One value of a message: its tag, name and range (both ends belong to it)."""

    name: str
    tag: str
    low: float = 0.0
    high: float = 1.0


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
    """In: the argument may be missing."""
    accepts: str = ""
    """In: tags accepted for the argument, where more than its own."""

    @cached_property
    def tags(self) -> str:
        """The type tags of all arguments, as in a datagram."""
        return "".join(argument.tag for argument in self.arguments)

    @property
    def name(self) -> str:
        """The last part of the path: a command's name."""
        return self.path.rsplit("/", 1)[1]

    def concrete(self) -> tuple[str, ...]:
        """All addresses that this line stands for, one a slot or an emotion."""
        if "{slot}" in self.path:
            return tuple(self.path.format(slot=slot) for slot in range(1, MAX_VISITORS + 1))
        if "{label}" in self.path:
            return tuple(self.path.format(label=label) for label in LABELS)
        if "{command}" in self.path:
            return tuple(self.path.format(command=line.name) for line in IN)
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


ROOM = ("aggregate", "visitors")
ALL = ("aggregate", "visitors", "scalar", "events")
SCALAR = (*ROOM, "scalar")
TOLD = (*ROOM, "events")
SINGLE = ("visitors", "events")
"""Profiles that tell of single visitors."""

EMOTION = number("emotion", len(LABELS))
DISTRIBUTION = tuple(share(label) for label in LABELS)
SECONDS = 1e6

OUT: tuple[Address, ...] = (
    Address("/frame", (number("number"),), Pace.BUNDLE, "counts bundles, wraps at 2^31-1", TOLD),
    Address("/count", (number("visitors", 99),), Pace.STREAM, "visitors now analysed", SCALAR),
    Address("/mood/emotions", DISTRIBUTION, Pace.STREAM, "the room's smoothed distribution; all 0 = nobody", ROOM),
    Address("/mood/dominant", (EMOTION,), Pace.STREAM, "index of the believed emotion, 0 = none", SCALAR),
    Address("/mood/label", (text("label"),), Pace.CHANGE, "its name, or none", ROOM),
    Address("/mood/valence", (share("valence", -1),), Pace.STREAM, "unpleasant to pleasant", SCALAR),
    Address("/mood/arousal", (share("arousal", -1),), Pace.STREAM, "calm to excited", SCALAR),
    Address("/mood/confidence", (share("confidence"),), Pace.STREAM, "how sure the dominant emotion is", SCALAR),
    Address("/mood/{label}", (share("share"),), Pace.STREAM, "one address an emotion", ("scalar",)),
    Address(
        "/visitor/{slot}/present", (number("present", 1),), Pace.CHANGE, "1 while the slot is taken", ("visitors",)
    ),
    Address("/visitor/{slot}/id", (number("id"),), Pace.STREAM, "random for each visit", ("visitors",)),
    Address("/visitor/{slot}/emotions", DISTRIBUTION, Pace.STREAM, "smoothed distribution", ("visitors",)),
    Address("/visitor/{slot}/dominant", (EMOTION,), Pace.STREAM, "index, 0 = undecided", ("visitors",)),
    Address("/visitor/{slot}/confidence", (share("confidence"),), Pace.STREAM, "how sure it is", ("visitors",)),
    Address(
        "/visitor/{slot}/position",
        (share("x"), share("y")),
        Pace.STREAM,
        "centre of the face in the picture",
        ("visitors",),
    ),
    Address(
        "/event/enter",
        (number("sequence"), number("slot", MAX_VISITORS, 1), number("id")),
        Pace.EVENT,
        "a visitor came",
        SINGLE,
    ),
    Address(
        "/event/leave",
        (number("sequence"), number("slot", MAX_VISITORS, 1), number("id")),
        Pace.EVENT,
        "a visitor went",
        SINGLE,
    ),
    Address(
        "/event/emotion",
        (number("sequence"), number("slot", MAX_VISITORS), EMOTION, share("confidence")),
        Pace.EVENT,
        "another emotion is believed; slot 0 is the room, the only one in 'aggregate'",
        TOLD,
    ),
    Address("/event/scene/start", (number("sequence"), number("index")), Pace.EVENT, "first picture of a scene", TOLD),
    Address("/event/scene/end", (number("sequence"), number("index")), Pace.EVENT, "last picture of a scene", TOLD),
    Address(
        "/event/branch",
        (number("sequence"), number("from"), number("to"), EMOTION, share("confidence")),
        Pace.EVENT,
        "the choice of the next scene; emotion 0 = by default, presence, time or an operator",
        TOLD,
    ),
    Address(
        "/event/branch/names", (text("from"), text("to"), text("reason")), Pace.EVENT, "the same choice in words", TOLD
    ),
    Address("/scene/id", (text("name"),), Pace.CHANGE, "scene on the wall, '' = none", TOLD),
    Address("/scene/index", (number("index"),), Pace.CHANGE, "from 1 in the story's order, 0 = none", ALL),
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
        "seconds since the scene's start, and its length (0 = unknown)",
        SCALAR,
    ),
    Address("/health/beat", (number("beat"),), Pace.HEALTH, "counts up; silence over 3 s = dead", ALL),
    Address("/health/camera", (number("state", 2),), Pace.HEALTH, "0 lost 1 ok 2 off", ALL),
    Address("/health/model", (number("state", 2),), Pace.HEALTH, "0 lost 1 ok 2 off", ALL),
    Address("/health/fps", (share("film", 0, 1000), share("eye", 0, 1000)), Pace.HEALTH, "pictures a second", ALL),
    Address("/health/uptime", (number("seconds"),), Pace.HEALTH, "since the start of the show", ALL),
    Address("/health/errors", (number("errors"),), Pace.HEALTH, "losses told since the start", ALL),
    Address(
        "/health/frames",
        (number("late"), number("dropped"), number("repeated"), number("gaps")),
        Pace.HEALTH,
        "pictures late, left out and repeated, and gaps in the sound, since the start",
        TOLD,
    ),
    Address(
        "/health/drift",
        (share("stops", 0, 100),),
        Pace.HEALTH,
        "how far the light has moved since the calibration; from 1 on calibrate anew",
        ALL,
    ),
    Address("/info/version", (text("version"),), Pace.SLOW, "of chiaroscuro", TOLD),
    Address("/info/story", (text("story"),), Pace.SLOW, "name of the film", TOLD),
    Address("/info/labels", (text("labels"),), Pace.SLOW, "the emotions in their order, with a space between", TOLD),
    Address("/info/unit", (text("unit"),), Pace.SLOW, "name of the room", TOLD),
    Address("/reply/{command}", (number("code"), text("reason")), Pace.REPLY, "0, or why not"),
)

TRIGGER_WORDS = {
    "button": "fires with no argument or from 0.5 up; below 0.5 is a button let go",
    "switch": "1, true or from 0.5 up is on, 0 or false is off; twice is as once",
}


def _command(name: str, meaning: str, *arguments: Argument, accepts: str = "", optional: bool = False) -> Address:
    return Address(f"/control/{name}", arguments, Pace.COMMAND, meaning, optional=optional, accepts=accepts)


def _trigger(name: str, meaning: str) -> Address:
    return _command(name, f"button: {meaning}", share("pressed"), accepts="if", optional=True)


def _switch(name: str, meaning: str) -> Address:
    return _command(name, f"switch: {meaning}", share("on"), accepts="ifTF")


IN: tuple[Address, ...] = (
    _trigger("start", "begin the film as if a visitor had come"),
    _trigger("stop", "to the attract scene, and stay there until start"),
    _trigger("pause", "hold the picture"),
    _trigger("resume", "go on after a pause"),
    _trigger("next", "leave this scene now"),
    _trigger("reset", "begin the take again at the first scene"),
    _trigger("attract", "to the attract scene"),
    _command("goto", "to a scene by its name, or its index from 1", text("scene"), accepts="is"),
    _switch("blackout", "dark and silent"),
    _switch("mute", "silent"),
    _switch("camera", "whether the eye looks"),
    _command("volume", "of the room; clamped", share("volume"), accepts="ifTF"),
    _command("brightness", "of the picture; clamped", share("brightness"), accepts="ifTF"),
    _switch("closed", "the room is closed to visitors"),
    _command("mood", "rehearsal: this emotion at this strength (clamped) for 30 s", text("label"), share("strength")),
    _command("reload", "read the story again; swapped at the next scene's start"),
    _command("snapshot", "send the whole state now"),
    _command("ping", "answers at once"),
    _command("shutdown", "with the venue's passphrase; off where it has none", text("passphrase")),
    _command("restart", "with the venue's passphrase; off where it has none", text("passphrase")),
)

COMMANDS: dict[str, Address] = {line.name: line for line in IN}
BY_PATH: dict[str, Address] = {path: line for line in OUT for path in line.concrete()} | {
    line.path: line for line in IN
}


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
