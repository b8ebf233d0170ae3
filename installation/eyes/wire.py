"""What travels between the stage and an eye on another machine: one authenticated UDP datagram for each message.

UDP, for only the newest mood is worth anything: what is lost is not sent again, a newer one follows. What the stage
wants is no list of commands but a state that is told ten times a second, so that a lost datagram loses nothing.

::

    eye   -> stage   HELLO     the eye's nonce                            signed with the key of both
    stage -> eye     WELCOME   the eye's nonce, the stage's nonce         signed with the key of both
    both             ORDER, REPORT, numbered upwards                      signed with a key of this session alone

Both nonces are new and random, so that nothing recorded before is taken again; within a session a number that does not
go up is dropped. Nothing is encrypted: moods can be read by whoever can read the network.
"""

from __future__ import annotations

import hmac
import secrets
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from installation.eye.link import Report
from models.labels import LABELS

VERSION = 2
"""Another one for each key that is new or gone: a stage of before takes no message with a key that it does not know."""
MAX_BYTES = 32 * 1024
"""Of a datagram: 32 visitors take 16 KiB."""
SILENT_SECONDS = 2.0
"""After so long without an order an eye closes its camera; so long unheard, no eye is told to look."""
WORDS_AT_MOST = 300
NONCE_BYTES = 16
_HEADER = struct.Struct("!4sBB16sQ")
_MAGIC = b"chEY"
_MAC_BYTES = 32
Body = TypeVar("Body", bound=BaseModel)


class Kind(IntEnum):
    """What a datagram is; a direction of its own each, so that none can be sent back to who sent it."""

    HELLO = 1
    WELCOME = 2
    ORDER = 3
    REPORT = 4


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Hello(_Message):
    """An eye asks for a session. Its nonce is the header's session."""

    name: str = Field(max_length=40)


class Welcome(_Message):
    """The stage has one for it. The eye's nonce is the header's session."""

    nonce: bytes = Field(min_length=NONCE_BYTES, max_length=NONCE_BYTES)

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")


class Order(_Message):
    """What the stage wants now. An eye that hears none for a while closes its camera."""

    stage: int
    """Random, of this life of the stage: its numbers count anew in the next one."""
    on: bool
    """The house is open: an eye's process runs."""
    open: bool
    """The camera may be open."""
    why: Annotated[str, Field(max_length=WORDS_AT_MOST)] = ""
    """Why it may not."""
    zone: bool = False
    """Only who stands in a zone may be looked at: without one the eye stays shut."""
    scene: int = Field(0, ge=0)
    """Scenes that have begun: at each, the visitors' own neutral faces are learned no further."""
    forget: int = Field(0, ge=0)
    """How often whoever is there was to be forgotten."""


class Told(_Message):
    """What an eye tells: its report, and all that the stage needs to know how old it is."""

    sent: float
    """By the eye's own clock, in seconds; so are ``heard`` and the mood's ``captured_at``."""
    echo: int = Field(ge=0)
    """Number of the newest order that was heard, or 0: the welcome."""
    heard: float
    """When that was."""
    may_film: bool
    """Its camera is open or may be at any moment."""
    forgotten: int = Field(0, ge=0)
    """The ``forget`` that was obeyed."""
    refused: Annotated[str, Field(max_length=WORDS_AT_MOST)] = ""
    """Why it does not look although it may."""
    report: Report

    @model_validator(mode="after")
    def _knows_our_emotions(self) -> Told:
        mood = self.report.mood
        for shares in (mood.probabilities, *(visitor.probabilities for visitor in mood.visitors)):
            if len(shares) != len(LABELS) or not all(0 <= share <= 1.001 for share in shares):
                raise ValueError("probabilities are not those of our emotions")
        if {mood.dominant, *(visitor.dominant for visitor in mood.visitors)} - {None, *LABELS}:
            raise ValueError("an emotion that is none of ours")
        return self


@dataclass(frozen=True, slots=True)
class Packet:
    """A datagram that has our form; whose it is must be asked before its body is read."""

    kind: Kind
    session: bytes
    number: int
    _signed: bytes
    _mac: bytes

    def is_signed_with(self, key: bytes) -> bool:
        """Whether who made it has ``key``."""
        return hmac.compare_digest(self._mac, hmac.digest(key, self._signed, "sha256"))

    def body(self, model: type[Body]) -> Body | None:
        """What it says; None where it does not say that."""
        try:
            return model.model_validate_json(self._signed[_HEADER.size :])
        except ValidationError:
            return None


def seal(kind: Kind, session: bytes, number: int, body: BaseModel, key: bytes) -> bytes:
    """The datagram."""
    signed = _HEADER.pack(_MAGIC, VERSION, kind, session, number) + body.model_dump_json().encode()
    return signed + hmac.digest(key, signed, "sha256")


def unseal(datagram: bytes) -> Packet | None:
    """The datagram's parts; None for what has not our form. Raises nothing, whatever the bytes."""
    if not _HEADER.size + _MAC_BYTES <= len(datagram) <= MAX_BYTES:
        return None
    magic, version, kind, session, number = _HEADER.unpack_from(datagram)
    if magic != _MAGIC or version != VERSION or kind not in set(Kind):
        return None
    return Packet(Kind(kind), session, number, datagram[:-_MAC_BYTES], datagram[-_MAC_BYTES:])


def other_version(datagram: bytes) -> int | None:
    """The version that who sent it speaks, where that is not ours; None: it is ours, or nothing of this kind."""
    is_ours = datagram[:4] == _MAGIC and len(datagram) > _HEADER.size
    return datagram[4] if is_ours and datagram[4] != VERSION else None


def new_nonce() -> bytes:
    """Sixteen bytes that nobody could know before."""
    return secrets.token_bytes(NONCE_BYTES)


@dataclass(frozen=True, slots=True)
class Session:
    """What both ends make of their nonces: a name for it, and its key."""

    name: bytes
    key: bytes


def session_of(key: bytes, eye: str, eyes_nonce: bytes, stages_nonce: bytes) -> Session:
    """The session of that eye and those nonces."""
    made_of = eyes_nonce + stages_nonce + eye.encode()
    name = hmac.digest(key, b"name" + made_of, "sha256")[:NONCE_BYTES]
    return Session(name, hmac.digest(key, b"key" + made_of, "sha256"))
