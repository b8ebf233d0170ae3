"""What the machine knows of itself; broadcast, shown on the operator's overlay, written to the journal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Sense(IntEnum):
    """State of a part, as broadcast."""

    LOST = 0
    OK = 1
    OFF = 2


@dataclass(frozen=True, slots=True)
class Health:
    """One look at the machine."""

    beat: int
    """Counts up with each look; one that stands still is a dead show."""
    camera: Sense
    model: Sense
    film_fps: float
    eye_fps: float
    uptime_seconds: float
    errors: int
    """Losses told since the start."""
    late_frames: int = 0
    dropped_frames: int = 0
    repeated_frames: int = 0
    sound_gaps: int = 0
    drift: float = 0.0
    """Stops by which the light has moved since the venue was calibrated; from 1 on calibrate anew."""
