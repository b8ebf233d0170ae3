"""Clips that may come next, opened and decoded as far as a bounded memory allows."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from installation.film.decoder_pair import OPEN_SECONDS, Reel
from installation.film.frame_scaler import Painter
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
    """Holds reels by scene. ``megabytes`` bounds the memory of all candidates together: pictures and decoders."""

    def __init__(self, screen: Screen, losses: LossReporter, megabytes: int) -> None:
        self._screen, self._losses = screen, losses
        self._bytes = megabytes * 1_000_000
        self._gate = threading.Semaphore(max(1, (os.cpu_count() or 1) // 2))
        self._reels: dict[str, Reel] = {}
        self.failed: frozenset[str] = frozenset()

    def prepare(self, clips: Mapping[str, Clip]) -> None:
        """Hold these ready, the first ones first; let go of all others."""
        clips = {scene: clip for scene, clip in clips.items() if scene not in self.failed}
        room = self._bytes // self._canvas_bytes
        kept = dict(list(clips.items())[: max(1, int(room / (FEWEST + DECODER)))])
        ahead = min(MOST, max(FEWEST, int(room / max(1, len(kept)) - DECODER)))
        for scene, reel in list(self._reels.items()):
            if kept.get(scene) != reel.clip:
                self._reels.pop(scene).close()
            else:
                reel.pictures.keep_ahead(ahead)
        for scene, clip in kept.items():
            if scene not in self._reels:
                self._reels[scene] = Reel(clip, self._painter(), ahead, self._gate)

    def take(self, scene: str, clip: Clip) -> Reel:
        """The reel of ``scene`` for playing; opened this moment if it was not prepared."""
        reel = self._reels.pop(scene, None)
        if reel is not None and reel.clip != clip:
            reel.close()
            reel = None
        elif reel is not None and reel.waits_for_turn:
            reel.close()  # do not let the chosen one queue behind candidates that are no longer wanted
            reel = None
        if reel is None:
            return Reel(clip, self._painter(), PLAYING)
        reel.pictures.keep_ahead(PLAYING)
        return reel

    def poll(self, now: float) -> None:
        """Look after the candidates: one that cannot be played is told and never opened again."""
        for scene, reel in list(self._reels.items()):
            reel.await_first(now, OPEN_SECONDS)
            if reel.failed:
                self.fail(scene, reel)
                del self._reels[scene]

    def fail(self, scene: str, reel: Reel) -> None:
        """``scene`` cannot be played; told once."""
        self._losses.lost(f"scene {scene}", f"{reel.clip.file}: {reel.failed}")
        self.failed |= {scene}
        reel.close()

    @property
    def ready(self) -> int:
        """Candidates that could be on the screen with the next frame."""
        return sum(reel.poll() for reel in self._reels.values())

    @property
    def megabytes(self) -> float:
        """Memory that the candidates are counted with."""
        canvases = sum(reel.pictures.held + DECODER for reel in self._reels.values())
        return canvases * self._canvas_bytes / 1e6

    def close(self) -> None:
        """Let go of everything."""
        for reel in self._reels.values():
            reel.close()
        for reel in self._reels.values():
            reel.join(1.0)
        self._reels.clear()

    @property
    def _canvas_bytes(self) -> int:
        return self._screen.size[0] * self._screen.size[1] * 4

    def _painter(self) -> Painter:
        return Painter(self._screen.size, self._screen.settings.fit, self._screen.tone)
