"""Two or three clips ready to play in step: a scene with threads. It answers as a ``DecodedClip`` does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from installation.film.audio_decoder import RATE
from installation.film.decoded_clip import DecodedClip
from installation.film.frame_scaler import FrameScaler
from installation.film.scene_sound import Stems
from installation.film.thread_sound import HeardSound, ThreadSound
from installation.film.timed_picture import DuePicture
from installation.film.video_decoder import EARLY, VideoDecoder
from installation.host.console import LossReporter
from scenes.story.clip import Clip


class DecodedThreads:
    """Decodes all threads of ``clip``, of which one is shown. One that fails is lost alone; the next one goes on."""

    def __init__(
        self,
        clip: Clip,
        scaler: Callable[[], FrameScaler],
        ahead: int,
        gate: threading.Semaphore | None = None,
    ) -> None:
        self.clip = clip
        clips = (replace(clip, threads=(), stems=()), *clip.threads)
        self._threads = [DecodedClip(one, scaler(), ahead, gate, heard=clip.own_sound) for one in clips]
        self._shown = self._threads[0]
        self._last = float("-inf")
        """Film second of the picture that was shown last."""
        self._asked: tuple[DecodedClip, float] | None = None
        self._sound: ThreadSound | None = None
        self.stems: Stems | None = None

    @property
    def _alive(self) -> list[DecodedClip]:
        return [one for one in self._threads if not one.failed]

    @property
    def thread(self) -> str:
        """Name of the one that is shown."""
        return self._shown.clip.thread

    @property
    def lost(self) -> frozenset[str]:
        """Names of those that cannot be shown any more."""
        return frozenset(one.clip.thread for one in self._threads if one.failed)

    @property
    def video(self) -> VideoDecoder:
        """Pictures of the one that is shown."""
        return self._shown.video

    @property
    def audio(self) -> HeardSound | None:
        """What is heard; None until it is open."""
        if self.clip.own_sound:
            return self._sound
        return next((one.audio for one in self._alive if one.audio), None)

    @property
    def length(self) -> float | None:
        """As of a ``DecodedClip``."""
        return next((one.length for one in self._alive if one.length is not None), None)

    @property
    def failed(self) -> str:
        """Why none of them can be played; '' while one can."""
        return "" if self._alive else self._threads[0].failed

    @property
    def waits_for_turn(self) -> bool:
        """Whether one has not even begun to open."""
        return any(one.waits_for_turn for one in self._alive)

    @property
    def held_bytes(self) -> int:
        """Memory of the pictures, and of the decoders."""
        return sum(one.held_bytes for one in self._threads)

    @property
    def decoder_bytes(self) -> int:
        """Estimated memory of the largest of the open decoders."""
        return max(one.decoder_bytes for one in self._threads)

    @property
    def left_out(self) -> int:
        """Pictures of all that were left out because they were late."""
        return sum(one.left_out for one in self._threads)

    def keep_ahead(self, pictures: int) -> None:
        """Hold this many decoded pictures of each from now on."""
        for one in self._threads:
            one.keep_ahead(pictures)

    def cut(self, thread: str, at_seconds: float) -> None:
        """Show this thread from a film time on, or with the next picture, and let it be heard if each has its sound."""
        for number, one in enumerate(self._threads):
            if one.clip.thread == thread and not one.failed:
                self._asked = one, at_seconds
                self._cut_sound(number, at_seconds)

    def poll(self) -> bool:
        """Whether all that can be played can be played now."""
        return self._poll_own() and (self.stems is None or self.stems.ready)

    def _poll_own(self) -> bool:
        """The same without the stems."""
        alive = self._alive
        if alive:
            alive[0].heard = True
        ready = [one.poll() for one in alive]
        if not alive or not all(ready):
            return False
        if self.clip.own_sound and self._sound is None:
            sounds = {number: one.audio for number, one in enumerate(self._threads) if one.audio and not one.failed}
            self._sound = ThreadSound(sounds)
        if self.clip.stems and self.stems is None:
            self.stems = Stems(self.clip, self.length)
        return self.audio is not None

    def await_first(self, now: float, patience: float) -> bool:
        """As of a ``DecodedClip``; a thread that makes no progress is lost."""
        for one in self._alive:
            one.await_first(now, patience)
        if self._poll_own() and self.stems and not self.stems.ready:
            self.stems.wait(now, patience)
        return self.poll()

    def picture_at(self, seconds: float, now: float) -> DuePicture:
        """The picture due at ``seconds`` of the thread that is shown. A cut falls between two pictures."""
        due = {id(one): one.due_at(seconds, now) for one in self._threads}
        if self._shown.failed and self._alive:
            self._show(self._alive[0], seconds)
        asked, at = self._asked or (None, 0.0)
        if asked is not None and asked.failed:
            self._asked = None
        elif asked is not None and seconds + EARLY >= at:
            coming = due[id(asked)]
            if coming.current is not None and coming.current.start > self._last:
                self._shown, self._asked = asked, None
        found = self._shown.painted(due[id(self._shown)])
        if found.current is not None:
            self._last = found.current.start
        return found

    def caught_up(self, seconds: float) -> bool:
        """As of a ``DecodedClip``."""
        return all(one.caught_up(seconds) for one in self._threads)

    def file_seconds(self, seconds: float) -> float:
        """As of a ``DecodedClip``: of the first thread, whose captions are shown."""
        return self._threads[0].file_seconds(seconds)

    def report(self, losses: LossReporter, scene: str) -> None:
        """Tell which threads are lost, and which are there again."""
        for one in self._threads:
            part = f"thread {one.clip.thread} of scene {scene}"
            if one.failed:
                losses.lost(part, f"{one.clip.file}: {one.failed}")
            elif one.video.ready.is_set():
                losses.back(part)

    def close(self) -> None:
        """Release threads and memory, without waiting."""
        for one in self._threads:
            one.close()
        if self.stems:
            self.stems.close()

    def join(self, seconds: float) -> None:
        """Wait until the threads have closed their files."""
        for one in self._threads:
            one.join(seconds)
        if self.stems:
            self.stems.join(seconds)

    def _show(self, thread: DecodedClip, seconds: float) -> None:
        """In place of one that has failed."""
        self._shown = thread
        self._cut_sound(self._threads.index(thread), seconds)

    def _cut_sound(self, number: int, at_seconds: float) -> None:
        if self._sound is not None:
            self._sound.cut(number, round(at_seconds * RATE))


Decoded = DecodedClip | DecodedThreads
"""What plays in a scene."""


def open_decoded(
    clip: Clip, scaler: Callable[[], FrameScaler], ahead: int, gate: threading.Semaphore | None = None
) -> Decoded:
    """Open ``clip``, with its threads if it has any."""
    return DecodedThreads(clip, scaler, ahead, gate) if clip.threads else DecodedClip(clip, scaler(), ahead, gate)
