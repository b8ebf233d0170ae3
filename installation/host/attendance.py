"""What the journal counts of an evening: visitors who come and leave, and how long an operator held the show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from models.mood import Mood
from scenes.machine.cue import ShowState, StateChanged

Line = tuple[str, dict[str, Any]]
"""Kind and fields of a line of the journal."""
BY_HAND = {ShowState.PAUSED: "paused", ShowState.BLACKOUT: "blackout", ShowState.CLOSED: "closed"}
"""States that only an operator brings about."""


class Visits:
    """Who is there. The eye's numbers of visitors stay in memory: written is that somebody came, and for how long."""

    def __init__(self) -> None:
        self.total = 0
        self._since: dict[int, float] = {}
        self._seen: Mood | None = None

    def advance(self, mood: Mood, now: float) -> Iterator[Line]:
        """Who came and who left since the last mood. That we could not see is not that they left."""
        if mood is self._seen or not mood.trusted:
            return
        self._seen = mood
        here = {visitor.visitor_id for visitor in mood.visitors}
        for visitor in [visitor for visitor in self._since if visitor not in here]:
            yield self._leave(visitor, now)
        for visitor in here - self._since.keys():
            self._since[visitor], self.total = now, self.total + 1
            yield "enter", {"here": len(self._since)}

    @property
    def since(self) -> float | None:
        """When the first of those who are here came; None: nobody is."""
        return min(self._since.values(), default=None)

    def forget(self) -> None:
        """Forget those who are here, without a line."""
        self.total -= len(self._since)
        self._since, self._seen = {}, None

    def end(self, now: float) -> Iterator[Line]:
        """The show is over for those who are still there."""
        for visitor in list(self._since):
            yield self._leave(visitor, now)

    def _leave(self, visitor: int, now: float) -> Line:
        seconds = now - self._since.pop(visitor)
        return "leave", {"seconds": round(seconds, 1), "here": len(self._since)}


class OperatorTime:
    """How long the show was paused, black or closed."""

    def __init__(self) -> None:
        self.seconds = 0.0
        """Of all pauses and blackouts; being closed is no work of the operator's."""
        self._state, self._since = ShowState.ATTRACT, 0.0

    def advance(self, cue: StateChanged, now: float) -> Iterator[Line]:
        """The line of the state that ``cue`` ends, if an operator had brought it about."""
        if cue.state is self._state:
            return
        yield from self.end(now)
        self._state, self._since = cue.state, now

    def end(self, now: float) -> Iterator[Line]:
        """The same at the end of the show."""
        word, seconds = BY_HAND.get(self._state), now - self._since
        if word is None:
            return
        if self._state is not ShowState.CLOSED:
            self.seconds += seconds
        self._state = ShowState.ATTRACT
        yield "operator", {"what": word, "minutes": round(seconds / 60, 2)}
