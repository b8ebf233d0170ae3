"""What the machine knows of itself; broadcast, shown on the operator's overlay, written to the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class Sense(IntEnum):
    """State of a part, as broadcast."""

    LOST = 0
    OK = 1
    OFF = 2


@dataclass(frozen=True, slots=True)
class EyeHealth:
    """One of several eyes, for operators."""

    name: str
    state: Sense
    words: str


def eye_part(name: str) -> str:
    """What one of several eyes is called where it is lost, and in the console."""
    return f"the eye {name}"


@dataclass(frozen=True, slots=True)
class Health:
    """The machine's state at one moment; one is made each second."""

    beat: int
    """Counts up by one each time; when it stops, the show is dead."""
    camera: Sense
    model: Sense
    film_fps: float
    eye_fps: float
    uptime_seconds: float
    errors: int
    """Losses reported since the start."""
    lost: tuple[str, ...] = ()
    """The parts that are lost now."""
    shown_frames: int = 0
    late_frames: int = 0
    dropped_frames: int = 0
    repeated_frames: int = 0
    sound_gaps: int = 0
    drift: float = 0.0
    """Stops by which the light has moved since the venue was calibrated; from 1 on, calibrate again."""
    eyes: tuple[EyeHealth, ...] = ()
    """Each of several eyes; none where there is one."""


def status_line(scene: str, health: Health, lost: Sequence[str]) -> str:
    """The show in one line, for whoever asks the service how it is."""
    senses = f"camera {health.camera.name.lower()}, eye {health.model.name.lower()}"
    return "; ".join((f"scene {scene}", senses, *(f"lost: {part}" for part in lost)))
