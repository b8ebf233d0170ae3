"""Clips that may come next, opened and decoded as far as a bounded memory allows."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from installation.film.decoded_clip import OPEN_SECONDS, DecodedClip
from installation.film.frame_scaler import FrameScaler
from installation.film.screen import Screen
from installation.host.console import LossReporter
from scenes.story.clip import Clip

FEWEST, MOST = 3, 12
"""Pictures held of a candidate. Its decoder is warm, so that three give it a tenth of a second's start."""
DECODER = 4.5
"""Memory of an open decoder, in pictures of the screen's size: 36 MB measured for H.264 at 1920 x 1080."""
PLAYING = 15
"""Pictures held ahead of the one on the screen: half a second, enough for a loop's seek back."""


class Preroll:
    """Holds decoded clips by scene. ``megabytes`` limits the memory of all candidates: pictures and decoders."""

    def __init__(self, screen: Screen, losses: LossReporter, megabytes: int) -> None:
        self._screen, self._losses = screen, losses
        self._bytes = megabytes * 1_000_000
        self._gate = threading.Semaphore(max(1, (os.cpu_count() or 1) // 2))
        self._decoded: dict[str, DecodedClip] = {}
        self.failed: frozenset[str] = frozenset()

    def prepare(self, clips: Mapping[str, Clip]) -> None:
        """Hold these ready, the first ones first; drop all others."""
        clips = {scene: clip for scene, clip in clips.items() if scene not in self.failed}
        capacity = self._bytes // self._canvas_bytes
        kept = dict(list(clips.items())[: max(1, int(capacity / (FEWEST + DECODER)))])
        ahead = min(MOST, max(FEWEST, int(capacity / max(1, len(kept)) - DECODER)))
        for scene, decoded in list(self._decoded.items()):
            if kept.get(scene) != decoded.clip:
                self._decoded.pop(scene).close()
            else:
                decoded.video.keep_ahead(ahead)
        for scene, clip in kept.items():
            if scene not in self._decoded:
                self._decoded[scene] = DecodedClip(clip, self._scaler(), ahead, self._gate)

    def pop(self, scene: str, clip: Clip) -> DecodedClip:
        """The decoded clip of ``scene``, for playing; opened this moment if it was not prepared."""
        decoded = self._decoded.pop(scene, None)
        if decoded is not None and decoded.clip != clip:
            decoded.close()
            decoded = None
        elif decoded is not None and decoded.waits_for_turn:
            decoded.close()  # do not let the chosen one queue behind candidates that are no longer wanted
            decoded = None
        if decoded is None:
            return DecodedClip(clip, self._scaler(), PLAYING)
        decoded.video.keep_ahead(PLAYING)
        return decoded

    def poll(self, now: float) -> None:
        """Check on the candidates: one that cannot be played is reported and never opened again."""
        for scene, decoded in list(self._decoded.items()):
            decoded.await_first(now, OPEN_SECONDS)
            if decoded.failed:
                self.fail(scene, decoded)
                del self._decoded[scene]

    def fail(self, scene: str, decoded: DecodedClip) -> None:
        """``scene`` cannot be played; reported once."""
        self._losses.lost(f"scene {scene}", f"{decoded.clip.file}: {decoded.failed}")
        self.failed |= {scene}
        decoded.close()

    @property
    def ready(self) -> int:
        """Candidates that could be on the screen with the next frame."""
        return sum(decoded.poll() for decoded in self._decoded.values())

    @property
    def megabytes(self) -> float:
        """Memory that the candidates are estimated to use."""
        canvases = sum(decoded.video.held + DECODER for decoded in self._decoded.values())
        return canvases * self._canvas_bytes / 1e6

    def close(self) -> None:
        """Close everything."""
        for decoded in self._decoded.values():
            decoded.close()
        for decoded in self._decoded.values():
            decoded.join(1.0)
        self._decoded.clear()

    @property
    def _canvas_bytes(self) -> int:
        return self._screen.size[0] * self._screen.size[1] * 4

    def _scaler(self) -> FrameScaler:
        return FrameScaler(self._screen.size, self._screen.settings.fit, self._screen.tone)
