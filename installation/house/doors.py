"""The doors as a state machine: pure, so that a year of opening hours runs in a moment.

::

    open --(hours, hand, battery)--> closing --(the take has ended)--> closed --> opening --(all is back)--> open

Closing waits for the take that is running (on battery it does not). Opening shows the film at once, and waits only
before it says that all is back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

SETTLE_SECONDS = 3.0
"""How long the hours must say something new before it counts: a clock that is set back by a second opens no door."""
OPENING_SECONDS = 120.0
"""How long what was switched on may take to be back (a projector's lamp: a minute and more)."""


class Doors(StrEnum):
    """As broadcast in ``/info/house``."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Moment:
    """What the house learns at one tick."""

    now: float
    """Monotonic seconds."""
    planned: bool
    """The hours say that it is open."""
    in_take: bool
    """A visitor's way through the film is running."""
    mains: bool = True
    """There is power, or only a short loss of it."""
    ready: bool = True
    """Camera, networks and display are back."""


@dataclass(frozen=True, slots=True)
class House:
    """One moment of the house. Made by ``begin``, followed by ``advance``."""

    doors: Doors
    since: float
    planned: bool
    """What the hours say, once settled."""
    unsettled_since: float | None = None
    by_hand: bool | None = None
    """Opened or closed by hand, until the hours change next."""
    mains: bool = True

    @property
    def wanted(self) -> bool:
        """Whether it should be open."""
        return self.mains and (self.planned if self.by_hand is None else self.by_hand)

    @property
    def reason(self) -> str:
        """Why it is as it is wanted."""
        return "on battery" if not self.mains else "opening hours" if self.by_hand is None else "by hand"

    @property
    def dark(self) -> bool:
        """Nothing is shown."""
        return self.doors is Doors.CLOSED


def begin(moment: Moment, by_hand: bool | None = None) -> House:
    """The house as the show starts: open or closed, without a wait. ``by_hand``: what was asked before a kill."""
    house = House(Doors.OPEN, moment.now, moment.planned, by_hand=by_hand)
    return house if house.wanted else replace(house, doors=Doors.CLOSED)


def ask(house: House, wanted: bool, now: float, at_once: bool = False) -> House:
    """Somebody opens or closes it. ``at_once``: whoever is in the film is not waited for."""
    house = replace(house, by_hand=wanted)
    dark_now = at_once and not wanted and not house.dark
    return replace(house, doors=Doors.CLOSED, since=now) if dark_now else house


def advance(house: House, moment: Moment, last_take_seconds: float) -> House:
    """The house one tick later."""
    house = replace(_plan(house, moment), mains=moment.mains)
    doors = _next(house, moment, last_take_seconds)
    return house if doors is house.doors else replace(house, doors=doors, since=moment.now)


def _plan(house: House, moment: Moment) -> House:
    """The hours have changed: what was asked by hand has had its time."""
    if moment.planned is house.planned:
        return replace(house, unsettled_since=None)
    if house.unsettled_since is None:
        return replace(house, unsettled_since=moment.now)
    if moment.now - house.unsettled_since < SETTLE_SECONDS:
        return house
    return replace(house, planned=moment.planned, unsettled_since=None, by_hand=None)


def _next(house: House, moment: Moment, last_take_seconds: float) -> Doors:
    waited = moment.now - house.since
    match house.doors:
        case Doors.OPEN if not house.wanted:
            return Doors.CLOSING
        case Doors.CLOSING if house.wanted:
            return Doors.OPEN
        case Doors.CLOSING if not (moment.in_take and house.mains) or waited >= last_take_seconds:
            return Doors.CLOSED
        case Doors.CLOSED if house.wanted:
            return Doors.OPENING
        case Doors.OPENING if not house.wanted:
            return Doors.CLOSING
        case Doors.OPENING if moment.ready or waited >= OPENING_SECONDS:
            return Doors.OPEN
    return house.doors
