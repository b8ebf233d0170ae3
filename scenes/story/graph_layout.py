"""Where the scenes of a story stand on a drawing: columns from the first scene on, few crossings, ways that go around.

The method is that of Sugiyama, Tagawa and Toda (1981): circles are opened, scenes get columns, long ways get a place in
each column they pass, the order in a column follows the neighbours' means, and heights are the nearest that leave gaps
(by pooling adjacent violators). A story longer than the paper is wide continues below, as text does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Node = str | tuple[int, int]
"""A scene, or the place of a way in a column that it passes: (number of the way, column)."""
SWEEPS = 12


@dataclass(frozen=True, slots=True)
class Way:
    """One way out: from a scene, ``port`` below that scene's upper edge, to another."""

    source: str
    target: str
    port: float


@dataclass(frozen=True, slots=True)
class Spacing:
    """Of all cards, in the drawing's unit."""

    width: float
    column_gap: float
    row_gap: float
    entry: float
    """How far below a card's upper edge ways come in."""
    lane: float = 14.0
    """Height that a way takes in a column it passes."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Upper left corners of the cards, and the points that each way goes through (none: it is not drawn)."""

    width: float
    height: float
    cards: Mapping[str, tuple[float, float]]
    routes: tuple[tuple[tuple[float, float], ...], ...]


def lay_out(heights: Mapping[str, float], ways: Sequence[Way], spacing: Spacing, ratio: float) -> Layout:
    """Place cards of these ``heights`` (by name, the first scene first) on paper of ``ratio`` (width by height).

    None of the ``ways`` may lead back.
    """
    columns, passed = _columns(heights, ways)
    _order(columns, [link for path in passed for link in pairwise(path)])
    tops = _tops(columns, passed, heights, spacing)
    per_band = _columns_per_band(columns, tops, heights, spacing, ratio)
    return _placed(columns, tops, heights, ways, passed, per_band, spacing)


def leading_back(names: Sequence[str], ways: Sequence[tuple[str, str]]) -> Iterator[int]:
    """Numbers of the ways, each from one scene to another, that close a circle when one begins with the first name."""
    out: dict[str, list[int]] = {name: [] for name in names}
    for number, (source, _) in enumerate(ways):
        out[source].append(number)
    done: set[str] = set()
    for first in names:
        trail: list[tuple[str, Iterator[int]]] = [(first, iter(out[first]))] if first not in done else []
        open_names = {first}
        while trail:
            name, rest = trail[-1]
            for number in rest:
                if (target := ways[number][1]) in open_names:
                    yield number
                elif target not in done:
                    open_names.add(target)
                    trail.append((target, iter(out[target])))
                    break
            else:
                trail.pop()
                open_names.discard(name)
                done.add(name)


def curve(points: Sequence[tuple[float, float]], gap: float) -> str:
    """The path of a way through ``points`` from left to right, as ``scenes.story.graph_layout`` gives them: bent from
    card to card, straight where it passes a column. ``gap``: between columns, for a way that leads back up.
    """
    (x, y), *rest = points
    path = f"M{x:.1f} {y:.1f}"
    for number, (to_x, to_y) in enumerate(rest):
        if number % 2:
            path += f"H{to_x:.1f}"
        else:
            bend = (to_x - x) * 0.5 if to_x > x else gap * 0.6
            path += f"C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
        x, y = to_x, to_y
    return path


def arc(start: tuple[float, float], end: tuple[float, float], depth: float) -> str:
    """The SVG path of a way that leads back, under the cards down to ``depth``."""
    (x1, y1), (x2, y2) = start, end
    return f"M{x1:.1f} {y1:.1f}C{x1:.1f} {depth:.1f} {x2:.1f} {depth:.1f} {x2:.1f} {y2:.1f}"


def _columns(heights: Mapping[str, float], ways: Sequence[Way]) -> tuple[list[list[Node]], list[list[Node]]]:
    """The scenes by columns, each as early as its ways in allow, and the nodes that each way forward goes through."""
    column = dict.fromkeys(heights, 0)
    for _ in heights:  # the longest way is no longer
        for way in ways:
            column[way.target] = max(column[way.target], column[way.source] + 1)
    columns: list[list[Node]] = [[] for _ in range(max(column.values()) + 1)]
    for name, place in column.items():
        columns[place].append(name)
    passed: list[list[Node]] = []
    for number, way in enumerate(ways):
        between: list[Node] = [(number, place) for place in range(column[way.source] + 1, column[way.target])]
        for place, node in enumerate(between, column[way.source] + 1):
            columns[place].append(node)
        passed.append([way.source, *between, way.target])
    return columns, passed


def _order(columns: list[list[Node]], links: Sequence[tuple[Node, Node]]) -> None:
    """Sort each column by the mean place of its neighbours, to and fro; the order with fewest crossings is kept."""
    before: dict[Node, list[Node]] = {}
    after: dict[Node, list[Node]] = {}
    for one, other in links:
        before.setdefault(other, []).append(one)
        after.setdefault(one, []).append(other)
    best, fewest = [list(column) for column in columns], _crossings(columns, after)
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        for number in range(1, len(columns)) if forth else range(len(columns) - 2, -1, -1):
            place = {node: at for at, node in enumerate(columns[number - 1 if forth else number + 1])}
            neighbours = [(before if forth else after).get(node, []) for node in columns[number]]
            means = {
                node: _mean([float(place[other]) for other in near], float(own))
                for own, (node, near) in enumerate(zip(columns[number], neighbours, strict=True))
            }
            columns[number].sort(key=means.__getitem__)
        count = _crossings(columns, after)
        if count < fewest:
            best, fewest = [list(column) for column in columns], count
    columns[:] = best


