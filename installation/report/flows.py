"""The ways that takes went, drawn as bands whose width is how many went there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from installation.drawings.svg import ACCENT, GREY, INK, WARN, band, figure, line, rect, short, text
from installation.report.figures import Flow
from installation.report.words import Words
from scenes.story.graph_layout import Layout, Spacing, Way, arc, curve, lay_out, leading_back

WIDTH = 10.0
"""Of a scene's bar."""
SPACING = Spacing(width=WIDTH, column_gap=100.0, row_gap=34.0, entry=0.0, lane=10.0)
TALLEST, THINNEST, LEAST_BAR = 110.0, 1.2, 8.0
"""Height of the bar that all takes go through; width of the thinnest band; a bar's least height."""
ENDLESS = 1000.0
"""Ratio of the paper: a long story grows to the right, and is scrolled."""
HEAD, EDGE, STUB = 30.0, 16.0, 26.0
NAME_ROOM = 96.0
PAGE, WIDEST_GAP = 1040.0, 270.0
"""Width that few columns are drawn apart for, and how far apart at most."""


def flows_svg(flows: Sequence[Flow], words: Words) -> str:
    """The drawing; '' where there is nothing to draw. Counts that are not told are drawn as a broken hair line."""
    inner = [flow for flow in flows if flow.source and flow.target]
    begun = [flow for flow in flows if not flow.source and flow.target]
    ended = [flow for flow in flows if flow.source and not flow.target]
    named = (name for flow in (*begun, *inner, *ended) for name in (flow.source, flow.target))
    order = [name for name in dict.fromkeys(named) if name]
    if not order:
        return ""
    coming = {name: [flow for flow in (*begun, *inner) if flow.target == name] for name in order}
    arriving = {name: _sum(flows) for name, flows in coming.items()}
    leaving = {name: _sum(flow for flow in (*inner, *ended) if flow.source == name) for name in order}
    counts = {name: _count(flows, words) for name, flows in coming.items()}
    most = max(max(arriving[name], leaving[name]) for name in order) or 1
    unit = TALLEST / most
    heights = {name: max(LEAST_BAR, unit * max(arriving[name], leaving[name])) for name in order}
    back = set(leading_back(order, [(flow.source, flow.target) for flow in inner]))
    forward = [flow for number, flow in enumerate(inner) if number not in back]
    backward = [flow for number, flow in enumerate(inner) if number in back]
    ports, ways = dict.fromkeys(order, 0.0), []
    for flow in forward:
        wide = _wide(flow, unit)
        ways.append(Way(flow.source, flow.target, min(ports[flow.source] + wide / 2, heights[flow.source] - 1)))
        ports[flow.source] += wide
    layout = lay_out(heights, ways, SPACING, ENDLESS)
    columns = len({x for x, _ in layout.cards.values()}) - 1
    spacing = SPACING
    if columns > 0:
        free = (PAGE - NAME_ROOM - 2 * EDGE - WIDTH * (columns + 1)) / columns
        spacing = replace(SPACING, column_gap=min(max(free, SPACING.column_gap), WIDEST_GAP))
        layout = lay_out(heights, ways, spacing, ENDLESS)
    drawing = _Drawing(layout, heights, unit, words)
    parts = [
        *drawing.forward(forward),
        *drawing.backward(backward),
        *drawing.endings(ended, ports),
        *drawing.scenes(counts, begun),
    ]
    width, height = layout.width + NAME_ROOM + 2 * EDGE, drawing.foot + EDGE
    return figure(width, height, words("flows_title"), parts, least=round(min(width, max(720.0, 0.7 * width))))


