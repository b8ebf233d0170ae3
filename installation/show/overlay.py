"""What the operator sees over the film on a key: story, choice, mood, health, the camera's picture, the keys."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pygame

from installation.film.window_text import Colour, WindowText
from installation.host.health import Health, Sense
from installation.show.keys import HELP
from installation.show.view import View, set_by_hand, signal_words
from models.labels import LABELS
from models.mood import Mood
from scenes.machine.branching import BranchStanding

REDRAWN_EACH_SECONDS = 0.2
RECENT_SECONDS = 10.0
"""A counter that went up is coloured for this long."""
COLUMN, MARGIN, LINE, GAP = 330, 14, 20, 8
"""In pixels of a screen 720 high; everything grows with the screen."""
DESIGNED_FOR = (2 * COLUMN + 3 * MARGIN, 720)
PICTURE_HEIGHT, CODE_HEIGHT = 190, 130
BRANCHES_AT_MOST, ANSWERS_AT_MOST = 7, 4
"""Rows for ways out and for what answers now, which take their room from them."""
INK, DIM, ACCENT = (236, 230, 220), (158, 152, 144), (132, 190, 250)
WARNING, ALARM = (240, 176, 84), (250, 98, 82)
"""Colours of what should be looked at, and of what does not work."""
BEHIND, EMPTY_BAR = (0, 0, 0, 205), (60, 56, 52)
STATE_COLOURS = {"fault": ALARM, "closed": WARNING, "blackout": WARNING, "paused": WARNING}


def shown_ways(branches: tuple[BranchStanding, ...], rows: int) -> tuple[BranchStanding, ...]:
    """So many ways out, in their order; the one that would be taken now is among them."""
    taken = tuple(branch for branch in branches[rows:] if branch.taken)
    return (*branches[: rows - len(taken)], *taken)


class Overlay:
    """Draws a ``View`` for a screen of ``size``; keeps it for a fifth of a second, since text is slow to draw."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._unit = max(0.1, min(size[0] / DESIGNED_FOR[0], size[1] / DESIGNED_FOR[1]))
        self._text = WindowText(self._scaled(18))
        self._big = WindowText(self._scaled(30))
        self._growth = RecentGrowth()
        self._sign = self._draw_pause_sign()
        self._drawn: pygame.Surface | None = None
        self._asked = ""
        self._next = 0.0
        self.left_out: tuple[str, ...] = ()
        """Rows for which the last drawing had no room."""

    def draw(self, view: Callable[[], View], question: str, now: float) -> pygame.Surface:
        """A surface with alpha for the upper left corner of the picture; ``view`` is asked when it is due."""
        if self._drawn is None or now >= self._next or question != self._asked:
            self._next, self._asked = now + REDRAWN_EACH_SECONDS, question
            self._drawn = self._redraw(view(), now)
        return self._drawn

    def question(self, text: str) -> pygame.Surface:
        """Only a question, when the overlay is closed."""
        edge = self._scaled(MARGIN)
        words = self._big.render(text, INK, self._size[0] - 2 * edge)
        surface = self._panel(words.get_width() + 2 * edge, words.get_height() + 2 * edge)
        surface.blit(words, (edge, edge))
        return surface

    def pause_sign(self) -> pygame.Surface:
        """Two small grey bars: who runs the show sees why the film stands, and a visitor hardly notices."""
        return self._sign

    def _draw_pause_sign(self) -> pygame.Surface:
        edge, bar, gap, high = (self._scaled(length) for length in (18, 5, 5, 18))
        surface = pygame.Surface((edge + 2 * bar + gap, edge + high), pygame.SRCALPHA)
        for x in (edge, edge + bar + gap):
            surface.fill((200, 200, 200, 120), (x, edge, bar, high))
        return self._fitted(surface)

    def _scaled(self, length: float) -> int:
        return max(1, round(length * self._unit))

    def _panel(self, width: int, height: int) -> pygame.Surface:
        surface = pygame.Surface((min(width, self._size[0]), min(height, self._size[1])), pygame.SRCALPHA)
        surface.fill(BEHIND)
        return surface

    def _fitted(self, surface: pygame.Surface) -> pygame.Surface:
        return surface.subsurface(surface.get_rect().clip((0, 0, *self._size)))

    def _redraw(self, view: View, now: float) -> pygame.Surface:
        edge = self._scaled(MARGIN)
        surface = self._panel(self._scaled(DESIGNED_FOR[0]), self._size[1])
        width = min(self._scaled(COLUMN), max(1, (surface.get_width() - 3 * edge) // 2))
        story = _Column(surface, edge, edge, width, self._scaled, self._text)
        machine = _Column(surface, 2 * edge + width, edge, width, self._scaled, self._text)
        if view.question:
            story.line(view.question, ALARM, self._big)
        self._story(story, view)
        self._mood(story, view.mood, view.controls.camera and not view.controls.closed)
        self._keys(story)
        machine.pair(view.clock, ", ".join(set_by_hand(view.controls)), INK, WARNING)
        if view.house:
            machine.line(f"house {view.house}", DIM)
        self._lost(machine, view)
        self._health(machine, view, self._growth.of(view.health, now))
        machine.gap()
        for signal in view.signals:
            machine.pair(f"signal {signal.name}", signal_words(signal), DIM, WARNING if signal.value is None else INK)
        self._console(machine, view)
        self.left_out = (*story.left_out, *machine.left_out)
        height = max(story.y, machine.y) + edge
        return surface.subsurface((0, 0, surface.get_width(), min(surface.get_height(), height)))

    def _story(self, column: _Column, view: View) -> None:
        column.line(view.title, DIM)
        column.line(view.scene, ACCENT, self._big)
        length = f" of {view.duration:.0f}" if view.duration else ""
        column.pair(view.state, f"{view.seconds:.0f}{length} s", STATE_COLOURS.get(view.state, INK), INK)
        if view.duration:
            column.bar(view.seconds / view.duration, INK)
        answers = view.answers[:ANSWERS_AT_MOST]
        for line in answers:
            column.line(line, DIM)
        column.gap()
        if not view.branches:
            return
        column.line(_listening(view.window, view.seconds) if view.timeline.listens else "ways out", DIM)
        room = BRANCHES_AT_MOST - len(answers)
        shown = shown_ways(view.branches, room if len(view.branches) <= room else room - bool(answers))
        spare = room - len(view.branches)
        for branch in shown:
            column.branch(branch)
            if spare > 0 and branch.asks and branch.stands:
                spare -= 1
                column.line(f"    now: {branch.stands}", DIM)
        if len(view.branches) > len(shown):
            column.line(f"and {len(view.branches) - len(shown)} more", DIM)
        column.gap()

    def _mood(self, column: _Column, mood: Mood, camera_wanted: bool) -> None:
        if not mood.trusted:
            column.paragraph(f"cannot see: {mood.reason or 'no reason given'}", ALARM if camera_wanted else WARNING)
            return
        who = f"{mood.count} visitor{'s' if mood.count != 1 else ''}" if mood.present else "nobody there"
        who += f", facing {mood.facing:.1f}" if mood.present and mood.facing is not None else ""
        speaking = sum(visitor.speaking or False for visitor in mood.visitors)
        who += f", {speaking} speaking" if speaking else ""
        word = f"{mood.dominant} for {mood.held_seconds:.0f} s" if mood.dominant else "undecided"
        column.pair(who, word if mood.present else "", INK, INK)
        for label, share in zip(LABELS, mood.probabilities, strict=True):
            believed = label == mood.dominant
            column.share(label, share, ACCENT if believed else DIM, ACCENT if believed else INK)

    def _lost(self, column: _Column, view: View) -> None:
        for part in view.lost:
            column.paragraph(f"lost: {part}", ALARM)
        column.gap()

    def _health(self, column: _Column, view: View, growing: bool) -> None:
        health = view.health
        counted = WARNING if growing else INK
        column.pair("film", f"{health.film_fps:.1f} pictures/s", INK, INK)
        column.pair("late, dropped, repeated", _counts(health), DIM, counted)
        column.pair("gaps in the sound", f"{health.sound_gaps}", DIM, counted)
        column.pair("eye", f"{health.eye_fps:.1f} frames/s", INK, INK)
        column.pair("face mean", nearest_face(view.mood), DIM, INK)
        drift = ALARM if health.drift >= 2 else WARNING if health.drift >= 1 else INK
        again = ": calibrate again" if health.drift >= 1 else ""
        column.pair("drift of the light", f"{health.drift:.1f} stops{again}", DIM, drift)
        broken = Sense.LOST in (health.camera, health.model)
        for eye in health.eyes:
            column.paragraph(f"eye {eye.name}: {eye.words}", ALARM if eye.state is Sense.LOST else DIM)
        if not health.eyes:
            column.paragraph(view.eye_line, ALARM if broken else DIM)
        if view.sign:
            column.line(view.sign, DIM)
        picture = decode_thumbnail(view.thumbnail)
        if picture:
            column.picture(picture)

    def _console(self, column: _Column, view: View) -> None:
        """Where the console is, and a code for a phone."""
        if view.console_url:
            column.gap()
            column.pair("console", view.console_url, DIM, INK)
        if view.console_code:
            column.code(view.console_code)

    def _keys(self, column: _Column) -> None:
        column.gap()
        for key, meaning in HELP:
            column.pair(key, meaning, DIM, DIM)


class RecentGrowth:
    """Whether a counter of lost pictures or sound went up a moment ago; counted since weeks, it says nothing."""

    def __init__(self) -> None:
        self._counts: tuple[int, ...] | None = None
        self._grew = float("-inf")

    def of(self, health: Health, now: float) -> bool:
        """True for some seconds after a counter went up."""
        counts = (health.late_frames, health.dropped_frames, health.repeated_frames, health.sound_gaps)
        if self._counts is not None and any(new > old for new, old in zip(counts, self._counts, strict=True)):
            self._grew = now
        self._counts = counts
        return now - self._grew < RECENT_SECONDS


class _Column:
    """Rows one below the other. What is too wide is cut, and a row that would leave the surface is left out."""

    def __init__(
        self, surface: pygame.Surface, x: int, y: int, width: int, scaled: Callable[[float], int], text: WindowText
    ) -> None:
        self._surface, self._x, self.y, self._width = surface, x, y, width
        self._scaled, self._text = scaled, text
        self._step = max(scaled(LINE), text.height)
        self.left_out: list[str] = []

    def line(self, text: str, colour: Colour, font: WindowText | None = None) -> None:
        font = font or self._text
        self._row(text, lambda y: self._put(text, colour, self._x, y, self._width, font), max(self._step, font.height))

    def pair(self, left: str, right: str, colour: Colour, right_colour: Colour) -> None:
        """A word on the left and what it stands at on the right edge."""

        def put(y: int) -> None:
            gap = self._scaled(GAP)
            wide = min(self._text.width(right), self._width * 3 // 4)
            self._put(right, right_colour, self._x + self._width - wide, y, wide)
            self._put(left, colour, self._x, y, self._width - wide - gap if wide else self._width)

        self._row(left, put, self._step)

    def paragraph(self, text: str, colour: Colour) -> None:
        """Wrapped text, up to three lines."""
        for row in self._text.wrap(text, self._width, 3):
            self.line(row, colour)

    def share(self, label: str, share: float, colour: Colour, bar: Colour) -> None:
        """A label with its share as a bar."""

        def put(y: int) -> None:
            wide = self._width * 3 // 10
            self._put(label, colour, self._x, y, wide)
            self._bar(self._x + wide, y, self._width - wide, share, bar)

        self._row(label, put, self._step)

    def branch(self, branch: BranchStanding) -> None:
        """Where it leads, what it asks for, how it stands; coloured when it would be taken now."""
        colour = ACCENT if branch.taken else DIM

        needed = f" of {branch.needed:.0%}" if branch.needed is not None else ""
        figure = f"{branch.share:.0%}{needed}" if branch.mood else ""
        third, gap = self._width // 3, self._scaled(GAP)

        def put(y: int) -> None:
            wide = min(self._text.width(figure), third)
            self._put(branch.to, colour, self._x, y, third - gap)
            self._put(
                ", ".join(filter(None, (branch.mood, branch.asks))), colour, self._x + third, y, 2 * third - wide - gap
            )
            self._put(figure, colour, self._x + self._width - wide, y, wide)

        self._row(branch.to, put, self._step)

    def bar(self, share: float, colour: Colour) -> None:
        """A bar alone, over the whole width."""
        high = self._scaled(4)
        self._row("bar", lambda y: self._bar(self._x, y, self._width, share, colour, high), high + self._scaled(4))

    def picture(self, picture: pygame.Surface) -> None:
        """A picture as large as the column and ``PICTURE_HEIGHT`` allow."""
        wide, high = picture.get_size()
        scale = min(self._width / wide, self._scaled(PICTURE_HEIGHT) / high)
        size = (max(1, round(wide * scale)), max(1, round(high * scale)))
        shown = pygame.transform.smoothscale(picture, size)
        self.gap()
        self._row("the camera's picture", lambda y: self._surface.blit(shown, (self._x, y)), size[1])

    def code(self, rows: tuple[bytes, ...]) -> None:
        """A QR code, dark on white, each module of whole pixels: a phone reads it off the wall."""
        module = max(1, self._scaled(CODE_HEIGHT) // len(rows))
        dots = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), -1).repeat(module, 0).repeat(module, 1)
        grey = np.where(dots, 0, 255).astype(np.uint8)
        drawn = pygame.image.frombuffer(np.stack([grey] * 3, 2).tobytes(), grey.shape[::-1], "RGB")
        self.gap()
        self._row("the console's code", lambda y: self._surface.blit(drawn, (self._x, y)), grey.shape[0])

    def gap(self) -> None:
        self.y += self._scaled(GAP)

    def _row(self, what: str, put: Callable[[int], object], height: int) -> None:
        if self.y + height > self._surface.get_height():
            self.left_out.append(what)
            return
        put(self.y)
        self.y += height

    def _put(self, text: str, colour: Colour, x: int, y: int, width: int, font: WindowText | None = None) -> None:
        self._surface.blit((font or self._text).render(text, colour, max(0, width)), (x, y))

    def _bar(self, x: int, y: int, width: int, share: float, colour: Colour, height: int | None = None) -> None:
        high = height or self._step // 2
        top = y + (0 if height else (self._step - high) // 2)
        share = share if 0 <= share <= 1 else float(share > 1)
        self._surface.fill(EMPTY_BAR, (x, top, width, high))
        self._surface.fill(colour, (x, top, int(width * share), high))


def nearest_face(mood: Mood) -> str:
    """Its light, and how the head is turned and how far away it is where that is known."""
    nearest = max(mood.visitors, key=lambda visitor: visitor.size, default=None)
    words = [f"{mood.face_luminance:.0f}"] if mood.face_luminance else []
    if nearest is not None and nearest.yaw is not None and nearest.pitch is not None:
        words.append(f"yaw {nearest.yaw:.0f}, pitch {nearest.pitch:.0f}")
    if nearest is not None and nearest.distance is not None:
        words.append(f"{nearest.distance:.1f} m")
    return ", ".join(words) or "-"


def _counts(health: Health) -> str:
    return f"{health.late_frames}, {health.dropped_frames}, {health.repeated_frames}"


def _listening(window: tuple[float, float], seconds: float) -> str:
    start, end = window
    if seconds < start:
        return f"the choice: listens from {start:.0f} s"
    return f"the choice: listens until {end:.0f} s" if seconds < end else f"the choice: closed at {end:.0f} s"


def decode_thumbnail(jpeg: bytes | None) -> pygame.Surface | None:
    """The camera's small picture as a surface, or None when there is none or it is torn."""
    if not jpeg:
        return None
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        return None
    rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    return pygame.image.frombuffer(rgb.tobytes(), (rgb.shape[1], rgb.shape[0]), "RGB")
