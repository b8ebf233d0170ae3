"""A course as a sheet of pictures: the ground, what the moving light uncovers, and what then fades in, part by part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from calibration.settings import Language
from installation.course.course_record import TakeCourse, Turn
from installation.course.curves import Plot, Run, median_runs, seen_runs, unseen_runs, widest_part
from installation.course.earlier_visitors import EarlierVisitors
from installation.course.lettering import Letters, blend, set_whole
from installation.course.palette import DIM, FAINT, INK, Colour
from installation.course.phrases import PHRASES
from installation.course.thumbnails import filled
from installation.drawings.course_layout import NARROWEST, Box, Layout, spread, strongest, top_of
from models.arrays import Image

OTHERS_AT_MOST = 3
OTHERS_AFTER, MEDIANS_AFTER = 0.2, 1.4
"""Seconds after the light has passed: first where the way did not lead, then how it was with others."""


@dataclass(frozen=True, slots=True)
class Fade:
    """A part of the screen that turns into ``picture``: when the light passes ``x``, or ``after`` it has passed all."""

    box: Box
    picture: Image
    x: int | None = None
    after: float = 0.0
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a course is drawn from, besides the take: the film's words, pictures and colours."""

    title: str
    languages: tuple[Language, ...]
    called: Callable[[str, Language], str]
    """A scene or a mood in a language."""
    picture_of: Callable[[str], Image | None]
    """The thumbnail of a scene, as far as it is there."""
    colours: Mapping[str, Colour]
    """Of the moods."""


@dataclass(slots=True)
class Sheet:
    """Everything that is shown, drawn once. ``uncovered`` is the whole screen when the light has passed."""

    layout: Layout
    ground: Image
    uncovered: Image
    fades: list[Fade] = field(default_factory=list)


