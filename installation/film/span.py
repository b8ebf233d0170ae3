"""What stretch of a file a clip plays, known to the frame before the first one is decoded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import av
from av.container import InputContainer

from calibration.errors import Unplayable
from scenes.story.clip import Clip
from scenes.story.probe import is_still

EARLY_SECONDS = 0.5
"""A file whose pictures end this much before its declared end is truncated."""


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds of the file's own time, from its first picture. ``end`` None: a still that is shown for ever."""

    begin: float
    end: float | None
    rate: float
    still: bool = False
    steady: bool = True
    """Whether the rate is constant."""

    @property
    def length(self) -> float | None:
        """Seconds from begin to end; None for ever."""
        return None if self.end is None else self.end - self.begin

    def snap(self, seconds: float) -> float:
        """The nearest frame's time, where the rate is constant. (Matroska's own stamps are whole milliseconds.)"""
        return round(seconds * self.rate) / self.rate if self.steady else seconds


def origin_of(container: InputContainer) -> float:
    """Seconds at which the file's first picture (or sound, where there is none) is stamped; counted as zero."""
    stream = container.streams.video[0] if container.streams.video else container.streams[0]
    if stream.start_time is None or stream.time_base is None:
        return 0.0
    return float(stream.start_time * stream.time_base)


def span_of(container: InputContainer, clip: Clip) -> Span:
    """Measure the span of ``clip`` in an opened file.

    In and out points are moved to the nearest frame where the rate is constant, so that two scenes that share a point
    share no frame and lose none. Raises ``Unplayable``.
    """
    stream = container.streams.video[0]
    rate = stream.guessed_rate or stream.average_rate or Fraction(25)
    if is_still(container):
        end = clip.out_seconds - clip.in_seconds if clip.out_seconds is not None else None
        return Span(0.0, end, 25.0, still=True)
    last, anything = _ends_of(container, stream, float(1 / rate))
    declared = float(container.duration / av.time_base) if container.duration else last
    average = stream.average_rate
    steady = average is not None and average != 0 and abs(float(rate / average) - 1) < 1e-3
    whole = Span(0.0, last, float(rate), steady=steady)
    if clip.in_seconds >= last:
        raise Unplayable(f"its in point {clip.in_seconds:g} s is after its end at {last:.2f} s")
    wanted = min(declared, clip.out_seconds) if clip.out_seconds is not None else declared
    if anything < wanted - EARLY_SECONDS:
        raise Unplayable(f"it is truncated: it should last {wanted:.2f} s but ends at {anything:.2f} s")
    end = whole.snap(last if clip.out_seconds is None else min(last, clip.out_seconds))
    begin = whole.snap(clip.in_seconds)
    if end <= begin:
        raise Unplayable(f"nothing is left between its in point {begin:g} s and its out point {end:g} s")
    return replace(whole, begin=begin, end=end)


def seek(container: InputContainer, stream: av.VideoStream | av.AudioStream, seconds: float) -> None:
    """Go to a key frame at or before ``seconds`` of the file's own time."""
    if container.format.name == "mpegts":
        seconds -= 2.0  # it has no index, and a seek may land behind the frame that was asked for
    if seconds <= 0 or stream.time_base is None:
        container.seek(0)
    else:
        container.seek(int((seconds + origin_of(container)) / stream.time_base), stream=stream)


def _ends_of(container: InputContainer, stream: av.VideoStream, frame_seconds: float) -> tuple[float, float]:
    """End of the last picture, and of whatever is last in the file, read from its packets without decoding them."""
    duration = container.duration / av.time_base if container.duration else 0.0
    origin, end, anything = origin_of(container), 0.0, 0.0
    for start in (duration - 1.0, 0.0):
        seek(container, stream, max(0.0, start))
        for packet in container.demux():
            if packet.pts is None:
                continue
            length = packet.duration * packet.time_base if packet.duration else frame_seconds
            stop = float(packet.pts * packet.time_base) - origin + float(length)
            anything = max(anything, stop)
            if packet.stream_index == stream.index:
                end = max(end, stop)
        if end > 0:
            break
    seek(container, stream, 0.0)
    if end <= 0:
        raise Unplayable("it contains no picture")
    return end, anything
