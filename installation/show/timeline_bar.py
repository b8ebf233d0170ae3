"""What a maker sees over the film at a desk: the scene's timeline, what is listened to, what each way out stands at."""

from __future__ import annotations

import math

import pygame

from installation.film.window_text import Colour, WindowText
from installation.show.overlay import (
    ACCENT,
    ALARM,
    ANSWERS_AT_MOST,
    BEHIND,
    BRANCHES_AT_MOST,
    DIM,
    EMPTY_BAR,
    GAP,
    INK,
    LINE,
    MARGIN,
    STATE_COLOURS,
    WARNING,
    shown_ways,
)
from installation.show.view import Timeline, View, signal_words
from models.mood import Mood
from scenes.machine.branching import BranchStanding

DESIGNED_FOR = (1280, 720)
LISTENED = (70, 92, 116)
"""Of the timeline, while the scene listens."""
HINT = "T: this bar   O: the machine   1 to 8: emotions, 9 undecided, 0 nobody   Space: pause   N: next   R: again"
COLUMNS = (0.0, 0.13, 0.43, 0.72, 0.81, 0.9, 1.0)
"""Of the ways out: where to, what is asked, how that stands, the mood's share as a bar and a figure, what is taken."""
LINES_OF_A_WAY, LINES_REMEMBERED, LINES_LOST = 2, 2, 3


