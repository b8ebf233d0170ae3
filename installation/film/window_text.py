"""Text of our own windows, the overlay's and the calibration's: a font that is there, at any size, for any text."""

from __future__ import annotations

import warnings

import pygame
import pygame.freetype

FAMILIES = (
    *("notosans", "dejavusans", "liberationsans", "segoeui", "helveticaneue", "arial"),
    *("notosanscjkjp", "notosanscjksc", "notosanscjkkr", "notosansthai", "notosansarmenian", "notosansgeorgian"),
    *("yugothic", "msgothic", "microsoftyahei", "malgungothic", "hiraginosansgb", "applesdgothicneo"),
)
"""Installed families, the first that is there first; without any, pygame's own font has Latin letters."""
SMALLEST = 8
"""Pixels of a line; smaller letters cannot be read, and a font of no height cannot be opened."""
LETTERS_AT_MOST = 500
"""Of one text: what is longer never fits into a window."""
CUT = "..."

Colour = tuple[int, int, int]


class WindowText:
    """Draws text with lines ``height`` pixels high. No text makes it raise; letters that no font has are boxes."""

    def __init__(self, height: int, bold: bool = False) -> None:
        self.height = max(SMALLEST, height)
        self._bold = bold
        pygame.font.init()
        pygame.freetype.init()
        self._fonts: dict[str, tuple[pygame.font.Font, pygame.freetype.Font] | None] = {}
        self._own = self._open(None) or (pygame.font.Font(None, self.height), pygame.freetype.Font(None, self.height))

    def width(self, text: str) -> int:
        """Of one line, in pixels."""
        text = printable(text)
        return self._font_for(text).size(text)[0] if text else 0

    def cut(self, text: str, width: int) -> str:
        """``text``, or its beginning with dots where it is wider than ``width``."""
        text = printable(text)
        if not text or self.width(text) <= width:
            return text
        fits, too_long = 0, len(text)
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            if self.width(text[:middle].rstrip() + CUT) <= width:  # what is left may be of another font
                fits = middle
            else:
                too_long = middle
        return text[:fits].rstrip() + CUT if fits else ""

    def wrap(self, text: str, width: int, lines: int) -> list[str]:
        """The words of ``text`` in lines that fit; what is over after ``lines`` of them is cut."""
        words = printable(text).split()
        wrapped: list[str] = []
        while words and len(wrapped) < lines:
            if len(wrapped) == lines - 1:
                return [*wrapped, self.cut(" ".join(words), width)]
            count = 1
            while count < len(words) and self.width(" ".join(words[: count + 1])) <= width:
                count += 1
            wrapped.append(self.cut(" ".join(words[:count]), width))
            words = words[count:]
        return wrapped

    def render(self, text: str, colour: Colour, width: int) -> pygame.Surface:
        """One line, cut to ``width``; a surface of no width for an empty one."""
        text = self.cut(text, width)
        if not text:
            return pygame.Surface((0, self.height), pygame.SRCALPHA)
        return self._font_for(text).render(text, True, colour)

    def _font_for(self, text: str) -> pygame.font.Font:
        """The first font that has every letter, else the one that lacks fewest."""
        best, fewest = self._own[0], len(text) + 1
        for family in FAMILIES:
            fonts = self._family(family)
            lacking = _lacking(fonts[1], text) if fonts else fewest
            if fonts and lacking < fewest:
                best, fewest = fonts[0], lacking
            if not fewest:
                break
        return best

    def _family(self, family: str) -> tuple[pygame.font.Font, pygame.freetype.Font] | None:
        if family not in self._fonts:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message=".*fc-list")  # no fontconfig: pygame's own font, then
                file = pygame.font.match_font(family, bold=self._bold)
            self._fonts[family] = self._open(file) if file else None
        return self._fonts[family]

    def _open(self, file: str | None) -> tuple[pygame.font.Font, pygame.freetype.Font] | None:
        """The font that draws, as large as its line is to be, and the one that knows which letters it has."""
        try:
            font = pygame.font.Font(file, self.height)
            size = max(1, self.height * self.height // max(1, _drawn_height(font)))
            font = pygame.font.Font(file, size)
            while size > 1 and _drawn_height(font) > self.height:
                size -= 1
                font = pygame.font.Font(file, size)
            return font, pygame.freetype.Font(file, self.height)
        except (pygame.error, OSError):
            return None


def _drawn_height(font: pygame.font.Font) -> int:
    """Pixels of a line as drawn; what pygame's own font says of itself is less."""
    return font.render("Light", True, (255, 255, 255)).get_height()


def printable(text: str) -> str:
    """In one line, without what no font can draw (control characters, halves of surrogate pairs), and not endless."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:LETTERS_AT_MOST]).strip()


def _lacking(forms: pygame.freetype.Font, text: str) -> int:
    return sum(form is None for form in forms.get_metrics(text))
