"""Letters of a course: EB Garamond, which comes with the program, and a font of the system for other scripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from importlib.resources import as_file, files

import numpy as np
import pygame
import pygame.freetype

from installation.course.palette import Colour
from installation.film.window_text import LETTERS_AT_MOST, WindowText, printable
from models.arrays import Gray, Image

WHITE = (255, 255, 255)
BREAKS = re.compile(r"[^\S\u00a0]+")
"""Where a line may end: at any blank, but not between a figure and its sign."""


class Letters:
    """One size of one cut, upright or italic. ``height``: from the top of an accent to the foot of a g, in pixels."""

    def __init__(self, height: int, italic: bool = False) -> None:
        self.height = max(8, height)
        pygame.font.init()
        pygame.freetype.init()
        name = f"EBGaramond-{'Italic' if italic else 'Regular'}.ttf"
        with as_file(files("installation.course") / "fonts" / name) as file:
            probe = pygame.font.Font(str(file), 100)
            size = max(6, round(100 * self.height / max(1, probe.get_height())))
            self._font = pygame.font.Font(str(file), size)
            self._forms = pygame.freetype.Font(str(file), size)
        self._other: WindowText | None = None

    @property
    def step(self) -> int:
        """From one line to the next, in pixels."""
        return round(0.97 * self.height)

    def width(self, text: str) -> int:
        """Of one line, in pixels."""
        return self.mask(text).shape[1] if not self._has(text) else self._font.size(_clean(text))[0]

    def wrap(self, text: str, width: int, lines: int) -> list[str]:
        """The words of ``text`` in lines of at most ``width``; what is over after ``lines`` ends in an ellipsis."""
        rows: list[str] = [""]
        for word in filter(None, map(_clean, BREAKS.split(text[:LETTERS_AT_MOST]))):
            longer = f"{rows[-1]} {word}".strip()
            if rows[-1] and self.width(longer) > width:
                rows.append(word)
            else:
                rows[-1] = longer
        if len(rows) > lines:
            rows = [*rows[: lines - 1], " ".join(rows[lines - 1 :])]
        return [self.cut(row, width) for row in rows if row]

    def cut(self, text: str, width: int) -> str:
        """``text``, or its beginning with an ellipsis where it is wider than ``width``."""
        text = _clean(text)
        if self.width(text) <= width:
            return text
        while text and self.width(f"{text}…") > width:
            text = text[:-1].rstrip()
        return f"{text}…" if text else ""

    def mask(self, text: str) -> Gray:
        """Coverage of one line, 0 to 255, (h, w)."""
        text = _clean(text)
        if not text:
            return np.zeros((1, 1), np.uint8)
        if self._has(text):
            surface = self._font.render(text, True, WHITE)
        else:
            self._other = self._other or WindowText(round(self.height * 0.9))
            surface = self._other.render(text, WHITE, 1 << 15)
        return np.ascontiguousarray(pygame.surfarray.array_alpha(surface).T)

    def write(self, canvas: Image, text: str, place: tuple[int, int], colour: Colour) -> tuple[int, int, int, int]:
        """Draw one line with its left upper corner at ``place``; the part of the canvas (x, y, w, h) that it took.

        The accent of a capital stands above that corner, so that an Ä keeps the line of an A.
        """
        mask = self.mask(text)
        above = max(0, mask.shape[0] - self._font.get_height()) if self._has(_clean(text)) else 0
        return blend(canvas, mask, (place[0], place[1] - above), colour)

    def _has(self, text: str) -> bool:
        forms = self._forms.get_metrics(text)
        return all(form is not None for form in forms)


Row = tuple[Letters, str]


def set_whole(tries: Iterable[tuple[Sequence[Row], int]], wide: int, high: int) -> list[Row]:
    """The first of ``tries`` (rows, lines for each at most) that stands whole in ``wide`` by ``high``.

    Where none does, the first that stands in it with something cut.
    """
    cut: list[Row] = []
    for rows, at_most in tries:
        lines = [(letters, line) for letters, text in rows for line in letters.wrap(text, wide, at_most)]
        if sum(letters.step for letters, _ in lines) <= high:
            if not any(line.endswith("…") for _, line in lines):
                return lines
            cut = cut or lines
    return cut


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", printable(text))


def blend(
    canvas: Image, mask: Gray, place: tuple[int, int], colour: Colour, strength: float = 1.0
) -> tuple[int, int, int, int]:
    """Lay ``colour`` over ``canvas`` where ``mask`` (0 to 255) says; the part (x, y, w, h) that was touched."""
    x, y = place
    left, top = max(0, x), max(0, y)
    part = mask[max(0, -y) :, max(0, -x) :][: max(0, canvas.shape[0] - top), : max(0, canvas.shape[1] - left)]
    high, wide = part.shape
    share = part[..., None].astype(np.float32) * (strength / 255)
    under = canvas[top : top + high, left : left + wide, :3]
    under[:] = under * (1 - share) + np.array(colour, np.float32) * share + 0.5
    return left, top, wide, high
