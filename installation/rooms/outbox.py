"""What waits for the broker: of each topic the newest value, and a short row of what happened. Never more."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

ROW_AT_MOST = 200
"""Of events and replies; the oldest are dropped."""
Make = Callable[[], bytes | None]
"""Makes a payload in the client's thread, of values that do not change any more; None: nothing has to be sent."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to the broker."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False


@dataclass(frozen=True, slots=True)
class _Newest:
    make: Make
    qos: int
    retain: bool


class Outbox:
    """Any thread may put; the client's thread takes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first: deque[Message] = deque()
        self._row: deque[Message] = deque(maxlen=ROW_AT_MOST)
        self._newest: dict[str, _Newest] = {}

    def put(self, topic: str, make: Make, qos: int, retain: bool) -> None:
        """The newest value of a topic; one that was not taken yet is forgotten."""
        with self._lock:
            self._newest[topic] = _Newest(make, qos, retain)

    def add(self, message: Message) -> None:
        """Something that happened, after what happened before it."""
        with self._lock:
            self._row.append(message)

    def begin(self, greeting: Iterable[Message]) -> None:
        """A new connection: its greeting goes first, and what happened while there was none is no news any more."""
        with self._lock:
            self._first = deque(greeting)
            self._row.clear()

    def take(self) -> Message | None:
        """The next that is to be sent; None: nothing waits."""
        while True:
            with self._lock:
                if row := self._first or self._row:
                    return row.popleft()
                if not self._newest:
                    return None
                topic = next(iter(self._newest))
                value = self._newest.pop(topic)
            payload = value.make()
            if payload is not None:
                return Message(topic, payload, value.qos, value.retain)
