"""A sound by which each channel is known: as many beeps as its number, on it alone."""

from __future__ import annotations

import numpy as np

from installation.film.audio_decoder import RATE
from installation.film.mixer_voice import MixerVoice
from installation.film.sound import Sound

HERTZ = 440.0
LOUDNESS = 0.25
"""Of full scale, before the master volume."""
BEEP, PERIOD, EDGE = RATE // 4, RATE * 9 // 20, RATE // 100
"""Samples of a beep, from one to the next, and of its soft beginning and end."""


class Beeps:
    """The sound of one channel, counted from 1; it lies on the left or right of its pair."""

    def __init__(self, channel: int) -> None:
        self._side, self.samples = (channel - 1) % 2, channel * PERIOD

    def read(self, start: int, count: int) -> np.ndarray:
        """Samples ``start`` to ``start + count``, float32 (count, 2)."""
        place = np.arange(start, start + count)
        within = place % PERIOD
        edge = np.clip(np.minimum(within, BEEP - within) / EDGE, 0.0, 1.0)
        out = np.zeros((count, 2), np.float32)
        out[:, self._side] = LOUDNESS * edge * np.sin(2 * np.pi * HERTZ * place / RATE) * (place < self.samples)
        return out


def beep_on(sound: Sound, channel: int) -> str:
    """Let ``channel`` (1, 2; 3 and 4 are those of the audio description) be heard; why it cannot be, '' if it can."""
    if not sound.ok:
        return "there is no sound device"
    if channel > 2 * sound.mixer.pairs:
        return f"the sound device was opened with {2 * sound.mixer.pairs} channels"
    beeps = Beeps(channel)
    voice = MixerVoice(beeps, sound.mixed)
    voice.end = voice.start + beeps.samples
    sound.mixer.add(voice, described=channel > 2)
    return ""