class TimelineBar:
    """Draws a ``View`` as a bar along the upper edge of a screen of ``size``: captions stand at the lower one."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._unit = max(0.1, min(size[0] / DESIGNED_FOR[0], size[1] / DESIGNED_FOR[1]))
        self._text, self._big = WindowText(self._scaled(17)), WindowText(self._scaled(26))
        self._edge, self._gap = self._scaled(MARGIN), self._scaled(GAP)
        self._step = max(self._scaled(LINE), self._text.height)

    def draw(self, view: View) -> pygame.Surface:
        """A surface with alpha, as wide as the screen and as high as it needs to be."""
        surface = pygame.Surface(self._size, pygame.SRCALPHA)
        surface.fill(BEHIND)
        y = self._heading(surface, view, self._edge)
        y = self._timeline(surface, view.timeline, view.window, y + self._gap)
        for branch in shown_ways(view.branches, BRANCHES_AT_MOST):
            y = self._branch(surface, branch, y)
        if len(view.branches) > BRANCHES_AT_MOST:
            y = self._line(surface, f"and {len(view.branches) - BRANCHES_AT_MOST} more ways out", DIM, y)
        for answer in view.answers[:ANSWERS_AT_MOST]:
            y = self._line(surface, answer, DIM, y)
        known = (*view.remembered, *(f"{signal.name} {signal_words(signal)}" for signal in view.signals))
        y = self._paragraph(surface, " · ".join(known), INK, LINES_REMEMBERED, y + self._gap)
        for lost in view.lost[:LINES_LOST]:
            y = self._paragraph(surface, f"lost: {lost}", ALARM, 2, y)
        y = self._line(surface, HINT, DIM, y + self._gap) + self._edge
        return surface.subsurface((0, 0, self._size[0], min(y, self._size[1])))

    def _scaled(self, length: float) -> int:
        return max(1, round(length * self._unit))

    @property
    def _width(self) -> int:
        return max(1, self._size[0] - 2 * self._edge)

    def _heading(self, surface: pygame.Surface, view: View, y: int) -> int:
        """The scene and how it plays on the left, what the visitor feels and the time on the right."""
        line = view.timeline
        time = f"{line.seconds:.1f} of {line.length:.1f} s" + (", a loop" if line.loops else "")
        word, colour = _mood_in_words(view.mood)
        right = self._big.render(f"{word}   {time}", colour, self._width * 2 // 3)
        surface.blit(right, (self._size[0] - self._edge - right.get_width(), y))
        left = self._big.render(view.scene, ACCENT, self._width - right.get_width() - self._gap)
        surface.blit(left, (self._edge, y))
        x = self._edge + left.get_width() + 2 * self._gap
        state = self._text.render(
            view.question or view.state,
            ALARM if view.question else STATE_COLOURS.get(view.state, DIM),
            self._size[0] - self._edge - right.get_width() - self._gap - x,
        )
        surface.blit(state, (x, y + self._big.height - self._text.height))
        return y + self._big.height

    def _timeline(self, surface: pygame.Surface, line: Timeline, window: tuple[float, float], y: int) -> int:
        high, length = self._scaled(12), max(line.length, 1e-3)

        def place(seconds: float) -> int:
            return self._edge + round(self._width * min(max(seconds / length, 0.0), 1.0))

        def mark(seconds: float, colour: Colour, height: int) -> None:
            surface.fill(colour, (place(seconds), y + high - height // 2 - high // 2, self._scaled(2), height))

        surface.fill(EMPTY_BAR, (self._edge, y, self._width, high))
        opens, until = window[0], min(window[1], length)
        if line.listens and until > opens:
            surface.fill(LISTENED, (place(opens), y, place(until) - place(opens), high))
        played = self._scaled(5)
        surface.fill(INK, (self._edge, y + (high - played) // 2, place(line.seconds) - self._edge, played))
        for seconds in line.cues:
            mark(seconds, ACCENT, high // 2)
        if line.minimum:
            mark(line.minimum, DIM, 2 * high)
        if math.isfinite(line.closes):
            mark(line.closes, WARNING, 2 * high)
        return self._line(surface, _times_in_words(line, window), DIM, y + high + self._scaled(5)) + self._gap

    def _branch(self, surface: pygame.Surface, branch: BranchStanding, y: int) -> int:
        """Where it leads, what it asks for, how that stands; coloured when it would be taken now."""
        colour = ACCENT if branch.taken else DIM
        stops = [self._edge + round(self._width * share) for share in COLUMNS]

        def put(text: str, column: int, lines: int = 1) -> int:
            rows = self._text.wrap(text, stops[column + 1] - stops[column] - self._gap, lines)
            for number, row in enumerate(rows):
                surface.blit(self._text.render(row, colour, self._width), (stops[column], y + number * self._step))
            return len(rows)

        put(f"-> {branch.to}", 0)
        rows = put(", ".join(filter(None, (branch.mood, branch.asks))), 1, LINES_OF_A_WAY)
        if branch.asks:
            rows = max(rows, put(branch.stands, 2, LINES_OF_A_WAY))
        needed = f" of {branch.needed:.0%}" if branch.needed is not None else ""
        put(f"{branch.share:.0%}{needed}" if branch.mood else "", 4)
        put("taken now" if branch.taken else "", 5)
        if branch.mood:
            x, wide, high = stops[3], stops[4] - stops[3] - self._gap, self._scaled(8)
            top = y + (self._step - high) // 2
            surface.fill(EMPTY_BAR, (x, top, wide, high))
            surface.fill(colour, (x, top, round(wide * min(max(branch.share, 0.0), 1.0)), high))
            if branch.needed is not None:
                surface.fill(WARNING, (x + round(wide * branch.needed), top - 2, self._scaled(2), high + 4))
        return y + self._step * max(1, rows)

    def _line(self, surface: pygame.Surface, text: str, colour: Colour, y: int) -> int:
        surface.blit(self._text.render(text, colour, self._width), (self._edge, y))
        return y + self._step

    def _paragraph(self, surface: pygame.Surface, text: str, colour: Colour, lines: int, y: int) -> int:
        for row in self._text.wrap(text, self._width, lines):
            y = self._line(surface, row, colour, y)
        return y


def _mood_in_words(mood: Mood) -> tuple[str, Colour]:
    if not mood.trusted:
        return f"cannot see: {mood.reason or 'no reason given'}", WARNING
    if not mood.present:
        return "nobody there", DIM
    many = f"{mood.count} visitors, " if mood.count > 1 else ""
    return many + (f"{mood.dominant} {mood.confidence:.0%}" if mood.dominant else "undecided"), INK


def _times_in_words(line: Timeline, window: tuple[float, float]) -> str:
    opens, until = window
    words = []
    if line.listens:
        ends = f" to {until:.1f} s" if math.isfinite(until) else " s on"
        now = "listens now" if opens <= line.seconds <= until else "listens"
        words.append(f"{now}: {opens:.1f}{ends}")
    if math.isfinite(line.closes):
        words.append(f"the choice closes at {line.closes:.1f} s")
    else:
        words.append("repeats until a way out holds")
    if line.minimum:
        words.append(f"not left before {line.minimum:.1f} s")
    if line.cues:
        words.append(f"{len(line.cues)} cue{'s' if len(line.cues) > 1 else ''}")
    return "   ".join(words)
