"""Drawings of a comparison: a line for each method or set of emotions, a dot for each figure on it."""

from __future__ import annotations

from collections.abc import Sequence

from installation.drawings.svg import ACCENT, EMOTIONS, GREY, INK, PALE, RULE, WARN, figure, line, rect, short, text

Rows = Sequence[tuple[str, Sequence[float | None]]]
"""Name, and a share from 0 to 1 for each series."""
COLOURS = (INK, WARN, ACCENT, EMOTIONS["happiness"])
WIDTH, LEFT, RIGHT, STEP = 1060, 380, 30, 26
LEGEND, LETTER = 20, 7.0
"""Height of a line of the legend, and width of a letter in it."""
DOT = 9


def dots_svg(title: str, series: Sequence[str], rows: Rows) -> str:
    """Shares in percent along an axis from 0 to 100; '' where there is nothing to draw."""
    if not rows:
        return ""
    parts = []
    at, foot = 0.0, 21.0
    for name, colour in zip(series, COLOURS, strict=False):
        width = 30 + LETTER * len(name)
        if at and at + width > WIDTH:
            at, foot = 0.0, foot + LEGEND
        parts += [rect(at, foot - DOT, DOT, DOT, colour), text(at + DOT + 5, foot, name, 12, GREY)]
        at += width
    top = foot + 25
    bottom = top + STEP * len(rows)
    for share in range(0, 101, 20):
        x = _x(share / 100)
        parts += [line(x, top - 8, x, bottom, RULE), text(x, bottom + 16, f"{share} %", 11, GREY, "middle")]
    for k, (name, values) in enumerate(rows):
        y = top + STEP * k + STEP / 2
        known = [value for value in values if value is not None]
        if known:
            parts.append(rect(_x(min(known)), y - 2, _x(max(known)) - _x(min(known)), 4, PALE))
        parts.append(text(LEFT - 12, y + 4, short(name, LEFT - 20, 12.5), 12.5, INK, "end"))
        for what, value, colour in zip(series, values, COLOURS, strict=False):
            if value is not None:
                told = f"{name}, {what}: {100 * value:.1f} %"
                parts.append(rect(_x(value) - DOT / 2, y - DOT / 2, DOT, DOT, colour, told))
    return figure(WIDTH, bottom + 26, title, parts, least=620)


def _x(share: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, max(0.0, share))
