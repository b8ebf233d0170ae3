"""What the operator sees over the film on a key: mood, scene, what may come next, health, the camera's picture."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import cv2
import numpy as np
import pygame

from installation.host.health import Health, Sense
from installation.show.keys import HELP
from models.labels import LABELS
from models.mood import Mood

REDRAWN_EACH_SECONDS = 0.2
WIDTH, MARGIN, LINE = 360, 14, 20
COLUMNS = 46
INK, DIM, WARM, ALARM = (236, 230, 220), (150, 144, 136), (240, 176, 84), (240, 96, 80)


@dataclass(frozen=True, slots=True)
class View:
    """All that the overlay shows, gathered by the stage."""

    scene: str
    state: str
    seconds: float
    duration: float | None
    next_scenes: tuple[str, ...]
    mood: Mood
    health: Health
    eye_line: str
    """Which device and detector the eye runs on, and what the camera is."""
    lost: tuple[str, ...]
    thumbnail: bytes | None
    """JPEG of the camera's picture, in memory only."""
    question: str


class Overlay:
    """Draws a ``View``; keeps the picture for a fifth of a second, since text is slow to draw."""

    def __init__(self) -> None:
        pygame.font.init()
        self._font = pygame.font.Font(None, 20)
        self._big = pygame.font.Font(None, 34)
        self._drawn: pygame.Surface | None = None
        self._next = 0.0

    def draw(self, view: View, now: float) -> pygame.Surface:
        """A surface with alpha, to be laid on the upper left corner of the picture."""
        if self._drawn is None or now >= self._next:
            self._next = now + REDRAWN_EACH_SECONDS
            self._drawn = self._redraw(view)
        return self._drawn

    def question(self, text: str) -> pygame.Surface:
        """Only a question, when the overlay is closed."""
        words = self._big.render(text, True, INK)
        surface = pygame.Surface((words.get_width() + 2 * MARGIN, words.get_height() + 2 * MARGIN), pygame.SRCALPHA)
        surface.fill((0, 0, 0, 200))
        surface.blit(words, (MARGIN, MARGIN))
        return surface

    def _redraw(self, view: View) -> pygame.Surface:
        picture = decode_thumbnail(view.thumbnail)
        lines = 13 + len(LABELS) + 3 * len(view.lost) + len(HELP) // 2 + 1 + (2 if view.question else 0)
        height = 2 * MARGIN + 30 + lines * LINE + (picture.get_height() + 8 if picture else 0)
        surface = pygame.Surface((WIDTH, height), pygame.SRCALPHA)
        surface.fill((0, 0, 0, 205))
        y = MARGIN
        if view.question:
            y = self._line(surface, y, view.question, ALARM, self._big) + 6
        y = self._line(surface, y, view.scene, WARM, self._big)
        length = f" of {view.duration:.0f}" if view.duration else ""
        y = self._line(surface, y, f"{view.state}   {view.seconds:.0f}{length} s", INK)
        y = self._line(surface, y, "next: " + (", ".join(view.next_scenes) or "-"), DIM) + 6
        y = self._mood(surface, y, view.mood) + 6
        y = self._health(surface, y, view) + 6
        if picture:
            surface.blit(picture, (MARGIN, y))
            y += picture.get_height() + 8
        half = (len(HELP) + 1) // 2
        for row in range(half):
            for column, (key, meaning) in enumerate(HELP[row::half]):
                self._line(surface, y, f"{key}: {meaning}", DIM, x=MARGIN + column * WIDTH // 2)
            y += LINE
        return surface.subsurface((0, 0, WIDTH, min(height, y + MARGIN)))

    def _mood(self, surface: pygame.Surface, y: int, mood: Mood) -> int:
        if not mood.trusted:
            return self._line(surface, y, f"cannot see: {mood.reason}", ALARM)
        who = f"{mood.count} visitor{'s' if mood.count != 1 else ''}" if mood.present else "nobody there"
        word = f"{mood.dominant} {mood.confidence:.2f} for {mood.held_seconds:.0f} s" if mood.dominant else "undecided"
        y = self._line(surface, y, f"{who}   {word if mood.present else ''}", INK)
        for label, share in zip(LABELS, mood.probabilities, strict=True):
            self._line(surface, y, label, WARM if label == mood.dominant else DIM)
            pygame.draw.rect(surface, (60, 56, 52), (MARGIN + 90, y + 3, 220, 10))
            pygame.draw.rect(surface, WARM, (MARGIN + 90, y + 3, int(220 * share), 10))
            y += LINE
        return y

    def _health(self, surface: pygame.Surface, y: int, view: View) -> int:
        health = view.health
        film = f"film {health.film_fps:.1f}/s   late {health.late_frames}   dropped {health.dropped_frames}"
        y = self._line(surface, y, film, INK)
        film = f"repeated {health.repeated_frames}   gaps in the sound {health.sound_gaps}"
        y = self._line(surface, y, film, INK)
        ok = health.camera is not Sense.LOST and health.model is not Sense.LOST
        light = f"eye {health.eye_fps:.1f}/s   light {view.mood.face_luminance:.0f} of 255   drift {health.drift:.1f}"
        y = self._line(surface, y, light, ALARM if health.drift >= 1 else INK)
        y = self._paragraph(surface, y, view.eye_line, DIM if ok else ALARM)
        for part in view.lost:
            y = self._paragraph(surface, y, f"lost: {part}", ALARM)
        return y

    def _paragraph(self, surface: pygame.Surface, y: int, text: str, colour: tuple[int, int, int]) -> int:
        """Wrapped text, up to three lines."""
        for line in textwrap.wrap(text, COLUMNS, max_lines=3, placeholder=" ..."):
            y = self._line(surface, y, line, colour)
        return y

    def _line(
        self,
        surface: pygame.Surface,
        y: int,
        text: str,
        colour: tuple[int, int, int],
        font: pygame.font.Font | None = None,
        x: int = MARGIN,
    ) -> int:
        words = (font or self._font).render(text, True, colour)
        surface.blit(words, (x, y))
        return y + max(LINE, words.get_height())


def decode_thumbnail(jpeg: bytes | None) -> pygame.Surface | None:
    """The camera's small picture as a surface, or None when there is none or it is torn."""
    if not jpeg:
        return None
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        return None
    rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    return pygame.image.frombuffer(rgb.tobytes(), (rgb.shape[1], rgb.shape[0]), "RGB")
