"""The picture's way to the wall by SDL's renderer: the graphics card scales the picture, in step with the display."""

from __future__ import annotations

import numpy as np
import pygame
from pygame._sdl2.video import Renderer, Texture

from calibration.settings import ScreenSettings
from installation.film.correction import Correction
from models.arrays import Image


class RendererWall:
    """A window of its own, drawn through a texture. Raises ``pygame.error`` where SDL has no renderer for it.

    ``paced``: a picture is presented in step with the display, which only one window of a process can wait for.
    """

    def __init__(
        self, settings: ScreenSettings, size: tuple[int, int], *, fullscreen: bool, paced: bool = True
    ) -> None:
        self.size = size
        centred = pygame.WINDOWPOS_CENTERED | settings.display  # SDL keeps the display's number in the low bits
        self.window = pygame.Window("chiaroscuro", size, (centred, centred), fullscreen_desktop=fullscreen)
        try:
            self._renderer = Renderer(self.window, vsync=paced)
            self._renderer.logical_size = size  # whatever a window manager does, the whole picture is shown
            self._texture = Texture(self._renderer, size, streaming=True)
        except pygame.error:
            self.window.destroy()
            raise
        self._texture.blend_mode = pygame.BLENDMODE_NONE
        self._correction = Correction(settings, size)

    def show(self, canvas: Image, level: float, overlay: pygame.Surface | None) -> None:
        """Show ``canvas``, uint8 (height, width, 4), blue first; returns when it has been presented."""
        canvas = np.ascontiguousarray(self._correction.apply(canvas, level))
        picture = pygame.image.frombuffer((canvas.copy() if overlay else canvas).data, self.size, "BGRA")
        picture.set_alpha(None)
        if overlay is not None:
            picture.blit(overlay, (0, 0))
        self._texture.update(picture)
        self._renderer.clear()
        self._texture.draw()
        self._renderer.present()

    def correct(self, settings: ScreenSettings) -> None:
        """Other corners from the next picture on."""
        self._correction.correct(settings)

    def close(self) -> None:
        """Give the window back."""
        self.window.destroy()
