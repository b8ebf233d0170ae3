"""The sections of a venue file about the house: opening hours, the display's power, the battery behind the mains."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from calibration.opening_hours import LONGEST, fault_of, fault_of_country, fault_of_zone, has_holidays
from calibration.settings import Port, Seconds, Section, written_as

HostName = Annotated[
    str,
    Field(max_length=253),
    # A name or a number of version 4; or one of version 6.
    written_as(r"[\w.-]*|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(%\w+)?", "only a name or number, such as 192.168.1.40"),
]
MacAddress = Annotated[
    str,
    written_as(
        r"([0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5})?",
        "six pairs of digits and letters from A to F, such as 00:11:22:33:44:55",
    ),
]
UpsName = Annotated[
    str,
    written_as(
        r"([A-Za-z0-9_][A-Za-z0-9._-]*)?(@[A-Za-z0-9._:\[\]-]+)?", "its name as for upsc, such as ups@localhost"
    ),
]


class HoursSettings(Section):
    """When the house is open. Without ``open`` it always is."""

    open: str = Field(
        "",
        max_length=LONGEST,
        description="In the grammar of OpenStreetMap: 'Tu-Su 10:00-18:00; Th 10:00-20:00; PH off'; '' = always",
    )
    country: str = Field("", validate_default=True, description="Two letters, such as DE: whose holidays PH means")
    region: str = Field("", description="Its region, such as BY, for holidays that are kept only there")
    timezone: str = Field("", description="Such as Europe/Berlin; '' = the machine's")
    last_take_seconds: Seconds = Field(
        900.0, description="How long a take that is running at closing time may still go on"
    )

    @field_validator("open")
    @classmethod
    def _can_be_read(cls, said: str) -> str:
        if said and (fault := fault_of(said)):
            raise ValueError(fault)
        return said

    @field_validator("country")
    @classmethod
    def _is_a_country(cls, said: str, info: ValidationInfo) -> str:
        if said and (fault := fault_of_country(said, "")[0]):
            raise ValueError(fault)
        if not said and has_holidays(info.data.get("open", "")):
            raise ValueError("is missing: hours.open speaks of PH (public holidays); write whose, such as DE")
        return said

    @field_validator("region")
    @classmethod
    def _is_a_region(cls, said: str, info: ValidationInfo) -> str:
        if said and "country" in info.data and (fault := fault_of_country(info.data["country"], said)[1]):
            raise ValueError(fault)
        return said

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, said: str) -> str:
        if said and (fault := fault_of_zone(said)):
            raise ValueError(fault)
        return said


class DisplaySettings(Section):
    """How the display or projector is switched off when the house closes, and on when it opens."""

    power: Literal["none", "dpms", "wlr", "cec", "pjlink"] = Field(
        "none",
        description="dpms: X11; wlr: Wayland (wlroots); cec: a television on HDMI; pjlink: a projector by network",
    )
    output: str = Field("*", min_length=1, max_length=100, description="wlr: name of the output; '*' = all")
    host: HostName = Field(
        "", validate_default=True, description="pjlink: the projector's name or number on the network"
    )
    port: Port = Field(4352, description="pjlink")
    password: str = Field("", max_length=32, repr=False, description="pjlink; '' = it asks for none")
    wake_mac: MacAddress = Field("", description="Wake-on-LAN is sent to this when opening")

    @field_validator("host")
    @classmethod
    def _is_named_for_pjlink(cls, said: str, info: ValidationInfo) -> str:
        if not said and info.data.get("power") == "pjlink":
            raise ValueError("is missing: the projector's name or number on the network")
        return said


class UpsSettings(Section):
    """The battery behind the mains, as Network UPS Tools knows it. On battery the house closes; with mains it opens."""

    name: UpsName = Field("", description="As for upsc: 'ups@localhost'")
    after_seconds: Seconds = Field(60.0, description="How long on battery before the house closes")
    shutdown_command: tuple[str, ...] = Field(
        (), description="Run once the house is dark, such as ['systemctl', 'poweroff']; none = wait for the mains"
    )
