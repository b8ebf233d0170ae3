"""Captions drawn on the picture, in a font that has the venue's languages."""

from __future__ import annotations

import warnings
from pathlib import Path

import cv2
import numpy as np
import pygame
import pygame.freetype

from installation.host.console import LossReporter

FAMILIES = (
    *("notosans", "dejavusans", "liberationsans", "arialunicodems", "segoeui", "arial"),
    *("notosanscjkjp", "notosanscjksc", "notosanscjkkr", "notosansthai", "notosansarmenian", "notosansgeorgian"),
    *("yugothic", "msgothic", "microsoftyahei", "malgungothic", "hiraginosansgb", "applesdgothicneo"),
)
LINE_SHARE = 0.055
"""Height of a line as a share of the picture's."""
EDGE_SHARE = 0.08
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

    def draw(self, canvas: np.ndarray, text: str) -> None:
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
            found = name if name and Path(name).is_file() else _installed(name) if name else None
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

    def _render(self, text: str) -> tuple[np.ndarray, np.ndarray, int, int]:
        """What is added to the picture, the share (of 255) of it that is kept under it, and where."""
        edge = max(2, round(self._height * EDGE_SHARE))
        rows = [self._row(row) for row in text.split("\n") if row.strip()]
        wide = min(self._size[0], max((row.shape[1] for row in rows), default=1) + 2 * edge)
        high = min(self._size[1], sum(row.shape[0] for row in rows) + 2 * edge)
        ink, top = np.zeros((high, wide), np.uint8), edge
        for row in rows:
            part = row[: high - top, : wide - edge]
            left = (wide - part.shape[1]) // 2
            ink[top : top + part.shape[0], left : left + part.shape[1]] = part
            top += row.shape[0]
        around = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * edge + 1, 2 * edge + 1)))
        keep = 255 - cv2.GaussianBlur(around, (0, 0), edge / 2)
        keep = np.minimum(keep, 255 - ink)
        place = (self._size[0] - wide) // 2, max(0, self._size[1] - high - self._height)
        # Four bytes a pixel like the canvas: OpenCV refuses to write into a slice of its colours.
        return cv2.merge([ink] * 4), cv2.merge([keep] * 4), *place

    def _row(self, row: str) -> np.ndarray:
        surface = self.font_for(row).render(row, True, (255, 255, 255))
        alpha = np.ascontiguousarray(pygame.surfarray.array_alpha(surface).T)
        widest = round(self._size[0] * 0.94)
        if alpha.shape[1] > widest:
            alpha = cv2.resize(alpha, (widest, round(alpha.shape[0] * widest / alpha.shape[1])))
        return alpha


def _installed(family: str) -> str | None:
    """The file of a family that the system has; None if it has not."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*fc-list")  # no fontconfig, no fonts: reported by us, once
        return pygame.font.match_font(family)
