"""From a datagram to a checked command. Pure; every reason to refuse is named.

python-osc's parser reads a truncated float as 0.0 and leaves out tags that it does not know, so what it read is
encoded again and must be the datagram, byte for byte.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Sequence

from pythonosc.osc_message import OscMessage

from calibration.errors import Refused
from calibration.files import did_you_mean
from calibration.settings import OscSettings
from installation.osc.encoder import body, header
from installation.osc.registry import COMMANDS, Address, Code
from models.labels import LABELS
from scenes.machine.command import (
    Attract,
    Command,
    GoTo,
    Next,
    Origin,
    Pause,
    Ping,
    RehearseMood,
    Reload,
    Reset,
    Restart,
    Resume,
    SendSnapshot,
    SetBlackout,
    SetBrightness,
    SetCamera,
    SetClosed,
    SetMasterVolume,
    SetMute,
    Shutdown,
    Start,
    Stop,
)

Argument = int | float | str | bool
_TAGS = {bool: "T", int: "i", float: "f", str: "s"}
_KINDS = {"T": "true", "F": "false", "i": "a whole number", "f": "a number", "s": "a text"}
"""What a value of a wrong type is called in the answer."""
KNOWN_TAGS = frozenset(b"ifsTF")
AT_MOST_BYTES = 512

PLAIN = {one.name: one for one in (Start, Stop, Pause, Resume, Next, Reset, Attract, Reload, SendSnapshot, Ping)}
SWITCHES = {one.name: one for one in (SetBlackout, SetMute, SetCamera, SetClosed)}
LEVELS = {one.name: one for one in (SetMasterVolume, SetBrightness)}
"""Commands by the last part of their address: without an argument of their own, with on or off, with 0 to 1."""


class CommandRefused(Refused):
    """A datagram that is not a command of this show. ``command`` is set where its sender gets an answer."""

    def __init__(self, kind: str, reason: str = "", code: Code = Code.WRONG_ARGUMENTS, command: str = "") -> None:
        super().__init__(reason or kind)
        self.kind, self.code, self.command = kind, code, command


def read(datagram: bytes, settings: OscSettings, scenes: Sequence[str], origin: Origin) -> Command | None:
    """The command in ``datagram``, or None for a button let go. Raises ``CommandRefused``; nothing else."""
    address, arguments = parse(datagram)
    prefix = settings.listen_prefix + "/control/"
    name = address.removeprefix(prefix)
    line = COMMANDS.get(name) if address.startswith(prefix) else None
    if line is None:
        raise CommandRefused("unknown address")
    try:
        return _command(line, arguments, settings, scenes, origin)
    except CommandRefused as refused:
        raise CommandRefused(refused.kind, str(refused), refused.code, name) from None


def parse(datagram: bytes) -> tuple[str, list[Argument]]:
    """Address and arguments of one plain message. Raises ``CommandRefused``; nothing else."""
    if len(datagram) > AT_MOST_BYTES:
        raise CommandRefused("too long")
    if not datagram.startswith(b"/"):
        raise CommandRefused("not a message")  # bundles too: no button sends one, and python-osc hangs on bad ones
    try:
        tags = datagram[datagram.index(b",") + 1 :].split(b"\0", 1)[0] if b"," in datagram else b""
        if not KNOWN_TAGS.issuperset(tags):
            raise CommandRefused("unsupported type tags")
        parsed = OscMessage(datagram)
        address, arguments = parsed.address, parsed.params
        tagged = "".join("F" if value is False else _TAGS[type(value)] for value in arguments)
        values = [(tag, value) for tag, value in zip(tagged, arguments, strict=True) if tag in "ifs"]
        again = body("".join(tag for tag, _ in values), [value for _, value in values])
        whole = header(address, tagged) + again
    except CommandRefused:
        raise
    except Exception as error:  # the parser raises what it likes
        raise CommandRefused("malformed") from error
    if datagram not in (whole, whole.removesuffix(b",\0\0\0")):  # very old senders leave out an empty tag string
        raise CommandRefused("malformed")
    return address, arguments


def _command(
    line: Address, arguments: list[Argument], settings: OscSettings, scenes: Sequence[str], origin: Origin
) -> Command | None:
    _check(line, arguments)
    if plain := PLAIN.get(line.name):  # a button sends floats only from most phones, and 0.0 when it is let go
        released = line.optional and arguments and float(arguments[0]) < 0.5
        return None if released else plain(origin=origin)
    if switch := SWITCHES.get(line.name):
        return switch(float(arguments[0]) >= 0.5, origin=origin)
    if level := LEVELS.get(line.name):
        return level(_clamped(arguments[0]), origin=origin)
    match line.name:
        case "goto":
            return GoTo(_scene(arguments[0], scenes), origin=origin)
        case "mood":
            return RehearseMood(_label(str(arguments[0])), _clamped(arguments[1]), origin=origin)
        case "shutdown" | "restart":
            _passphrase(str(arguments[0]), settings.passphrase)
            return Shutdown(origin=origin) if line.name == "shutdown" else Restart(origin=origin)
    raise CommandRefused("unknown address")


def _check(line: Address, arguments: list[Argument]) -> None:
    wanted = len(line.arguments)
    if len(arguments) != wanted and not (line.optional and not arguments):
        raise CommandRefused("wrong arguments", f"{line.name} takes {line.takes}; got {_count(arguments)}")
    for expected, value in zip(line.arguments, arguments, strict=False):
        tag = "F" if value is False else _TAGS[type(value)]
        if tag not in (line.accepts or expected.tag):
            raise CommandRefused("wrong arguments", f"{line.name} takes {line.takes}; got {_KINDS[tag]}")
        if isinstance(value, float) and not math.isfinite(value):
            raise CommandRefused("wrong arguments", f"{line.name} takes {line.takes}; got {value}")


def _count(arguments: list[Argument]) -> str:
    return f"{len(arguments) or 'no'} argument{'s' * (len(arguments) != 1)}"


def _clamped(value: Argument) -> float:
    return min(max(float(value), 0.0), 1.0)


def _scene(wanted: Argument, scenes: Sequence[str]) -> str:
    if isinstance(wanted, int) and 1 <= wanted <= len(scenes):
        return scenes[wanted - 1]
    if wanted in scenes:
        return str(wanted)
    near = did_you_mean(wanted, tuple(scenes)) if isinstance(wanted, str) else f"; the story has {len(scenes)}"
    raise CommandRefused("unknown scene", f"there is no scene {wanted!r}{near}", Code.UNKNOWN)


def _label(label: str) -> str:
    if label not in LABELS:
        raise CommandRefused(
            "unknown emotion", f"no emotion is called {label!r}{did_you_mean(label, LABELS)}", Code.UNKNOWN
        )
    return label


def _passphrase(given: str, wanted: str) -> None:
    if not wanted:
        raise CommandRefused("not allowed", "off in this venue: osc.passphrase is not set", Code.NOT_ALLOWED)
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise CommandRefused("not allowed", "wrong passphrase", Code.NOT_ALLOWED)
