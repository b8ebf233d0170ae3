"""Tiny films, pictures and sounds for tests, made on the spot."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def make_clip(
    path: Path,
    seconds: float = 2.0,
    fps: int = 10,
    size: tuple[int, int] = (64, 36),
    key_frame_each: int = 10,
    sound: bool | float = False,
) -> Path:
    """An H.264 film whose grey rises from frame to frame. Width and height must be even.

    ``sound``: a 440 Hz tone as long as the picture, or of that many seconds.
    """
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "sc_threshold": "0"})
        video.width, video.height = size
        video.pix_fmt, video.gop_size, video.max_b_frames = "yuv420p", key_frame_each, 0
        audio = container.add_stream("aac", rate=48000, layout="mono") if sound else None
        for number in range(round(seconds * fps)):
            picture = np.full((size[1], size[0], 3), 40 + 4 * number % 180, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(video.encode(frame))
        container.mux(video.encode())
        if audio is not None:
            _tone(container, audio, seconds if sound is True else sound)
    return path


def make_sound(path: Path, seconds: float = 2.0) -> Path:
    """A tone in a .wav or .ogg file."""
    with av.open(str(path), "w") as container:
        codec = "libopus" if path.suffix == ".ogg" else "pcm_s16le"
        stream = container.add_stream(codec, rate=48000, layout="mono")
        assert isinstance(stream, av.AudioStream)
        _tone(container, stream, seconds)
    return path


def make_still(path: Path, size: tuple[int, int] = (64, 36)) -> Path:
    """A grey picture."""
    with av.open(str(path), "w", format="image2") as container:
        picture = container.add_stream("png", rate=1)
        picture.width, picture.height, picture.pix_fmt = *size, "rgb24"
        frame = av.VideoFrame.from_ndarray(np.full((size[1], size[0], 3), 90, np.uint8), format="rgb24")
        container.mux(picture.encode(frame))
        container.mux(picture.encode())
    return path


def _tone(container: av.container.OutputContainer, stream: av.AudioStream, seconds: float) -> None:
    samples = (8000 * np.sin(2 * np.pi * 440 / 48000 * np.arange(round(48000 * seconds)))).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = 48000, 0, Fraction(1, 48000)
    container.mux(stream.encode(frame))
    container.mux(stream.encode())
