"""The venue: one TOML file that a technician can read, with everything that belongs to this room."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from calibration.settings import (
    CameraSettings,
    EyeSettings,
    JournalSettings,
    MoodSettings,
    OscSettings,
    ScreenSettings,
    Section,
    SoundSettings,
)
from calibration.toml import load_toml


class Venue(Section):
    """All settings of one room. ``Venue()`` is the embedded default that needs no file."""

    name: str = Field("unnamed room", min_length=1)
    camera: CameraSettings = CameraSettings()
    eye: EyeSettings = EyeSettings()
    mood: MoodSettings = MoodSettings()
    screen: ScreenSettings = ScreenSettings()
    sound: SoundSettings = SoundSettings()
    osc: OscSettings = OscSettings()
    journal: JournalSettings = JournalSettings()


def load_venue(path: Path | str) -> Venue:
    """Read a venue file.

    Raises ``BadFile`` with all problems at once: a file that is not there or is no TOML, unknown keys (with the
    nearest known one), values out of range.
    """
    return load_toml(path, Venue)
