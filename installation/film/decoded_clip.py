"""One clip ready to play: its pictures and its sound, each decoded by a thread of its own."""

from __future__ import annotations

import threading
from dataclasses import replace

from calibration.errors import Unplayable
from installation.film.audio_decoder import AudioDecoder, Silence
from installation.film.failures import Cause
from installation.film.frame_scaler import FrameScaler
from installation.film.patience import Patience
from installation.film.picture_drawer import PictureDrawer
from installation.film.scene_sound import Stems
from installation.film.timed_picture import DuePicture, TimedPicture
from installation.film.video_decoder import VideoDecoder
from scenes.story.clip import Clip

STALLED_SECONDS = 2.0
OPEN_SECONDS = 8.0
"""A clip that makes no progress for this long before its first picture has failed, even if nobody waits for it yet."""


class DecodedClip:
    """Opens ``clip`` at once (or when ``gate`` admits it) and decodes ahead; its sound only if it is ``heard``."""

    def __init__(
        self,
        clip: Clip,
        scaler: FrameScaler,
        ahead: int,
        gate: threading.Semaphore | None = None,
        *,
        heard: bool = True,
    ) -> None:
        self.clip, self.heard = clip, heard
        decoder = VideoDecoder if clip.drawing is None else PictureDrawer
        self.video = decoder(clip, scaler, ahead, gate)
        self.audio: AudioDecoder | None = None
        self.stems: Stems | None = None
        self._called = 0.0
        self._waiting, self._opening, self._steps = Patience(), Patience(), 0
        self._last: TimedPicture | None = None
        self._shown: TimedPicture | None = None

    @property
    def length(self) -> float | None:
        """Seconds from the in to the out point; None while unknown or for ever."""
        return self.video.span.length if self.video.span else None

    @property
    def held_bytes(self) -> int:
        """Memory of the pictures, and of the decoder."""
        return self.video.held_bytes

    @property
    def decoder_bytes(self) -> int:
        """Estimated memory of the open decoder alone."""
        return self.video.decoder_bytes

    @property
    def left_out(self) -> int:
        """Pictures that were left out because they were late."""
        return self.video.left_out

    def keep_ahead(self, pictures: int) -> None:
        """Hold this many decoded pictures from now on."""
        self.video.keep_ahead(pictures)

    @property
    def waits_for_turn(self) -> bool:
        """Whether it has not even begun to open."""
        return self.video.waits_for_turn

    @property
    def failed(self) -> str:
        """Why it cannot be played; '' while it can."""
        return self.video.failed

    def poll(self) -> bool:
        """Open the sound once the pictures are understood; whether the clip can be played now."""
        return self._poll_own() and (self.stems is None or self.stems.ready)

    def _poll_own(self) -> bool:
        """The same without the stems."""
        span = self.video.span
        if span is None or self.failed:
            return False
        if not self.heard:
            return self.video.ready.is_set()
        if self.audio is None:
            loop = self.clip.loop and span.length is not None
            sound_begin = self.clip.sound_in_seconds + (0.0 if loop else self.clip.skipped_seconds)
            begin = sound_begin if self.clip.sound else span.begin
            file, track = self.clip.sound or self.clip.file, self.clip.sound_track
            decoder = AudioDecoder if self.clip.sound or self.clip.drawing is None else Silence
            self.audio = decoder(file, begin, span.length, loop, track)
            self.stems = Stems(self.clip, span.length) if self.clip.stems else None
        return self.video.ready.is_set() and self.audio.ready.is_set()

    def await_first(self, now: float, patience: float) -> bool:
        """Whether the clip can be played now. One that makes no progress for ``patience`` seconds has failed."""
        if self.poll() or self.failed or self.waits_for_turn:
            return not self.failed and not self.waits_for_turn
        if self.stems and self._poll_own():
            self.stems.wait(now, patience)
            return self.poll()
        since, self._called = now - self._called, now
        steps = self.video.steps
        if steps != self._steps:
            self._opening.reset()
        else:
            self._opening.wait(since)
        self._steps = steps
        if self._opening.seconds > patience:
            self.video.cause = Cause.STALLED
            self.video.failed = f"opening it made no progress for {patience:g} s"
        return False

    def picture_at(self, seconds: float, now: float) -> DuePicture:
        """The picture due at ``seconds`` since the in point, painted. A clip that starves for 2 s has failed."""
        return self.painted(self.due_at(seconds, now))

    def due_at(self, seconds: float, now: float) -> DuePicture:
        """The same, not painted: of a thread that is not on the screen."""
        due = self.video.at(seconds)
        since, self._called = now - self._called, now
        if (not due.starved and due.current is not None) or due.current is not self._last:
            self._last = due.current
            self._waiting.reset()  # slow is not stalled
        else:
            self._waiting.wait(since)
        if self._waiting.seconds > STALLED_SECONDS and not self.failed:
            self.video.cause = Cause.STALLED
            self.video.failed = f"no picture was decoded for {STALLED_SECONDS:g} s"
        return due

    def painted(self, due: DuePicture) -> DuePicture:
        """``due`` with its picture, or with the last one that could be painted."""
        return replace(due, current=self._painted(due.current))

    def _painted(self, picture: TimedPicture | None) -> TimedPicture | None:
        """``picture``, or the last one that could be painted."""
        try:
            if picture is not None:
                picture.canvas()
            self._shown = picture
        except Unplayable as error:
            self.video.cause, self.video.failed = Cause.STALLED, str(error)
        return self._shown

    def caught_up(self, seconds: float) -> bool:
        """Whether what follows ``seconds`` is decoded too, or nothing follows."""
        return bool(self.failed) or self.video.finished or self.video.next_start(seconds) is not None

    def file_seconds(self, seconds: float) -> float:
        """Where in the file the film is, ``seconds`` after the in point."""
        span = self.video.span
        if span is None:
            return seconds
        return span.begin + (seconds % span.length if self.clip.loop and span.length else seconds)

    def close(self) -> None:
        """Release threads and memory, without waiting."""
        self.video.close()
        for sound in (self.audio, self.stems):
            if sound:
                sound.close()

    def join(self, seconds: float) -> None:
        """Wait until the threads have closed their files."""
        self.video.join(seconds)
        for sound in (self.audio, self.stems):
            if sound:
                sound.join(seconds)
