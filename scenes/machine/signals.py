"""Signals from elsewhere as the story knows them: smoothed, too old or not, and what they did in the listening window.

Pure: messages come in as part of a ``Moment``, so that an evening with its signals replays. Between two messages a
signal stays what it was sent as; its mean goes on towards that (a first-order low-pass, exact for any length of tick).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scenes.machine.cue import Cue, SignalChanged
from scenes.machine.replacing import replace
from scenes.machine.signal_state import SignalState, Span
from scenes.machine.state import Moment, StoryState
from scenes.story.conditions import When
from scenes.story.signals import SignalEntry
from scenes.story.story import Story

TOLD_EACH_SECONDS, TOLD_FROM_LEVEL = 1.0, 0.02
"""A change of a signal is told no more often, and no smaller one."""


def hear(story: Story, state: StoryState, moment: Moment) -> tuple[StoryState, tuple[Cue, ...]]:
    """The part of a tick in which signals go on, are heard, and become too old; a change is told now and then."""
    entries = story.signals
    if not entries and not state.signals:
        return state, ()
    now = moment.now if math.isfinite(moment.now) else state.now
    passed = max(now - state.now, 0.0)
    before = {signal.name: signal for signal in state.signals}
    found: list[SignalState] = []
    dropped = [signal.told for signal in state.signals if signal.name not in entries and signal.told]
    cues: tuple[Cue, ...] = tuple(replace(told, known=False) for told in dropped)  # the story was read again
    for number, (name, entry) in enumerate(entries.items(), start=1):
        signal = _go_on(entry, before[name], now, passed) if name in before else None
        for message in moment.signals:
            if message.name != name:
                continue
            if message.value is None:
                signal = replace(signal, known=False, tick=None) if signal else None
            elif math.isfinite(message.value):
                signal = _take(name, entry, signal, message.value, now)
        if signal is not None:
            signal, changed = _tell(number, entry, signal, now)
            found.append(signal)
            cues += changed
    return replace(state, signals=tuple(found)), tuple(cues)


def _go_on(entry: SignalEntry, signal: SignalState, now: float, passed: float) -> SignalState:
    """Some time without a message."""
    left = math.exp(-passed / entry.smoothing_seconds) if entry.smoothing_seconds else 0.0
    value = signal.sent + (signal.value - signal.sent) * left
    known = signal.known and now - signal.heard_at < entry.stale_seconds
    return replace(signal, value=value, known=known, tick=Span(value, value) if known else None)


def _take(name: str, entry: SignalEntry, signal: SignalState | None, came: float, now: float) -> SignalState:
    """One message. The first one after a silence is no step: the mean begins there."""
    sent = min(max(came, entry.low), entry.high)
    if signal is None:
        return SignalState(name, sent, sent, now, tick=Span(sent, sent))
    value = signal.value if signal.known and entry.smoothing_seconds else sent
    tick = signal.tick.then(Span(value, value)) if signal.tick else Span(value, value)
    return replace(signal, sent=sent, value=value, heard_at=now, known=True, tick=tick)


def _tell(
    number: int, entry: SignalEntry, signal: SignalState, now: float
) -> tuple[SignalState, tuple[SignalChanged, ...]]:
    told, level = signal.told, entry.level(signal.value)
    if now - signal.told_at < TOLD_EACH_SECONDS:
        return signal, ()
    if told and (told.number, told.known) == (number, signal.known) and abs(told.level - level) < TOLD_FROM_LEVEL:
        return signal, ()
    is_now = SignalChanged(number, signal.name, signal.value, level, signal.known)
    return replace(signal, told=is_now, told_at=now), (is_now,)


@dataclass(frozen=True, slots=True)
class SignalStanding:
    """How a signal of the story stands now; for whoever watches."""

    name: str
    value: float | None
    """In its sender's unit, smoothed; None: not known."""
    level: float
    silent_seconds: float | None
    """Since its last message; None: never heard."""


def signal_standings(story: Story, state: StoryState) -> tuple[SignalStanding, ...]:
    """Every signal of the story in the order of its file."""
    heard = {signal.name: signal for signal in state.signals}
    found = []
    for name, entry in story.signals.items():
        signal = heard.get(name)
        value = signal.value if signal and signal.known else None
        silent = max(state.now - signal.heard_at, 0.0) if signal else None
        found.append(SignalStanding(name, value, 0.0 if value is None else entry.level(value), silent))
    return tuple(found)


def levels(story: Story, state: StoryState) -> dict[str, float]:
    """Of each signal that is known, where it is from its ``low`` (0) to its ``high`` (1); for ``following.level``."""
    entries = story.signals
    return {s.name: entries[s.name].level(s.value) for s in state.signals if s.known and s.name in entries}


def gather(signals: Sequence[SignalState]) -> tuple[SignalState, ...]:
    """The same after a tick in which the scene listened."""
    return tuple(
        replace(signal, window=signal.window.then(signal.tick) if signal.window else signal.tick)
        if signal.tick
        else signal
        for signal in signals
    )


def forget(signals: Sequence[SignalState]) -> tuple[SignalState, ...]:
    """The same at the start of a scene, whose window has heard nothing."""
    return tuple(replace(signal, window=None) for signal in signals)


def signal_holds(state: StoryState, when: When, at_once: bool) -> str | None:
    """Why the conditions on a signal hold, in words; '' when one does not; None: the signal is not known.

    ``at_once``: the branch is immediate.
    """
    stands = next((signal.stands(at_once) for signal in state.signals if signal.name == when.signal), None)
    if stands is None:
        return None
    reasons = []
    for name, bound in when.bounds:
        value = {"above": stands.high, "below": stands.low, "rises_by": stands.rise}[name]
        if not (value < bound if name == "below" else value > bound if name == "above" else value >= bound):
            return ""
        reasons.append(f"rose by {value:g}" if name == "rises_by" else f"{name} {bound:g} ({value:g})")
    return f"{when.signal} {', '.join(reasons)}"
