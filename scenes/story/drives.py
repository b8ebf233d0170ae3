"""``[[scenes.x.drive]]``: the scene's picture goes with the visitors while it plays."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from calibration.settings import Seconds, Section
from scenes.story.follow import Follow

Driven = Literal["brightness", "saturation", "blur", "grain", "rate"]
BOUNDS: dict[Driven, tuple[float, float]] = {
    "brightness": (0.0, 1.0),
    "saturation": (0.0, 2.0),
    "blur": (0.0, 1.0),
    "grain": (0.0, 1.0),
    "rate": (0.8, 1.2),
}


class Drive(Section):
    """One property of the picture between two values."""

    what: Driven = Field(description="brightness 0 to 1, saturation 0 to 2, blur and grain 0 to 1, rate 0.8 to 1.2")
    follow: Follow = Field(description="What it goes with")
    from_: float = Field(alias="from", description="Its value where the level is 0")
    to: float = Field(description="Its value where the level is 1")
    attack_seconds: Seconds = Field(1.0, description="How long the whole way from `from` to `to` takes at least")
    release_seconds: Seconds = Field(1.0, description="And the way back")

    @model_validator(mode="after")
    def _stays_within_bounds(self) -> Drive:
        low, high = BOUNDS[self.what]
        for key, value in (("from", self.from_), ("to", self.to)):
            if not low <= value <= high:
                raise ValueError(f"{key} must be from {low:g} to {high:g} for {self.what} (given: {value:g})")
        return self

    def at(self, level: float) -> float:
        """The value at a level from 0 to 1."""
        return self.from_ + (self.to - self.from_) * level
