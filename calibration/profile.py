"""What a calibration measured: the section ``[calibration]`` of a venue file."""

from __future__ import annotations

import math

from pydantic import Field

from calibration.places import PathText
from calibration.settings import Section, Share


class RoomProfile(Section):
    """The room as the camera saw it, in gray levels of 255."""

    luminance: float = Field(0.0, ge=0, description="Picture mean of the empty room")
    noise: float = Field(0.0, ge=0, description="Standard deviation of a pixel from picture to picture")
    face_luminance: float = Field(0.0, ge=0, description="Face mean of the volunteers; 0 = not measured")


class LightProfile(Section):
    """The lamp as it falls on the faces, seen from the camera. Degrees."""

    azimuth_degrees: float = Field(0.0, description="0 = from the camera's side, 90 = from the picture's right")
    elevation_degrees: float = Field(0.0, description="90 = from straight above")
    radius_degrees: float = Field(0.0, ge=0, description="Half the angle that the lamp covers: 2 is hard, 20 is soft")
    bounced_share: Share = Field(0.0, description="Share of the light that comes from walls, floor and the film")
    measured: bool = False

    def degrees_from(self, other: LightProfile) -> float:
        """Angle between the two lamps' directions."""
        a, b = _towards(self), _towards(other)
        return math.degrees(math.acos(max(-1.0, min(1.0, sum(x * y for x, y in zip(a, b, strict=True))))))


class ValidationScores(Section):
    """How good the eye was on people that it was not fitted to (leave-one-person-out cross-validation)."""

    accuracy: Share = 0.0
    macro_f1: Share = 0.0
    calibration_error: Share = 0.0


class Calibration(Section):
    """Written by ``chiaro calibrate``; the rest of the venue file is the technician's."""

    made: str = Field("", description="When; '' = this venue was never calibrated")
    people: tuple[str, ...] = Field((), description="Initials of those who agreed to be recorded")
    consent: tuple[str, ...] = Field((), description="What each of them agreed to")
    camera: str = ""
    controls: dict[str, float] = Field(default_factory=dict, description="Camera settings, as read back")
    model: str = ""
    model_sha256: str = Field("", description="The network that this was made with; with any other it is left out")
    head: PathText = Field("", description="File of the venue's own last layer, beside this one; '' = the shipped one")
    choice: str = Field("", description="Which head was chosen, and why, in words")
    faces: int = 0
    latency_ms: float = 0.0
    renewed_by: str = Field("chiaro calibrate", description="The command; filled in when the file is read")
    room: RoomProfile = RoomProfile()
    light: LightProfile = LightProfile()
    before: ValidationScores = ValidationScores()
    after: ValidationScores = ValidationScores()


STOP = 1.0
"""A drift of 1 is one stop (twice or half the light): from there on the calibration no longer applies."""


def drift(found: RoomProfile, room_luminance: float | None, face_luminance: float | None) -> float:
    """How far the light has changed since the calibration, in stops; 0 = as calibrated, or not known.

    ``room_luminance`` and ``face_luminance`` of 255, None = not measured. For the empty room, 2 gray levels are added
    to both sides, so that a black room's noise does not count.
    """
    moved = [0.0]
    if room_luminance is not None and found.luminance > 0:
        moved.append(abs(math.log2((room_luminance + 2) / (found.luminance + 2))) * GAMMA / STOP)
    if face_luminance is not None and found.face_luminance > 0:
        moved.append(abs(math.log2(max(face_luminance, 0.5) / found.face_luminance)) * GAMMA / STOP)
    return max(moved)


GAMMA = 2.2
"""Gray values are linear light to the power of 1 / 2.2."""


def _towards(light: LightProfile) -> tuple[float, float, float]:
    a, e = math.radians(light.azimuth_degrees), math.radians(light.elevation_degrees)
    return math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e)
