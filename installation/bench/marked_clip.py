"""Clips that say what they are: a bar code in each picture, a number in each sample."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from models.arrays import Image

BITS = 24
"""16 for the number of the frame, 8 for the clip."""
RATE = 48_000


@dataclass(frozen=True, slots=True)
class Coding:
    """How a clip is encoded. ``sound`` '' leaves it out; a lossy coder blurs the numbers, PCM and FLAC keep them."""

    codec: str = "libx264"
    sound: str = "pcm_s16le"
    key_frames: int = 15
    pixels: str = "yuv420p"


@contextmanager
def usual_scheduling() -> Iterator[None]:
    """SVT-AV1's encoder gives its caller real time, where it may (root), so all that follows would starve others."""
    before = os.sched_getscheduler(0) if hasattr(os, "sched_getscheduler") else None
    try:
        yield
    finally:
        if before is not None and os.sched_getscheduler(0) != before:
            os.sched_setscheduler(0, before, os.sched_param(0))


def make_clip(
    path: Path,
    mark: int,
    seconds: float = 2.0,
    size: tuple[int, int] = (640, 360),
    rate: Fraction | int = 30,
    coding: Coding = Coding(),
) -> Path:
    """Write a clip whose frames and samples carry their number and ``mark`` (1 to 200).

    The container is chosen by the name's suffix; ``size`` is (width, height), ``rate`` frames per second.
    """
    codec, sound = coding.codec, coding.sound
    with usual_scheduling(), av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        picture: Any = container.add_stream(codec, rate=rate)
        picture.width, picture.height, picture.pix_fmt = *size, coding.pixels
        picture.codec_context.gop_size = coding.key_frames
        if codec == "libx264":
            picture.options = {"preset": "veryfast", "crf": "20", "threads": "1"}
        elif codec == "libx265":
            picture.options = {"preset": "ultrafast", "x265-params": "log-level=none"}
        elif codec in ("libvpx-vp9", "libsvtav1", "libaom-av1"):
            picture.options = {"preset": "12"} if codec == "libsvtav1" else {"cpu-used": "8", "deadline": "realtime"}
        track: Any = container.add_stream(sound, rate=RATE, layout="stereo") if sound else None
        frames = round(seconds * rate)
        for number in range(frames):
            frame: Any = av.VideoFrame.from_ndarray(draw_mark(size, mark, number), format="gray")
            frame.pts, frame.time_base = number, Fraction(1) / rate
            container.mux(picture.encode(frame.reformat(format=coding.pixels)))
            if track:
                first, last = round(number / rate * RATE), round((number + 1) / rate * RATE)
                block: Any = av.AudioFrame.from_ndarray(_numbered(mark, first, last), format="s16", layout="stereo")
                block.sample_rate, block.pts, block.time_base = RATE, first, Fraction(1, RATE)
                container.mux(track.encode(block))
        container.mux(picture.encode(None))
        if track:
            container.mux(track.encode(None))
    return path


def draw_mark(size: tuple[int, int], mark: int, number: int) -> np.ndarray:
    """A grey picture (height, width) with the bar code of ``mark`` and ``number`` across its middle."""
    wide, high = size
    grain = np.random.default_rng(mark).integers(-12, 13, (high // 4 + 1, wide // 4 + 1), np.int8)
    moving = np.roll(np.repeat(np.repeat(grain, 4, 0), 4, 1), (number, 3 * number), (0, 1))  # or it decodes too easily
    picture = (60 + moving[:high, :wide]).astype(np.uint8)
    bar = wide // (BITS + 2)
    for bit in range(BITS):
        light = (number | mark << 16) >> bit & 1
        picture[high // 3 : high * 2 // 3, bar * (bit + 1) : bar * (bit + 2)] = 230 if light else 20
    return picture


@dataclass(frozen=True, slots=True)
class Mark:
    """What a picture says that it is."""

    mark: int
    number: int


def read_mark(canvas: Image) -> Mark | None:
    """The mark in a picture (height, width, channels); None for a picture without one (black, say)."""
    high, wide = canvas.shape[:2]
    bar, row = wide // (BITS + 2), canvas[high // 2, :, 1]
    levels = row[bar + bar // 2 : bar * (BITS + 1) : bar][:BITS].astype(int)
    if levels.max(initial=0) < 128:
        return None
    bits = sum(int(level > 128) << bit for bit, level in enumerate(levels))
    return Mark(bits >> 16, bits & 0xFFFF)


def _numbered(mark: int, first: int, last: int) -> np.ndarray:
    """Samples (1, 2 * n): on the left the number's low 14 bits + 1, on the right the mark and the bits above."""
    number = np.arange(first, last)
    out = np.empty((last - first, 2), np.int16)
    out[:, 0] = number % 16384 + 1
    out[:, 1] = mark * 64 + number // 16384
    return out.reshape(1, -1)


def read_samples(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(marks, numbers) of int16 samples (n, 2); mark 0 where there is silence."""
    left, right = samples[:, 0].astype(np.int64), samples[:, 1].astype(np.int64)
    return right // 64, np.where(right > 0, left - 1 + right % 64 * 16384, -1)
