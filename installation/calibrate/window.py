"""The live picture of a calibration, with instructions written over it; keys as in the terminal."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

import cv2
import numpy as np
import pygame

from calibration.errors import Unavailable
from calibration.profile import LightProfile
from calibration.settings import Region
from installation.calibrate.guide import Cancelled, TextGuide, Words, words_now
from installation.calibrate.window_drawing import INK, SIZE, WARM, PreviewGain, draw_frame, draw_lamp, placed, region_of
from installation.film.window_text import WindowText
from models.arrays import Image

SHADE = (0, 0, 0, 170)
COUNTDOWN_SECONDS = 3.0
GO = (pygame.K_RETURN, pygame.K_SPACE, pygame.K_KP_ENTER)
WARNINGS_SHOWN = 3
CANCEL_AGAIN_WITHIN_SECONDS = 2.0
CANCEL_AGAIN = "Press Esc again to end; nothing will be saved"


class NoWindow(Unavailable):
    """There is no display; the terminal alone is enough."""


class WindowGuide:
    """A ``TextGuide`` with a picture and keys, Enter and Esc as in the show: Esc counts when it comes twice."""

    def __init__(self, text: TextGuide, cancel_again: str = CANCEL_AGAIN, caption: str = "chiaro calibrate") -> None:
        self._text, self._cancel_again = text, cancel_again
        try:
            pygame.display.init()
            pygame.font.init()
            pygame.display.set_caption(caption)
            self._surface = pygame.display.set_mode(SIZE)
        except pygame.error as error:
            raise NoWindow(str(error)) from error
        if pygame.display.get_driver() == "offscreen" or os.environ.get("SDL_VIDEODRIVER") == "offscreen":
            raise NoWindow("no display")
        self._big, self._small, self._huge = WindowText(34), WindowText(21), WindowText(220)
        self._gain = PreviewGain()
        self._step = ""
        self._cancel_asked = float("-inf")
        self._warnings: list[str] = []
        """Those since the last start; they stay on the screen until the next one."""

    def say(self, text: str) -> None:
        """In the terminal."""
        self._text.say(text)

    def warn(self, text: str) -> None:
        """In the terminal and above the picture."""
        self._text.warn(text)
        self._warnings.append(text)

    def step(self, number: int, of: int, name: str) -> None:
        """In the terminal and in the window's upper right corner."""
        self._text.step(number, of, name)
        self._step = f"step {number} of {of}: {name}"

    def ask(self, question: str, default: str = "") -> str:
        """Typed in the window; Enter ends it, and alone gives ``default``."""
        self._text.say(f"{question} (in the window)")
        self._events()  # keys pressed before the question do not answer it
        typed = ""
        while True:
            self._draw(None, f"{question}: {typed}_", "Enter = accept    Esc twice = end")
            for event in self._events(letters=True):
                if event.type != pygame.KEYDOWN:
                    continue
                if event.key in (pygame.K_RETURN, pygame.K_KP_ENTER):
                    return typed.strip() or default
                typed = typed[:-1] if event.key == pygame.K_BACKSPACE else typed + _letter(event)
            time.sleep(0.03)

    @contextmanager
    def progress(self, text: str) -> Iterator[Callable[[float], None]]:
        """A bar in the window and in the terminal."""
        with self._text.progress(text) as in_terminal:

            def done(share: float) -> None:
                in_terminal(share)
                self._events()
                self._draw(None, f"{text}: {share:.0%}", "Esc twice = end", share=share)

            done(0.0)
            yield done

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

    def ready(self, text: Words, pictures: Iterable[Image]) -> None:
        """The live picture until Enter, then with a countdown."""
        self._text.say(words_now(text))
        begins: float | None = None
        for picture in pictures:
            if self._key() in GO and begins is None:
                begins = time.monotonic() + COUNTDOWN_SECONDS
                self._warnings.clear()
            if begins is None:
                self._draw(picture, words_now(text), "Enter = start    Esc twice = end")
                continue
            left = begins - time.monotonic()
            if left <= 0:
                return
            # Large: a volunteer reads it from two metres away.
            self._draw(picture, words_now(text), "Esc twice = end", number=int(np.ceil(left)))

    def shown(self, pictures: Iterable[Image], text: Words) -> Iterator[Image]:
        """The same pictures, each shown as it passes."""
        picture = None
        for picture in pictures:
            self._key()
            self._draw(picture, words_now(text), "recording")
            yield picture
        self._draw(picture, words_now(text), "one moment")

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
            self._draw(picture, text, "Enter = accept    W = whole picture    Esc twice = end", region=region)
        return region

    def drawn(self, light: LightProfile, words: str) -> None:
        """Stays until Enter."""
        self._text.drawn(light, words)
        self._events()  # keys pressed while the lamp was being located
        while self._key() not in GO:
            self._draw(None, words, "Enter = continue", light=light)
            time.sleep(0.03)

    def take_the_keyboard(self) -> None:
        """Where there is no window manager (a kiosk), no window would have it after another one has closed."""
        with suppress(pygame.error):
            pygame.Window.from_display_module().focus(input_only=True)

    def close(self) -> None:
        """Close the window."""
        pygame.display.quit()

    def _key(self) -> int:
        """The key pressed since the last call, 0 for none. Raises ``Cancelled`` for Esc twice, and for closing."""
        pressed = [event.key for event in self._events() if event.type == pygame.KEYDOWN]
        return pressed[-1] if pressed else 0

    def _events(self, letters: bool = False) -> list[pygame.event.Event]:
        """What was done since the last call. ``letters``: a word is typed, so Q is a letter of it."""
        ends = (pygame.K_ESCAPE,) if letters else (pygame.K_ESCAPE, pygame.K_q)
        kept = []
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                raise Cancelled
            if event.type == pygame.KEYDOWN and event.key in ends:
                # A sleeve on the keyboard must not end ten minutes of recording.
                now = time.monotonic()
                if now - self._cancel_asked <= CANCEL_AGAIN_WITHIN_SECONDS:
                    raise Cancelled
                self._cancel_asked = now
            else:
                kept.append(event)
        return kept

    def _draw(  # noqa: PLR0913 - what may stand over the picture; most calls give one or two
        self,
        picture: Image | None,
        text: str,
        hint: str,
        number: int | None = None,
        region: Region | None = None,
        light: LightProfile | None = None,
        share: float | None = None,
    ) -> None:
        self._surface.fill((18, 16, 14))
        if picture is not None:
            self._surface.blit(self._fitted(picture), (0, 0))
            if self._gain.shows:
                hint = f"{hint}    (picture shown {self._gain.gain:.1f} times brighter)"
        if picture is not None and region is not None:
            draw_frame(self._surface, region, picture)
        if light is not None:
            draw_lamp(self._surface, light, self._small)
        if number is not None:
            self._surface.blit(self._huge.render(str(number), WARM, 300), (60, 90))  # beside the face
        if share is not None:
            self._surface.fill((60, 56, 52), (20, SIZE[1] // 2 - 8, SIZE[0] - 40, 16))
            self._surface.fill(WARM, (20, SIZE[1] // 2 - 8, round((SIZE[0] - 40) * min(1.0, max(0.0, share))), 16))
        self._draw_warnings()
        self._draw_step()
        band = pygame.Surface((SIZE[0], 110), pygame.SRCALPHA)
        band.fill(SHADE)
        self._surface.blit(band, (0, SIZE[1] - 110))
        font, lines = self._big, self._big.wrap(text, SIZE[0] - 40, 3)
        if len(lines) > 2:
            font, lines = self._small, self._small.wrap(text, SIZE[0] - 40, 3)
        y = SIZE[1] - 104
        for line in lines:
            self._surface.blit(font.render(line, INK, SIZE[0] - 40), (20, y))
            y += font.height + 2
        if time.monotonic() - self._cancel_asked <= CANCEL_AGAIN_WITHIN_SECONDS:
            hint = self._cancel_again
        self._surface.blit(self._small.render(hint, WARM, SIZE[0] - 40), (20, SIZE[1] - 28))
        pygame.display.flip()

    def _draw_warnings(self) -> None:
        """Above the picture: whoever it concerns does not read the terminal."""
        lines = [line for text in self._warnings[-WARNINGS_SHOWN:] for line in self._small.wrap(f"! {text}", 920, 3)]
        if not lines:
            return
        band = pygame.Surface((SIZE[0], 40 + 24 * len(lines)), pygame.SRCALPHA)
        band.fill(SHADE)
        self._surface.blit(band, (0, 0))
        for k, line in enumerate(lines):
            self._surface.blit(self._small.render(line, INK, 920), (20, 34 + 24 * k))

    def _draw_step(self) -> None:
        """In the upper right corner, on a ground of its own."""
        words = self._small.render(self._step, WARM, SIZE[0] // 2)
        if not words.get_width():
            return
        ground = pygame.Surface((words.get_width() + 16, words.get_height() + 8), pygame.SRCALPHA)
        ground.fill(SHADE)
        ground.blit(words, (8, 4))
        self._surface.blit(ground, (SIZE[0] - ground.get_width(), 0))

    def _fitted(self, picture: Image) -> pygame.Surface:
        """The picture mirrored (people expect a mirror), as large as it fits, and bright enough to be seen."""
        x, y, width, height = placed(picture)
        small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        rgb = np.ascontiguousarray(self._gain.brightened(small)[:, ::-1, ::-1])
        surface = pygame.Surface(SIZE)
        surface.blit(pygame.image.frombuffer(rgb.tobytes(), (width, height), "RGB"), (x, y))
        return surface


def _letter(event: pygame.event.Event) -> str:
    """What a key writes; '' for one that writes nothing."""
    letter = getattr(event, "unicode", "")
    return letter if letter.isprintable() else ""
