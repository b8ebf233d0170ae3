"""How bright the picture is: the venue's brightness, and fades to black and back."""

from __future__ import annotations


class Brightness:
    """Moves towards black or full brightness in a straight line of wall time."""

    def __init__(self, brightness: float = 1.0) -> None:
        self.brightness = brightness
        self._share, self._target, self._speed = 1.0, 1.0, 0.0
        self._then: float | None = None

    def blackout(self, black: bool, fade_seconds: float) -> None:
        """Go to black, or back to full brightness, over ``fade_seconds`` for the whole way."""
        self._target = 0.0 if black else 1.0
        self._speed = 1.0 / fade_seconds if fade_seconds > 0 else float("inf")

    def advance(self, now: float) -> None:
        """Move on to ``now``."""
        elapsed = now - self._then if self._then is not None else 0.0
        self._then = now
        if self._share == self._target:
            return
        step = 1.0 if self._speed == float("inf") else elapsed * self._speed
        gap = self._target - self._share
        self._share += min(abs(gap), step) * (1 if gap > 0 else -1)

    @property
    def level(self) -> float:
        """Share of full brightness, 0 to 1."""
        return self._share * self.brightness
