"""``[[scenes.x.stem]]``: sounds that play in step under one scene, each as loud as what it follows says."""

from __future__ import annotations

from pydantic import Field, model_validator

from calibration.places import PathText
from calibration.settings import Seconds, Section, Share
from scenes.story.follow import Follow

STEMS_AT_MOST = 8


class StemEntry(Section):
    """One sound file, heard from the scene's first picture on, together with the clip's own sound."""

    file: PathText = Field(description="Sound file, relative to this file", examples=["strings.flac"])
    follow: Follow | None = Field(None, description="What its level goes with; without it, it is always at `volume`")
    floor: Share = Field(0.0, description="How loud it is where the level is 0")
    volume: Share = Field(1.0, description="And where the level is 1")
    attack_seconds: Seconds = Field(
        1.0, description="How long the whole way from `floor` to `volume` takes at least, in a straight line"
    )
    release_seconds: Seconds = Field(1.0, description="And the way back")

    @model_validator(mode="after")
    def _makes_sense(self) -> StemEntry:
        given = [key for key in ("floor", "attack_seconds", "release_seconds") if key in self.model_fields_set]
        if self.follow is None and given:
            raise ValueError(f"{', '.join(given)} without `follow`, so nothing ever changes; add `follow`")
        if self.follow is not None and self.floor >= self.volume:
            raise ValueError(
                f"floor must be below volume (given: {self.floor:g} and {self.volume:g}); for a stem that becomes "
                "quieter as the level rises, turn the range of `follow` round, as in valence = [0.5, -0.5]"
            )
        return self

    def at(self, level: float) -> float:
        """How loud it is at a level from 0 to 1."""
        return self.floor + (self.volume - self.floor) * level
