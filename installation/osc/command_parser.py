"""From one message to a checked command. Pure; every reason to refuse is named, and put in words for its sender.

Numbers are numbers, whatever their type: phones send nothing but floats, hosts type whole numbers, programs send
doubles and booleans. A whole number may be an index, and 1 is a strength.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from calibration.files import did_you_mean
from calibration.settings import OscSettings
from installation.osc.incoming import Argument, CommandRefused, Unread, address_meant, parse
from installation.osc.registry import COMMANDS, UNKNOWN_COMMAND, Address, Code
from models.labels import LABELS
from scenes.machine.command import (
    Attract,
    CloseHouse,
    Command,
    Consent,
    ForgetTake,
    GoTo,
    Next,
    OpenHouse,
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
    SetCaptions,
    SetClosed,
    SetMasterVolume,
    SetMute,
    SetStaff,
    Shutdown,
    Start,
    Stop,
)

_PLAIN = (
    *(Start, Stop, Pause, Resume, Next, Reset, Attract, Consent, ForgetTake),
    *(Reload, SendSnapshot, Ping, OpenHouse, CloseHouse),
)
PLAIN = {one.name: one for one in _PLAIN}
SWITCHES = {one.name: one for one in (SetBlackout, SetMute, SetCamera, SetStaff, SetClosed)}
LEVELS = {one.name: one for one in (SetMasterVolume, SetBrightness)}
ENDINGS = {one.name: one for one in (Shutdown, Restart)}
"""Commands by the last part of their address: without an argument of their own, with on or off, with 0 to 1, with the
passphrase."""
SHOWN_CHARACTERS = 60
WRONG_PASSPHRASE = "wrong passphrase"  # noqa: S105 - what is answered
UNKNOWN_ADDRESS = "unknown address"
PRESSED = 0.5
"""From this value up a button is pressed and a switch is on."""


@dataclass(frozen=True, slots=True)
class Released:
    """A button was let go: nothing is done, but its sender is answered."""

    name: str


def read(
    message: bytes, settings: OscSettings, scenes: Sequence[str], origin: Origin, signals: tuple[str, ...] = ()
) -> Command | Released:
    """The command in one plain message; ``signals`` are other addresses that may have been meant.

    Raises ``CommandRefused``; nothing else.
    """
    prefix = settings.listen_prefix
    try:
        address, arguments = parse(message)
    except CommandRefused as refused:
        raise addressed(refused, address_meant(message, prefix), prefix) from None
    line = COMMANDS.get(address.removeprefix(f"{prefix}/control/"))
    try:
        if line is None:
            raise CommandRefused(UNKNOWN_ADDRESS, _no_such_address(address, prefix, signals), Code.UNKNOWN)
        return _command(line, arguments, settings, scenes, origin)
    except CommandRefused as refused:
        raise addressed(refused, address, prefix) from None


def command_of(
    name: str,
    arguments: list[Argument],
    scenes: Sequence[str],
    origin: Origin,
    others: tuple[str, ...] = (),
    passphrase: str | None = None,
) -> Command | Released:
    """The command ``name`` with these arguments.

    ``others`` are commands that this sender may have meant. ``passphrase``: the venue's, for a sender who has to give
    it to end the show; None: he has shown already that he may. Raises ``CommandRefused``; nothing else.
    """
    line = COMMANDS.get(name)
    if line is None:
        raise CommandRefused(
            UNKNOWN_ADDRESS, f"there is no command {_short(name)}{_near_command(name, others)}", Code.UNKNOWN
        )
    if passphrase is None and (ending := ENDINGS.get(name)):
        return ending(origin=origin)
    return _command(line, arguments, OscSettings(passphrase=passphrase or ""), scenes, origin)


def addressed(refused: CommandRefused, address: str, prefix: str, command: str = "") -> CommandRefused:
    """``refused`` with the address that was meant, and with the name under which its sender is answered.

    Only what has ``/control/`` in it is answered, our own answers never: two shows must not answer each other for ever.
    """
    name = address.removeprefix(f"{prefix}/control/")
    known = name in COMMANDS and address != name
    if not command and "/control/" in address and "/reply/" not in address:
        command = name if known else UNKNOWN_COMMAND
    if refused.kind != UNKNOWN_ADDRESS and not command:
        address = ""  # noise: no two pieces of it are alike, and none of it helps the operator
    return CommandRefused(refused.kind, str(refused), refused.code, command, address[:SHOWN_CHARACTERS])


@lru_cache(maxsize=256)  # a fader that is set up wrongly asks a hundred times a second
def _no_such_address(address: str, prefix: str, signals: tuple[str, ...]) -> str:
    before, control, name = address.partition("/control/")
    if control and before == prefix:
        return f"there is no command {_short(name)}{_near_command(name)}"
    near = f"; did you mean '{prefix}/control/{name}'?" if name in COMMANDS else did_you_mean(address, signals)
    return f"{_short(address)} is not an address of this show{near}"


def _near_command(name: str, others: tuple[str, ...] = ()) -> str:
    """A command with something behind it, as in ``goto/opening``, is that command, however long the rest."""
    known = (*COMMANDS, *others)
    return did_you_mean(name, known) or did_you_mean(name.partition("/")[0], known)


def _short(words: str) -> str:
    """What a sender wrote, quoted, so that the answer has room for the rest."""
    return repr(words if len(words) <= SHOWN_CHARACTERS else words[:SHOWN_CHARACTERS] + "...")


def _command(
    line: Address, arguments: list[Argument], settings: OscSettings, scenes: Sequence[str], origin: Origin
) -> Command | Released:
    _check(line, arguments)
    if plain := PLAIN.get(line.name):  # most phones send 0.0 when a button is let go
        released = arguments and arguments[0] is not None and _real(arguments[0]) < PRESSED
        return Released(line.name) if released else plain(origin=origin)
    if switch := SWITCHES.get(line.name):
        return switch(_real(arguments[0]) >= PRESSED, origin=origin)
    if level := LEVELS.get(line.name):
        return level(_clamped(arguments[0]), origin=origin)
    match line.name:
        case "goto":
            return GoTo(_scene(arguments[0], scenes), origin=origin)
        case "captions":
            return SetCaptions(str(arguments[0]), origin=origin)
        case "mood":
            return RehearseMood(_label(str(arguments[0])), _clamped(arguments[1]), origin=origin)
        case "shutdown" | "restart":
            _passphrase(str(arguments[0]), settings.passphrase)
            return ENDINGS[line.name](origin=origin)
    raise CommandRefused(UNKNOWN_ADDRESS, code=Code.UNKNOWN)


def _check(line: Address, arguments: list[Argument]) -> None:
    wanted = len(line.arguments)
    if len(arguments) != wanted and not (line.optional and not arguments):
        raise CommandRefused("wrong arguments", f"{line.name} takes {line.takes}; got {_count(arguments)}")
    for expected, value in zip(line.arguments, arguments, strict=False):
        accepts = expected.accepts or expected.tag
        if _kind(value) not in accepts or (isinstance(value, float) and not math.isfinite(value)):
            raise CommandRefused("wrong arguments", f"{line.name} takes {line.takes}; got {in_words(value)}")


def _kind(value: Argument) -> str:
    """A type tag of the registry for what came, or a blank where there is none."""
    match value:
        case None:
            return "N"
        case bool():
            return "T" if value else "F"
        case int():
            return "i"
        case float():
            return "f"
        case str():
            return "s"
    return " "


def in_words(value: Argument) -> str:
    """What came, for whoever sent it. Not a text's own words: it may be a passphrase."""
    match value:
        case None:
            return "an empty value"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"{value:g}"
        case str():
            return "a text"
        case Unread():
            return value.words


