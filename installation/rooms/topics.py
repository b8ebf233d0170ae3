"""The only place of topic names and of what their payloads hold: made here, and read here.

Readers pass over what they do not know, so that rooms of different versions live in one house. Times are unix seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from installation.osc.incoming import Argument, CommandRefused, argument_of
from installation.web.document import ControlsNow, Counters, MoodNow, SenseNow

PROTOCOL = 1
"""Counts up when a reader of before would misread what is sent now."""
ONLINE, OFFLINE = b"online", b"offline"
"""Payloads of ``status``, in Home Assistant's own words."""
DOCUMENT_AT_MOST = 65_536
"""Bytes of a payload that a reader takes."""
COMMAND_AT_MOST, ARGUMENTS_AT_MOST, ID_AT_MOST = 4096, 16, 100
ORDER_KEYS = ("arguments", "id", "token")
"""Of a command that is an object. An unknown one would be a command without its argument."""
EVERY_ROOM = "+"
STATUS, BEAT, INFO, STATE, MOOD, EVENT, SET, REPLY = "status", "beat", "info", "state", "mood", "event", "set", "reply"
REPORT = "report"
EVENTS = ("scene", "branch", "take_start", "take_end", "loss", "back")


@dataclass(frozen=True, slots=True)
class RoomTopics:
    """The topics of one room, or filters for those of every room. ``root``: ``[rooms] topic``."""

    root: str
    room: str

    def of(self, *parts: str) -> str:
        """Any of them: ``of("put", "offer")`` is chiaro/ROOM/put/offer."""
        return "/".join((self.root, self.room, *parts))

    @property
    def status(self) -> str:
        """Retained: ``online`` or ``offline``, which the broker says by itself when the room is gone (last will)."""
        return self.of(STATUS)

    @property
    def beat(self) -> str:
        """Once a second, a ``Beat``."""
        return self.of(BEAT)

    @property
    def info(self) -> str:
        """Retained: a ``RoomCard``."""
        return self.of(INFO)

    @property
    def state(self) -> str:
        """Retained: a ``RoomState``, on change and each ten seconds."""
        return self.of(STATE)

    @property
    def mood(self) -> str:
        """A ``RoomMood``, a few times a second."""
        return self.of(MOOD)

    def event(self, name: str) -> str:
        """A ``RoomEvent``: one of ``EVENTS``."""
        return self.of(EVENT, name)

    def set(self, command: str) -> str:
        """Where a command is sent, never retained: an ``Order``."""
        return self.of(SET, command)

    @property
    def report(self) -> str:
        """Retained: a ``RoomReport`` of the last evening."""
        return self.of(REPORT)

    @property
    def reply(self) -> str:
        """A ``Reply`` to each command."""
        return self.of(REPLY)


@dataclass(frozen=True, slots=True)
class RoomTopic:
    """A topic taken apart: chiaro/hall/event/scene is the room hall, ``event`` and the rest ``scene``."""

    room: str
    kind: str
    rest: str = ""


def topic_of(root: str, topic: str) -> RoomTopic | None:
    """What a topic is about; None for one that is none of a room's."""
    parts = topic.removeprefix(f"{root}/").split("/", 2)
    return RoomTopic(*parts) if topic.startswith(f"{root}/") and len(parts) > 1 and all(parts) else None


class Payload(BaseModel):
    """Base of all payloads: frozen; NaN is refused, unknown keys are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    def payload(self) -> bytes:
        """As it is sent."""
        return self.model_dump_json().encode()


Read = TypeVar("Read", bound=Payload)


def read(kind: type[Read], payload: bytes) -> Read | None:
    """A payload of this kind; None for one that cannot be read: others may write to the broker too."""
    if len(payload) > DOCUMENT_AT_MOST:
        return None
    try:
        return kind.model_validate_json(payload)
    except ValidationError:
        return None


class Beat(Payload):
    """A room's heart: ``number`` is counted by the show itself, so one that stands still is a show that hangs."""

    number: int
    at: float


class RoomCard(Payload):
    """What a room is, as long as one story runs."""

    protocol: int = PROTOCOL
    version: str
    venue: str
    room: str
    groups: tuple[str, ...] = ()
    story: str = ""
    """Title of the story."""
    scenes: tuple[str, ...] = ()
    """In the order of the story, as ``goto`` counts them."""
    commands: tuple[str, ...] = ()
    """Those that it obeys; none: it may not be controlled through the broker."""
    started_at: float = 0.0
    console: str = ""
    """Address of its operator's console, without its token; '' = none."""
    screens: tuple[str, int] | None = None
    """Host and port where screens ask that follow this room; None: it leads none."""


