"""Captions drawn on the picture, in a font that has the venue's languages."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pygame
import pygame.freetype

from calibration.files import is_file
from installation.host.console import LossReporter
from models.arrays import Image
from scenes.story.captions import BLANKS, readable

FAMILIES = (
    *("notosans", "dejavusans", "liberationsans", "arialunicodems", "segoeui", "arial"),
    *("notosanscjkjp", "notosanscjksc", "notosanscjkkr", "notosansthai", "notosansarmenian", "notosansgeorgian"),
    *("yugothic", "msgothic", "microsoftyahei", "malgungothic", "hiraginosansgb", "applesdgothicneo"),
)
LINE_SHARE = 0.055
"""Height of a line as a share of the picture's."""
EDGE_SHARE = 0.08
WIDEST_SHARE = 0.94
"""Width of a row as a share of the picture's, at most; a longer one continues below."""
TEXT_LETTERS = 4000
"""More than any wall has room for; what is longer is cut before it is measured."""
EAST = (
    "\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\U00020000-\U0003ffff"
)
"""Scripts that put no blank between words: a row may end after each letter."""
NOT_FIRST = "、。々〉》」』】〕ぁぃぅぇぉっゃゅょァィゥェォッャュョ・ー！），．：；？"
"""Marks and small letters with which no row begins in Japanese and Chinese."""
PIECE = re.compile(rf"\s+|[{EAST}][{NOT_FIRST}]*|[^\s{EAST}]+")
NO_FONT = (
    "no font of the system was found, and pygame's own has Latin letters only (Debian: apt-get install fontconfig "
    "fonts-dejavu-core)"
)


