"""The venue: one TOML file that a technician can read, with everything that belongs to this room."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from calibration.files import load_toml
from calibration.profile import Calibration
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
from calibration.venue_folder import name_of


class Venue(Section):
    """All settings of one room. ``Venue()`` is the embedded default that needs no file."""

    name: str = Field("unnamed room", min_length=1)
    story: str = Field(
        "", description="What is shown here: a story file or its folder, seen from this file; '' = the demo"
    )
    camera: CameraSettings = CameraSettings()
    eye: EyeSettings = EyeSettings()
    mood: MoodSettings = MoodSettings()
    screen: ScreenSettings = ScreenSettings()
    sound: SoundSettings = SoundSettings()
    osc: OscSettings = OscSettings()
    journal: JournalSettings = JournalSettings()
    calibration: Calibration = Calibration()


def seen_from(file: Path, named: str) -> str:
    """A path that is written in a venue file, as a whole path."""
    return str(file.absolute().parent / Path(named).expanduser())


def load_venue(path: Path | str) -> Venue:
    """Read a venue file; its story and the file of a calibration's head are named by their whole paths then, and the
    command that renews the calibration is filled in (by the file, for a venue's name need not be its file's).

    Raises ``BadFile`` with all problems at once: a file that is not there or is no TOML, unknown keys (with the
    nearest known one), values out of range.
    """
    venue = load_toml(path, Venue)
    file = Path(path).absolute()
    if venue.story:
        venue = venue.model_copy(update={"story": seen_from(file, venue.story)})
    if not venue.calibration.made:
        return venue
    found = {"renewed_by": f"chiaro calibrate {name_of(file)}"}
    if venue.calibration.head:
        found["head"] = str(file.parent / venue.calibration.head)
    return venue.model_copy(update={"calibration": venue.calibration.model_copy(update=found)})
