"""The section of a venue file about the other rooms: the MQTT broker on which this room is heard and controlled."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from calibration.places import PathText
from calibration.settings import Section, each_once, written_as
from calibration.web_settings import LOOPBACK

PORTS = {"mqtt": 1883, "mqtts": 8883}
"""Of the schemes of a broker's address; mqtts is MQTT over TLS."""
ROOM_AT_MOST = 40
HOUSE = "house"
"""In the place of a room's name: the house itself (``chiaro house``)."""

Slug = Annotated[
    str,
    Field(max_length=ROOM_AT_MOST),
    written_as(r"[a-z0-9_-]+", "small letters from a to z, digits, - and _, such as hall-2"),
]
TopicRoot = Annotated[
    str,
    Field(max_length=100),
    written_as(r"[\w.-]+(/[\w.-]+)*", "such as chiaro or house/chiaro: no blanks, no + or #, no slash at either end"),
]


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where a broker is."""

    host: str
    port: int
    tls: bool

    def __str__(self) -> str:
        """For people: ``house:1883``."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_this_machine(self) -> bool:
        """Nothing of what is said to it leaves the computer."""
        return self.host in LOOPBACK


def broker_address(text: str) -> BrokerAddress:
    """The place in ``mqtt://HOST[:PORT]`` or ``mqtts://HOST[:PORT]``. Raises ``ValueError``, without any password."""
    scheme, separator, rest = text.partition("://")
    if scheme not in PORTS or not separator:
        raise ValueError("is not a broker's address; expected mqtt://house:1883, or mqtts://house:8883 with TLS")
    if "@" in rest:
        raise ValueError("holds a user or a password; write them as user and password_file")
    if not text.isprintable() or set(text) & set(" ?#") or rest.rstrip("/").count("/"):
        raise ValueError("has something behind its host and port; expected, for example, mqtt://house:1883")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("has a host or a port that cannot be read; the port is a number from 1 to 65535") from None
    if not host or port == 0:
        raise ValueError("names no host, or the port 0; expected, for example, mqtt://house:1883")
    return BrokerAddress(host, port or PORTS[scheme], scheme == "mqtts")


def _valid_broker(text: str) -> str:
    if text:
        broker_address(text)
    return text


def room_slug(name: str) -> str:
    """A venue's name as a part of topics: 'Salle d'été (2)' is 'salle-d-ete-2'. Nothing of it left: 'room'."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9_]+", "-", plain)[:ROOM_AT_MOST].strip("-") or "room"
    return "house-room" if slug == HOUSE else slug


class BrokerSettings(Section):
    """Where the MQTT broker of a house is, and how one is let in."""

    broker: Annotated[str, AfterValidator(_valid_broker)] = Field(
        "", max_length=300, description="mqtt://HOST:PORT, or mqtts://HOST:PORT with TLS; '' = none is spoken with"
    )
    user: str = Field("", max_length=200, description="'' = the broker asks for none")
    password_file: PathText = Field(
        "", description="File whose first line is the password, readable by the show's user alone (mode 600)"
    )
    ca_file: PathText = Field(
        "", description="mqtts: the certificate of the house's own authority (PEM); '' = those of the system"
    )
    topic: TopicRoot = Field("chiaro", description="First part of all topics")

    @field_validator("password_file")
    @classmethod
    def _has_a_user(cls, said: str, info: ValidationInfo) -> str:
        if said and not info.data.get("user", "x"):
            raise ValueError("is there without rooms.user")
        return said

    @field_validator("ca_file")
    @classmethod
    def _is_for_tls(cls, said: str, info: ValidationInfo) -> str:
        broker = info.data.get("broker", "")
        if said and broker and not broker_address(broker).tls:
            raise ValueError("is for mqtts://; with mqtt:// nothing is encrypted")
        return said

    @property
    def address(self) -> BrokerAddress:
        """Where the broker is. Raises ``ValueError`` where there is none."""
        return broker_address(self.broker)


class RoomsSettings(BrokerSettings):
    """The MQTT broker of a house of several rooms. Without ``broker`` nothing of it runs."""

    room: Slug | Annotated[str, Field(max_length=0)] = Field(
        "", description="This room's name in the topics; '' = made of the venue's name"
    )
    groups: Annotated[tuple[Slug, ...], AfterValidator(each_once)] = Field(
        (), max_length=16, description="Groups of rooms that are controlled together, such as ['floor-1', 'tour']"
    )
    listen: bool = Field(
        True, description="Whether commands from the broker are obeyed (not what is put: accept_stories)"
    )
    moods_per_second: float = Field(5.0, ge=0, le=30, description="How often the room's mood is told at most; 0 = not")
    token_file: PathText = Field(
        "",
        description="File with this room's token, readable by the show's user alone (mode 600): commands and puts are "
        "obeyed with it only; '' = whoever may write to the broker may also control the room",
    )
    accept_stories: bool = Field(
        False, description="Whether the house may put stories here; one that was put wins over the one that was typed"
    )
    accept_venues: Literal["", "settings", "whole"] = Field(
        "",
        description="Whether the house may change this file: settings = [mood], [screen], [sound], [course], [hours] "
        "and [timecode]; whole = also [camera], [privacy] and all others but [rooms]; '' = nothing",
    )
    discovery: TopicRoot | Annotated[str, Field(max_length=0)] = Field(
        "homeassistant", description="First part of the topics by which Home Assistant finds the room; '' = none"
    )

    @field_validator("room")
    @classmethod
    def _is_not_the_house(cls, said: str) -> str:
        if said == HOUSE:
            raise ValueError(f"{HOUSE!r} is where the house itself speaks; give the room another name")
        return said

    def room_of(self, venue: str) -> str:
        """The room's name in the topics; ``venue``: the venue's name."""
        return self.room or room_slug(venue)
