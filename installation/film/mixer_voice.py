"""One sound among others in the mix: where it begins and ends in the programme, and how loud it is."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from installation.film.audio_decoder import RATE


class Audio(Protocol):
    """Decoded samples by their number: a decoder's, or a scene's."""

    def read(self, start: int, count: int) -> np.ndarray:
        """Samples ``start`` to ``start + count``, float32 (count, 2). Never waits."""


class MixerVoice:
    """Decoded audio in the programme at sample ``start``, with equal-power fades. Guarded by the mixer's lock."""

    def __init__(self, audio: Audio, start: int, volume: float = 1.0) -> None:
        self.audio, self.start, self.end = audio, start, _FOREVER
        self._volume = Ramp(volume)
        self._fade_in: tuple[int, int] | None = None
        self._fade_out: tuple[int, int] | None = None

    def fade_in(self, at: int, count: int) -> None:
        """Come up over ``count`` samples from sample ``at`` of the programme."""
        self._fade_in = (at, count)

    def fade_out(self, at: int, count: int) -> None:
        """Go down over ``count`` samples from ``at``, and end there."""
        self._fade_out, self.end = (at, count), min(self.end, at + count)

    def stay(self) -> None:
        """Forget a planned end."""
        self._fade_out, self.end = None, _FOREVER

    def set_volume(self, volume: float, at: int, count: int) -> None:
        """Go to ``volume`` over ``count`` samples from ``at``."""
        self._volume.go(volume, at, count)

    def mix_into(self, out: np.ndarray, at: int) -> None:
        """Add this voice to ``out``, float32 (n, 2), whose first sample is sample ``at`` of the programme."""
        low, high = max(at, self.start), min(at + len(out), self.end)
        if low >= high:
            return
        samples = self.audio.read(low - self.start, high - low)
        scale(samples, self._gain(low, high))
        out[low - at : high - at] += samples

    def _gain(self, low: int, high: int) -> np.ndarray | float:
        gain = self._volume.over(low, high)
        place = np.arange(low, high)
        if self._fade_in and low < sum(self._fade_in):
            gain = gain * np.sin(np.pi / 2 * _share(place, *self._fade_in))
        if self._fade_out and high > self._fade_out[0]:
            gain = gain * np.cos(np.pi / 2 * _share(place, *self._fade_out))
        return gain


class Ramp:
    """A value that moves in a straight line from one setting to the next, by sample."""

    def __init__(self, value: float) -> None:
        self._from, self._to, self._at, self._count = value, value, 0, 1

    def go(self, value: float, at: int, count: int) -> None:
        """Move to ``value`` over ``count`` samples from sample ``at`` on."""
        self._from, self._to = float(self.at(np.array([at]))[0]), value
        self._at, self._count = at, max(1, count)

    def at(self, place: np.ndarray) -> np.ndarray:
        """The value at each sample number of ``place`` (n,)."""
        return self._from + (self._to - self._from) * _share(place, self._at, self._count)

    def over(self, low: int, high: int) -> np.ndarray | float:
        """The values at samples ``low`` to ``high``, or the one that it has at all of them."""
        return self._to if low >= self._at + self._count else self.at(np.arange(low, high))


_FOREVER = 2**62


def scale(samples: np.ndarray, gain: np.ndarray | float) -> None:
    """Multiply ``samples``, float32 (n, 2), by ``gain``, one for all or (n,).

    In place and only where something changes: with each step on so many numbers numpy lets go of Python's lock, and
    under load whoever takes it keeps it for 5 ms.
    """
    if isinstance(gain, np.ndarray):
        samples *= gain[:, None].astype(np.float32)
    elif gain != 1.0:
        samples *= np.float32(gain)


def _share(place: np.ndarray, at: int, count: int) -> np.ndarray:
    return np.clip((place - at) / max(1, count), 0.0, 1.0)


def samples(seconds: float) -> int:
    """Seconds of the programme as a sample's number."""
    return round(seconds * RATE)
