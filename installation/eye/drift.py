"""Has the light moved since the venue was calibrated? Slowly, so that a film's flicker and a shadow do not count."""

from __future__ import annotations

from calibration.profile import Calibration, drift

MEMORY_SECONDS = 60.0
LONGEST_STEP = 1.0


class Drift:
    """Means over about a minute of the empty room and of faces, against the calibration. Time is given."""

    def __init__(self, made: Calibration) -> None:
        self._made = made
        # Starts at what was measured then: the first frame with a new visitor must not count for a minute.
        self._room, self._face = made.room.luminance, made.room.face_luminance
        self._last: float | None = None

    def update(self, present: bool, frame_luminance: float, face_luminance: float, now: float) -> None:
        """Follow the light by one frame's mean luminance (0 to 255); ``face_luminance`` 0: no face."""
        seconds = 0.0 if self._last is None else min(max(now - self._last, 0.0), LONGEST_STEP)
        self._last = now
        share = seconds / MEMORY_SECONDS
        if face_luminance > 0:
            self._face += share * (face_luminance - self._face)
        elif not present:
            self._room += share * (frame_luminance - self._room)

    @property
    def stops(self) -> float:
        """0: as calibrated, never calibrated, or nothing seen yet; from 1 on, calibrate again."""
        return drift(self._made.room, self._room, self._face) if self._made.made else 0.0
