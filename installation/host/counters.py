"""What the journal counts each second and writes every five minutes: how long the doors were open, the eye could see,
the pictures were on time. So that a closed camera is no empty room in the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LINE_SECONDS = 300.0
"""Between two lines; a power cut costs what was counted since the last one."""
STALL_SECONDS = 5.0
"""A second that lasted longer was no second of the show: the machine slept, or the clock jumped."""


@dataclass(frozen=True, slots=True)
class Second:
    """How the show stood at the end of a second."""

    open: bool
    """The doors were not closed."""
    seeing: bool
    """The mood could be trusted: who was there would have been seen."""
    pictures: int
    """Of the film that were due, since the show's start."""
    late: int
    """Of these, that came late or were left out."""
    lost: tuple[str, ...] = ()
    """The parts that were lost."""


class Counters:
    """Sums up seconds. Nothing is written of those in which the house was closed."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._counted = self._open = self._seeing = 0.0
        self._lost: dict[str, float] = {}
        self._told = self._seen = (0, 0)
        """Pictures and late ones, as of the last line and as of the last second."""

    def advance(self, second: Second, now: float) -> dict[str, Any] | None:
        """Count one; the fields of a line when one is due."""
        passed = 0.0 if self._last is None else now - self._last
        if 0 < passed <= STALL_SECONDS:
            self._counted += passed
            if second.open:
                self._open += passed
                self._seeing += passed if second.seeing else 0.0
                for part in second.lost:
                    self._lost[part] = self._lost.get(part, 0.0) + passed
        self._last, self._seen = now, (second.pictures, second.late)
        return self.line() if self._counted >= LINE_SECONDS else None

    def line(self) -> dict[str, Any] | None:
        """What was counted since the last line; None: the house was closed all the while."""
        opened = self._open
        pictures, late = (seen - told for seen, told in zip(self._seen, self._told, strict=True))
        fields = {
            "seconds": round(self._counted, 1),
            "open": round(opened, 1),
            "seeing": round(self._seeing, 1),
            "pictures": pictures,
            "late": late,
            "lost": {part: round(gone, 1) for part, gone in self._lost.items()},
        }
        self._told, self._counted, self._open, self._seeing = self._seen, 0.0, 0.0, 0.0
        self._lost.clear()
        return fields if opened else None
