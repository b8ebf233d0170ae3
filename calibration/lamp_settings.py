"""The sections of a venue file about the room's lamps (DMX over the network) and the timecode for other desks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from calibration.house_settings import HostName
from calibration.settings import Port, Seconds, Section


def _number(key: object) -> object:
    """TOML's keys are text."""
    return int(key) if isinstance(key, str) and key.isascii() and key.isdecimal() else key


Channel = Annotated[int, BeforeValidator(_number), Field(ge=1, le=512)]
Level = Annotated[int, Field(ge=0, le=255)]
UniverseNumber = Annotated[int, Field(ge=0, le=63999)]

LARGEST_ARTNET = 32767


class UniverseSettings(Section):
    """512 channels, and the machine on the network that hears them."""

    number: UniverseNumber = Field(1, description="As in the story's cues; sACN counts from 1, Art-Net from 0")
    protocol: Literal["sacn", "artnet"] = "sacn"
    host: HostName = Field("", description="The receiver's name or number; '' = sACN by multicast. Art-Net needs one")
    port: Port | None = Field(None, description="Default: 5568 for sACN, 6454 for Art-Net")
    interface: HostName = Field("", description="sACN by multicast: this machine's number in the lamps' network")
    priority: int = Field(100, ge=0, le=200, description="sACN: of several senders the highest is obeyed")
    resting: dict[Channel, Level] = Field(
        {},
        description="Channel = value while the house is closed, before the first cue and at the end; the others are 0",
        examples=[{"1": 40}],
    )

    @model_validator(mode="after")
    def _can_be_reached(self) -> UniverseSettings:
        if self.protocol == "artnet" and not self.host:
            raise ValueError("host is missing: Art-Net is sent to one receiver, such as 192.168.1.60")
        if self.protocol == "artnet" and self.number > LARGEST_ARTNET:
            raise ValueError(f"number must be at most {LARGEST_ARTNET} with Art-Net (given: {self.number})")
        if self.protocol == "sacn" and self.number < 1:
            raise ValueError("number must be at least 1 with sACN (given: 0)")
        return self


class LampSettings(Section):
    """Lamps that the story's cues dim, by sACN (ANSI E1.31) or Art-Net."""

    universes: tuple[UniverseSettings, ...] = Field((), max_length=16)
    rest_seconds: Seconds = Field(2.0, description="How long the lamps take to their resting values at closing")

    @model_validator(mode="after")
    def _has_each_once(self) -> LampSettings:
        numbers = [one.number for one in self.universes]
        if double := sorted({number for number in numbers if numbers.count(number) > 1}):
            raise ValueError(f"universe {double[0]} is there twice; a story's cue could not say which it means")
        return self


class TimecodeSettings(Section):
    """MIDI timecode (MTC) of the scene, for desks and players that run beside the film."""

    output: str = Field(
        "",
        max_length=200,
        description="MIDI port by name, 'virtual', or a raw MIDI device such as /dev/snd/midiC1D0; '' = no timecode",
    )
    frames_per_second: Literal[24, 25, 30] = 25
