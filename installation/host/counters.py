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
    """Of the film, since the show's start."""
    late: int
    """Of these, that came late, were left out or shown twice."""
    lost: tuple[str, ...] = ()
    """The parts that were lost."""


class Counters:
    """Sums up seconds. Nothing is written of those in which the house was closed."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._begun = 0.0
        self._open = self._seeing = 0.0
        self._lost: dict[str, float] = {}
        self._told = self._seen = (0, 0)
        """Pictures and late ones, as of the last line and as of the last second."""

    def advance(self, second: Second, now: float) -> dict[str, Any] | None:
        """Count one; the fields of a line when one is due."""
        if self._last is None:
            self._begun = now
        else:
            passed = now - self._last
            if second.open and 0 < passed <= STALL_SECONDS:
                self._open += passed
                self._seeing += passed if second.seeing else 0.0
                for part in second.lost:
                    self._lost[part] = self._lost.get(part, 0.0) + passed
        self._last, self._seen = now, (second.pictures, second.late)
        return self.line(now) if now - self._begun >= LINE_SECONDS else None

    def line(self, now: float) -> dict[str, Any] | None:
        """What was counted since the last line; None: the house was closed all the while."""
        seconds, opened = now - self._begun, self._open
        pictures, late = (seen - told for seen, told in zip(self._seen, self._told, strict=True))
        fields = {
            "seconds": round(seconds, 1),
            "open": round(opened, 1),
            "seeing": round(self._seeing, 1),
            "pictures": pictures,
            "late": late,
            "lost": {part: round(gone, 1) for part, gone in self._lost.items()},
        }
        self._begun, self._told, self._open, self._seeing = now, self._seen, 0.0, 0.0
        self._lost.clear()
        return fields if opened else None
