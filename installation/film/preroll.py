"""Clips that may come next, opened and decoded as far as a bounded memory allows."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from itertools import accumulate

import numpy as np

from calibration.errors import Unplayable
from installation.film.decoded_clip import OPEN_SECONDS
from installation.film.decoded_threads import Decoded, open_decoded
from installation.film.failures import WAITS, Failures
from installation.film.frame_scaler import FrameScaler
from installation.film.pooled_scaler import PooledScaler
from installation.film.screen import Screen
from installation.film.video_decoder import DECODER_PICTURES, FEWEST, VideoDecoder
from installation.host.console import LossReporter
from scenes.story.clip import Clip

PLAYING = 15
"""Pictures held ahead of the one on the screen, of all threads: half a second, enough for a loop's seek back."""


class Preroll:
    """Holds decoded clips by scene; those with the same pictures and sounds share one.

    ``megabytes`` limits the memory of all candidates: pictures and decoders.
    """

    def __init__(self, screen: Screen, losses: LossReporter, megabytes: int) -> None:
        self._screen = screen
        self._bytes = megabytes * 1_000_000
        self._gate = threading.Semaphore(max(1, (os.cpu_count() or 1) // 2))
        self._painting = PooledScaler()
        self._decoded: dict[str, Decoded] = {}
        self.failures = Failures(losses)
        self._safe: Clip | None = None
        self._safe_decoder: VideoDecoder | None = None
        self._safe_due = float("-inf")
        self.safe_picture: np.ndarray | None = None
        """What stands when nothing can be played; None until it was decoded."""

    def prepare(self, clips: Mapping[str, Clip], *, opens: bool = True) -> None:
        """Hold these ready, the first ones first, or only those that are open already; drop all others."""
        clips = {scene: clip.without_words() for scene, clip in clips.items() if scene not in self.failures.scenes}
        different: list[Clip] = []
        for clip in clips.values():
            if clip not in different:
                different.append(clip)
        decoders = accumulate(1 + len(clip.threads) for clip in different)
        room = max(1, int(self._bytes / (FEWEST * self._picture_bytes + self._decoder_bytes())))
        kept = [
            clip for clip, needed in zip(different, decoders, strict=True) if needed <= room or clip is different[0]
        ]
        for decoded in self._held():
            if decoded.clip not in kept:
                decoded.close()
        held = [decoded for decoded in self._held() if decoded.clip in kept]
        for clip in kept:
            if opens and all(decoded.clip != clip for decoded in held):
                held.append(open_decoded(clip, self._scaler, FEWEST, self._gate))
        self._decoded = {scene: decoded for scene, clip in clips.items() for decoded in held if decoded.clip == clip}

    def pop(self, scene: str, clip: Clip) -> Decoded:
        """The decoded clip of ``scene``, for playing; opened this moment if it was not prepared."""
        clip = clip.without_words()
        decoded = self._decoded.get(scene)
        self._decoded = {other: held for other, held in self._decoded.items() if held is not decoded}
        # One that waits for its turn: do not let the chosen one queue behind candidates that are no longer wanted.
        if decoded is not None and (decoded.clip != clip or decoded.waits_for_turn):
            decoded.close()
            decoded = None
        ahead = PLAYING // (1 + len(clip.threads))
        if decoded is None:
            return open_decoded(clip, self._scaler, ahead)
        decoded.keep_ahead(ahead)
        return decoded

    def poll(self, now: float) -> None:
        """Check on the candidates (one that cannot be played is reported), and on those that could not be played."""
        for scene, decoded in list(self._decoded.items()):
            if decoded.await_first(now, OPEN_SECONDS):
                self.failures.works(scene)
            if decoded.failed:
                self.fail(scene, decoded, now)
                del self._decoded[scene]
        self.failures.poll(now)
        self._decode_safe_picture(now)

    def fail(self, scene: str, decoded: Decoded, now: float) -> None:
        """``scene`` cannot be played; reported once."""
        video = decoded.video
        self.failures.add(scene, decoded.clip.file, decoded.failed, video.cause, video.stamp, now)
        decoded.close()

    def keep_safe_picture(self, clip: Clip) -> None:
        """Hold the first picture of ``clip`` in memory from now on, whatever becomes of its file."""
        if self._safe is None or clip.file != self._safe.file:
            self._safe, self._safe_due = clip, float("-inf")

    def _decode_safe_picture(self, now: float) -> None:
        decoder = self._safe_decoder
        if decoder is None:
            if self._safe is not None and now >= self._safe_due:
                self._safe_due = now + WAITS[-1]
                self._safe_decoder = VideoDecoder(self._safe, self._scaler(), 1, self._gate)
        elif decoder.ready.is_set():
            first = decoder.at(0.0).current
            if first is not None:
                with suppress(Unplayable):  # else it is tried again later
                    self.safe_picture, self._safe_due = first.canvas(), float("inf")
            decoder.close()
            self._safe_decoder = None

    @property
    def ready(self) -> int:
        """Candidates that could be on the screen with the next frame."""
        return sum(decoded.poll() for decoded in self._decoded.values())

    @property
    def megabytes(self) -> float:
        """Memory that the candidates are estimated to use."""
        return sum(decoded.held_bytes for decoded in self._held()) / 1e6

    def caught_up(self) -> bool:
        """Whether no candidate is being opened, and no file looked at."""
        opening = self._safe_decoder is not None and not self._safe_decoder.ready.is_set()
        ready = all(decoded.poll() or decoded.failed for decoded in self._decoded.values())
        return ready and not opening and not self.failures.looking()

    def close(self) -> None:
        """Close everything."""
        for decoded in self._held():
            decoded.close()
        if self._safe_decoder is not None:
            self._safe_decoder.close()
        for decoded in self._held():
            decoded.join(1.0)
        if self._safe_decoder is not None:
            self._safe_decoder.join(1.0)
        self._decoded.clear()

    def _held(self) -> list[Decoded]:
        """Each once."""
        return list(dict.fromkeys(self._decoded.values()))

    @property
    def _picture_bytes(self) -> int:
        """Of the usual kind: YUV 4:2:0 of eight bits."""
        return self._screen.size[0] * self._screen.size[1] * 3 // 2

    def _decoder_bytes(self) -> int:
        """Of the largest decoder that is open; of a clip of the screen's size until there is one."""
        known = max((decoded.decoder_bytes for decoded in self._decoded.values()), default=0)
        return known or DECODER_PICTURES * self._picture_bytes

    def _scaler(self) -> FrameScaler:
        return FrameScaler(self._screen.size, self._screen.settings.fit, self._screen.tone, self._painting)
