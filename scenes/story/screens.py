"""``[scenes.x.screens.left]``: what one of several screens shows in a scene, where that is not what all show."""

from __future__ import annotations

from pydantic import Field, model_validator

from calibration.places import PathText
from calibration.screens_settings import Crop
from calibration.settings import Section


class ScreenClip(Section):
    """A clip of its own, or a part of one."""

    clip: PathText | None = Field(
        None,
        description="A film as long as the scene's own clip, with as many pictures a second; default: that clip",
        examples=["hall-left.mp4"],
    )
    crop: Crop | None = Field(
        None, description="The part of the clip; default: of a clip of its own all, else as [screens] of the venue says"
    )

    @model_validator(mode="after")
    def _says_something(self) -> ScreenClip:
        if self.clip is None and self.crop is None:
            raise ValueError("needs `clip`, `crop` or both")
        return self
