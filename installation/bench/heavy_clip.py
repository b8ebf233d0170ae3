"""A clip that is too heavy on purpose: a few coded pictures again and again, at whatever rate is asked for."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from installation.bench.marked_clip import RATE, draw_mark

PICTURES = 60
"""Coded once; more would take minutes."""


def make_heavy_clip(path: Path, size: tuple[int, int], rate: Fraction, seconds: float, codec: str = "libx265") -> Path:
    """Write ``seconds`` of marked and grainy pictures, and a tone. The mark's number begins anew with each round."""
    with av.open(str(path), "w") as container:
        film: Any = container.add_stream(codec, rate=rate)
        film.width, film.height, film.pix_fmt = *size, "yuv420p"
        film.codec_context.gop_size = PICTURES
        parameters = "log-level=none:open-gop=0" if codec == "libx265" else "log=-1"
        film.options = {"preset": "ultrafast", "crf": "22", f"{codec.removeprefix('lib')}-params": parameters}
        track: Any = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        packets = _coded(film, size)
        for number in range(round(round(seconds * rate) / PICTURES)):
            for data, pts, dts, key in packets:
                packet = av.Packet(data)
                packet.pts, packet.dts, packet.time_base = pts + number * PICTURES, dts + number * PICTURES, 1 / rate
                packet.is_keyframe = key
                packet.stream = film
                container.mux(packet)
            begin, end = (round(n * PICTURES / rate * RATE) for n in (number, number + 1))
            tone: Any = av.AudioFrame.from_ndarray(_tone(begin, end), format="s16", layout="mono")
            tone.sample_rate, tone.pts, tone.time_base = RATE, begin, Fraction(1, RATE)
            container.mux(track.encode(tone))
        container.mux(track.encode(None))
    return path


def _coded(film: Any, size: tuple[int, int]) -> list[tuple[bytes, int, int, bool]]:
    """Data, time stamps in frames, and whether it is a key frame, of each packet."""
    packets = []
    for number in range(PICTURES):
        frame: Any = av.VideoFrame.from_ndarray(draw_mark(size, 1, number), format="gray")
        frame.pts, frame.time_base = number, 1 / film.codec_context.rate
        packets += film.encode(frame.reformat(format="yuv420p"))
    packets += film.encode(None)
    return [(bytes(packet), packet.pts, packet.dts, packet.is_keyframe) for packet in packets]


def _tone(begin: int, end: int) -> np.ndarray:
    wave = 2000 * np.sin(np.arange(begin, end) * (2 * np.pi * 220 / RATE))
    return np.asarray(wave, np.int16).reshape(1, -1)
