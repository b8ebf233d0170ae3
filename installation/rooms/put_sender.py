"""The house's side of a put: one room's delivery as a state machine, and the loop that serves several at once."""

from __future__ import annotations

import json
import queue
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from installation.rooms.client import BrokerClient
from installation.rooms.link import Received
from installation.rooms.outbox import Message
from installation.rooms.put_manifest import CHUNK_BYTES, WINDOW, Manifest
from installation.rooms.put_receiver import FINAL, PutState
from installation.rooms.tokens import signed
from installation.rooms.topics import RoomTopics, topic_of

ASK_AGAIN_SECONDS = 5.0
"""Without a word from the room the offer is said once more: it is the room that knows what is missing."""
GIVE_UP_SECONDS = 180.0
ROOMS_AT_ONCE = 4


@dataclass
class Delivery:
    """One put into one room, as far as it has come. ``clock``: monotonic seconds."""

    room: str
    manifest: Manifest
    files: dict[str, Path]
    token: str = ""
    dry: bool = False
    back: str = ""
    """Not a put, but the way back: of a ``story`` or a ``venue``."""
    follow: bool = False
    """Until it was kept or went back; else until it waits for its time."""
    clock: Callable[[], float] = time.monotonic
    state: PutState | None = None
    words: str = ""
    """What became of it."""
    sent: int = 0
    """Chunks of those that the room wants."""
    wanted: int = 0
    _queue: deque[tuple[int, int]] = field(default_factory=deque)
    _got: int = 0
    _heard: float = 0.0
    _asked: float = float("-inf")

    def __post_init__(self) -> None:
        self._heard = self.clock()

    @property
    def is_over(self) -> bool:
        """Nothing more is to be sent or waited for."""
        done = FINAL if self.follow else (*FINAL, PutState.WAITS, PutState.TAKEN)
        return self.state in done

    @property
    def failed(self) -> bool:
        """The room has not got it, or has gone back."""
        return self.state in (None, PutState.REFUSED, PutState.BACK)

    @property
    def line(self) -> str:
        """The room and what became of it, for people."""
        return f"{self.room}: {self.state or 'no answer'}{f', {self.words}' if self.words else ''}"

    @property
    def share(self) -> float:
        """How much of it is there."""
        if self.state in (None, PutState.WANTS, PutState.GOT):
            return self._got / self.wanted if self.wanted else 0.0
        return 1.0

    def give_up(self, why: str) -> None:
        """Nothing is sent to this room."""
        self.state, self.words = PutState.REFUSED, why

    def hear(self, said: dict[str, Any]) -> None:
        """A reply of the room."""
        try:
            state = PutState(said.get("state", ""))
        except ValueError:
            return
        self._heard = self.clock()
        if words := said.get("words"):
            self.words = str(words)
        if state is PutState.WANTS:
            self._queue = deque(self._chunks(said.get("missing", ())))
            self.wanted, self.sent, self._got = len(self._queue), 0, 0
        elif state is PutState.GOT:
            self._got = max(self._got, int(said.get("got", 0)))
        elif state is PutState.WOULD:
            self.words = f"{int(said.get('bytes', 0)) / 1e6:.1f} MB would be sent"
        self.state = state

    def due(self, topics: RoomTopics) -> Iterator[Message]:
        """What is to be sent now."""
        now = self.clock()
        if self.is_over:
            return
        if now - self._heard > GIVE_UP_SECONDS:
            self.give_up(self.words or "the room does not answer")
            return
        waits = self.state in (PutState.WAITS, PutState.TAKEN)
        if (not waits and now - max(self._heard, self._asked) > ASK_AGAIN_SECONDS) or self._asked == float("-inf"):
            self._asked = now
            body = {"id": self.manifest.id, "manifest": self.manifest.model_dump(), "dry": self.dry}
            topic = "put/back" if self.back else "put/offer"
            if self.back:
                body = {"id": self.manifest.id, "kind": self.back}
            yield Message(topics.of(topic), request(self.token, self.room, topic, body))
        while self._queue and self.sent - self._got < WINDOW:
            number, chunk = self._queue.popleft()
            self.sent += 1
            topic = topics.of("put", "chunk", self.manifest.id, str(number), str(chunk))
            yield Message(topic, self._bytes(number, chunk))

    def _chunks(self, runs: Any) -> Iterator[tuple[int, int]]:
        for number, first, count in runs:
            yield from ((number, chunk) for chunk in range(first, first + count))

    def _bytes(self, number: int, chunk: int) -> bytes:
        with self.files[self.manifest.files[number].path].open("rb") as opened:
            opened.seek(chunk * CHUNK_BYTES)
            return opened.read(CHUNK_BYTES)


def request(token: str, room: str, topic: str, body: dict[str, Any]) -> bytes:
    """``body``, signed where there is a token."""
    return signed(token, room, topic, body, time.time()) if token else json.dumps(body).encode()


def deliver(
    client: BrokerClient,
    root: str,
    deliveries: Sequence[Delivery],
    report: Callable[[Delivery], None],
    seconds: float | None = None,
) -> None:
    """Bring all of them to their end, a few rooms at once. ``client`` is started already."""
    heard: queue.SimpleQueue[Received] = queue.SimpleQueue()
    client.listen(RoomTopics(root, "+").of("put", "reply", "+"), heard.put)
    waiting, under_way = deque(deliveries), list[Delivery]()
    until = None if seconds is None else time.monotonic() + seconds
    while (waiting or under_way) and (until is None or time.monotonic() < until):
        while waiting and len(under_way) < ROOMS_AT_ONCE:
            under_way.append(waiting.popleft())
        for one in under_way:
            for message in one.due(RoomTopics(root, one.room)) if client.connected else ():
                client.send(message)
        _answer(heard, root, under_way, report)
        under_way = [one for one in under_way if not one.is_over]
    client.ignore(RoomTopics(root, "+").of("put", "reply", "+"))


def _answer(
    heard: queue.SimpleQueue[Received], root: str, under_way: Sequence[Delivery], report: Callable[[Delivery], None]
) -> None:
    """Pass on what was heard, waiting a moment for the first of it."""
    wait = 0.1
    while True:
        try:
            received = heard.get(timeout=wait) if wait else heard.get_nowait()
        except queue.Empty:
            break
        wait = 0.0
        place = topic_of(root, received.topic)
        try:
            said = json.loads(received.payload)
        except ValueError:
            continue
        for one in under_way:
            if place and place.room == one.room and place.rest == f"reply/{one.manifest.id}" and isinstance(said, dict):
                one.hear(said)
                report(one)
    for one in under_way:
        report(one)
