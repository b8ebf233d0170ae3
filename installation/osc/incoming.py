"""From a sender's bytes to the messages in them. Pure; every length is checked before anything behind it is read.

Why our own: python-osc (1.10.2) reads a truncated float as 0.0, leaves out tags that it does not know, and hangs for
ever on a bundle element of size -4. Phones and hosts send single messages or one flat bundle; nothing more is read.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Any

from calibration.errors import Refused
from installation.osc.registry import STRING_AT_MOST, Code

AT_MOST_BYTES = 512
BUNDLE = b"#bundle\0"
BUNDLE_HEAD_BYTES = 16
"""The word and the time tag. The tag is ignored: a command is obeyed when it comes."""
_NUMBERS = {"i": struct.Struct(">i"), "h": struct.Struct(">q"), "f": struct.Struct(">f"), "d": struct.Struct(">d")}
_WITHOUT_BYTES: dict[str, bool | None] = {"T": True, "F": False, "N": None, "I": None}
"""Type tags that are the whole value; nil and 'infinitum' say no more than that a button was pressed."""
_TEXTS = "sS"
_WORDS = {
    "b": "a block of bytes",
    "c": "a single character",
    "m": "a MIDI message",
    "r": "a colour",
    "t": "a time tag",
    "[": "a list",
}


class CommandRefused(Refused):
    """A message that is not a command of this show, or that is not obeyed.

    ``kind`` is what it is counted as, ``address`` the one that was meant where it can be read, ``command`` what its
    sender is answered under ('' = not answered).
    """

    def __init__(
        self,
        kind: str,
        reason: str = "",
        code: Code = Code.WRONG_ARGUMENTS,
        command: str = "",
        address: str = "",
    ) -> None:
        super().__init__(reason or kind)
        self.kind, self.code, self.command, self.address = kind, code, command, address


@dataclass(frozen=True, slots=True)
class Unread:
    """An argument of a type that no command takes."""

    words: str


Argument = int | float | str | bool | None | Unread
LARGEST_NUMBER = 2**63


def argument_of(value: Any) -> Argument:
    """A value of JSON as an argument: no list, no text or number beyond what OSC can carry."""
    match value:
        case None | bool():
            return value
        case int() if abs(value) < LARGEST_NUMBER:
            return value
        case float() if math.isfinite(value):
            return value
        case str() if len(value) <= STRING_AT_MOST:
            return value
        case str():
            return Unread(f"a text of more than {STRING_AT_MOST} characters")
        case int() | float():
            return Unread("a number that is too large")
    return Unread("a list")


def split(datagram: bytes) -> list[bytes]:
    """The messages of a datagram: itself, or those of one flat bundle. Raises ``CommandRefused``; nothing else."""
    if len(datagram) > AT_MOST_BYTES:
        raise CommandRefused("too long", f"more than {AT_MOST_BYTES} bytes at once; send fewer messages in a bundle")
    if not datagram.startswith(BUNDLE):
        return [datagram]
    elements, at = [], BUNDLE_HEAD_BYTES
    while at < len(datagram):
        size = int.from_bytes(datagram[at : at + 4], "big", signed=True) if at + 4 <= len(datagram) else 0
        at += 4
        if size <= 0 or size % 4 or at + size > len(datagram):
            raise CommandRefused("malformed bundle", "the bundle is damaged or cut short")
        elements.append(datagram[at : at + size])
        at += size
    if any(element.startswith(BUNDLE) for element in elements):
        raise CommandRefused(
            "nested bundle", "a bundle inside a bundle is not read; send a flat one, or single messages"
        )
    if not elements:
        raise CommandRefused("empty bundle", "the bundle holds no messages")
    return elements


def parse(message: bytes) -> tuple[str, list[Argument]]:
    """Address and arguments of one message. Raises ``CommandRefused``; nothing else."""
    if not message.startswith(b"/"):
        raise CommandRefused("not a message", "this is not an OSC message")
    address, at = _text(message, 0)
    if at == len(message):  # very old senders leave out an empty tag string
        return address, []
    tags, at = _text(message, at)
    if not tags.startswith(","):
        raise _damaged()
    arguments: list[Argument] = []
    for tag in tags[1:]:
        if tag in _NUMBERS:
            arguments.append(_number(_NUMBERS[tag], message, at))
            at += _NUMBERS[tag].size
        elif tag in _TEXTS:
            text, at = _text(message, at)
            arguments.append(text)
        elif tag in _WITHOUT_BYTES:
            arguments.append(_WITHOUT_BYTES[tag])
        else:  # how long it is cannot be known, so what is behind it is not read either
            return address, [*arguments, Unread(_WORDS.get(tag, "a value of an unknown type"))]
    if at != len(message):
        raise _damaged()
    return address, arguments


def address_meant(refused: bytes, prefix: str) -> str:
    """The address that bytes which cannot be read were meant for: ours where it is in them; '' where there is none."""
    at = max(refused.find(f"{prefix}/control/".encode()), 0)
    if not refused.startswith(b"/", at):
        return ""
    return refused[at:].split(b"\0", 1)[0].decode("ascii", "backslashreplace")


def _damaged() -> CommandRefused:
    return CommandRefused("malformed", "the message is damaged or cut short")


def _number(form: struct.Struct, message: bytes, at: int) -> int | float:
    if at + form.size > len(message):
        raise _damaged()
    value: int | float = form.unpack_from(message, at)[0]
    return value


def _text(message: bytes, at: int) -> tuple[str, int]:
    """The string at ``at``, and where the next part begins: at a multiple of four, with zeros up to there."""
    end = message.find(b"\0", at)
    after = (end // 4 + 1) * 4
    if end < 0 or after > len(message) or any(message[end:after]):
        raise _damaged()
    try:
        return message[at:end].decode(), after
    except UnicodeDecodeError:
        raise _damaged() from None
