"""What is heard of one scene: its own sound, and its stems, each on its way to the level that was decided for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from installation.film.audio_decoder import RATE, AudioDecoder
from installation.film.mixer_voice import Audio, scale
from installation.film.patience import Patience
from scenes.story.clip import Clip, Stem

SMOOTH = RATE // 50
"""The whole way takes 20 ms at least; quicker, and it would click."""


class StemVoice:
    """One stem: its samples by position, as loud as its level at each of them. Guarded by the mixer's lock."""

    def __init__(self, stem: Stem, audio: AudioDecoder) -> None:
        self.audio = audio
        self._stem = stem
        self._level = self._target = 0.0
        self._at: int | None = None
        """The sample at which it has ``_level``; None: nothing was heard of it."""

    def go(self, level: float) -> None:
        """Move to ``level``, 0 to 1, in a straight line; before it is heard, begin there."""
        self._target = level
        if self._at is None:
            self._level = level

    def mix_into(self, out: np.ndarray, start: int) -> None:
        """Add samples ``start`` to ``start + len(out)`` of the scene to ``out``, float32 (n, 2)."""
        samples = self.audio.read(start, len(out))  # also in silence: the decoder follows what is read
        floor, way = self._stem.floor, self._stem.volume - self._stem.floor
        if self._level == self._target:
            gain = floor + way * self._level
            scale(samples, gain)
            if gain:
                out += samples
        else:
            at = start if self._at is None else self._at
            levels = self._levels(np.arange(start - at, start - at + len(out) + 1))
            scale(samples, floor + way * levels[:-1])
            out += samples
            self._level = float(levels[-1])
        self._at = start + len(out)

    def _levels(self, passed: np.ndarray) -> np.ndarray:
        """The level so many samples after ``_at``."""
        rising = self._target > self._level
        seconds = self._stem.attack_seconds if rising else self._stem.release_seconds
        step = passed / max(SMOOTH, seconds * RATE)
        way = np.minimum(self._level + step, self._target) if rising else np.maximum(self._level - step, self._target)
        return np.asarray(way)


class Stems:
    """The stems of ``clip``, all of one ``length`` in seconds (None: for ever), each decoded by a thread of its own."""

    def __init__(self, clip: Clip, length: float | None) -> None:
        loop = clip.loop and length is not None
        begin = 0.0 if loop else clip.skipped_seconds
        self.sounds = tuple(AudioDecoder(stem.file, begin, length, loop) for stem in clip.stems)
        self._voices = [StemVoice(stem, sound) for stem, sound in zip(clip.stems, self.sounds, strict=True)]
        self._waiting, self._called = Patience(), 0.0

    @property
    def ready(self) -> bool:
        """Whether each of them can be heard, or is known to be lost."""
        return all(sound.ready.is_set() for sound in self.sounds)

    def wait(self, now: float, patience: float) -> None:
        """Nothing else of the scene is missing. After ``patience`` seconds those that hang are waited for no longer."""
        since, self._called = now - self._called, now
        self._waiting.wait(since)
        if self._waiting.seconds > patience:
            for sound in self.sounds:
                sound.give_up(f"opening it made no progress for {patience:g} s")

    def go(self, levels: Sequence[float]) -> None:
        """Move to ``levels``, 0 to 1 each, in their order."""
        for voice, level in zip(self._voices, levels, strict=False):  # a story read again may have more of them
            voice.go(level)

    def mix_into(self, out: np.ndarray, start: int) -> None:
        """Add samples ``start`` to ``start + len(out)`` of the scene to ``out``, float32 (n, 2)."""
        for voice in self._voices:
            voice.mix_into(out, start)

    def close(self) -> None:
        """Stop decoding; returns at once."""
        for sound in self.sounds:
            sound.close()

    def join(self, seconds: float) -> None:
        """Wait for the threads' end."""
        for sound in self.sounds:
            sound.join(seconds)


class SceneSound:
    """Samples of a scene by their number since its first picture: one stream, in which all stems keep step."""

    def __init__(self, own: Audio, stems: Stems | None) -> None:
        self._own, self._stems = own, stems

    def read(self, start: int, count: int) -> np.ndarray:
        """Samples ``start`` to ``start + count``, float32 (count, 2). Never waits; what lies before is dropped."""
        out = self._own.read(start, count)
        if self._stems:
            self._stems.mix_into(out, start)
        return out
