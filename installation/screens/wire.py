"""What leader and followers say to each other: small UDP messages, with a version and their length.

``decode`` takes any bytes from anybody and gives a message or None. All times are seconds of the sender's own
monotonic clock, unless they are said to be the leader's.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace

from scenes.story.clip import Transition

VERSION = 1
AT_MOST_BYTES = 1024
NAME_BYTES, SCENE_BYTES = 63, 255
KINDS: tuple[str, ...] = ("cut", "crossfade", "dip", "hold")
"""Transitions by their number in a message."""
_MAGIC = b"CHSC"
_HEAD = struct.Struct("!4sBBH")
_REQUEST, _REPLY, _TELLING = 1, 2, 3
_REQUEST_BODY = struct.Struct("!QIIff")
_REPLY_BODY = struct.Struct("!QIdd")
_TELLING_BODY = struct.Struct("!IIdIddB")
_CUT_BODY = struct.Struct("!IdBddd")
_PAUSED, _BLACKOUT, _CLOSED, _CUT = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class TimeRequest:
    """A follower asks for the time, and says how it stands. Its own time of sending does not travel."""

    nonce: int
    """64 bits at random: only the answer to it can carry the same."""
    session: int = 0
    """Of the leader, as its replies say it; 0 as long as none is known. Who says it right is told the film."""
    name: str = ""
    """Of the screen."""
    entry: int = 0
    """Of the scene on it; 0: none."""
    behind_seconds: float = math.nan
    """How far its film is behind the leader's; not a number while that is unknown."""
    unsure_seconds: float = math.nan
    """How far its idea of the leader's clock may be wrong."""


@dataclass(frozen=True, slots=True)
class TimeReply:
    """The leader's answer: when it had the request, and when it sent this, by its own clock."""

    nonce: int
    session: int
    """Drawn at each start of a leader: another one means other clocks, other entries."""
    received: float
    sent: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The next change of scene, told ahead."""

    entry: int
    scene: str
    at: float
    """The leader's clock when it begins to take over from what plays."""
    transition: Transition = Transition()  # noqa: RUF009 - frozen
    from_seconds: float = 0.0
    """Film time at which it begins."""
    rate: float = 1.0
    """As of ``Told``, once it has begun."""


@dataclass(frozen=True, slots=True)
class Told:
    """Where the leader's film is."""

    at: float
    """The leader's clock at which it is there."""
    story: str
    """The first hexadecimal digits of a digest of the story; '' where none is told."""
    entry: int
    """Number of the scene's ``Play`` cue; 0 before the first."""
    scene: str
    seconds: float
    """Film time, which counts on through loops."""
    rate: float = 1.0
    """Seconds of film in a second of the leader's clock; 0 while it stands."""
    thread: str = ""
    """Of the scene's threads, the one that is shown."""
    paused: bool = False
    blackout: bool = False
    closed: bool = False
    """The house is closed."""
    cut: Cut | None = None

    def seconds_at(self, leader: float) -> float:
        """Film time at a time of the leader's clock, if nothing changes."""
        return self.seconds + (leader - self.at) * self.rate


@dataclass(frozen=True, slots=True)
class Telling:
    """``told``, as the leader of ``session`` sends it; of two the one with the larger number is newer."""

    session: int
    number: int
    told: Told


Message = TimeRequest | TimeReply | Telling


def encode(message: Message) -> bytes:
    """The datagram of a message. Raises ``ValueError`` for what does not fit, which no caller's own values do."""
    match message:
        case TimeRequest():
            kind = _REQUEST
            body = _REQUEST_BODY.pack(
                message.nonce, message.session, message.entry, message.behind_seconds, message.unsure_seconds
            ) + _text(message.name, NAME_BYTES)
        case TimeReply():
            kind = _REPLY
            body = _REPLY_BODY.pack(message.nonce, message.session, message.received, message.sent)
        case Telling():
            kind, body = _TELLING, _telling(message)
    return _HEAD.pack(_MAGIC, VERSION, kind, _HEAD.size + len(body)) + body


