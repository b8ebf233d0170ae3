"""The wall: a window, a full screen or nothing at all (headless), and the way pictures take to it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import cv2
import numpy as np
import pygame

from calibration.settings import ScreenSettings

ORDER = (0xFF0000, 0xFF00, 0xFF)
"""Masks of a display whose bytes lie as ours do: blue, green, red, unused."""


class NoScreen(RuntimeError):
    """There is no display that can be used; the text says what was tried and what to do."""


class Screen:
    """Shows canvases of its own ``size``: uint8 (height, width, 4), blue first. Raises ``NoScreen``."""

    def __init__(self, settings: ScreenSettings, headless: bool = False) -> None:
        self.settings, self.headless = settings, headless
        if headless:
            os.environ["SDL_VIDEODRIVER"] = "dummy"
        elif not has_gpu():
            os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")  # software GL: 15 ms a frame instead of 3
        self.path = "surface"
        self._surface = _open(settings, headless)
        self.driver: str = pygame.display.get_driver()
        if not headless and self.driver in ("dummy", "offscreen") and os.environ.get("SDL_VIDEODRIVER") != self.driver:
            pygame.display.quit()
            raise NoScreen("SDL found no display and fell to a picture that nobody sees; is DISPLAY set?")
        self.size: tuple[int, int] = self._surface.get_size()
        self.tone = tone_of(settings)
        self._direct = self._surface.get_bitsize() == 32 and self._surface.get_masks()[:3] == ORDER
        self._scratch = np.zeros((self.size[1], self.size[0], 4), np.uint8)

    def show(self, canvas: np.ndarray, level: float = 1.0, overlay: pygame.Surface | None = None) -> None:
        """Put ``canvas`` on the wall, darkened to ``level`` (0 to 1), ``overlay`` above it; returns when presented."""
        if level < 0.999:
            canvas = cv2.convertScaleAbs(canvas, dst=self._scratch, alpha=max(0.0, level))
        self._copy(canvas)
        if overlay is not None:
            self._surface.blit(overlay, (0, 0))
        pygame.display.flip()

    def _copy(self, canvas: np.ndarray) -> None:
        wide, high = self.size
        if self._direct:
            memory: memoryview = self._surface.get_buffer()  # type: ignore[assignment]
            rows = np.frombuffer(memory, np.uint8).reshape(high, self._surface.get_pitch())
            np.copyto(rows[:, : wide * 4].reshape(high, wide, 4), canvas)  # without Python's lock
            return
        picture = pygame.image.frombuffer(np.ascontiguousarray(canvas).data, self.size, "BGRA")
        picture.set_alpha(None)
        self._surface.blit(picture, (0, 0))

    def close(self) -> None:
        """Give the display back."""
        pygame.display.quit()


def _open(settings: ScreenSettings, headless: bool) -> pygame.Surface:
    flags = pygame.FULLSCREEN if settings.fullscreen and not headless else 0
    size = (0, 0) if flags else (settings.width, settings.height)
    try:
        pygame.display.init()
        count = pygame.display.get_num_displays()
        if settings.display >= count:
            raise NoScreen(f"screen.display = {settings.display}, but there are {count} (counted from 0)")
        pygame.display.set_caption("chiaroscuro")
        surface = pygame.display.set_mode(size, flags, 32, display=settings.display)
    except pygame.error as error:
        raise NoScreen(f"no display can be opened: {error}; is one connected, and DISPLAY set?") from error
    pygame.mouse.set_visible(not flags)
    return surface


def tone_of(settings: ScreenSettings) -> np.ndarray | None:
    """Black level and gamma as a table of 256, or None where nothing is to be changed."""
    return None


def has_gpu() -> bool:
    """Whether a graphics device is there; on Linux a render node, elsewhere it is taken for granted."""
    if not sys.platform.startswith("linux"):
        return True
    return any(Path("/dev/dri").glob("renderD*")) or Path("/dev/nvidia0").exists()
