"""A picture that was decoded, with its time, and which one is due at a moment."""

from __future__ import annotations

from dataclasses import dataclass

from installation.film.frame_scaler import HeldPicture
from models.arrays import Image


class TimedPicture:
    """One picture, due at ``start`` seconds since the clip's in point (counted on through loops)."""

    def __init__(self, start: float, held: HeldPicture) -> None:
        self.start = start
        self.size_bytes = held.size_bytes
        self._held = held
        self._canvas: Image | None = None

    def canvas(self) -> Image:
        """The picture as it is shown; painted at the first call, by the thread that shows it. Raises ``Unplayable``."""
        if self._canvas is None:
            self._canvas = self._held.canvas()
        return self._canvas


@dataclass(frozen=True, slots=True)
class DuePicture:
    """What there is to show at one moment."""

    current: TimedPicture | None
    passed: int = 0
    """Pictures that were due before this one and never seen."""
    starved: bool = False
    """The next one was due half a frame ago and is not there."""