class _ReadControls(ControlsNow):
    model_config = ConfigDict(extra="ignore")


class _ReadSense(SenseNow):
    model_config = ConfigDict(extra="ignore")


class _ReadCounters(Counters):
    model_config = ConfigDict(extra="ignore")


class RoomState(Payload):
    """How a room is: what its console shows, without single visitors and without their mood (it is retained)."""

    at: float
    word: str
    """``attract``, ``playing``, ``paused``, ``blackout``, ``closed``, ``fault`` ..."""
    scene: str
    take: int
    in_take: bool
    visitors: int
    """How many are there."""
    controls: _ReadControls
    senses: tuple[_ReadSense, ...]
    house: str
    """Doors and next change, in words."""
    counters: _ReadCounters

    @property
    def lost(self) -> tuple[str, ...]:
        """Parts of the room that are lost."""
        return tuple(sense.name for sense in self.senses if sense.state == "lost")


class RoomMood(Payload, MoodNow):
    """The visitors' mood together, never of a single one."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    at: float


class RoomEvent(Payload):
    """What happened once. Which fields it has depends on the event: see docs/rooms.md."""

    at: float
    scene: str | None = None
    index: int | None = None
    target: str | None = None
    reason: str | None = None
    emotion: str | None = None
    confidence: float | None = None
    take: int | None = None
    outcome: str | None = None
    part: str | None = None
    seconds: float | None = None

    def payload(self) -> bytes:
        """As it is sent: without what this event does not have."""
        return self.model_dump_json(exclude_none=True).encode()


class PartLost(Payload):
    """How often a part of the machine was lost."""

    part: str
    times: int


class RoomReport(Payload):
    """The last evening in figures, as in its report: none of them rests on fewer than five visits (null)."""

    day: date
    story: str = ""
    visits: int | None = None
    stopped: float | None = None
    """Share of the visits."""
    dwell_seconds: float | None = None
    """Median of those who stopped."""
    takes: int | None = None
    completed: float | None = None
    """Share of the takes that visitors ended."""
    holding: float | None = None
    open_seconds: float | None = None
    seeing_seconds: float | None = None
    losses: tuple[PartLost, ...] = ()


class Reply(Payload):
    """What became of a command; ``code`` as in OSC's replies, ``id`` as in the order."""

    command: str
    code: int
    reason: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What the payload of a command says."""

    arguments: tuple[Argument, ...] = ()
    id: str = ""
    token: str = ""
    signed: Mapping[str, Any] | None = None
    """An order signed with the room's token, as it came: see ``installation.rooms.tokens``."""

    def payload(self) -> bytes:
        """As it is sent."""
        said = {"arguments": list(self.arguments), "id": self.id, "token": self.token}
        return orjson.dumps({key: value for key, value in said.items() if value})


def read_order(payload: bytes) -> Order:
    """Nothing, a bare value, a list of arguments, or an object with ``arguments``, ``id`` and ``token``,
    or one that is signed.

    What is no JSON is a text: ``opening`` names a scene as well as ``"opening"`` does. Raises ``CommandRefused``.
    """
    if len(payload) > COMMAND_AT_MOST:
        raise CommandRefused("wrong arguments", f"a command has at most {COMMAND_AT_MOST} bytes")
    try:
        said = orjson.loads(payload) if payload.strip() else []
    except orjson.JSONDecodeError:
        try:
            said = payload.decode().strip()
        except UnicodeDecodeError:
            raise CommandRefused("wrong arguments", "the payload is neither JSON nor a text") from None
    match said:
        case dict() if "signed" in said:
            return Order(signed=said)
        case dict():
            if others := sorted(said.keys() - set(ORDER_KEYS)):
                known = f"{others[0]!r} is no key of a command; known: {', '.join(ORDER_KEYS)}, signed"
                raise CommandRefused("wrong arguments", known)
            arguments = said.get("arguments", [])
            return Order(_arguments(arguments), _text(said, "id"), _text(said, "token"))
        case list():
            return Order(_arguments(said))
        case _:
            return Order(_arguments([said]))


def _arguments(said: Any) -> tuple[Argument, ...]:
    values: Sequence[Any] = said if isinstance(said, list) else [said]
    if len(values) > ARGUMENTS_AT_MOST:
        raise CommandRefused("wrong arguments", f"a command has at most {ARGUMENTS_AT_MOST} arguments")
    return tuple(argument_of(value) for value in values)


def _text(said: dict[str, Any], key: str) -> str:
    value = said.get(key, "")
    if not isinstance(value, str | int) or len(str(value)) > ID_AT_MOST:
        raise CommandRefused("wrong arguments", f"{key} is a text of at most {ID_AT_MOST} characters")
    return str(value)
