"""What is known of other rooms at one tick: values only (see ``scenes/machine/rooms.py``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from scenes.machine.signal_state import SignalMessage


@dataclass(frozen=True, slots=True)
class OtherRooms:
    """Of those that the story names. A room of which nothing is known is nowhere here."""

    own: str = ""
    """The name of this room."""
    scenes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The scene on the screen of each room that can be heard."""
    gone: frozenset[str] = frozenset()
    """Rooms that are known to be off, to hang or to be closed."""
    meets: int = 0
    """Entry of the scene that is to begin now, with ..."""
    met: tuple[str, ...] = ()
    """... these rooms."""


NO_ROOMS = OtherRooms()


class Heard(NamedTuple):
    """What came from other rooms since the last tick."""

    signals: tuple[SignalMessage, ...] = ()
    rooms: OtherRooms = NO_ROOMS


NOTHING_HEARD = Heard()


@dataclass(frozen=True, slots=True)
class Meeting:
    """A scene of this room could begin, and waits to do so together with other rooms."""

    entry: int
    scene: str
    rooms: tuple[str, ...]
    left_seconds: float
    """For so long it waits on."""
