"""How loud a sound is, as broadcasters measure it: EBU R 128, by FFmpeg's own filter."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
import numpy as np

from installation.film.audio_decoder import RATE

SILENCE_LUFS = -69.0
"""The scale ends at -70, which is also what less than 0.4 s of sound is given."""
INTEGRATED = "lavfi.r128.I"


class LoudnessMeter:
    """Takes samples as the player decodes them; ``lufs`` is their loudness as a whole."""

    def __init__(self) -> None:
        self._graph = av.filter.Graph()
        base = Fraction(1, RATE)
        source = self._graph.add_abuffer(sample_rate=RATE, format="flt", layout="stereo", time_base=base)
        meter = self._graph.add("ebur128", "metadata=1")
        sink = self._graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        self._graph.configure()
        self._count = 0
        self._lufs = SILENCE_LUFS

    @property
    def lufs(self) -> float | None:
        """Loudness of all that was added; None if it was silent or too short to measure."""
        return round(self._lufs, 1) if self._lufs > SILENCE_LUFS else None

    def add(self, samples: np.ndarray) -> None:
        """Take in float32 samples (n, 2)."""
        if not len(samples):
            return
        frame: Any = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples, np.float32).reshape(1, -1), format="flt", layout="stereo"
        )
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._count, Fraction(1, RATE)
        self._count += len(samples)
        self._graph.push(frame)
        while True:
            try:
                measured: Any = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            self._lufs = float(measured.metadata.get(INTEGRATED, self._lufs))