class _Drawing:
    def __init__(self, layout: Layout, heights: dict[str, float], unit: float, words: Words) -> None:
        self._layout, self._heights, self._unit, self._words = layout, heights, unit, words
        self._entries = dict.fromkeys(heights, 0.0)
        self.foot = layout.height + HEAD
        """The lowest row that is drawn upon."""

    def forward(self, flows: Sequence[Flow]) -> list[str]:
        """Bands from left to right, the widest first so that thin ones lie on top."""
        drawn: list[tuple[float, str]] = []
        for flow, points in zip(flows, self._layout.routes, strict=True):
            if not points:
                continue
            wide = _wide(flow, self._unit)
            top = self._layout.cards[flow.target][1]
            entry = top + min(self._entries[flow.target] + wide / 2, self._heights[flow.target] - 1)
            self._entries[flow.target] += wide
            shifted = [(x + EDGE, y + HEAD) for x, y in (*points[:-1], (points[-1][0], entry))]
            self.foot = max(self.foot, *(y + wide / 2 for _, y in shifted[1:]))
            drawn.append((wide, self._band(curve(shifted, SPACING.column_gap), flow, wide)))
        return [one for _, one in sorted(drawn, key=lambda pair: -pair[0])]

    def backward(self, flows: Sequence[Flow]) -> list[str]:
        """Ways that lead back, as arcs under the drawing."""
        drawn = []
        foot = self.foot
        for number, flow in enumerate(flows):
            (x1, y1), (x2, y2) = self._layout.cards[flow.source], self._layout.cards[flow.target]
            wide, depth = _wide(flow, self._unit), foot + 12 + 12 * number
            start, end = x1 + WIDTH / 2 + EDGE, x2 + WIDTH / 2 + EDGE
            from_y, to_y = y1 + self._heights[flow.source] + HEAD, y2 + self._heights[flow.target] + HEAD
            drawn.append(self._band(arc((start, from_y), (end, to_y), depth), flow, min(wide, 14.0)))
            self.foot = max(self.foot, depth)
        return drawn

    def endings(self, flows: Sequence[Flow], ports: dict[str, float]) -> list[str]:
        """Where takes ended: stubs that go down (left, cut) or straight on (completed)."""
        drawn = []
        for flow in flows:
            x, top = self._layout.cards[flow.source]
            wide = _wide(flow, self._unit)
            y = top + min(ports[flow.source] + wide / 2, self._heights[flow.source] - 1) + HEAD
            ports[flow.source] += wide
            start = x + WIDTH + EDGE
            if flow.end == "completed":
                drawn.append(self._band(f"M{start:.1f} {y:.1f}h{STUB}", flow, wide, ACCENT))
                drawn.append(line(start + STUB, y - wide / 2, start + STUB, y + wide / 2, INK, 1.5))
            else:
                path = f"M{start:.1f} {y:.1f}q{STUB * 0.6:.1f} 0 {STUB * 0.7:.1f} {STUB * 0.7:.1f}"
                drawn.append(self._band(path, flow, min(wide, 12.0), WARN, 0.75))
        return drawn

    def scenes(self, counts: Mapping[str, str], begun: Sequence[Flow]) -> list[str]:
        """Each scene's bar with its name and how many takes came to it."""
        first = {flow.target for flow in begun}
        drawn = []
        for name, count in counts.items():
            x, y = self._layout.cards[name]
            left, top = x + EDGE, y + HEAD
            told = self._words("flows_scene", scene=name, takes=count)
            drawn.append(rect(left, top, WIDTH, self._heights[name], ACCENT if name in first else "#4a5560", told))
            drawn.append(text(left, top - 16, short(name, NAME_ROOM, 12), 12, INK, weight=600))
            drawn.append(text(left, top - 4, count, 11, GREY))
        return drawn

    def _band(self, path: str, flow: Flow, wide: float, colour: str = "#6f93a8", opacity: float = 0.5) -> str:
        to = flow.target or self._words(f"end_{flow.end or 'cut'}")
        told = self._words("flows_way", source=flow.source, target=to, takes=self._words.count(flow.takes, flow.about))
        return band(path, colour, wide, told, opacity, "" if _takes(flow) else "3 3")


def _count(flows: Sequence[Flow], words: Words) -> str:
    """How many came to a scene: in tens, where one of the ways there is told in tens or not at all."""
    if all(flow.takes is not None for flow in flows):
        return words.count(_sum(flows))
    return words.count(None, round(_sum(flows), -1) or None)


def _wide(flow: Flow, unit: float) -> float:
    return max(THINNEST, unit * _takes(flow))


def _sum(flows: Iterable[Flow]) -> int:
    return sum(_takes(flow) for flow in flows)


def _takes(flow: Flow) -> int:
    """As far as it is told."""
    return (flow.about or 0) if flow.takes is None else flow.takes