def _count(arguments: list[Argument]) -> str:
    return f"{len(arguments) or 'no'} argument{'s' * (len(arguments) != 1)}"


def _real(value: Argument) -> float:
    """A number or a boolean that ``_check`` has let through."""
    return float(value) if isinstance(value, int | float) else 0.0


def _clamped(value: Argument) -> float:
    return min(max(_real(value), 0.0), 1.0)


def _scene(wanted: Argument, scenes: Sequence[str]) -> str:
    if isinstance(wanted, float) and wanted.is_integer():
        wanted = int(wanted)
    if isinstance(wanted, int) and 1 <= wanted <= len(scenes):
        return scenes[wanted - 1]
    if wanted in scenes:
        return str(wanted)
    near = did_you_mean(wanted, tuple(scenes)) if isinstance(wanted, str) else f"; the story has {len(scenes)}"
    called = _short(wanted) if isinstance(wanted, str) else wanted
    raise CommandRefused("unknown scene", f"there is no scene {called}{near}", Code.UNKNOWN)


def _label(label: str) -> str:
    if label not in LABELS:
        raise CommandRefused(
            "unknown emotion", f"no emotion is called {_short(label)}{did_you_mean(label, LABELS)}", Code.UNKNOWN
        )
    return label


def _passphrase(given: str, wanted: str) -> None:
    if not wanted:
        raise CommandRefused("not allowed", "off in this venue: osc.passphrase is not set", Code.NOT_ALLOWED)
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise CommandRefused(WRONG_PASSPHRASE, code=Code.NOT_ALLOWED)