def _crossings(columns: Sequence[Sequence[Node]], after: Mapping[Node, list[Node]]) -> int:
    count = 0
    for left, right in pairwise(columns):
        place = {node: at for at, node in enumerate(right)}
        ends = [place[other] for node in left for other in sorted(after.get(node, []), key=place.__getitem__)]
        count += sum(one > other for at, one in enumerate(ends) for other in ends[at + 1 :])
    return count


def _tops(
    columns: Sequence[Sequence[Node]],
    passed: Sequence[Sequence[Node]],
    heights: Mapping[str, float],
    spacing: Spacing,
) -> dict[Node, float]:
    """The upper edge of each node: as near to straight ways as the gaps allow."""
    tops: dict[Node, float] = {}
    for column in columns:
        y = 0.0
        for node in column:
            tops[node] = y
            y += _height(node, heights, spacing) + spacing.row_gap
    wishes: dict[Node, list[tuple[Node, float]]] = {}
    for path in passed:
        for one, other in pairwise(path):  # middle to middle: from port to port, each column would stand deeper
            by = (_height(one, heights, spacing) - _height(other, heights, spacing)) / 2
            wishes.setdefault(other, []).append((one, by))
            wishes.setdefault(one, []).append((other, -by))
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wanted = [_mean([tops[other] + by for other, by in wishes.get(node, [])], tops[node]) for node in column]
            steps = [_height(node, heights, spacing) + spacing.row_gap for node in column]
            tops.update(zip(column, _apart(wanted, steps), strict=True))
    least = min(tops.values())
    return {node: top - least for node, top in tops.items()}


def _height(node: Node, heights: Mapping[str, float], spacing: Spacing) -> float:
    return heights[node] if isinstance(node, str) else spacing.lane


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _apart(wanted: Sequence[float], steps: Sequence[float]) -> list[float]:
    """The places nearest to ``wanted`` (least squares) of which each is at least a step below the one before."""
    offset, offsets = 0.0, []
    pools: list[list[float]] = []  # sum and count
    for place, step in zip(wanted, steps, strict=True):
        offsets.append(offset)
        pools.append([place - offset, 1.0])
        offset += step
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
    levels = [total / count for total, count in pools for _ in range(round(count))]
    return [level + by for level, by in zip(levels, offsets, strict=True)]


def _bands(
    columns: Sequence[Sequence[Node]],
    tops: Mapping[Node, float],
    heights: Mapping[str, float],
    spacing: Spacing,
    per_band: int,
) -> list[tuple[int, float, float]]:
    """First column, upper and lower edge of each band of ``per_band`` columns."""
    bands = []
    for first in range(0, len(columns), per_band):
        nodes = [node for column in columns[first : first + per_band] for node in column]
        low = max(tops[node] + _height(node, heights, spacing) for node in nodes)
        bands.append((first, min(tops[node] for node in nodes), low))
    return bands


def _columns_per_band(
    columns: Sequence[Sequence[Node]],
    tops: Mapping[Node, float],
    heights: Mapping[str, float],
    spacing: Spacing,
    ratio: float,
) -> int:
    """As many columns beside each other as let the drawing be largest on the paper."""

    def size(per_band: int) -> float:
        width = min(per_band, len(columns)) * (spacing.width + spacing.column_gap) - spacing.column_gap
        bands = _bands(columns, tops, heights, spacing, per_band)
        height = sum(low - top for _, top, low in bands) + 2 * spacing.row_gap * (len(bands) - 1)
        return min(ratio / width, 1 / height)

    return max(range(1, len(columns) + 1), key=lambda per_band: (size(per_band), per_band))


def _placed(  # noqa: PLR0913 - the parts of one drawing
    columns: Sequence[Sequence[Node]],
    tops: Mapping[Node, float],
    heights: Mapping[str, float],
    ways: Sequence[Way],
    passed: Sequence[Sequence[Node]],
    per_band: int,
    spacing: Spacing,
) -> Layout:
    corners: dict[Node, tuple[float, float]] = {}
    band_of: dict[Node, int] = {}
    shift, pitch = 0.0, spacing.width + spacing.column_gap
    for band, (first, top, low) in enumerate(_bands(columns, tops, heights, spacing, per_band)):
        for number, column in enumerate(columns[first : first + per_band]):
            for node in column:
                corners[node], band_of[node] = (number * pitch, tops[node] - top + shift), band
        shift += low - top + 2 * spacing.row_gap
    routes: list[tuple[tuple[float, float], ...]] = []
    for way, path in zip(ways, passed, strict=True):
        if len({band_of[node] for node in path}) > 1:
            routes.append(())  # across half the paper: its words name where it leads
            continue
        leaves, comes = corners[way.source], corners[way.target]
        points = [(leaves[0] + spacing.width, leaves[1] + way.port)]
        for node in path[1:-1]:
            x, y = corners[node][0], corners[node][1] + spacing.lane / 2
            points += [(x, y), (x + spacing.width, y)]
        routes.append((*points, (comes[0], comes[1] + spacing.entry)))
    names = [node for node in corners if isinstance(node, str)]
    width = max(corners[name][0] for name in names) + spacing.width
    height = max(corners[name][1] + heights[name] for name in names)
    return Layout(width, height, {name: corners[name] for name in names}, tuple(routes))
