"""The console's end of the line to the stage: documents come in, requests go out and are answered."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import orjson

from installation.web.caller import Caller
from installation.web.wire import Wire

Document = dict[str, Any]
"""One of ``installation.web.document``, read without pydantic, which would be 10 MB in the console's process."""
NOT_NOW, TOO_MANY = 5, 4
"""As in OSC's replies."""
ANSWER_WITHIN = 5.0
MOST_WAITING = 100
MOST_UNHEARD = 64
"""Messages that are read ahead of the event loop; where it hangs no more are read, and the stage notices."""


class Reply(NamedTuple):
    """What became of a request."""

    code: int
    reason: str


class StageLine:
    """Asks the stage without ever waiting in the event loop: two threads read and write the wire."""

    def __init__(self, wire: Wire, answer_within: float = ANSWER_WITHIN) -> None:
        self._wire, self._answer_within = wire, answer_within
        self._outgoing: queue.Queue[bytes] = queue.Queue(MOST_WAITING)
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._number = 0
        self._room = threading.Semaphore(MOST_UNHEARD)

    def start(
        self, messages: Iterator[bytes], on_document: Callable[[Document, bytes], None], on_end: Callable[[], None]
    ) -> None:
        """Begin. Both callbacks are called in the event loop that runs now: a document with its bytes, and the end."""
        loop = asyncio.get_running_loop()

        def read() -> None:
            with suppress(RuntimeError):  # the loop has ended before us
                for message in messages:
                    self._room.acquire()
                    loop.call_soon_threadsafe(self._hear, message, on_document)
                loop.call_soon_threadsafe(on_end)

        threading.Thread(target=read, name="wire in", daemon=True).start()
        threading.Thread(target=self._write, name="wire out", daemon=True).start()

    def say(self, who: str, name: str, *arguments: Any) -> None:
        """Send a request whose answer nobody waits for."""
        with suppress(queue.Full):
            self._outgoing.put_nowait(request(0, who, name, arguments))

    async def ask(self, caller: Caller, name: str, arguments: tuple[Any, ...]) -> Reply:
        """The stage's answer, or why there is none."""
        if len(self._waiting) >= MOST_WAITING:
            return Reply(TOO_MANY, "the show has too many requests to answer; wait a moment and try again")
        self._number += 1
        number = self._number
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            self._outgoing.put_nowait(request(number, caller.who, name, arguments))
            async with asyncio.timeout(self._answer_within):
                return await answer
        except (queue.Full, TimeoutError):
            return Reply(NOT_NOW, f"the show did not answer within {self._answer_within:.0f} s")
        finally:
            del self._waiting[number]

    def _hear(self, message: bytes, on_document: Callable[[Document, bytes], None]) -> None:
        self._room.release()
        document = orjson.loads(message)
        if document["kind"] != "answer":
            on_document(document, message)
            return
        future = self._waiting.get(document["number"])
        if future and not future.done():
            future.set_result(Reply(document["code"], document["reason"]))

    def _write(self) -> None:
        with suppress(ConnectionError):  # the reading thread notices too
            while True:
                self._wire.send(self._outgoing.get())


def request(number: int, who: str, name: str, arguments: tuple[Any, ...]) -> bytes:
    """A ``Request`` as bytes."""
    return orjson.dumps({"kind": "request", "number": number, "who": who[:60], "name": name, "arguments": arguments})
