"""The pictures of a clip that is no file: drawn ahead of time by a thread of their own."""

from __future__ import annotations

from installation.film.frame_scaler import HeldPicture
from installation.film.span import Span
from installation.film.timed_picture import TimedPicture
from installation.film.video_decoder import FEWEST, VideoDecoder
from models.arrays import Image

RATE = 30.0
"""Pictures in a second, of whatever draws itself."""
AHEAD_AT_MOST = 6
"""Different canvases in memory: each is a whole screen, and drawn in a few milliseconds."""


class PictureDrawer(VideoDecoder):
    """A decoder to whoever shows it; what it shows is asked of the clip's ``drawing``.

    One canvas that stands for several pictures counts once, so that a picture that stands is drawn far ahead.
    """

    _moment = 0.0
    """Up to where pictures are past: somebody has asked for one behind it."""

    def next_start(self, seconds: float) -> float | None:
        """As of any decoder. What is before ``seconds`` takes no place from what comes: a show may step far at once."""
        with self._change:
            self._moment = max(self._moment, seconds)
            self._change.notify_all()
        return super().next_start(seconds)

    def _play(self) -> None:
        drawing, begin, seconds = self.clip.drawing, self.clip.in_seconds, self.clip.out_seconds
        if drawing is None or seconds is None:
            raise ValueError("there is nothing to draw")
        self.span = Span(begin, seconds, RATE, last=seconds - 1 / RATE)
        self.opened.set()
        drawn: Image | None = None
        held: HeldPicture | None = None
        for start, canvas in drawing.pictures(self._scaler.size, seconds):
            self.steps += 1
            if start < begin:
                continue
            if held is None or canvas is not drawn:
                drawn, held = canvas, self._scaler.hold_drawn(canvas)
            if not self._queue(TimedPicture(start - begin, held)):
                return

    def _queue(self, picture: TimedPicture) -> bool:
        """Hold one picture, once there is room; False: nobody wants it any more."""
        with self._change:
            while self._has_no_room_for(picture) and not self._closed:
                self._ready()
                self._change.wait()
            if not self._closed:
                self._frames.append(picture)
            if len(self._frames) >= FEWEST:
                self.ready.set()
            return not self._closed

    def _has_no_room_for(self, picture: TimedPicture) -> bool:
        held = {id(frame.canvas()) for frame in self._frames if frame.start > self._moment}
        return id(picture.canvas()) not in held and len(held) >= min(self._ahead, AHEAD_AT_MOST)
