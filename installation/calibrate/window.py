"""The live picture of a calibration, with instructions written over it; keys as in the terminal."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator

import cv2
import numpy as np
import pygame

from calibration.errors import Unavailable
from calibration.profile import LightProfile
from calibration.settings import Region
from installation.calibrate.guide import Cancelled, TextGuide
from installation.calibrate.window_drawing import INK, SIZE, WARM, draw_frame, draw_lamp, placed, region_of
from models.arrays import Image

SHADE = (0, 0, 0, 170)
COUNTDOWN_SECONDS = 3.0
GO = (pygame.K_RETURN, pygame.K_SPACE, pygame.K_KP_ENTER)
WARNINGS_SHOWN = 3


class NoWindow(Unavailable):
    """There is no display; the terminal alone is enough."""


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
        self._huge = pygame.font.Font(None, 260)
        self._warnings: list[str] = []
        """Those since the last start; they stay on the screen until the next one."""

    def say(self, text: str) -> None:
        """In the terminal."""
        self._text.say(text)

    def warn(self, text: str) -> None:
        """In the terminal and above the picture."""
        self._text.warn(text)
        self._warnings.append(text)

    def ask(self, question: str, default: str = "") -> str:
        """Shown here, answered in the terminal."""
        self._draw(None, question, "type the answer in the terminal")
        return self._text.ask(question, default)

    def agreed(self, question: str) -> bool:
        """On the screen, for the volunteer reads it there: Y or N."""
        self._text.say(f"{question} (y/n, in the window)")
        self._events()  # keys pressed before the question do not answer it
        while True:
            self._draw(None, question, "Y = yes    N = no")
            key = self._key()
            if key in (pygame.K_y, pygame.K_n):
                return key == pygame.K_y
            time.sleep(0.03)

    def ready(self, text: str, pictures: Iterable[Image]) -> None:
        """The live picture until Enter, then with a countdown."""
        self._text.say(text)
        begins: float | None = None
        for picture in pictures:
            if self._key() in GO and begins is None:
                begins = time.monotonic() + COUNTDOWN_SECONDS
                self._warnings.clear()
            if begins is None:
                self._draw(picture, text, "Enter = start    Q = quit")
                continue
            left = begins - time.monotonic()
            if left <= 0:
                return
            # Large: a volunteer reads it from two metres away.
            self._draw(picture, text, "Q = quit", number=int(np.ceil(left)))

    def shown(self, pictures: Iterable[Image], text: str) -> Iterator[Image]:
        """The same pictures, each shown as it passes."""
        picture = None
        for picture in pictures:
            self._key()
            self._draw(picture, text, "recording")
            yield picture
        self._draw(picture, text, "one moment")

    def region(self, now: Region, pictures: Iterable[Image]) -> Region:
        """Drawn with the mouse over the live picture."""
        text = "Draw with the mouse where visitors can stand"
        self._text.say(f"{text} (in the window)")
        corner: tuple[int, int] | None = None
        region = now
        for picture in pictures:
            for event in self._events():
                if event.type == pygame.KEYDOWN and event.key in GO:
                    return region
                if event.type == pygame.KEYDOWN and event.key == pygame.K_w:
                    region = Region()
                elif event.type == pygame.MOUSEBUTTONDOWN:
                    corner = event.pos
                elif corner and event.type in (pygame.MOUSEMOTION, pygame.MOUSEBUTTONUP):
                    region = region_of(corner, event.pos, picture) or region
                    corner = corner if event.type == pygame.MOUSEMOTION else None
            self._draw(picture, text, "Enter = accept    W = whole picture    Q = quit", region=region)
        return region

    def drawn(self, light: LightProfile, words: str) -> None:
        """Stays until Enter."""
        self._text.drawn(light, words)
        self._events()  # keys pressed while the lamp was being located
        while self._key() not in GO:
            self._draw(None, words, "Enter = continue", light=light)
            time.sleep(0.03)

    def close(self) -> None:
        """Close the window."""
        pygame.display.quit()

    def _key(self) -> int:
        """The key pressed since the last call, 0 for none. Raises ``Cancelled`` for Q, Escape, closing."""
        pressed = [event.key for event in self._events() if event.type == pygame.KEYDOWN]
        return pressed[-1] if pressed else 0

    def _events(self) -> list[pygame.event.Event]:
        events = pygame.event.get()
        for event in events:
            ends = event.type == pygame.KEYDOWN and event.key in (pygame.K_q, pygame.K_ESCAPE)
            if ends or event.type == pygame.QUIT:
                raise Cancelled
        return events

    def _draw(
        self,
        picture: Image | None,
        text: str,
        hint: str,
        number: int | None = None,
        region: Region | None = None,
        light: LightProfile | None = None,
    ) -> None:
        self._surface.fill((18, 16, 14))
        if picture is not None:
            self._surface.blit(_fitted(picture), (0, 0))
        if picture is not None and region is not None:
            draw_frame(self._surface, region, picture)
        if light is not None:
            draw_lamp(self._surface, light, self._small)
        if number is not None:
            digit = self._huge.render(str(number), True, WARM)
            self._surface.blit(digit, (60, 110))  # beside the face
        self._draw_warnings()
        band = pygame.Surface((SIZE[0], 110), pygame.SRCALPHA)
        band.fill(SHADE)
        self._surface.blit(band, (0, SIZE[1] - 110))
        lines = _broken(text, self._big, SIZE[0] - 40)
        if len(lines) > 2:
            lines = _broken(text, self._small, SIZE[0] - 40)[:3]
        y = SIZE[1] - 100
        for line in lines:
            self._surface.blit(line, (20, y))
            y += line.get_height() + 2
        self._surface.blit(self._small.render(hint, True, WARM), (20, SIZE[1] - 28))
        pygame.display.flip()

    def _draw_warnings(self) -> None:
        """Above the picture: whoever it concerns does not read the terminal."""
        lines = [line for text in self._warnings[-WARNINGS_SHOWN:] for line in _broken(f"! {text}", self._small, 920)]
        if not lines:
            return
        band = pygame.Surface((SIZE[0], 12 + 22 * len(lines)), pygame.SRCALPHA)
        band.fill(SHADE)
        self._surface.blit(band, (0, 0))
        for k, line in enumerate(lines):
            self._surface.blit(line, (20, 8 + 22 * k))


def _fitted(picture: Image) -> pygame.Surface:
    """The picture mirrored (people expect a mirror), as large as it fits."""
    x, y, width, height = placed(picture)
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    rgb = np.ascontiguousarray(small[:, ::-1, ::-1])
    surface = pygame.Surface(SIZE)
    surface.blit(pygame.image.frombuffer(rgb.tobytes(), (width, height), "RGB"), (x, y))
    return surface


def _broken(text: str, font: pygame.font.Font, width: int) -> list[pygame.Surface]:
    """The words in lines that are not wider."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and font.size(longer)[0] > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [font.render(one, True, INK) for one in [*lines, line]]