class SheetPainter:
    """Draws the sheets of one screen."""

    def __init__(self, layout: Layout, look: Look) -> None:
        self._layout, self._look = layout, look
        length = layout.length
        self._title, self._title2 = Letters(length(88)), Letters(length(52), italic=True)
        self._name, self._small = Letters(length(40)), Letters(length(32), italic=True)
        self._reason, self._other = Letters(length(36)), Letters(length(30), italic=True)

    def head(self, canvas: Image) -> None:
        """The heading, which is there before anything is known of the take."""
        box, languages = self._layout.heading, self._look.languages
        foot = box.y + self._title.height
        x = box.x - self._layout.length(4)
        _, _, wide, _ = self._title.write(canvas, PHRASES[languages[0]].heading, (x, box.y), INK)
        for language in languages[1:]:
            self._title2.write(
                canvas,
                PHRASES[language].heading,
                (x + wide + self._layout.length(26), foot - round(1.18 * self._title2.height)),
                DIM,
            )
        title = self._title2.cut(self._look.title, box.wide // 2)
        place = box.right - self._title2.width(title), foot - round(1.18 * self._title2.height)
        self._title2.write(canvas, title, place, DIM)

    def paint(self, ground: Image, course: TakeCourse, earlier: EarlierVisitors) -> Sheet:
        """The whole sheet over ``ground``, which has the heading already."""
        sheet = Sheet(self._layout, ground, ground.copy())
        self._draw_strip(sheet, course)
        self._draw_curves(sheet, course, earlier)
        for turn, slot in zip(course.turns, self._layout.turn_slots([turn.at for turn in course.turns]), strict=True):
            self._draw_turn(sheet, turn, slot, earlier)
        return sheet

    # -- the way -------------------------------------------------------------------------------------------------

    def _draw_strip(self, sheet: Sheet, course: TakeCourse) -> None:
        layout, canvas = self._layout, sheet.uncovered
        boxes = layout.visits([visit.begin for visit in course.visits])
        for visit, box in zip(course.visits, boxes, strict=True):
            if box.wide < 2:
                continue
            self._put_picture(canvas, box, self._look.picture_of(visit.scene))
            self._name_scene(canvas, visit.scene, box)
        y, thick = layout.way_y, layout.length(3)
        ends = (layout.strip.x, y), (boxes[-1].right, y)
        cv2.line(canvas, *ends, (*INK, 0), thick, cv2.LINE_AA)
        for place in (layout.strip.x, *(layout.x(turn.at) for turn in course.turns)):
            cv2.circle(canvas, (place, y), layout.length(6), (*INK, 0), -1, cv2.LINE_AA)
        cv2.circle(canvas, ends[1], layout.length(9), (*INK, 0), -1, cv2.LINE_AA)

    def _name_scene(self, canvas: Image, scene: str, box: Box) -> None:
        names, gap = self._layout.names, self._layout.length(12)
        first, *more = (self._look.called(scene, language) for language in self._look.languages)
        room = box.wide - gap
        text = self._name.cut(first, room)
        if len(text) < min(4, len(first)):
            return
        if text != first:  # what is cut in one large line has more room in two small ones
            for number, line in enumerate(self._other.wrap(first, room, 2)):
                self._other.write(canvas, line, (box.x, names.y + number * round(0.9 * self._other.height)), INK)
            return
        x = box.x
        x += self._name.write(canvas, text, (x, names.y), INK)[2] + gap
        for other in more:
            if other != first and self._small.width(other) <= box.right - x:
                self._small.write(
                    canvas, other, (x, names.y + self._name.height - round(1.1 * self._small.height)), DIM
                )

    def _put_picture(self, canvas: Image, box: Box, picture: Image | None, light: float = 1.0) -> None:
        part = canvas[box.rows(), box.columns(), :3]
        if picture is None or box.wide < NARROWEST * self._layout.unit:
            part[:] = np.clip(part.astype(np.float32) * 1.6 + 8, 0, 255)
            return
        part[:] = np.clip(filled(picture, box.wide, box.high) * light, 0, 255)

    # -- the curves ----------------------------------------------------------------------------------------------

    def _draw_curves(self, sheet: Sheet, course: TakeCourse, earlier: EarlierVisitors) -> None:
        layout, canvas, box = self._layout, sheet.uncovered, self._layout.curves
        moods = _strongest(course)
        runs = {mood: list(seen_runs(course.times, course.levels[:, course.moods.index(mood)])) for mood in moods}
        medians = {mood: list(median_runs(course, earlier, mood)) for mood in moods}
        peaks = [float(levels.max()) for found in (*runs.values(), *medians.values()) for _, levels in found]
        plot = Plot(box, course.seconds, top_of(peaks), layout.length(4))
        foot = canvas[box.bottom - 1 : box.bottom, box.columns(), :3]
        foot[:] = np.maximum(foot, FAINT)
        for place in (layout.x(turn.at) for turn in course.turns):
            _hairline(canvas, place, box.y - layout.length(12), layout.way_y, layout.length(1))
        for mood in moods:
            colour = self._look.colours[mood]
            blend(canvas, plot.under(runs[mood]), (box.x, box.y), colour)
            glow = cv2.GaussianBlur(plot.line(runs[mood], layout.length(8)), (0, 0), layout.length(10))
            blend(canvas, np.asarray(glow, np.uint8), (box.x, box.y), colour, 0.5)
        for mood in moods:
            blend(canvas, plot.line(runs[mood]), (box.x, box.y), self._look.colours[mood])
        self._name_curves(canvas, plot, {mood: runs[mood] or medians[mood] for mood in moods})
        self._tell_gaps(canvas, plot, course, [run for found in medians.values() for run in found])
        if any(medians.values()):
            self._draw_medians(sheet, plot, medians, earlier)

    def _name_curves(self, canvas: Image, plot: Plot, lines: Mapping[str, Sequence[Run]]) -> None:
        """Each curve by name where it ends, in its own colour; two that end at one height stand one below the other."""
        layout, box = self._layout, self._layout.curves
        step = round(0.92 * self._name.height) + (self._small.height if self._two else 0)
        ends = []
        for mood, runs in lines.items():
            if runs:
                last = runs[-1][1][-20:].mean()
                ends.append((box.y + plot.y(float(last)) - round(0.55 * self._name.height), mood))
        places = spread([y for y, _ in sorted(ends)], step, box.y - step // 3, box.bottom - step)
        x = box.right + layout.length(18)
        for y, (_, mood) in zip(places, sorted(ends), strict=True):
            first, *more = (self._look.called(mood, language) for language in self._look.languages)
            self._name.write(canvas, self._name.cut(first, layout.right - x), (x, y), self._look.colours[mood])
            for other in [other for other in more if other != first]:
                place = x, y + round(0.86 * self._name.height)
                self._small.write(canvas, self._small.cut(other, layout.right - x), place, DIM)

    @property
    def _two(self) -> bool:
        return len(self._look.languages) > 1

    def _tell_gaps(self, canvas: Image, plot: Plot, course: TakeCourse, medians: Sequence[Run]) -> None:
        """Where nobody was seen, nothing is drawn but a word that says so, beside the lines and off the medians."""
        layout, box = self._layout, self._layout.curves
        word = PHRASES[self._look.languages[0]].unseen
        wide, high = self._other.width(word), self._other.height
        turns = [layout.x(turn.at) for turn in course.turns]
        for begin, end in unseen_runs(course):
            left, right = layout.x(begin), layout.x(end)
            dots = range(left + layout.length(8), right - layout.length(4), layout.length(14))
            for x in dots:
                cv2.circle(canvas, (x, box.bottom - 1), layout.length(2), (*DIM, 0), -1, cv2.LINE_AA)
            left, right = widest_part(left, right, turns)
            if right - left > wide + layout.length(16):
                there = [levels[(times > begin) & (times < end)] for times, levels in medians]
                taken = [box.y + plot.y(float(level)) for levels in there for level in levels]
                rows = range(box.bottom - round(1.3 * high), box.y, -max(1, high // 2))
                free = (y for y in rows if not any(y - high // 4 < one < y + 1.25 * high for one in taken))
                self._other.write(canvas, word, ((left + right - wide) // 2, next(free, rows.start)), DIM)

    def _draw_medians(
        self,
        sheet: Sheet,
        plot: Plot,
        medians: Mapping[str, list[tuple[np.ndarray, np.ndarray]]],
        earlier: EarlierVisitors,
    ) -> None:
        layout, box = self._layout, self._layout.curves
        picture = sheet.uncovered[box.rows(), box.columns()].copy()
        for mood, runs in medians.items():
            blend(
                picture, plot.broken(runs, layout.length(10), layout.length(3)), (0, 0), self._look.colours[mood], 0.75
            )
        sheet.fades.append(Fade(box, picture, after=MEDIANS_AFTER))
        self._draw_legend(sheet, earlier)

    def _draw_legend(self, sheet: Sheet, earlier: EarlierVisitors) -> None:
        """What the broken lines are, at the foot."""
        layout, box = self._layout, self._layout.foot
        legend = sheet.ground[box.rows(), box.columns()].copy()
        y, step = round(0.56 * self._small.height), layout.length(22)
        for start in range(0, 3 * step, step):
            cv2.line(legend, (start + 2, y), (start + layout.length(10), y), (*DIM, 0), layout.length(3), cv2.LINE_AA)
        rows = [PHRASES[language].median_of(earlier.count) for language in self._look.languages]
        x = 3 * step + layout.length(6)
        self._small.write(legend, self._small.cut("  ·  ".join(rows), box.wide - x), (x, 0), DIM)
        sheet.fades.append(Fade(box, legend, after=MEDIANS_AFTER))

    # -- the choices -----------------------------------------------------------------------------------------------

    def _draw_turn(self, sheet: Sheet, turn: Turn, slot: tuple[int, int, int], earlier: EarlierVisitors) -> None:
        place, begin, end = slot
        self._draw_reasons(sheet, turn, slot, earlier)
        self._draw_others(sheet, turn, place, Box(begin, 0, end - begin, 0))

    def _draw_reasons(self, sheet: Sheet, turn: Turn, slot: tuple[int, int, int], earlier: EarlierVisitors) -> None:
        """Why, and how many went the same way, in a flag at the moment's own line."""
        layout, band = self._layout, self._layout.reasons
        place, begin, end = slot
        accent = layout.length(8)
        box = Box(place, band.y - accent, end - place, layout.curves.y - layout.length(12) - band.y + accent)
        picture = sheet.ground[box.rows(), box.columns()].copy()
        first, *more = [(self._reason if not n else self._small, reason) for n, reason in enumerate(turn.reasons)]
        moment, went = f"{int(turn.at) // 60}:{int(turn.at) % 60:02}", earlier.ways(turn.source)
        way_of = PHRASES[self._look.languages[0]].way_of
        ways = f"  ·  {way_of(went[turn.target], went.total())}" if went else ""
        clock, when = (self._small, moment), (self._small, moment + ways)
        tries = [
            ((first, *more, when), 2),
            ((first, when), 3),
            ((first, clock), 3),
            ((first, when), 2),
            ((first, when), 1),
        ]
        lines = set_whole(tries, end - begin, box.high - accent)
        y = accent
        for letters, line in lines:
            if y + letters.height <= box.high and len(line) > 2:
                letters.write(picture, line, (begin - place, y), INK if letters is self._reason else DIM)
                y += letters.step
        _hairline(picture, 0, accent + layout.length(6), box.high, layout.length(1))
        sheet.fades.append(Fade(box, picture, place))

    def _draw_others(self, sheet: Sheet, turn: Turn, place: int, slot: Box) -> None:
        """Where it did not lead, small and dark, on thin ways of their own."""
        layout, band = self._layout, self._layout.others
        wide, high = layout.length(132), layout.length(74)
        gap = layout.length(16)
        room = max(0, (slot.wide + gap) // (wide + gap))
        shown = turn.others[: min(OTHERS_AT_MOST, room)]
        if not shown:
            return
        top = layout.way_y + layout.length(8)
        box = Box(place - layout.length(2), top, slot.right - place + layout.length(2), layout.size[1] - top)
        picture = sheet.uncovered[box.rows(), box.columns()].copy()
        _hairline(picture, place - box.x, 0, band.y + high - top, layout.length(1))
        for number, scene in enumerate(shown):
            x = slot.x - box.x + number * (wide + gap)
            y = band.y - box.y
            self._put_picture(picture, Box(x, y, wide, high), self._look.picture_of(scene), 0.5)
            name = self._other.cut(self._look.called(scene, self._look.languages[0]), wide)
            self._other.write(picture, name, (x, y + high + layout.length(2)), DIM)
        sheet.fades.append(Fade(box, picture, after=OTHERS_AFTER))


def _strongest(course: TakeCourse) -> list[str]:
    """The moods that were shown most, in the story's order; the first ones where nobody was seen."""
    seen = course.levels[~np.isnan(course.levels).any(axis=1)]
    means = seen.mean(axis=0).tolist() if len(seen) else [0.0] * len(course.moods)
    return strongest(dict(zip(course.moods, means, strict=True)))


def _hairline(canvas: Image, x: int, top: int, bottom: int, thick: int) -> None:
    part = canvas[max(0, top) : bottom, x : x + thick, :3]
    part[:] = np.maximum(part, FAINT)