def decode(datagram: bytes) -> Message | None:
    """The message of a datagram; None for whatever is not one of this version. Never raises."""
    if not _HEAD.size <= len(datagram) <= AT_MOST_BYTES:
        return None
    magic, version, kind, length = _HEAD.unpack_from(datagram)
    if magic != _MAGIC or version != VERSION or length != len(datagram):
        return None
    reader = _Reader(datagram[_HEAD.size :])
    try:
        message = _READERS[kind](reader)
    except (KeyError, ValueError, struct.error):  # an unknown kind, too short, no UTF-8, not a number
        return None
    return None if reader.left else message


def _telling(message: Telling) -> bytes:
    told, cut = message.told, message.told.cut
    flags = _PAUSED * told.paused | _BLACKOUT * told.blackout | _CLOSED * told.closed | _CUT * (cut is not None)
    numbers = message.session, message.number, told.at, told.entry, told.seconds, told.rate, flags
    body = _TELLING_BODY.pack(*numbers)
    body += _text(told.story, NAME_BYTES) + _text(told.scene, SCENE_BYTES) + _text(told.thread, SCENE_BYTES)
    if cut is not None:
        kind = KINDS.index(cut.transition.kind)
        body += _CUT_BODY.pack(cut.entry, cut.at, kind, cut.transition.seconds, cut.from_seconds, cut.rate)
        body += _text(cut.scene, SCENE_BYTES)
    return body


def _text(text: str, at_most: int) -> bytes:
    raw = text.encode()
    if len(raw) > at_most:
        raise ValueError(f"{text[:40]!r} is longer than {at_most} bytes")
    return bytes((len(raw),)) + raw


class _Reader:
    """Takes the body of a message apart. Raises ``struct.error`` and ``ValueError``."""

    def __init__(self, body: bytes) -> None:
        self._body, self._at = body, 0

    @property
    def left(self) -> int:
        return len(self._body) - self._at

    def numbers(self, form: struct.Struct) -> tuple[int | float, ...]:
        values = form.unpack_from(self._body, self._at)
        self._at += form.size
        return values

    def text(self) -> str:
        length = int(self.numbers(_BYTE)[0])
        raw = self._body[self._at : self._at + length]
        if len(raw) < length:
            raise ValueError("ends within a text")
        self._at += length
        return raw.decode()


_BYTE = struct.Struct("!B")


def _finite(*values: float) -> None:
    if not all(map(math.isfinite, values)):
        raise ValueError("is not a number")


def _read_request(reader: _Reader) -> TimeRequest:
    nonce, session, entry, behind, unsure = reader.numbers(_REQUEST_BODY)
    return TimeRequest(int(nonce), int(session), reader.text(), int(entry), behind, unsure)


def _read_reply(reader: _Reader) -> TimeReply:
    nonce, session, received, sent = reader.numbers(_REPLY_BODY)
    _finite(received, sent)
    return TimeReply(int(nonce), int(session), received, sent)


def _read_telling(reader: _Reader) -> Telling:
    session, number, at, entry, seconds, rate, flags = reader.numbers(_TELLING_BODY)
    _finite(at, seconds, rate)
    story, scene, thread = reader.text(), reader.text(), reader.text()
    told = Told(at, story, int(entry), scene, seconds, rate, thread)
    bits = int(flags)
    told = replace(told, paused=bool(bits & _PAUSED), blackout=bool(bits & _BLACKOUT), closed=bool(bits & _CLOSED))
    if bits & _CUT:
        told = replace(told, cut=_read_cut(reader))
    return Telling(int(session), int(number), told)


def _read_cut(reader: _Reader) -> Cut:
    entry, at, kind, seconds, from_seconds, rate = reader.numbers(_CUT_BODY)
    _finite(at, seconds, from_seconds, rate)
    if kind >= len(KINDS) or not 0 <= seconds <= 3600:
        raise ValueError("is no transition")
    transition = Transition(KINDS[int(kind)], seconds)  # type: ignore[arg-type]  # of the four
    return Cut(int(entry), reader.text(), at, transition, from_seconds, rate)


_READERS: dict[int, Callable[[_Reader], Message]] = {
    _REQUEST: _read_request,
    _REPLY: _read_reply,
    _TELLING: _read_telling,
}
