"""The live picture of a calibration, with what is to be done written over it; keys as in the terminal."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator

import cv2
import numpy as np
import pygame
from numpy.typing import NDArray

from installation.calibrate.guide import Cancelled, TextGuide

Image = NDArray[np.uint8]
SIZE = (960, 540)
INK, WARM, SHADE = (236, 230, 220), (240, 176, 84), (0, 0, 0, 170)
COUNTDOWN_SECONDS = 3.0


class NoWindow(RuntimeError):
    """There is no display; the terminal alone does as well."""


class WindowGuide:
    """A ``TextGuide`` with a picture and keys. Words (initials) are still typed in the terminal."""

    def __init__(self, text: TextGuide) -> None:
        self._text = text
        try:
            pygame.display.init()
            pygame.font.init()
            pygame.display.set_caption("chiaro calibrate")
            self._surface = pygame.display.set_mode(SIZE)
        except pygame.error as error:
            raise NoWindow(str(error)) from error
        if pygame.display.get_driver() == "offscreen" or os.environ.get("SDL_VIDEODRIVER") == "offscreen":
            raise NoWindow("no display")
        self._big, self._small = pygame.font.Font(None, 44), pygame.font.Font(None, 26)

    def say(self, text: str) -> None:
        self._text.say(text)

    def warn(self, text: str) -> None:
        self._text.warn(text)

    def ask(self, question: str, default: str = "") -> str:
        self._draw(None, question, "type the answer in the terminal")
        return self._text.ask(question, default)

    def agreed(self, question: str) -> bool:
        """On the screen, for the volunteer reads it there: Y or N."""
        self._text.say(f"{question} (y/n, in the window)")
        while True:
            self._draw(None, question, "Y = yes    N = no")
            key = self._key()
            if key in (pygame.K_y, pygame.K_n):
                return key == pygame.K_y
            time.sleep(0.03)

    def ready(self, text: str, pictures: Iterable[Image]) -> None:
        self._text.say(text)
        begins: float | None = None
        for picture in pictures:
            if begins is None and self._key() in (pygame.K_RETURN, pygame.K_SPACE, pygame.K_KP_ENTER):
                begins = time.monotonic() + COUNTDOWN_SECONDS
            if begins is None:
                self._draw(picture, text, "Enter = go    Q = end")
                continue
            left = begins - time.monotonic()
            if left <= 0:
                return
            self._draw(picture, text, f"{left + 1:.0f}".split(".")[0])

    def shown(self, pictures: Iterable[Image], text: str) -> Iterator[Image]:
        for picture in pictures:
            self._key()
            self._draw(picture, text, "recording")
            yield picture

    def close(self) -> None:
        pygame.display.quit()

    def _key(self) -> int:
        """The key that was pressed since the last call, 0 for none. Raises ``Cancelled`` for Q, Escape, closing."""
        pressed = 0
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                raise Cancelled
            if event.type == pygame.KEYDOWN:
                if event.key in (pygame.K_q, pygame.K_ESCAPE):
                    raise Cancelled
                pressed = event.key
        return pressed

    def _draw(self, picture: Image | None, text: str, hint: str) -> None:
        self._surface.fill((18, 16, 14))
        if picture is not None:
            self._surface.blit(_fitted(picture), (0, 0))
        band = pygame.Surface((SIZE[0], 110), pygame.SRCALPHA)
        band.fill(SHADE)
        self._surface.blit(band, (0, SIZE[1] - 110))
        lines = _broken(text, self._big if len(text) < 55 else self._small, SIZE[0] - 40)
        y = SIZE[1] - 100
        for line in lines:
            self._surface.blit(line, (20, y))
            y += line.get_height() + 2
        self._surface.blit(self._small.render(hint, True, WARM), (20, SIZE[1] - 28))
        pygame.display.flip()


def _fitted(picture: Image) -> pygame.Surface:
    """The picture mirrored (people expect a mirror), as large as it fits."""
    height, width = picture.shape[:2]
    scale = min(SIZE[0] / width, SIZE[1] / height)
    small = cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    rgb = np.ascontiguousarray(small[:, ::-1, ::-1])
    surface = pygame.Surface(SIZE)
    image = pygame.image.frombuffer(rgb.tobytes(), (rgb.shape[1], rgb.shape[0]), "RGB")
    surface.blit(image, ((SIZE[0] - rgb.shape[1]) // 2, (SIZE[1] - rgb.shape[0]) // 2))
    return surface


def _broken(text: str, font: pygame.font.Font, width: int) -> list[pygame.Surface]:
    """The words in two lines at most."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and font.size(longer)[0] > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [font.render(one, True, INK) for one in [*lines, line][:2]]
