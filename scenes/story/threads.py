"""``[[scenes.x.thread]]``: clips that run in step, between which the film cuts while the scene plays."""

from __future__ import annotations

from pydantic import Field

from calibration.places import PathText
from calibration.settings import Seconds, Section
from scenes.story.conditions import When
from scenes.story.names import Name
from scenes.story.sound_track import SoundTrackChoice

THREADS_AT_MOST = 3


class Thread(Section):
    """One of the clips of a scene that run in step."""

    name: Name
    clip: PathText = Field(description="A film, as long as the other threads and with as many pictures a second")
    in_seconds: Seconds | None = Field(None, description="Where in its file it begins; default: the scene's in_seconds")
    sound_track: SoundTrackChoice | None = None


class Cut(Section):
    """A cut to another thread of the scene, while it plays."""

    to: str = Field(description="Name of the thread")
    when: When = Field(description="Conditions, as they are now: a mood is the one that is believed")
    hold_seconds: float = Field(
        1.0, ge=0, le=600, description="They must hold for this long without a break, counted from the last cut"
    )
