"""One small picture of each scene, taken from its clip by a thread of its own while the film plays."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import cv2
import numpy as np

from calibration.errors import Unplayable
from installation.film.picture_at import picture_at
from installation.host.priority import EYE, set_thread_priority
from models.arrays import Image
from scenes.story.clip import Clip

SIZE = (640, 360)
"""Where nobody says how large."""
SCREEN_SHARE = 1 / 3
"""Width of a thumbnail as a share of the screen's: a scene seldom takes more of the strip."""
PLACES = (0.55, 0.3, 0.8)
"""Where in a scene a picture is looked for, as shares of its length; the one with most to see is kept."""
ENOUGH = 34.0
"""Spread of brightness (of 255) with which the first is good enough."""


class Thumbnails:
    """Pictures for a screen ``wide`` pixels wide, 16:9, blue first, (h, w, 3), by clip. Nothing here waits.

    Scenes that differ in captions only share one.
    """

    def __init__(self, wide: int) -> None:
        width = max(64, round(wide * SCREEN_SHARE))
        self._size = width, round(width * 9 / 16)
        self._pictures: dict[Clip, Image] = {}
        self._wanted: dict[Clip, float] = {}
        self._change = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def ask(self, clips: Mapping[Clip, float]) -> None:
        """Have a picture of each of these clips, with its length in seconds; forget all others."""
        clips = {clip.without_words(): seconds for clip, seconds in clips.items()}
        with self._change:
            self._pictures = {clip: picture for clip, picture in self._pictures.items() if clip in clips}
            self._wanted = {clip: seconds for clip, seconds in clips.items() if clip not in self._pictures}
            if self._wanted and self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._take, name="thumbnails", daemon=True)
                self._thread.start()

    def of(self, clip: Clip) -> Image | None:
        """The picture of a clip, if it is there."""
        return self._pictures.get(clip.without_words())

    def close(self) -> None:
        """Take no more, and wait for the one that is being taken."""
        with self._change:
            self._closed, thread = True, self._thread
        if thread:
            thread.join(2.0)

    def _take(self) -> None:
        set_thread_priority(EYE)
        while True:
            with self._change:
                if self._closed or not self._wanted:
                    self._thread = None
                    return
                clip, seconds = next(iter(self._wanted.items()))
            picture = thumbnail(clip, seconds, self._size)
            with self._change:
                if self._wanted.pop(clip, None) is not None and picture is not None:
                    self._pictures[clip] = picture


def thumbnail(clip: Clip, seconds: float, size: tuple[int, int] = SIZE) -> Image | None:
    """A picture of ``clip``, which lasts ``seconds``, filling ``size``; None where it cannot be read."""
    best: Image | None = None
    for share in PLACES:
        try:
            picture = np.ascontiguousarray(picture_at(clip, share * seconds, size)[..., :3])
        except (Unplayable, MemoryError):
            return best
        if best is None or picture.std() > best.std():
            best = picture
        if best.std() >= ENOUGH:
            break
    return best


def filled(picture: Image, wide: int, high: int) -> np.ndarray:
    """``picture`` cut and scaled so that it fills (wide, high), and a little lighter where the film is dark."""
    scale = max(wide / picture.shape[1], high / picture.shape[0])
    kept_wide, kept_high = min(picture.shape[1], round(wide / scale)), min(picture.shape[0], round(high / scale))
    left, top = (picture.shape[1] - kept_wide) // 2, (picture.shape[0] - kept_high) // 2
    part = picture[top : top + kept_high, left : left + kept_wide]
    shown = cv2.resize(part, (wide, high), interpolation=cv2.INTER_AREA).astype(np.float32)
    bright = float(np.percentile(shown, 99))
    return np.asarray(shown * min(1.7, max(1.0, 190 / max(bright, 1.0))), np.float32)
