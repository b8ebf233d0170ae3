"""One thing that ``chiaro check`` tried, and how it was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from calibration.errors import BadInput


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of the check."""

    part: str
    """story, clip, loudness, venue, model, camera, eyes, display, sound, osc, hours, display power, ups, lamps, sign,
    screens, report, broker, journal, privacy, flashes."""
    state: Literal["ok", "warning", "problem"]
    where: str
    """File and key, or the thing's own name."""
    what: str
    """What was found and, when it is wrong, what to do."""
    rehearsal: bool = False
    """Good enough for a rehearsal, but not for visitors."""


def ok(part: str, where: str, what: str) -> Finding:
    """A finding that is as it should be."""
    return Finding(part, "ok", where, what)


def problem(part: str, where: str, what: str) -> Finding:
    """A finding that would spoil the evening."""
    return Finding(part, "problem", where, what)


def warning(part: str, where: str, what: str, rehearsal: bool = False) -> Finding:
    """A finding that the show can live with; with ``rehearsal`` only a show without visitors can."""
    return Finding(part, "warning", where, what, rehearsal)


def bad_input(part: str, error: BadInput) -> list[Finding]:
    """A finding for each problem of a file or an option."""
    return [problem(part, error.where, what) for what in error.problems]
