"""``[signals.heart]``: a number that another machine or another room sends, which branches and followers ask for.

How it goes on from message to message is in ``scenes/machine/signals.py``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from calibration.files import did_you_mean
from calibration.settings import Section
from scenes.story.problem import Problem
from scenes.story.rooms import RoomPath, is_room_value, room_value

ADDRESS = r"^(/[A-Za-z0-9_.-]+)+$"
SIGNALS_AT_MOST = 8
OWN = ("/control/", "/reply/")
"""In the addresses at which the show itself is spoken to and answers, whatever the venue's prefix."""


def _valid_address(address: str) -> str:
    if not re.match(ADDRESS, address):
        raise ValueError("is not a valid OSC address; expected slashes and letters, digits, _ . - as in /cue/strobe")
    return address


OscAddress = Annotated[str, AfterValidator(_valid_address), Field(json_schema_extra={"pattern": ADDRESS})]


class SignalEntry(Section):
    """A number that another machine sends to the show's control port (a button, a heart rate), or another room says."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": [source]} for source in ("osc", "room")]})

    osc: OscAddress | None = Field(
        None,
        description="The address at which it is sent, with or without the show's own prefix (/emo) in front",
        examples=["/sense/heart"],
    )
    room: RoomPath | None = Field(
        None, description="Instead of `osc`: a value of another room on the broker", examples=["hall/mood/happiness"]
    )
    low: float = Field(0.0, description="The lowest value that counts, in the sender's unit; what is below is this")
    high: float = Field(1.0, description="The highest value that counts; what is above is this")
    smoothing_seconds: float = Field(
        0.0, ge=0, le=60, description="An exponential mean over about this long: after it, 63 % of a step is there"
    )
    stale_seconds: float = Field(
        5.0, gt=0, le=86400, description="With no message for this long, it is unknown; no condition on it holds then"
    )

    @model_validator(mode="before")
    @classmethod
    def _has_its_rooms_range(cls, raw: Any) -> Any:
        """Where the author gives none, the whole range of another room's value."""
        path = raw.get("room") if isinstance(raw, dict) else None
        if isinstance(path, str) and is_room_value(path):
            low, high = room_value(path).range
            return {"low": low, "high": high, **raw}
        return raw

    @model_validator(mode="after")
    def _has_a_source(self) -> SignalEntry:
        if (self.osc is None) == (self.room is None):
            raise ValueError("needs exactly one of osc and room")
        return self

    @property
    def source(self) -> str:
        """Where it comes from: an OSC address, or another room's value."""
        return self.osc or self.room or ""

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
        if entry.osc is None:
            continue
        for own in OWN:
            if own in entry.osc:
                yield Problem(key, f"{own}... is the show's own; choose another address, such as /sense/{name}")
        if first.setdefault(entry.osc, name) != name:
            yield Problem(key, f"is the address of {first[entry.osc]!r} too; give each signal an address of its own")


def no_such_signal(name: str, signals: Collection[str]) -> str:
    """That there is no such signal, with the one that was meant, or what a value of another room is."""
    if "/" in name:
        try:
            room_value(name)
        except ValueError as why:
            return f"{name!r} {why}"
    known = "; expected one of " + ", ".join(signals) if signals else "; [signals] has none"
    return f"no signal is called {name!r}{did_you_mean(name, tuple(signals)) or known}"


def check_signal_condition(
    key: str,
    signal: str,
    bounds: tuple[tuple[str, float], ...],
    signals: Mapping[str, SignalEntry],
) -> Iterator[Problem]:
    """A signal that the story does not have, or ``bounds`` (``above`` and its like) that it can never pass."""
    entry = signals.get(signal)
    if entry is None:
        yield Problem(f"{key}.signal", no_such_signal(signal, signals))
        return
    low, high = entry.low, entry.high
    for name, bound in bounds:
        if name == "rises_by" and bound > high - low:
            yield Problem(f"{key}.{name}", f"is more than {signal!r} can rise: it goes from {low:g} to {high:g}")
        elif (name == "above" and not low <= bound < high) or (name == "below" and not low < bound <= high):
            yield Problem(f"{key}.{name}", f"{bound:g} is never passed: {signal!r} goes from {low:g} to {high:g}")
