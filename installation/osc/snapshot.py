"""What a receiver that is switched on now would be sent, kept ready as messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from installation.osc.encoder import Message, Value
from installation.osc.registry import BY_PATH, Pace

HEALTH_KEPT_SECONDS = 2.0
"""Older health is not repeated: a receiver takes silence for a dead show, and should."""


@dataclass(slots=True)
class Snapshot:
    """The newest message of every address, by the pace at which it travels."""

    stream: dict[str, Message] = field(default_factory=dict)
    change: dict[str, Message] = field(default_factory=dict)
    time: dict[str, Message] = field(default_factory=dict)
    health: dict[str, Message] = field(default_factory=dict)
    slow: dict[str, Message] = field(default_factory=dict)
    changes: int = 0
    healths: int = 0
    health_at: float = float("-inf")

    def update_mood(self, messages: Iterable[Message]) -> None:
        """A whole new mood: streams of visitors who went end with it."""
        sorted_by_pace = list(messages)
        self.stream = {m.path: m for m in sorted_by_pace if BY_PATH[m.path].pace is Pace.STREAM}
        self.update_change(m for m in sorted_by_pace if BY_PATH[m.path].pace is Pace.CHANGE)

    def update_change(self, messages: Iterable[Message]) -> None:
        """New values of addresses that travel on change; equal ones count as no change."""
        for message in messages:
            known = self.change.get(message.path)
            if known is None or known.body != message.body:
                self.change[message.path] = message
                self.changes += 1

    def update_health(self, messages: Iterable[Message], now: float) -> None:
        """The machine's health, measured at ``now``."""
        self.health = {m.path: m for m in messages}
        self.healths += 1
        self.health_at = now

    def fresh_health(self, now: float) -> dict[str, Message]:
        """The health, unless it is too old to be repeated."""
        return self.health if now - self.health_at < HEALTH_KEPT_SECONDS else {}

    def values(self) -> dict[str, tuple[Value, ...]]:
        """The newest values by address, for OSCQuery."""
        everything = self.stream | self.change | self.time | self.health | self.slow
        return {path: message.values for path, message in everything.items()}
