"""The venue: one TOML file that a technician can read, with everything that belongs to this room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from calibration.errors import BadFile, BadInput
from calibration.eyes_settings import EyesSettings
from calibration.files import load_toml
from calibration.house_settings import DisplaySettings, HoursSettings, UpsSettings
from calibration.lamp_settings import LampSettings, TimecodeSettings
from calibration.places import PathText
from calibration.privacy_settings import PrivacySettings
from calibration.profile import Calibration
from calibration.rooms_settings import RoomsSettings
from calibration.screens_settings import ScreensSettings
from calibration.settings import (
    MAX_VISITORS,
    CameraSettings,
    CourseSettings,
    EyeSettings,
    JournalSettings,
    MoodSettings,
    OscSettings,
    ScreenSettings,
    Section,
    SoundSettings,
)
from calibration.venue_folder import name_of
from calibration.web_settings import ConsoleSettings, ConstellationSettings, ReportSettings


class Venue(Section):
    """All settings of one room. ``Venue()`` is the embedded default that needs no file."""

    name: str = Field("unnamed room", min_length=1)
    story: PathText = Field(
        "", description="The story shown here: a file or its folder, relative to this file; '' = the demo"
    )
    camera: CameraSettings = CameraSettings()
    eye: EyeSettings = EyeSettings()
    eyes: EyesSettings = EyesSettings()
    mood: MoodSettings = MoodSettings()
    screen: ScreenSettings = ScreenSettings()
    screens: ScreensSettings = ScreensSettings()
    sound: SoundSettings = SoundSettings()
    course: CourseSettings = CourseSettings()
    osc: OscSettings = OscSettings()
    console: ConsoleSettings = ConsoleSettings()
    constellation: ConstellationSettings = ConstellationSettings()
    journal: JournalSettings = JournalSettings()
    report: ReportSettings = ReportSettings()
    privacy: PrivacySettings = PrivacySettings()
    hours: HoursSettings = HoursSettings()
    display: DisplaySettings = DisplaySettings()
    ups: UpsSettings = UpsSettings()
    lamps: LampSettings = LampSettings()
    timecode: TimecodeSettings = TimecodeSettings()
    rooms: RoomsSettings = RoomsSettings()
    calibration: Calibration = Calibration()

    @model_validator(mode="before")
    @classmethod
    def _tell_of_a_named_number(cls, said: Any) -> Any:
        """Where the file counts more visitors than have a slot, and says nothing of slots, there is one for each."""
        if not isinstance(said, dict):
            return said
        mood, osc = said.get("mood"), said.get("osc", {})
        counted = mood.get("visitors_at_most") if isinstance(mood, dict) else None
        if isinstance(counted, int) and counted > OscSettings().visitors and isinstance(osc, dict):
            return said | {"osc": {"visitors": min(counted, MAX_VISITORS)} | osc}
        return said


PATHS: dict[str, tuple[str, ...]] = {
    "eyes": ("key_file",),
    "report": ("folder", "mail_password_file"),
    "rooms": ("password_file", "ca_file", "token_file"),
}
"""Keys of sections that name a file or a folder, relative to the venue file."""


def require_may_look(venue: Venue) -> None:
    """Raises ``BadInput`` where no eye is ever opened: at a place where the law forbids it, or by ``kept_shut``."""
    why, key = venue.privacy.stays_shut, "place" if venue.privacy.forbidden else "kept_shut"
    if why:
        said = getattr(venue.privacy, key)
        raise BadInput(f"no camera is opened here: {why} (privacy.{key} = {said!r})", where=venue.name)


def resolve_from(file: Path, named: str) -> str:
    """The absolute path of one that is written in a venue file, relative to that file. Raises ``BadFile``."""
    try:
        return str(file.absolute().parent / Path(named).expanduser())
    except RuntimeError as error:  # ~nobody/film
        raise BadFile(file, [f"{named!r} cannot be found: {error}"]) from error


def load_venue(path: Path | str) -> Venue:
    """Read a venue file. Its story, the files that its sections name, and the head of its calibration become
    absolute paths, and the command that renews the calibration is filled in (it names the file, for a venue's name may
    be another).

    Raises ``BadFile`` with all problems at once: a file that does not exist or is not TOML, unknown keys (with the
    nearest known one), values out of range.
    """
    venue = load_toml(path, Venue)
    file = Path(path).absolute()
    if venue.story:
        venue = venue.model_copy(update={"story": resolve_from(file, venue.story)})
    if venue.camera.source_file:
        found_file = resolve_from(file, venue.camera.source_file)
        venue = venue.model_copy(update={"camera": venue.camera.model_copy(update={"source_file": found_file})})
    for section, keys in PATHS.items():
        said = {key: getattr(getattr(venue, section), key) for key in keys}
        if any(said.values()):
            found_paths = {key: named and resolve_from(file, named) for key, named in said.items()}
            venue = venue.model_copy(update={section: getattr(venue, section).model_copy(update=found_paths)})
    if not venue.calibration.made:
        return venue
    found = {"renewed_by": f"chiaro calibrate {name_of(file)}"}
    if venue.calibration.head:
        found["head"] = str(file.parent / venue.calibration.head)
    return venue.model_copy(update={"calibration": venue.calibration.model_copy(update=found)})
