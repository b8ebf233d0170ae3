"""What stretch of a file a clip plays, known to the frame before the first one is decoded."""

from __future__ import annotations

from dataclasses import dataclass, replace

import av
from av.container import InputContainer

from calibration.errors import Unplayable
from scenes.story.clip import Clip
from scenes.story.probe import EARLY_SECONDS, MediaHeader
from scenes.story.timeline import TRANSPORT, rewind, seek_stamp


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds of the file's own time, from its first picture. ``end`` None: a still that is shown for ever."""

    begin: float
    end: float | None
    rate: float
    still: bool = False
    steady: bool = True
    """Whether the rate is constant."""
    last: float = 0.0
    """When the last picture appears. It may stand for long: a slide of a lecture, the end of a screen recording."""

    @property
    def length(self) -> float | None:
        """Seconds from begin to end; None for ever."""
        return None if self.end is None else self.end - self.begin

    def snap(self, seconds: float) -> float:
        """The nearest frame's time, where the rate is constant. (Matroska's own stamps are whole milliseconds.)"""
        return round(seconds * self.rate) / self.rate if self.steady else seconds


def span_of(header: MediaHeader, clip: Clip) -> Span:
    """The span of ``clip`` in a file with ``header``.

    In and out points are moved to the nearest frame where the rate is constant, so that two scenes that share a point
    share no frame and lose none. Raises ``Unplayable``.
    """
    if not header.has_picture:
        raise Unplayable("it contains no picture")
    if header.still:
        end = clip.out_seconds - clip.in_seconds if clip.out_seconds is not None else None
        return Span(0.0, end, 25.0, still=True)
    whole = Span(0.0, header.seconds, header.rate, steady=header.steady)
    if clip.in_seconds >= header.seconds:
        raise Unplayable(f"its in point {clip.in_seconds:g} s is after its end at {header.seconds:.2f} s")
    wanted = min(header.declared, clip.out_seconds) if clip.out_seconds is not None else header.declared
    if header.stops < wanted - EARLY_SECONDS:
        raise Unplayable(f"it is truncated: it should last {wanted:.2f} s but ends at {header.stops:.2f} s")
    end = whole.snap(header.seconds if clip.out_seconds is None else min(header.seconds, clip.out_seconds))
    begin = whole.snap(clip.in_seconds)
    if end <= begin:
        raise Unplayable(f"nothing is left between its in point {begin:g} s and its out point {end:g} s")
    return replace(whole, begin=begin, end=end, last=min(header.last, end))


def seek(
    container: InputContainer, header: MediaHeader, stream: av.VideoStream | av.AudioStream, seconds: float
) -> None:
    """Go to a key frame at or before ``seconds`` of the file's own time; to its start if its stamps jump."""
    if container.format.name in TRANSPORT:
        seconds -= 2.0  # it has no index, and a seek may land behind the frame that was asked for
    if seconds <= 0 or header.joined:
        rewind(container)
    else:
        seek_stamp(container, stream, seconds + header.begin)
