"""The sounds of threads as one: read like a decoder's, and cut from one to another at a sample."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from installation.film.audio_decoder import RATE, AudioDecoder

CROSSING = RATE // 100
"""Samples over which one sound takes over from another: a cut in mid-sound would click."""


class ThreadSound:
    """Reads all ``sounds`` on, so that each is in step whenever it is cut to. The one of the lowest number begins."""

    def __init__(self, sounds: Mapping[int, AudioDecoder]) -> None:
        self._sounds = dict(sounds)
        self._cuts: list[tuple[int, int]] = [(-CROSSING, min(sounds))]
        """(sample, sound) in order: from there on that sound is heard."""
        self._read = 0
        self._changing = threading.Lock()

    def cut(self, sound: int, at: int) -> None:
        """Let this sound be heard from sample ``at`` on, or from the first that is not mixed yet."""
        with self._changing:
            at = max(at, self._read)
            sound = sound if sound in self._sounds else self._cuts[-1][1]
            self._cuts = [*(one for one in self._cuts if one[0] < at), (at, sound)]

    def read(self, start: int, count: int) -> np.ndarray:
        """As of ``AudioDecoder``."""
        with self._changing:
            self._read = max(self._read, start + count)
            begun = [n for n, (at, _) in enumerate(self._cuts) if at + CROSSING <= start]
            self._cuts = self._cuts[begun[-1] if begun else 0 :]
            cuts = list(self._cuts)
        blocks = {number: sound.read(start, count) for number, sound in self._sounds.items()}
        place = np.arange(start, start + count)
        out = blocks[cuts[0][1]]
        for at, sound in cuts[1:]:
            if at < start + count:
                share = np.clip((place - at) / CROSSING, 0.0, 1.0).astype(np.float32)[:, None]
                out = out * (1 - share) + blocks[sound] * share
        return np.asarray(out, np.float32)

    @property
    def ready(self) -> threading.Event:
        """Set when all are; of the first one that is not, else."""
        return next((one.ready for one in self._sounds.values() if not one.ready.is_set()), self._first.ready)

    @property
    def _first(self) -> AudioDecoder:
        return next(iter(self._sounds.values()))

    @property
    def _lost(self) -> AudioDecoder | None:
        return next((one for one in self._sounds.values() if one.failed), None)

    @property
    def failed(self) -> str:
        """Why one of them cannot be heard; '' while all can."""
        return self._lost.failed if self._lost else ""

    @property
    def file(self) -> Path:
        """Of the one that cannot be heard, else of the first."""
        return (self._lost or self._first).file

    def try_again(self) -> None:
        """Open those anew that have failed."""
        for one in self._sounds.values():
            one.try_again()

    def close(self) -> None:
        """Stop decoding; returns at once."""
        for one in self._sounds.values():
            one.close()

    def join(self, seconds: float) -> None:
        """Wait for the threads' end."""
        for one in self._sounds.values():
            one.join(seconds)


HeardSound = AudioDecoder | ThreadSound
"""What a voice of the mixer reads."""
