"""What ``chiaro house`` does before it serves: its settings, its address, and rooms that are to be forgotten."""

from __future__ import annotations

import secrets
import time
from pathlib import Path

from calibration.errors import BadFile, BadInput, Unavailable
from calibration.files import load_toml
from calibration.fleet_settings import FleetSettings, load_fleet
from calibration.rooms_settings import broker_address
from installation.fleet.table import is_room
from installation.host.console import LossReporter
from installation.host.options import console_address
from installation.rooms.client import BrokerClient
from installation.rooms.outbox import Message
from installation.rooms.topics import INFO, REPORT, STATE, STATUS, RoomTopics
from installation.web.address import ConsoleAddress, address_of

FORGET_WITHIN = 10.0


def house_of(file: str, default: str, broker: str, console: str) -> FleetSettings:
    """The settings of a file, with what was typed laid over it. Raises ``BadFile`` and ``BadInput``."""
    path = file or (default if Path(default).is_file() else "")
    settings = load_fleet(path) if path else FleetSettings()
    if broker:
        try:
            broker_address(broker)
        except ValueError as error:
            raise BadInput(str(error), where="--broker") from None
        settings = settings.model_copy(update={"rooms": settings.rooms.model_copy(update={"broker": broker})})
    if not settings.rooms.broker:
        raise BadInput(
            f"is not known: give --broker mqtt://HOST:1883, or write {default} (chiaro house --init)", where="broker"
        )
    if console:
        pages = console_address(settings.pages, console)
        if not pages.listen:
            raise BadInput("is what this command is for; it cannot be off", where="--console")
        settings = settings.model_copy(update={"pages": pages})
    return settings


def place_of(settings: FleetSettings, folder: Path) -> ConsoleAddress:
    """Where the pages are, and the link that lets a phone in. Raises ``Unavailable``."""
    try:
        return address_of((settings.pages.listen, settings.pages.port), folder)
    except OSError as error:
        raise Unavailable(f"the tokens cannot be kept: {error.strerror or error} ({folder})") from error


def write_draft(path: Path, text: str) -> None:
    """Write a file to begin with; never over another. Raises ``BadFile``."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise BadFile(path, ["is there already; name another one, or change that"]) from None
    except OSError as error:
        raise BadFile(path, [f"cannot be written: {error.strerror or error}"]) from error
    load_toml(path, FleetSettings)


def forget_room(settings: FleetSettings, room: str) -> None:
    """Take back all that the broker remembers of a room. Raises ``BadInput`` and ``Unavailable``."""
    if not is_room(room):
        raise BadInput(f"{room!r} is no room's name", where="--forget")
    topics, losses, why = RoomTopics(settings.rooms.topic, room), LossReporter(), ["it does not answer"]
    losses.follow(lambda change: why.insert(0, change.why))
    client = BrokerClient(settings.rooms, losses, f"chiaro-forget-{secrets.token_hex(4)}")
    client.start()
    until = time.monotonic() + FORGET_WITHIN
    while not client.connected and len(why) == 1 and time.monotonic() < until:
        time.sleep(0.02)
    connected = client.connected
    kinds = (STATUS, INFO, STATE, REPORT)
    client.close([Message(topics.of(kind), b"", retain=True) for kind in kinds])
    if not connected:
        raise Unavailable(f"the broker cannot be asked: {why[0]}")
