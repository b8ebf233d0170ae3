"""One clip made ready to play: its pictures and its sound, each decoded by a thread of its own."""

from __future__ import annotations

import threading

from installation.film.audio_decoder import Track
from installation.film.frame_scaler import Painter
from installation.film.video_decoder import Look, Pictures, Shown
from scenes.story.clip import Clip

STALLED_SECONDS = 2.0
FROZEN_SECONDS = 0.1
"""Longer between two looks, and it was this process that stood still: the decoder is not to blame for it."""
OPEN_SECONDS = 8.0
"""A clip that does nothing for so long on the way to its first picture has failed, though nobody waits for it yet."""


class Reel:
    """Opens ``clip`` at once (or when ``gate`` lets it) and decodes ahead."""

    def __init__(self, clip: Clip, painter: Painter, ahead: int, gate: threading.Semaphore | None = None) -> None:
        self.clip = clip
        self.pictures = Pictures(clip, painter, ahead, gate)
        self.track: Track | None = None
        self._waited = self._looked = 0.0
        self._opening, self._steps = 0.0, 0
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

    def await_first(self, now: float, patience: float) -> bool:
        """Whether the clip can be played now. One whose opening stands still for ``patience`` seconds has failed."""
        if self.poll() or self.failed or self.waits_for_turn:
            return not self.failed and not self.waits_for_turn
        since, self._looked = now - self._looked, now
        steps = self.pictures.steps
        self._opening = 0.0 if steps != self._steps else self._opening + min(since, FROZEN_SECONDS)
        self._steps = steps
        if self._opening > patience:
            self.pictures.failed = f"nothing came for {patience:g} s when it was opened"
        return False

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
