"""One picture of a clip, decoded while the caller waits: for thumbnails, never for the wall."""

from __future__ import annotations

from dataclasses import replace

import av

from calibration.errors import Unplayable
from installation.film.frame_reader import film_of, pixel_aspect, read_frames, read_still
from installation.film.frame_scaler import FrameScaler
from installation.film.span import span_of
from models.arrays import Image
from scenes.story.clip import Clip
from scenes.story.probe import probe


def picture_at(clip: Clip, seconds: float, size: tuple[int, int]) -> Image:
    """The picture of ``clip`` at ``seconds`` after its in point, filling ``size``: uint8 (h, w, 4), blue first.

    Behind the end it is the last one. Raises ``Unplayable``.
    """
    try:
        header = probe(clip.file)
        with av.open(str(clip.file)) as container:
            stream = film_of(container, header)
            span = span_of(header, clip)
            if span.still:
                frame: av.VideoFrame | None = read_still(container, stream)
            else:
                last = max(span.begin, min(span.last, span.end or span.last) - 1 / span.rate)
                span = replace(span, begin=span.snap(min(span.begin + seconds, last)))
                readings = read_frames(container, header, stream, span)
                frame = next((reading.frame for reading in readings if reading.frame is not None), None)
            if frame is None:
                raise Unplayable("no picture is there")
            return FrameScaler(size, "fill").convert(frame, pixel_aspect(stream))
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise Unplayable(f"it cannot be read: {getattr(error, 'strerror', None) or error}") from error
