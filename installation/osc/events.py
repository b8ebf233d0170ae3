"""Things that happen once: found in the difference of two moods, or reported by the film; sent three times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from installation.osc.encoder import Message, message
from installation.osc.registry import INT_MAX
from installation.osc.state import emotion_index
from models.mood import Mood, VisitorMood

REPEAT_SECONDS = (0.0, 0.09, 0.18)
"""A stalled receiver loses datagrams in a row: the repeats lie apart, the last within 200 ms."""
STARTS = 2**20
"""The counter begins at the wall clock's seconds modulo this, so that the first events of a show that was started again
are not taken for repeats of the last one's; and far below 2^24, where Pure Data's numbers stop being exact."""


OF_VISITORS = frozenset(("/event/enter", "/event/leave", "/event/emotion"))


@dataclass(slots=True)
class Sequence:
    """One counter for all events, so that a receiver knows a repeat, whatever it repeats."""

    number: int = 0

    def next(self) -> int:
        """The next number, from 1 to 2^31-1 and round again."""
        self.number = self.number % INT_MAX + 1
        return self.number


@dataclass(slots=True)
class Presence:
    """Who was there at the last mood that could be trusted, and what was believed of each."""

    sequence: Sequence
    _visitors: dict[int, VisitorMood] = field(default_factory=dict)
    _dominant: str | None = None

    def advance(self, mood: Mood) -> Iterator[Message]:
        """Events between the last mood and this one.

        A mood that cannot be trusted ends no visit: that we could not see is not that they left.
        """
        if not mood.trusted:
            return
        now = {visitor.slot: visitor for visitor in mood.visitors}
        for slot, before in self._visitors.items():
            if slot not in now or now[slot].visitor_id != before.visitor_id:
                yield message("/event/leave", self.sequence.next(), slot, before.visitor_id)
        for slot, visitor in now.items():
            known = self._visitors.get(slot)
            if known is None or known.visitor_id != visitor.visitor_id:
                yield message("/event/enter", self.sequence.next(), slot, visitor.visitor_id)
                known = None
            if visitor.dominant != (known.dominant if known else None):
                yield self._emotion(slot, visitor.dominant, visitor.confidence)
        if mood.dominant != self._dominant:
            yield self._emotion(0, mood.dominant, mood.confidence)
        self._visitors, self._dominant = now, mood.dominant

    def end(self) -> Iterator[Message]:
        """Nobody may be followed any more."""
        for slot, before in self._visitors.items():
            yield message("/event/leave", self.sequence.next(), slot, before.visitor_id)
        if self._dominant is not None:
            yield self._emotion(0, None, 0.0)
        self._visitors, self._dominant = {}, None

    def _emotion(self, slot: int, dominant: str | None, confidence: float) -> Message:
        return message("/event/emotion", self.sequence.next(), slot, emotion_index(dominant), confidence)


def private(event: Message) -> bool:
    """Whether an event is about a single visitor; only profiles that the venue chose may carry it."""
    return event.path in ("/event/enter", "/event/leave") or (event.path == "/event/emotion" and event.values[1] != 0)
