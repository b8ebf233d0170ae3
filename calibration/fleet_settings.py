"""The file of a house of several rooms (``house.toml``): its broker, its pages, its alarms and its reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from calibration.files import load_toml
from calibration.house_settings import HoursSettings
from calibration.places import PathText
from calibration.rooms_settings import BrokerSettings, Slug
from calibration.settings import Seconds, Section, each_once
from calibration.venue import resolve_from
from calibration.web_settings import ConsoleSettings, MailSettings


class FleetRoomsSettings(BrokerSettings):
    """The broker on which the rooms speak, as in the rooms' own venue files."""

    expected: Annotated[tuple[Slug, ...], AfterValidator(each_once)] = Field(
        (), max_length=4000, description="Rooms that must be there, also those that have never spoken yet"
    )
    tokens_file: PathText = Field(
        "",
        description="File with a room and its token in each line (mode 600); '' = room-tokens in the configuration "
        "folder, if it is there",
    )


class FleetPagesSettings(ConsoleSettings):
    """The pages of all rooms: for a phone or a desk."""

    listen: str = Field(
        "127.0.0.1",
        min_length=1,
        description="Address on which they are served; '0.0.0.0' = every network of this machine (a token is asked for "
        "there)",
    )
    port: int = Field(8480, ge=0, le=65535, description="0, or where it is taken: any free one")


def valid_webhook(address: str) -> str:
    """``address`` as it is. Raises ``ValueError``, without a word of it: it may hold a secret."""
    try:
        split = urlsplit(address)
        usable = split.scheme in ("http", "https") and bool(split.hostname) and split.port != 0
    except ValueError:
        usable = False
    if address and not (usable and address.isascii() and address.isprintable() and " " not in address):
        raise ValueError("is not a page's address; expected, for example, https://chat.example/hooks/abc")
    return address


class AlarmSettings(MailSettings):
    """Who is told when a room needs somebody: by the broker, by mail, and by a webhook."""

    after_seconds: Seconds = Field(60.0, ge=1, le=86_400, description="How long it must be so before it is told")
    drift_stops: float = Field(1.0, gt=0, le=10, description="Change of the light since the calibration that is told")
    webhook: Annotated[str, AfterValidator(valid_webhook)] = Field(
        "", max_length=2000, repr=False, description="Address to which each alarm is sent as JSON (POST); '' = none"
    )
    webhook_file: PathText = Field(
        "", description="File whose first line is that address, where it holds a secret (mode 600)"
    )


class FleetReportsSettings(Section):
    """The evenings of all rooms together."""

    folder: PathText = Field("", description="A table of each evening is kept here; '' = in the state folder")


class FleetSettings(Section):
    """All of a house's file. ``rooms.broker`` is what it needs."""

    name: str = Field("The house", min_length=1, max_length=80)
    rooms: FleetRoomsSettings = FleetRoomsSettings()
    pages: FleetPagesSettings = FleetPagesSettings()
    alarms: AlarmSettings = AlarmSettings()
    hours: HoursSettings = Field(
        HoursSettings(), description="When alarms may begin, as [hours] of a venue; without: always"
    )
    reports: FleetReportsSettings = FleetReportsSettings()


def load_fleet(path: Path | str) -> FleetSettings:
    """Read a house's file; the files that it names become absolute paths, relative to it.

    Raises ``BadFile`` with all problems at once.
    """
    settings = load_toml(path, FleetSettings)
    named = {
        "rooms": ("password_file", "ca_file", "tokens_file"),
        "alarms": ("mail_password_file", "webhook_file"),
        "reports": ("folder",),
    }
    found: dict[str, Section] = {}
    for section, keys in named.items():
        said: Section = getattr(settings, section)
        paths = {key: resolve_from(Path(path), value) for key in keys if (value := getattr(said, key))}
        found[section] = said.model_copy(update=paths)
    return settings.model_copy(update=found)
