"""One clip made ready to play: its pictures and its sound, each decoded by a thread of its own."""

from __future__ import annotations

import threading

from installation.film.picture import Painter
from installation.film.pictures import Look, Pictures, Shown
from installation.film.track import Track
from scenes.clip import Clip

STALLED_SECONDS = 2.0
FROZEN_SECONDS = 0.1
"""Longer between two looks, and it was this process that stood still: the decoder is not to blame for it."""
OPEN_SECONDS = 8.0
"""A clip that gives no first picture for so long counts as stalled; the film that plays meanwhile is not disturbed."""


class Reel:
    """Opens ``clip`` at once (or when ``gate`` lets it) and decodes ahead."""

    def __init__(self, clip: Clip, painter: Painter, ahead: int, gate: threading.Semaphore | None = None) -> None:
        self.clip = clip
        self.pictures = Pictures(clip, painter, ahead, gate)
        self.track: Track | None = None
        self._waited = self._looked = 0.0
        self._last: Shown | None = None

    @property
    def length(self) -> float | None:
        """Seconds from the in to the out point; None while unknown or for ever."""
        return self.pictures.span.length if self.pictures.span else None

    @property
    def waits_for_turn(self) -> bool:
        """Whether it has not even begun to open."""
        return self.pictures.waits_for_turn

    @property
    def failed(self) -> str:
        return self.pictures.failed

    def poll(self) -> bool:
        """Open the sound once the pictures are understood; whether the clip can be played now."""
        span = self.pictures.span
        if span is None or self.failed:
            return False
        if self.track is None:
            begin = 0.0 if self.clip.sound else span.begin
            loop = self.clip.loop and span.length is not None
            self.track = Track(self.clip.sound or self.clip.file, begin, span.length, loop)
        return self.pictures.ready.is_set() and self.track.ready.is_set()

    def look(self, seconds: float, now: float) -> Look:
        """The picture due at ``seconds`` since the in point. A reel that starves for 2 s has failed."""
        look = self.pictures.at(seconds)
        since, self._looked = now - self._looked, now
        if (not look.starved and look.shown is not None) or look.shown is not self._last:
            self._waited, self._last = 0.0, look.shown  # slow is not stalled
        else:
            self._waited += min(since, FROZEN_SECONDS)
        if self._waited > STALLED_SECONDS and not self.failed:
            self.pictures.failed = f"no picture came for {STALLED_SECONDS:g} s"
        return look

    def file_seconds(self, seconds: float) -> float:
        """Where in the file the film is, ``seconds`` after the in point."""
        span = self.pictures.span
        if span is None:
            return seconds
        return span.begin + (seconds % span.length if self.clip.loop and span.length else seconds)

    def close(self) -> None:
        """Give up threads and memory, without waiting."""
        self.pictures.close()
        if self.track:
            self.track.close()

    def join(self, seconds: float) -> None:
        """Wait until the threads have closed their files."""
        self.pictures.join(seconds)
        if self.track:
            self.track.join(seconds)
