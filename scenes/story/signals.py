"""``[signals.heart]``: a number that another machine sends, which branches and followers ask for.

How it goes on from message to message is in ``scenes/machine/signals.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from calibration.files import did_you_mean
from calibration.settings import Section
from scenes.story.problem import Problem

ADDRESS = r"^(/[A-Za-z0-9_.-]+)+$"
SIGNALS_AT_MOST = 8
OWN = ("/control/", "/reply/")
"""In the addresses at which the show itself is spoken to and answers, whatever the venue's prefix."""


def _valid_address(address: str) -> str:
    if not re.match(ADDRESS, address):
        raise ValueError("is not a valid OSC address; expected slashes and letters, digits, _ . - as in /cue/strobe")
    return address


OscAddress = Annotated[str, AfterValidator(_valid_address)]


class SignalEntry(Section):
    """A number that another machine sends to the show's control port: a button, a heart rate, another room."""

    osc: OscAddress = Field(
        description="The address at which it is sent, with or without the show's own prefix (/emo) in front",
        examples=["/sense/heart"],
        json_schema_extra={"pattern": ADDRESS},
    )
    low: float = Field(0.0, description="The lowest value that counts, in the sender's unit; what is below is this")
    high: float = Field(1.0, description="The highest value that counts; what is above is this")
    smoothing_seconds: float = Field(
        0.0, ge=0, le=60, description="An exponential mean over about this long: after it, 63 % of a step is there"
    )
    stale_seconds: float = Field(
        5.0, gt=0, le=86400, description="With no message for this long, it is unknown; no condition on it holds then"
    )

    @model_validator(mode="after")
    def _has_a_range(self) -> SignalEntry:
        if self.low >= self.high:
            raise ValueError(f"low ({self.low:g}) must be less than high ({self.high:g})")
        return self

    def level(self, value: float) -> float:
        """Where ``value`` is between ``low`` (0) and ``high`` (1)."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


def check_signals(signals: Mapping[str, SignalEntry]) -> Iterator[Problem]:
    """Faults that show only when all signals are seen together."""
    if len(signals) > SIGNALS_AT_MOST:
        yield Problem("signals", f"there are {len(signals)}; a show hears {SIGNALS_AT_MOST} at most")
    first: dict[str, str] = {}
    for name, entry in signals.items():
        key = f"signals.{name}.osc"
        for own in OWN:
            if own in entry.osc:
                yield Problem(key, f"{own}... is the show's own; choose another address, such as /sense/{name}")
        if first.setdefault(entry.osc, name) != name:
            yield Problem(key, f"is the address of {first[entry.osc]!r} too; give each signal an address of its own")


def check_signal_condition(
    key: str,
    signal: str,
    bounds: tuple[tuple[str, float], ...],
    signals: Mapping[str, SignalEntry],
) -> Iterator[Problem]:
    """A signal that the story does not have, or ``bounds`` (``above`` and its like) that it can never pass."""
    entry = signals.get(signal)
    if entry is None:
        known = "; expected one of " + ", ".join(signals) if signals else "; [signals] has none"
        yield Problem(f"{key}.signal", f"no signal is called {signal!r}{did_you_mean(signal, tuple(signals)) or known}")
        return
    low, high = entry.low, entry.high
    for name, bound in bounds:
        if name == "rises_by" and bound > high - low:
            yield Problem(f"{key}.{name}", f"is more than {signal!r} can rise: it goes from {low:g} to {high:g}")
        elif (name == "above" and not low <= bound < high) or (name == "below" and not low < bound <= high):
            yield Problem(f"{key}.{name}", f"{bound:g} is never passed: {signal!r} goes from {low:g} to {high:g}")
