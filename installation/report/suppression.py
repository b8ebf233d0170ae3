"""No figure of fewer than five visits, and none from which one could be found by subtraction.

A cell is a count with a name. A sum says that some cells add up to another one. Cells of 1 to 4 are hidden first. Then,
in each sum, enough of the others are hidden, the smallest first, that what is told leaves no single hidden cell and no
hidden cells that together are fewer than five. (Complementary suppression, as offices of statistics do it.)
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from installation.report.figures import FEWEST

Cell = Hashable


@dataclass(frozen=True, slots=True)
class Sum:
    """These cells add up to ``total``."""

    parts: Sequence[Cell]
    total: Cell


def hidden_cells(counts: Mapping[Cell, int], sums: Iterable[Sum]) -> set[Cell]:
    """The cells that must not be told. A cell without a count is nobody's: 0."""
    hidden = {cell for cell, count in counts.items() if 0 < count < FEWEST}
    listed = list(sums)
    of_cell: defaultdict[Cell, list[int]] = defaultdict(list)
    for number, one in enumerate(listed):
        for cell in (*one.parts, one.total):
            of_cell[cell].append(number)
    waiting = deque(range(len(listed)))
    queued = set(waiting)
    while waiting:
        number = waiting.popleft()
        queued.discard(number)
        while (cell := _also(listed[number], counts, hidden)) is not None:
            hidden.add(cell)
            more = [other for other in of_cell[cell] if other not in queued and other != number]
            waiting.extend(more)
            queued.update(more)
    return hidden


def _also(one: Sum, counts: Mapping[Cell, int], hidden: set[Cell]) -> Cell | None:
    """One more cell of this sum that must be hidden; None: it gives nothing away."""
    dark = [cell for cell in one.parts if cell in hidden]
    if one.total in hidden:
        safe = bool(dark) or not any(counts.get(cell, 0) for cell in one.parts)
    else:
        safe = not dark or (len(dark) > 1 and sum(counts.get(cell, 0) for cell in dark) >= FEWEST)
    if safe:
        return None
    told = [cell for cell in one.parts if cell not in hidden]
    if not told:
        return one.total
    return min(told, key=lambda cell: (not counts.get(cell, 0), counts.get(cell, 0)))
