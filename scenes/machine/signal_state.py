"""A signal from elsewhere between two ticks, and what it did: values only (see ``scenes/machine/signals.py``)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from scenes.machine.cue import SignalChanged


class SignalMessage(NamedTuple):
    """A number that was heard, in its sender's unit."""

    name: str
    value: float | None
    """None: it is not known any more; the room that said it is gone, or cannot see."""


class Span(NamedTuple):
    """The lowest and the highest of some values, and the most by which one was above an earlier one."""

    low: float
    high: float
    rise: float = 0.0

    def then(self, later: Span) -> Span:
        """These values, and then those."""
        rise = max(self.rise, later.rise, later.high - self.low)
        return Span(min(self.low, later.low), max(self.high, later.high), rise)


@dataclass(frozen=True, slots=True)
class SignalState:
    """One signal between two ticks."""

    name: str
    sent: float
    """As it came last, held between ``low`` and ``high``."""
    value: float
    """The same, smoothed."""
    heard_at: float
    """Show time of the last message."""
    known: bool = True
    """It is not too old."""
    tick: Span | None = None
    """Its values in this tick; None: not known."""
    window: Span | None = None
    """Its values while the scene listened; None: never known then."""
    told: SignalChanged | None = None
    told_at: float = -math.inf

    def stands(self, at_once: bool) -> Span | None:
        """What a condition asks of: the listening window, or (``at_once``) what the signal is now."""
        if not at_once or self.tick is None:
            return None if at_once else self.window
        return self.tick._replace(rise=self.window.then(self.tick).rise) if self.window else self.tick
