"""What a way to a display's power must be able to do."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from calibration.errors import Unavailable


class Lamp(StrEnum):
    """What a display says of its power."""

    OFF = "off"
    ON = "on"
    COOLING = "cooling down"
    WARMING = "warming up"
    UNKNOWN = "unknown"


class DisplayFault(Unavailable):
    """A display that cannot be switched or asked; the message says why, and what to do."""


class Driver(Protocol):
    """One way to a display's power. Each call may take seconds and raises ``DisplayFault``."""

    def lamp(self) -> Lamp:
        """How it is now."""

    def switch(self, on: bool) -> None:
        """Ask it to go on or off; it may take a minute to do so."""

    def remarks(self) -> tuple[str, ...]:
        """What a technician should know: hours of the lamp, warnings."""
