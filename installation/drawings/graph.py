"""A story's graph of cards that are all alike: where each stands, and the path of each way.

Columns, order and heights are those of the page for the wall (``chiaro story print``) and of a report's flows:
``scenes/story/graph_layout.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scenes.story.graph_layout import Spacing, Way, arc, curve, lay_out, leading_back

CARD = (132.0, 100.0)
SPACING = Spacing(width=CARD[0], column_gap=48.0, row_gap=20.0, entry=CARD[1] / 2)
ENDLESS = 1000.0
"""Ratio of the paper: a long story grows to the right, and is moved under the finger."""


@dataclass(frozen=True, slots=True)
class Graph:
    """The drawing."""

    width: float
    height: float
    cards: dict[str, tuple[float, float]]
    """Upper left corners."""
    ways: dict[tuple[str, str], str]
    """The SVG path of each way from one scene to another."""


def graph_of(names: Sequence[str], ways: Sequence[tuple[str, str]]) -> Graph:
    """The graph of scenes ``names``, in the order in which a visitor comes to them, and the ways between them."""
    order = list(dict.fromkeys(names))
    known = [way for way in dict.fromkeys(ways) if way[0] in order and way[1] in order]
    back = set(leading_back(order, known))
    on = [way for number, way in enumerate(known) if number not in back]
    layout = lay_out(dict.fromkeys(order, CARD[1]), [Way(*way, CARD[1] / 2) for way in on], SPACING, ENDLESS)
    paths = {way: curve(points, SPACING.column_gap) for way, points in zip(on, layout.routes, strict=True)}
    paths |= {known[number]: _back(layout.cards[known[number][0]], layout.cards[known[number][1]]) for number in back}
    return Graph(layout.width, layout.height, dict(layout.cards), paths)


def _back(source: tuple[float, float], target: tuple[float, float]) -> str:
    """A way that leads back, below both cards; one that leads to its own card is a loop under it."""
    start, end, foot = source[0] + CARD[0] / 2, target[0] + CARD[0] / 2, max(source[1], target[1]) + CARD[1]
    apart = 20.0 if source == target else 0.0
    depth = foot + SPACING.row_gap / 2 + min(60.0, abs(start - end) / 12)
    return arc((start - apart, source[1] + CARD[1]), (end + apart, target[1] + CARD[1]), depth)
