"""What one screen tells others of its film: which scenes, from when on, on one line of time. Nothing about visitors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ToldShot:
    """One scene on the programme of the screen that leads."""

    entry: int
    """Tells two visits to the same scene apart."""
    scene: str
    start: float
    """Programme second of its first picture; what is still to come is told as soon as it is planned."""
    skipped_seconds: float = 0.0
    """Film time of the scene at ``start``: it is played from its midst."""
    kind: Literal["cut", "crossfade", "dip", "hold"] = "cut"
    seconds: float = 0.0
    """Kind and length of the transition by which it comes."""
    turned: tuple[float, float, float] | None = None
    """Programme second, film second since ``start``, and film seconds in a second from then on."""
    thread: str = ""
    """The thread that is shown, in a scene that has some."""

    def film_seconds(self, programme: float) -> float:
        """Film time of the scene at a programme second."""
        begun, film, rate = self.turned or (self.start, 0.0, 1.0)
        return self.skipped_seconds + film + (programme - begun) * rate


@dataclass(frozen=True, slots=True)
class Told:
    """The film of the screen that leads, at one moment of its own clock."""

    story: str
    """sha256 of the story's file."""
    at: float
    """Seconds of the leader's monotonic clock."""
    programme: float
    """Programme second on its screen at that moment: it goes on by a second in a second, but in a pause."""
    on: ToldShot | None = None
    """None: nothing is on the screen."""
    coming: ToldShot | None = None
    """Planned and not begun: its ``start`` is ahead."""
    paused: bool = False
    dark: bool = False
    """Blackout, or the house is closed."""