class Lettering:
    """Draws text, white on a dark edge, centred near the lower edge.

    ``font`` is a file or the name of an installed family ('' = the first family of ``FAMILIES`` that is there). A row
    with letters that it does not have is drawn in the first other family that has them; if none has, that is reported.
    """

    def __init__(self, font: str, size: tuple[int, int], losses: LossReporter) -> None:
        self._size, self._losses = size, losses
        pygame.font.init()
        pygame.freetype.init()
        self._height = max(12, round(size[1] * LINE_SHARE))
        self._names = [font, *FAMILIES] if font else list(FAMILIES)
        self._fonts: dict[str, pygame.font.Font | None] = {}
        self._forms: dict[pygame.font.Font, pygame.freetype.Font] = {}
        self._own = pygame.font.Font(None, self._height)
        self._forms[self._own] = pygame.freetype.Font(None, self._height)
        self._drawn: tuple[str, np.ndarray, np.ndarray, int, int] | None = None
        if font and self._load(font) is None:
            losses.lost(
                "captions font", f"screen.captions_font = {font!r} is neither a file nor an installed font family"
            )
        self.font_for("Light")  # the first search asks the system for all its fonts: a quarter of a second

    def draw(self, canvas: Image, text: str) -> None:
        """Draw ``text`` (its rows divided by line ends) into ``canvas``, in place."""
        if self._drawn is None or self._drawn[0] != text:
            self._drawn = (text, *self._render(text))
        _, ink, keep, left, top = self._drawn
        part = canvas[top : top + ink.shape[0], left : left + ink.shape[1]]
        cv2.multiply(part, keep, dst=part, scale=1 / 255)
        cv2.add(part, ink, dst=part)

    def font_for(self, row: str) -> pygame.font.Font:
        """The first font that has every letter of ``row``."""
        best, fewest = None, len(row) + 1
        for name in self._names:
            font = self._load(name)
            missing = self._missing(font, row) if font else row
            if font and len(missing) < fewest:
                best, fewest = font, len(missing)
            if not fewest:
                break
        if best is None:
            best = self._own
            self._losses.lost("captions font", NO_FONT)
            fewest = len(self._missing(best, row))
        if fewest:
            letters = "".join(dict.fromkeys(self._missing(best, row)))[:20]
            self._losses.lost(
                "letters for captions", f"no font here contains {letters!r}; name one that does in screen.captions_font"
            )
        return best

    def _load(self, name: str) -> pygame.font.Font | None:
        if name not in self._fonts:
            found = name if name and is_file(Path(name)) else _installed(name) if name else None
            self._fonts[name] = self._open(found) if found or not name else None
        return self._fonts[name]

    def _open(self, file: str | None) -> pygame.font.Font | None:
        try:
            font = pygame.font.Font(file, self._height)
            self._forms[font] = pygame.freetype.Font(file, self._height)
        except (pygame.error, OSError):
            return None
        return font

    def _missing(self, font: pygame.font.Font, row: str) -> str:
        """The letters of ``row`` that ``font`` has no form for. (``Font.metrics`` measures the box that is drawn.)"""
        forms = self._forms[font].get_metrics(row)
        return "".join(letter for letter, form in zip(row, forms, strict=True) if form is None and letter.isprintable())

    def rows_of(self, text: str) -> tuple[list[str], bool]:
        """The rows that ``text`` is drawn in, as far as they fit on the picture; and whether some do not."""
        room = max(1, (self._size[1] - 2 * self._height) // max(1, self._row_height()))
        rows: list[str] = []
        for row in readable(text[:TEXT_LETTERS]).split("\n"):
            if row.strip(BLANKS) and len(rows) <= room:
                rows += islice(self._wrapped(row), room + 1)
        if len(rows) <= room and len(text) <= TEXT_LETTERS:
            return rows, False
        return [*rows[: room - 1], f"{rows[room - 1]} \u2026"] if len(rows) >= room else [*rows, "\u2026"], True

    def _wrapped(self, row: str) -> Iterator[str]:
        """``row`` in pieces that fit in the picture's width: cut at blanks, else between letters."""
        font = self.font_for(row)
        widest = round(self._size[0] * WIDEST_SHARE)
        line = ""
        for piece in PIECE.findall(row.strip()):
            if self._width(font, line + piece.rstrip()) <= widest:
                line += piece
                continue
            if line.strip():
                yield line.rstrip()
            line = piece.lstrip()
            if self._width(font, line) > widest:
                *whole, line = self._between_letters(font, line, widest)
                yield from whole
        if line.strip():
            yield line.rstrip()

    def _between_letters(self, font: pygame.font.Font, word: str, widest: int) -> Iterator[str]:
        """A word that is wider than the picture, in pieces; the last may be short."""
        line = ""
        for letter in word:
            if line and not unicodedata.combining(letter) and self._width(font, line + letter) > widest:
                yield line
                line = ""
            line += letter
        yield line

    def _width(self, font: pygame.font.Font, text: str) -> int:
        try:
            return font.size(text)[0]
        except pygame.error:  # nothing in it has a width
            return 0

    def _row_height(self) -> int:
        """Of the tallest font that is open: a row in another script must fit too."""
        return max(font.get_linesize() for font in self._forms)

    def _edge(self) -> int:
        return max(2, round(self._height * EDGE_SHARE))

    def _render(self, text: str) -> tuple[np.ndarray, np.ndarray, int, int]:
        """What is added to the picture, the share (of 255) of it that is kept under it, and where."""
        edge = self._edge()
        lines, cut = self.rows_of(text)
        if cut:
            self._losses.lost("part of a caption", f"it does not fit on the picture: {text[:60]!r}")
        rows = [drawn for row in lines if (drawn := self._row(row)) is not None]
        wide = min(self._size[0], max((row.shape[1] for row in rows), default=1) + 2 * edge)
        high = min(self._size[1], sum(row.shape[0] for row in rows) + 2 * edge)
        ink, top = np.zeros((high, wide), np.uint8), edge
        for row in rows:
            part = row[: max(0, high - top), : wide - edge]
            left = (wide - part.shape[1]) // 2
            ink[top : top + part.shape[0], left : left + part.shape[1]] = part
            top += row.shape[0]
        around = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * edge + 1, 2 * edge + 1)))
        keep = 255 - cv2.GaussianBlur(around, (0, 0), edge / 2)
        keep = np.minimum(keep, 255 - ink)
        place = (self._size[0] - wide) // 2, max(0, self._size[1] - high - self._height)
        # Four bytes a pixel like the canvas: OpenCV refuses to write into a slice of its colours.
        return cv2.merge([ink] * 4), cv2.merge([keep] * 4), *place

    def _row(self, row: str) -> np.ndarray | None:
        """The row's letters as coverage from 0 to 255; None if the font draws nothing for it."""
        try:
            surface = self.font_for(row).render(row, True, (255, 255, 255))
        except pygame.error as error:  # of text without any width, say
            self._losses.lost("part of a caption", f"a row cannot be drawn ({error}): {row[:60]!r}")
            return None
        if not surface.get_width() or not surface.get_height():
            return None
        alpha = np.ascontiguousarray(pygame.surfarray.array_alpha(surface).T)
        widest = round(self._size[0] * WIDEST_SHARE)
        if alpha.shape[1] > widest:  # a single letter or word's end that another font draws wider
            alpha = cv2.resize(alpha, (widest, max(1, round(alpha.shape[0] * widest / alpha.shape[1]))))
        return alpha


def _installed(family: str) -> str | None:
    """The file of a family that the system has; None if it has not."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*fc-list")  # no fontconfig, no fonts: reported by us, once
        return pygame.font.match_font(family)
