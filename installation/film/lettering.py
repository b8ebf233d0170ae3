"""Captions drawn on the picture, in a font that has the venue's languages."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, islice
from pathlib import Path

import cv2
import numpy as np
import pygame
import pygame.freetype

from calibration.files import is_file
from installation.film.shaping import NOT_SHAPED, can_shape, directed
from installation.film.text_runs import RIGHT_TO_LEFT_MARK, Run, from_right, may_end_before, runs_of
from installation.host.console import LossReporter
from models.arrays import Image
from scenes.story.captions import BLANKS, readable

FAMILIES = (
    *("notosans", "dejavusans", "liberationsans", "arialunicodems", "segoeui", "arial"),
    *("notosanscjkjp", "notosanscjksc", "notosanscjkkr", "notosansthai", "notosansarmenian", "notosansgeorgian"),
    *("notosansarabic", "notosanshebrew", "notosansdevanagari", "notosansbengali", "notosanstamil", "notosanstelugu"),
    *("notosansgujarati", "notosansgurmukhi", "notosanskannada", "notosansmalayalam", "notosanssinhala"),
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
        self._lacking: dict[pygame.font.Font, dict[str, bool]] = {}
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
        """The first font that has every letter of ``row``, else the one that lacks fewest, which is reported."""
        best, lacking = self._best(row)
        if best is None:
            best = self._own
            self._losses.lost("captions font", NO_FONT)
            lacking = self._missing(best, row)
        if lacking:
            letters = "".join(dict.fromkeys(lacking))[:20]
            self._losses.lost(
                "letters for captions", f"no font here contains {letters!r}; name one that does in screen.captions_font"
            )
        return best

    def _best(self, row: str) -> tuple[pygame.font.Font | None, str]:
        """The first font that has every letter, else the one that lacks fewest; and what it lacks."""
        best, lacking = None, row + " "
        for name in self._names:
            font = self._load(name)
            missing = self._missing(font, row) if font else row
            if font and len(missing) < len(lacking):
                best, lacking = font, missing
            if not lacking:
                break
        return best, lacking

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
        known = self._lacking.setdefault(font, {})
        if new := "".join(letter for letter in row if letter not in known):
            forms = self._forms[font].get_metrics(new)
            known.update({one: form is None and one.isprintable() for one, form in zip(new, forms, strict=True)})
        return "".join(letter for letter in row if known[letter])

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
        mark = RIGHT_TO_LEFT_MARK if from_right(row) else ""
        yield from (line if from_right(line) or not mark else mark + line for line in self._lines(row))

    def _lines(self, row: str) -> Iterator[str]:
        widest = round(self._size[0] * WIDEST_SHARE)
        line = ""
        for piece in PIECE.findall(row.strip()):
            if self._width(line + piece.rstrip()) <= widest:
                line += piece
                continue
            if line.strip():
                yield line.rstrip()
            line = piece.lstrip()
            if self._width(line) > widest:
                *whole, line = self._between_letters(line, widest)
                yield from whole
        if line.strip():
            yield line.rstrip()

    def _between_letters(self, word: str, widest: int) -> Iterator[str]:
        """A word that is wider than the picture, in pieces; the last may be short."""
        line = ""
        for letter in word:
            if line and may_end_before(line[-1], letter) and self._width(line + letter) > widest:
                yield line
                line = ""
            line += letter
        yield line

    def _width(self, text: str) -> int:
        return sum(self._size_of(font, run) for font, run in self._pieces(text))

    def _pieces(self, row: str) -> Iterator[tuple[pygame.font.Font, Run]]:
        """What of the row is drawn in which font, from left to right. Fonts of one script often lack the signs (an
        exclamation mark in Hebrew): these are drawn in another.
        """
        for run in runs_of(row):
            if run.script and not can_shape():
                self._losses.lost("shaping of captions", NOT_SHAPED)
            font, lacking = self._best(run.text)
            if font is None or not lacking or len(lacking) == len(run.text):
                yield self.font_for(run.text), run
                continue
            parts = ["".join(part) for _, part in groupby(run.text, key=lambda letter: letter in lacking)]
            for part in reversed(parts) if run.right_to_left else parts:
                yield self.font_for(part), replace(run, text=part)

    @staticmethod
    def _size_of(font: pygame.font.Font, run: Run) -> int:
        try:
            return font.size(directed(font, run))[0]
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
        """The row's letters as coverage from 0 to 255; None if the fonts draw nothing for it."""
        pieces = [self._piece(font, run) for font, run in self._pieces(row)]
        drawn = [piece for piece in pieces if piece is not None]
        if not drawn:
            return None
        ascent = max(above for above, _ in drawn)
        high = ascent + max(piece.shape[0] - above for above, piece in drawn)
        alpha, left = np.zeros((high, sum(piece.shape[1] for _, piece in drawn)), np.uint8), 0
        for above, piece in drawn:  # on one line, whatever their fonts
            top = ascent - above
            alpha[top : top + piece.shape[0], left : left + piece.shape[1]] = piece
            left += piece.shape[1]
        widest = round(self._size[0] * WIDEST_SHARE)
        if alpha.shape[1] > widest:  # a single letter or word's end that another font draws wider
            alpha = cv2.resize(alpha, (widest, max(1, round(alpha.shape[0] * widest / alpha.shape[1]))))
        return alpha

    def _piece(self, font: pygame.font.Font, run: Run) -> tuple[int, np.ndarray] | None:
        """How far its letters reach above the line, and their coverage."""
        try:
            surface = font.render(directed(font, run), True, (255, 255, 255))
        except pygame.error as error:  # of text without any width, say
            self._losses.lost("part of a caption", f"a row cannot be drawn ({error}): {run.text[:60]!r}")
            return None
        if not surface.get_width() or not surface.get_height():
            return None
        return font.get_ascent(), np.ascontiguousarray(pygame.surfarray.array_alpha(surface).T)


def _installed(family: str) -> str | None:
    """The file of a family that the system has; None if it has not."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*fc-list")  # no fontconfig, no fonts: reported by us, once
        return pygame.font.match_font(family)
