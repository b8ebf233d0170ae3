"""What drives make of a picture: saturation, blur and grain, by the processor. Brightness is for whoever shows it."""

from __future__ import annotations

import cv2
import numpy as np

from models.arrays import Image
from scenes.story.clip import PictureLevels

BLUR_AT_MOST = 1 / 40
"""Radius of the strongest blur, as a share of the picture's height."""
GRAIN_AT_MOST = 0.25
"""The strongest grain: its standard deviation as a share of full brightness."""
ROAM = 64
"""Pixels by which the grain is moved about, so that it is another one in each picture."""
TILE = 512
"""Pixels after which the grain repeats itself."""
STILL_GRAIN_HERTZ = 12
LEAST = 1 / 256
"""A weaker effect changes no pixel."""


def between(old: PictureLevels | None, new: PictureLevels, share: float) -> PictureLevels:
    """The levels in a crossfade that has come so far."""
    if old is None:
        return new
    mixed = {name: getattr(old, name) * (1 - share) + getattr(new, name) * share for name in EFFECTS}
    return PictureLevels(**mixed, rate=new.rate)


EFFECTS = ("brightness", "saturation", "blur", "grain")


class PictureEffects:
    """Works in one buffer; ``size`` is the screen's (width, height)."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._grain: Image | None = None

    def grain_number(self, picture: PictureLevels, start: float, programme: float) -> int:
        """Another one for each picture of a film, and for a still a dozen in a second; 0 without grain."""
        if picture.grain < LEAST:
            return 0
        return round(start * 1000) if start else round(programme * STILL_GRAIN_HERTZ)

    def apply(self, canvas: Image, picture: PictureLevels, number: int, out: Image) -> Image:
        """``canvas``, or ``out`` with all that differs from the picture as it is. ``canvas`` may be ``out``."""
        if picture.blur >= LEAST:
            canvas = self._blurred(canvas, picture.blur, out)
        if abs(picture.saturation - 1) >= LEAST:
            grey = cv2.cvtColor(cv2.cvtColor(canvas, cv2.COLOR_BGRA2GRAY), cv2.COLOR_GRAY2BGRA)
            cv2.addWeighted(canvas, picture.saturation, grey, 1 - picture.saturation, 0, dst=out)
            canvas = out
        if picture.grain >= LEAST:
            high, wide = canvas.shape[:2]
            x, y = number * 37 % ROAM, number * 101 // ROAM % ROAM
            grain = self._noise()[y : y + high, x : x + wide]
            cv2.addWeighted(canvas, 1.0, grain, picture.grain, -128 * picture.grain, dst=out)
            canvas = out
        return canvas

    def _blurred(self, canvas: Image, blur: float, out: Image) -> Image:
        """A wide blur is computed on a small picture, which takes a tenth of the time and looks the same."""
        wide, high = self._size
        radius = blur * BLUR_AT_MOST * high
        shrink = max(2, round(radius / 2))
        small = cv2.resize(canvas, (-(-wide // shrink), -(-high // shrink)), interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), max(0.3, radius / shrink))
        if radius >= 1:
            cv2.resize(small, (wide, high), dst=out, interpolation=cv2.INTER_LINEAR)
        else:  # a picture of half the size is more blurred than that
            large = cv2.resize(small, (wide, high), interpolation=cv2.INTER_LINEAR)
            cv2.addWeighted(canvas, 1 - radius, large, radius, 0, dst=out)
        return out

    def _noise(self) -> Image:
        if self._grain is None:
            wide, high = self._size
            noise = 128 + GRAIN_AT_MOST * 255 * np.random.default_rng(1).standard_normal((TILE, TILE), np.float32)
            tile = np.clip(noise, 0, 255).astype(np.uint8)
            grain = np.tile(tile, (-(-(high + ROAM) // TILE), -(-(wide + ROAM) // TILE)))
            self._grain = np.asarray(cv2.cvtColor(grain, cv2.COLOR_GRAY2BGRA), np.uint8)
        return self._grain
