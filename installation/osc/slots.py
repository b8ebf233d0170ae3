"""Which visitors receivers hear of, each in a slot of its own: the nearest, where there are more than slots."""

from __future__ import annotations

from models.judging.tracker import NEARER_RATIO
from models.mood import Mood, VisitorMood


class Slots:
    """The ``number`` slots that receivers address. A visitor keeps one until somebody clearly nearer needs it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._taken: dict[int, int] = {}
        """Slots by the visitor's id."""

    def seated(self, mood: Mood) -> Mood:
        """``mood`` with those visitors who have a slot here. While there is one for each, it is the eye's own."""
        if not mood.trusted:  # that nobody could be seen is not that they left
            return mood
        visitors = mood.visitors
        here = {visitor.visitor_id: visitor for visitor in visitors}
        self._taken = {number: slot for number, slot in self._taken.items() if number in here}
        for visitor in sorted(visitors, key=lambda one: -one.size):
            if visitor.visitor_id not in self._taken:
                self._seat(visitor, here)
        found = [here[number].model_copy(update={"slot": slot}) for number, slot in self._taken.items()]
        return mood.model_copy(update={"visitors": tuple(sorted(found, key=lambda one: one.slot))})

    def _seat(self, visitor: VisitorMood, here: dict[int, VisitorMood]) -> None:
        free = set(range(1, self.number + 1)) - set(self._taken.values())
        if free:
            self._taken[visitor.visitor_id] = visitor.slot if visitor.slot in free else min(free)
            return
        farthest = min(self._taken, key=lambda number: here[number].size)
        if visitor.size > NEARER_RATIO * here[farthest].size:
            self._taken[visitor.visitor_id] = self._taken.pop(farthest)
