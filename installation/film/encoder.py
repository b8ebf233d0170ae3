"""Clips as they play best here: H.264 in yuv420p made for fast decoding, a key frame each second, AAC at 48 kHz."""

from __future__ import annotations

from fractions import Fraction

import av
from av.container import OutputContainer

SAMPLE_RATE = 48000
SOUND_FRAME = 1024
"""Samples that AAC takes at a time."""
LIMITED_RANGE = 1
"""A number of AVColorRange."""
CLOCK = Fraction(1, 90000)
X264 = {"crf": "18", "tune": "fastdecode", "forced-idr": "1", "sc_threshold": "0", "refs": "1", "bf": "0"}
"""A picture is built on the one before it alone: a decoder keeps two and not six (9 MB instead of 25 at 1920x1080)."""


class ClipEncoder:
    """Writes pictures and sound, each with its time, into an open MP4 file."""

    def __init__(
        self, container: OutputContainer, rate: Fraction, size: tuple[int, int], *, sound: bool, preset: str = "medium"
    ) -> None:
        self._container = container
        self._picture = container.add_stream("libx264", rate=rate, options={**X264, "preset": preset})
        self._picture.width, self._picture.height = size
        self._picture.pix_fmt, self._picture.gop_size = "yuv420p", max(1, round(rate))
        self._picture.codec_context.time_base = CLOCK
        self._sound = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo") if sound else None
        self._resampler = av.AudioResampler("fltp", "stereo", SAMPLE_RATE, SOUND_FRAME)
        self._key_due = 0.0

    def colours_of(self, frame: av.VideoFrame) -> None:
        """Say of the clip what its pictures said: matrix, primaries, transfer; its range is limited."""
        codec = self._picture.codec_context
        codec.colorspace, codec.color_range = frame.colorspace, LIMITED_RANGE
        codec.color_primaries, codec.color_trc = frame.color_primaries, frame.color_trc

    def picture(self, frame: av.VideoFrame, seconds: float) -> None:
        """A picture that is first shown at ``seconds``."""
        frame.pts, frame.time_base = round(seconds / CLOCK), CLOCK
        due = seconds >= self._key_due
        frame.pict_type = av.video.frame.PictureType.I if due else av.video.frame.PictureType.NONE
        if due:
            self._key_due = seconds + 1.0 - 1e-3
        self._container.mux(self._picture.encode(frame))

    def sound(self, frame: av.AudioFrame, seconds: float) -> None:
        """Sound in any form that begins at ``seconds``."""
        if self._sound is not None:
            frame.pts, frame.time_base = round(seconds * frame.sample_rate), Fraction(1, frame.sample_rate)
            for part in self._resampler.resample(frame):
                self._container.mux(self._sound.encode(part))

    def finish(self) -> None:
        """Write what the encoders still hold."""
        self._container.mux(self._picture.encode())
        if self._sound is not None:
            for part in self._resampler.resample(None):
                self._container.mux(self._sound.encode(part))
            self._container.mux(self._sound.encode())
