"""Drawings over time: counts by hour and day, the mood over an evening and a scene, choices, differences, trends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from installation.drawings.mood import mood_areas
from installation.drawings.svg import (
    ACCENT,
    EMOTIONS,
    GREY,
    INK,
    PALE,
    RULE,
    WARN,
    figure,
    line,
    nice_top,
    polyline,
    rect,
    short,
    text,
)
from installation.report.figures import ChoiceFigures, Difference, Figures, MoodBin, SceneFigures
from installation.report.words import Words
from models.labels import LABELS

WIDTH = 1040.0
LEFT, RIGHT, FOOT = 52.0, 26.0, 26.0
LABELS_AT_MOST = 26
"""Under an axis; of more, every second, third ... is written."""


def bars_svg(rows: Sequence[tuple[str, Figures]], words: Words, title: str) -> str:
    """Visits (pale: passed) and takes, side by side for each named span. A dot stands where a count is not told."""
    high, top_edge = 210.0, 12.0
    room = high - FOOT - top_edge
    most = max((max(one.visits or 0, one.takes or 0) for _, one in rows), default=0)
    top = nice_top(float(max(most, 5)))
    step = (WIDTH - LEFT - RIGHT) / max(len(rows), 1)
    parts = [*_rules(top, room, top_edge, words)]
    every = -(-len(rows) // LABELS_AT_MOST)
    for number, (name, one) in enumerate(rows):
        x, wide = LEFT + number * step, min(step * 0.38, 26.0)
        middle = x + step / 2
        told = words("bars_told", name=name, visits=words.count(one.visits), takes=words.count(one.takes))
        for at, value, colour in ((middle - wide, one.visits, "#9db7c4"), (middle, one.takes, ACCENT)):
            tall = room * (value or 0) / top
            if value is None:
                parts.append(text(at + wide / 2, high - FOOT - 2, "·", 14, GREY, "middle"))
            else:
                parts.append(rect(at, high - FOOT - tall, wide - 1, tall, colour, told))
        stopped = one.stopped.part
        if one.visits is not None and stopped is not None:
            tall = room * stopped / top
            parts.append(rect(middle - wide, high - FOOT - tall, wide - 1, tall, "#5f8ea3", told))
        if number % every == 0:
            parts.append(text(middle, high - 10, name, 11, GREY, "middle"))
    keys = (("#9db7c4", "key_visits"), ("#5f8ea3", "key_stopped"), (ACCENT, "key_takes"))
    return figure(WIDTH, high + 18, title, [*parts, *_keys([(c, words(k)) for c, k in keys], high + 10)], least=520)


def evening_svg(bins: Sequence[MoodBin], words: Words) -> str:
    """The mean mood over the evening, as areas that fill the height; a gap where fewer than five were there."""
    if not any(one.probabilities for one in bins):
        return ""
    high, top_edge = 230.0, 10.0
    room = high - FOOT - top_edge
    first, last = bins[0].begin, bins[-1].end
    scale = (WIDTH - LEFT - RIGHT) / max(last - first, 0.25)

    def across(hours: float) -> float:
        return LEFT + (hours - first) * scale

    parts = [rect(LEFT, top_edge, WIDTH - LEFT - RIGHT, room, PALE, words("evening_gap"))]
    parts += mood_areas(bins, across, high - FOOT, room, words.emotion)
    for hour in range(int(first), int(last) + 1):
        if hour >= first:
            parts.append(line(across(hour), high - FOOT, across(hour), high - FOOT + 4, GREY))
            parts.append(text(across(hour), high - 8, f"{hour % 24:02d}:00", 11, GREY, "middle"))
    for share in (0.0, 0.5, 1.0):
        y = high - FOOT - share * room + 4
        parts += [text(LEFT - 8, y, words.percent(share), 11, GREY, "end")]
    keys = [(EMOTIONS[label], words.emotion(label)) for label in LABELS]
    return figure(WIDTH, high + 20, words("evening_title"), [*parts, *_keys(keys, high + 12)], least=560)


def scene_svg(scene: SceneFigures, words: Words) -> str:
    """The mean mood over one scene, small."""
    wide, high = 250.0, 76.0
    areas = mood_areas(scene.moods, lambda at: at * wide, high, high, words.emotion)
    parts = [rect(0, 0, wide, high, PALE), *areas]
    return figure(wide, high, words("scene_title", scene=scene.name), parts)


def choice_svg(choice: ChoiceFigures, words: Words) -> str:
    """Each way out of a scene: how often it was taken, and what its mood stood at in the mean against what it needs."""
    row, name_wide, bar = 26.0, 250.0, 400.0
    parts: list[str] = []
    for number, way in enumerate(choice.ways):
        y = number * row + 4
        asked = f" ({way.asks})" if way.asks else ""
        parts.append(text(0, y + 14, short(f"{way.target}{asked}", name_wide, 12), 12))
        parts.append(rect(name_wide, y + 4, bar, 12, PALE))
        share = way.share
        if share is None and way.about is not None and choice.fell:
            share = min(way.about / choice.fell, 1.0)
        if share is not None:
            clear = 1.0 if way.share is not None else 0.5
            parts.append(rect(name_wide, y + 4, bar * share, 12, ACCENT, words.percent(way.share), clear))
        told = f"{words.count(way.taken, way.about)} · {words.percent(way.share)}"
        parts.append(text(name_wide + bar + 10, y + 14, told, 12, GREY))
        if way.stood_at is not None:
            at = name_wide + bar * min(way.stood_at, 1.0)
            told = words("choice_stood", share=words.percent(way.stood_at))
            parts.append(f'<circle cx="{at:.1f}" cy="{y + 10:.1f}" r="5" fill="#fff" stroke="{WARN}" stroke-width="2">')
            parts.append(f"<title>{told}</title></circle>")
        if way.needed is not None:
            at = name_wide + bar * min(way.needed, 1.0)
            parts.append(line(at, y + 1, at, y + 19, INK, 1.5, "3 2"))
    title = words("choice_title", scene=choice.scene)
    return figure(name_wide + bar + 150, len(choice.ways) * row + 8, title, parts, least=480)


def difference_svg(rows: Sequence[tuple[str, Difference]], words: Words) -> str:
    """Differences of shares with their intervals about 0: right of it, more."""
    row, name_wide, wide = 28.0, 320.0, 420.0
    told = [(name, one) for name, one in rows if one.low is not None and one.high is not None]
    if not told:
        return ""
    reach = max(0.05, *(max(abs(one.low or 0), abs(one.high or 0)) for _, one in told))
    middle, scale = name_wide + wide / 2, wide / 2 / reach
    parts = [line(middle, 0, middle, len(told) * row + 4, GREY)]
    for number, (name, one) in enumerate(told):
        y = number * row + 16
        colour = ACCENT if one.told in ("more", "less") else "#9aa3ab"
        low, high = middle + scale * (one.low or 0), middle + scale * (one.high or 0)
        parts.append(text(0, y + 4, short(name, name_wide, 12), 12))
        parts.append(line(low, y, high, y, colour, 3))
        if one.before is not None and one.after is not None:
            at = middle + scale * (one.after - one.before)
            parts.append(f'<circle cx="{at:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>')
        parts.append(text(name_wide + wide + 14, y + 4, words(f"told_{one.told.replace(' ', '_')}"), 12, GREY))
    foot = len(told) * row + 18
    for at in (-reach, 0.0, reach):
        sign = "+" if at > 0 else "−" if at < 0 else ""
        parts.append(text(middle + scale * at, foot, f"{sign}{words.percent(abs(at))}", 11, GREY, "middle"))
    return figure(name_wide + wide + 190, foot + 8, words("edit_title"), parts, least=520)


def trend_svg(rows: Sequence[tuple[str, float | None]], title: str, written: Sequence[str]) -> str:
    """One figure over weeks or months, as a line with dots; a gap where it is not told. ``written``: each in words."""
    wide, high, edge = 500.0, 120.0, 34.0
    values = [value for _, value in rows if value is not None]
    if len(values) < 2:
        return ""
    top = max(*values, 1e-9) * 1.12
    step = (wide - 2 * edge) / max(len(rows) - 1, 1)
    points = [
        None if value is None else (edge + number * step, high - 22 - (high - 48) * value / top)
        for number, (_, value) in enumerate(rows)
    ]
    parts = [line(edge, high - 22, wide - edge, high - 22)]
    for begun, ended in pairwise(points):
        if begun and ended:
            parts.append(polyline([begun, ended], ACCENT))
    every = -(-len(rows) // 8)
    for number, ((name, _), point) in enumerate(zip(rows, points, strict=True)):
        if point:
            parts.append(f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="3.5" fill="{ACCENT}"/>')
            if number in (0, len(rows) - 1) or len(rows) <= 8:
                parts.append(text(point[0], point[1] - 9, written[number], 11, INK, "middle"))
        if number % every == 0:
            parts.append(text(edge + number * step, high - 6, name, 10, GREY, "middle"))
    return figure(wide, high, title, parts)


def _rules(top: float, room: float, top_edge: float, words: Words) -> Iterator[str]:
    for share in (0.0, 0.5, 1.0):
        y = top_edge + room * (1 - share)
        yield line(LEFT, y, WIDTH - RIGHT, y, RULE, 1 if share else 1.4)
        yield text(
            LEFT - 8, y + 4, words.number(top * share, 0 if top * share == int(top * share) else 1), 11, GREY, "end"
        )


def _keys(keys: Sequence[tuple[str, str]], y: float) -> Iterator[str]:
    x = LEFT
    for colour, said in keys:
        yield rect(x, y - 9, 11, 11, colour)
        yield text(x + 16, y, said, 11, GREY)
        x += 16 + 7.2 * len(said) + 18
