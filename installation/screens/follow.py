"""Where a follower's film should be, and how it is led there so that nobody sees it. Pure.

A little early or late: the rate of the film, by half a per cent at most. More than a picture: single pictures are left
out or held, with others between them. Only what is further off than ``JUMP_SECONDS`` is jumped to.
"""

from __future__ import annotations

from dataclasses import dataclass

from installation.screens.clock import ClockEstimate
from installation.screens.wire import Cut, Told

RATE_AT_MOST = 0.005
"""Beside the leader's own rate."""
SETTLING_SECONDS = 1.0
"""A small difference is made up in about so long."""
SLIP_SECONDS = 0.012
"""From here on pictures are left out or held: the rate alone would need five seconds and more."""
SLIP_AT_ONCE = 1 / 30
"""So much of the film is left out or held each time."""
SLIP_EVERY_SECONDS = 0.15
JUMP_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Heard:
    """The newest that a follower has of its leader."""

    told: Told
    clock: ClockEstimate
    session: int
    heard_at: float
    """By the follower's clock."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the leader's film is at one moment."""

    entry: int
    scene: str
    seconds: float
    rate: float
    """Seconds of film in a second of the follower's clock; 0 while it stands."""
    coming: Cut | None = None
    """What is told ahead, and is still to come."""
    coming_at: float = 0.0
    """By the follower's clock."""


@dataclass(frozen=True, slots=True)
class Own:
    """Where the follower's own film is at the same moment."""

    entry: int
    seconds: float
    stands: bool = False
    """It is at its last picture, or held by a transition: no other rate would move it."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What the follower's film clock has to do now."""

    rate: float
    """Seconds of film in a second of the follower's clock, from now on."""
    shift_seconds: float = 0.0
    """And at once: forward (pictures are left out) or back (a picture is held)."""
    jump: bool = False
    """The shift is one that is seen."""


def target(heard: Heard, now: float, ahead_seconds: float = 0.0) -> Target:
    """Where the film should be at ``now`` of the follower's clock.

    ``ahead_seconds``: show all so much earlier, for a display that needs so much longer than the leader's.
    """
    told, clock = heard.told, heard.clock
    leader = clock.leader(now + ahead_seconds)
    rate, cut = told.rate * (1.0 + clock.drift), told.cut
    if cut is None:
        return Target(told.entry, told.scene, told.seconds_at(leader), rate)
    begun = leader - cut.at - cut.transition.first_picture_seconds
    if begun >= 0.0:  # the word that it has happened is still on its way, or lost
        return Target(cut.entry, cut.scene, cut.from_seconds + begun * cut.rate, cut.rate * (1.0 + clock.drift))
    return Target(told.entry, told.scene, told.seconds_at(leader), rate, cut, clock.own(cut.at) - ahead_seconds)


class Follower:
    """Decides the correction at each tick; remembers only when it last left out or held a picture."""

    def __init__(self) -> None:
        self._slipped_at = float("-inf")

    def correct(self, aim: Target, own: Own, now: float) -> Correction:
        """How the film clock goes on from ``now``. Both must be of one entry."""
        behind = aim.seconds - own.seconds
        if aim.rate == 0.0 and abs(behind) <= JUMP_SECONDS:
            return Correction(0.0, behind if abs(behind) > SLIP_SECONDS else 0.0)
        if own.stands and behind > 0.0:
            return Correction(aim.rate)
        if abs(behind) > JUMP_SECONDS:
            return Correction(aim.rate, behind, jump=True)
        if abs(behind) > SLIP_SECONDS:
            return self._slip(aim, behind, now)
        share = min(max(behind / SETTLING_SECONDS, -RATE_AT_MOST), RATE_AT_MOST)
        return Correction(aim.rate * (1.0 + share))

    def _slip(self, aim: Target, behind: float, now: float) -> Correction:
        share = RATE_AT_MOST if behind > 0 else -RATE_AT_MOST
        rate = aim.rate * (1.0 + share)
        if now < self._slipped_at + SLIP_EVERY_SECONDS:
            return Correction(rate)
        self._slipped_at = now
        return Correction(rate, min(max(behind, -SLIP_AT_ONCE), SLIP_AT_ONCE))
