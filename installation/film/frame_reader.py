"""The pictures of a clip from its in to its out point, as the player shows them and as the check tries them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import av
from av.container import InputContainer

from calibration.errors import Unplayable
from installation.film.overload import Take, threads_wanted
from installation.film.span import Span, seek
from scenes.story.probe import EARLY_SECONDS, MediaHeader
from scenes.story.timeline import in_order

DAMAGES = 5
"""A clip with this many damaged pictures is given up; fewer are skipped, and the one before stays longer."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One step through the file: a picture to show, one that is damaged, or only progress (neither)."""

    seconds: float
    """Where in the file, counted from its first picture."""
    frame: av.VideoFrame | None = None
    damaged: bool = False


def film_of(container: InputContainer, header: MediaHeader) -> av.VideoStream:
    """The stream that is the film. Raises ``Unplayable``."""
    if header.picture is None or header.picture >= len(container.streams):
        raise Unplayable("it contains no picture")
    stream = container.streams[header.picture]
    if not isinstance(stream, av.VideoStream):
        raise Unplayable("it was replaced by another file while it was opened")
    return stream


def pixel_aspect(stream: av.VideoStream) -> float:
    """Width of a pixel over its height; 1 where the file does not say."""
    return float(stream.sample_aspect_ratio or 1) or 1.0


BITS_OF_YUV420P = 12


def picture_bytes(stream: av.VideoStream) -> int:
    """Memory of one of its pictures, as its decoder gives it."""
    form: av.VideoFormat | None = stream.format  # none where not one picture could be read
    return stream.width * stream.height * (form.padded_bits_per_pixel if form else BITS_OF_YUV420P) // 8


def threads_of(container: InputContainer, stream: av.VideoStream, header: MediaHeader) -> int:
    """How many threads are to decode it, if the machine has so many cores."""
    seconds = header.seconds if container.size > 0 else 0.0
    return threads_wanted(picture_bytes(stream) * header.rate, container.size / seconds if seconds else None)


def read_still(container: InputContainer, stream: av.VideoStream) -> av.VideoFrame:
    """The one picture of a photograph or a drawing. Raises ``Unplayable``."""
    frame = next(container.decode(stream), None)
    if frame is None:
        raise Unplayable("it contains no picture")
    return frame


def read_frames(
    container: InputContainer,
    header: MediaHeader,
    stream: av.VideoStream,
    span: Span,
    take: Callable[[float, bool], Take] | None = None,
) -> Iterator[Reading]:
    """Decode from the in point to the out point. Raises ``Unplayable`` if the file is damaged or ends before.

    ``take`` is asked for each packet what is to become of it: its seconds, and whether it begins with a key frame.
    After damage no picture is given until the next key frame: those between depend on the broken one.
    """
    end = span.end
    if end is None:
        raise Unplayable("it has no end")
    seek(container, header, stream, span.begin)
    half, last, whole, damages = 0.5 / span.rate, 0.0, True, 0
    left_out = 0.0
    for packet in in_order(container.demux(stream), header.pieces):
        yield Reading(last)
        broken = False
        stamp = packet.dts if packet.pts is None else packet.pts
        if take is not None and stamp is not None:
            seconds = float(stamp * (packet.time_base or 0)) - header.begin
            taken = take(seconds, packet.is_keyframe)
            left_out = left_out if taken is Take.ALL else max(left_out, seconds)
            if taken is Take.NOTHING and seconds < end + 1.0:  # pictures change places by less
                continue
            if taken is Take.NOTHING:
                return
            if taken is Take.AFRESH:
                stream.codec_context.flush_buffers()
                whole = True
            stream.codec_context.skip_frame = "DEFAULT" if taken is Take.ALL else "NONREF"
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            frames, broken = [], True
        for frame in frames:
            last = span.snap(frame.time - header.begin if frame.time is not None else last + 2 * half)
            if last >= end - half:
                return
            whole = frame.key_frame or (whole and not frame.is_corrupt)
            if frame.is_corrupt:
                broken = True
            elif whole and last >= span.begin - half:
                yield Reading(last, frame)
        if broken:
            damages, whole = damages + 1, False
            yield Reading(last, damaged=True)
            if damages >= DAMAGES:
                raise Unplayable(f"it is damaged: {damages} pictures near {last:.1f} s cannot be decoded")
    last = max(last, left_out)
    if last < span.last - EARLY_SECONDS:
        raise Unplayable(f"it ends early, at {last:.2f} s instead of {end:.2f} s")
