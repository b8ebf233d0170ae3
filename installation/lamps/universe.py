"""512 channels and their fades, as a function of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CHANNELS = 512


@dataclass(frozen=True, slots=True)
class Fade:
    """One channel on its way, in a straight line."""

    begin: float
    """Value (0 to 255) at ``since``."""
    end: int
    since: float
    """Monotonic seconds."""
    seconds: float

    def at(self, now: float) -> float:
        """Value at ``now``."""
        passed = 1.0 if self.seconds <= 0 else min(max((now - self.since) / self.seconds, 0.0), 1.0)
        return self.begin + (self.end - self.begin) * passed

    def is_over(self, now: float) -> bool:
        """Whether it has arrived."""
        return now >= self.since + self.seconds


class Universe:
    """What was asked for last holds, as on a lighting desk (latest takes precedence)."""

    def __init__(self, values: Mapping[int, int]) -> None:
        self._values = bytearray(CHANNELS)
        self._fades: dict[int, Fade] = {}
        for channel, value in values.items():
            self._values[channel - 1] = value

    def fade(self, channels: Mapping[int, int], seconds: float, now: float) -> None:
        """From where each channel is at ``now`` to its value, in ``seconds``."""
        for channel, value in channels.items():
            moving = self._fades.get(channel)
            begin = moving.at(now) if moving else self._values[channel - 1]
            self._fades[channel] = Fade(begin, value, now, seconds)

    def fade_all(self, channels: Mapping[int, int], seconds: float, now: float) -> None:
        """The same for every channel; those that are not named go to 0."""
        self.fade({channel: channels.get(channel, 0) for channel in range(1, CHANNELS + 1)}, seconds, now)

    @property
    def moves(self) -> bool:
        """Whether a fade is on its way."""
        return bool(self._fades)

    def frame(self, now: float) -> bytes:
        """All values at ``now``, channel 1 first."""
        for channel, fade in list(self._fades.items()):
            self._values[channel - 1] = round(fade.at(now))
            if fade.is_over(now):
                del self._fades[channel]
        return bytes(self._values)
