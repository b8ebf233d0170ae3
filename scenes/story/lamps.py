"""Lamps in a story: the cue that sets channels, and the lamp that goes with the visitors while a scene plays."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, model_validator

from calibration.lamp_settings import Channel, Level, UniverseNumber
from calibration.settings import Seconds, Section
from scenes.story.follow import Follow
from scenes.story.problem import Problem


class Dmx(Section):
    """Values for channels of a universe. They stay until another cue changes them, also after the scene."""

    universe: UniverseNumber = Field(1, description="One of the venue's [[lamps.universes]]")
    channels: dict[Channel, Level] = Field(
        min_length=1, description="Channel (1 to 512) = value (0 to 255)", examples=[{"1": 255, "2": 0}]
    )


class LampEntry(Section):
    """Channels that go with the visitors while the scene plays."""

    universe: UniverseNumber = Field(1, description="One of the venue's [[lamps.universes]]")
    channels: tuple[Channel, ...] = Field(min_length=1, max_length=512, examples=[[1, 2, 3]])
    follow: Follow = Field(description="What they go with")
    from_: Level = Field(0, alias="from", description="Their value where the level is 0")
    to: Level = Field(255, description="Their value where the level is 1")
    attack_seconds: Seconds = Field(1.0, description="How long the whole way from `from` to `to` takes at least")
    release_seconds: Seconds = Field(1.0, description="And the way back")

    @model_validator(mode="after")
    def _has_each_channel_once(self) -> LampEntry:
        if len(set(self.channels)) < len(self.channels):
            raise ValueError("names a channel twice in `channels`; keep one")
        return self

    def at(self, level: float) -> int:
        """The value at a level from 0 to 1."""
        return round(self.from_ + (self.to - self.from_) * level)


def check_lamps(key: str, lamps: tuple[LampEntry, ...]) -> Iterator[Problem]:
    """A channel that two lamps of one scene would move. ``key``: the scene's place."""
    taken: dict[tuple[int, int], int] = {}
    for number, lamp in enumerate(lamps):
        for channel in lamp.channels:
            first = taken.setdefault((lamp.universe, channel), number)
            if first != number:
                why = f"moves channel {channel} of universe {lamp.universe}, as lamp {first} does; remove it from one"
                yield Problem(f"{key}.lamp.{number}.channels", why)
