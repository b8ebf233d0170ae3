"""Counts what the audience got: frames on time, late, dropped, repeated."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

WINDOW_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class FilmHealth:
    """The state of the player at one moment. Counts are since the start."""

    fps: float
    """New pictures a second, over the last two seconds."""
    shown: int
    late: int
    """Shown more than half a frame after their time."""
    dropped: int
    """Never shown, because their time was over."""
    repeated: int
    """Times that the old picture stayed because the new one was not decoded."""
    sound_ok: bool
    sound_gaps: int
    candidates_ready: int
    candidates_megabytes: float
    path: str


class FrameCounter:
    """The counters."""

    def __init__(self) -> None:
        self.shown = self.late = self.dropped = self.repeated = 0
        self._times: deque[float] = deque()
        self._starving = 0

    def picture(self, now: float, lateness: float, frame_seconds: float, dropped: int) -> None:
        """A new picture was presented ``lateness`` seconds after its time."""
        self.shown += 1
        self.dropped += dropped
        self.late += lateness > frame_seconds / 2
        self._times.append(now)
        self._starving = 0

    def starved(self, frames: int) -> None:
        """The picture on the screen is ``frames`` frames too old, and no newer one is there."""
        self.repeated += max(0, frames - self._starving)
        self._starving = max(frames, self._starving)

    def fps(self, now: float) -> float:
        """New pictures a second."""
        while self._times and self._times[0] < now - WINDOW_SECONDS:
            self._times.popleft()
        if len(self._times) < 2:
            return 0.0
        return (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-6)
