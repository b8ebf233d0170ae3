"""Clips on disk: H.264 and AAC in MP4, so that any cut and any seek is quick."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from models.arrays import Image
from scenes.demo.making.drawing import HEIGHT, RATE, WIDTH, Array
from scenes.demo.making.sound import SAMPLE_RATE

X264 = {
    "preset": "slow",
    "x264-params": (
        "keyint=30:min-keyint=30:scenecut=0:open-gop=0:bframes=0:ref=1:aq-mode=3:aq-strength=1.1:deblock=1,1:"
        "colorprim=bt709:transfer=bt709:colormatrix=bt709:fullrange=off:threads=1"
    ),
}
"""A key frame each second, no picture waits for a later one, and bits go to the dark (aq-mode 3). A picture is built on
the one before it alone, so that a decoder keeps two and not six (9 MB instead of 25)."""


def write(file: Path, pictures: Iterable[Image], sound: Array, crf: float) -> None:
    """Encode planes (HEIGHT * 3 / 2, WIDTH) at 30 a second, all equally good, and sound (n, 2) from -1 to 1."""
    with av.open(str(file), "w", options={"movflags": "+faststart"}) as clip:
        video = clip.add_stream("libx264", rate=RATE, options={**X264, "crf": str(crf)})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.color_range = 1
        for name in ("color_primaries", "color_trc", "colorspace"):
            setattr(video.codec_context, name, 1)
        audio = _audio_stream(clip)
        for number, planes in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            clip.mux(video.encode(frame))
        clip.mux(video.encode(None))
        _encode_sound(clip, audio, sound)


def replace_sound(file: Path, sound: Array) -> None:
    """Give a clip a new sound and copy its pictures unchanged."""
    fresh = file.with_suffix(".new.mp4")
    with av.open(str(file)) as old, av.open(str(fresh), "w", options={"movflags": "+faststart"}) as clip:
        video = clip.add_stream_from_template(old.streams.video[0])
        audio = _audio_stream(clip)
        for packet in old.demux(video=0):
            if packet.dts is not None:
                packet.stream = video
                clip.mux(packet)
        _encode_sound(clip, audio, sound)
    fresh.replace(file)


def write_sound(file: Path, sound: Array) -> None:
    """Encode sound (n, 2) from -1 to 1 alone."""
    with av.open(str(file), "w", format="mp4", options={"movflags": "+faststart"}) as clip:
        _encode_sound(clip, _audio_stream(clip), sound)


def _audio_stream(clip: av.container.OutputContainer) -> av.AudioStream:
    audio = clip.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
    audio.bit_rate = 64_000
    return audio


def _encode_sound(clip: av.container.OutputContainer, audio: av.AudioStream, sound: Array) -> None:
    for start in range(0, len(sound), 1024):
        block = np.ascontiguousarray(sound[start : start + 1024].T, dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        clip.mux(audio.encode(frame))
    clip.mux(audio.encode(None))
