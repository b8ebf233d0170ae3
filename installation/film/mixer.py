"""All voices in one stream of samples: arithmetic only, the device is elsewhere."""

from __future__ import annotations

import threading

import numpy as np

from installation.film.audio_decoder import RATE
from installation.film.mixer_voice import MixerVoice, Ramp, scale

SMOOTH = RATE // 50
"""A change of the master volume takes 20 ms; quicker, and it would click."""


class Mixer:
    """Mixes chunk after chunk. ``head`` is the next sample; what comes before it can no longer be changed."""

    def __init__(self, volume: float, mute: bool) -> None:
        self.head = 0
        self.changing = threading.Lock()
        """Held while voices are changed, so that no chunk is mixed from half a change."""
        self._voices: list[MixerVoice] = []
        self._described: list[MixerVoice] = []
        self.rate = 1.0
        """Seconds of the programme in a second of sound, when another screen is followed; some thousandths from 1."""
        self._within = 0.0
        """Where between two samples the next one lies."""
        self.pairs = 1
        """2: the audio description is mixed too, into channels of its own."""
        self._volume, self._mute = volume, mute
        self._master = Ramp(0.0 if mute else volume)

    def add(self, voice: MixerVoice, described: bool = False) -> None:
        """Let ``voice`` be heard from its start on; ``described``: as audio description."""
        with self.changing:
            (self._described if described else self._voices).append(voice)

    def drop_ended(self, before: int) -> None:
        """Drop the voices that end before this sample. Without a device nothing is mixed, and they would pile up."""
        with self.changing:
            self._voices = [voice for voice in self._voices if voice.end > before]
            self._described = [voice for voice in self._described if voice.end > before]

    def set_volume(self, volume: float, over_seconds: float = 0.0) -> None:
        """The master volume, 0 to 1; it never changes quicker than in 20 ms."""
        self._volume = volume
        self._go(over_seconds)

    @property
    def volume(self) -> float:
        """The master volume as it was last set; muting does not change it."""
        return self._volume

    def set_mute(self, mute: bool) -> None:
        """Silence, or the volume as it was."""
        self._mute = mute
        self._go()

    def mix(self, count: int) -> np.ndarray:
        """The next ``count`` samples, int16 (count, 2), or (count, 4) with an audio description; voices that have
        ended are dropped.
        """
        rate, within = self.rate, self._within
        taken = int(within + count * rate)
        exact = taken == count and rate == 1.0 and not within
        needed = count if exact else taken + 2
        out = np.zeros((needed, 2 * self.pairs), np.float32)
        with self.changing:
            for voice in self._voices:
                voice.mix_into(out[:, :2], self.head)
            if self.pairs > 1:
                for voice in self._described:
                    voice.mix_into(out[:, 2:], self.head)
            scale(out, self._master.over(self.head, self.head + needed))
            self.head += taken
        self.drop_ended(self.head)
        if not exact:
            self._within = within + count * rate - taken
            out = between_samples(out, within + np.arange(count) * rate)
        out *= 32768
        np.rint(out, out=out)
        np.clip(out, -32768, 32767, out=out)
        return out.astype(np.int16)

    def _go(self, over_seconds: float = 0.0) -> None:
        with self.changing:
            self._master.go(0.0 if self._mute else self._volume, self.head, max(SMOOTH, round(over_seconds * RATE)))


def between_samples(samples: np.ndarray, places: np.ndarray) -> np.ndarray:
    """What is heard at ``places`` (n,) between ``samples``, float32 (m, channels): on straight lines."""
    before = places.astype(np.intp)
    share = (places - before)[:, None].astype(np.float32)
    return np.asarray(samples[before] * (1 - share) + samples[before + 1] * share, np.float32)
