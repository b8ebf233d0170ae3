"""One browser's connection, with the bounds that uvicorn has not: for slow senders, slow readers, and crowds.

uvicorn waits for ever for the rest of a request's head, and for a reader that takes nothing while its buffer is full.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from uvicorn.protocols.http.h11_impl import H11Protocol

from installation.web.access import is_loopback


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one connection, one address and all together may take."""

    head_seconds: float = 10.0
    """For the head of a request, from its first byte or the connection's start."""
    read_seconds: float = 10.0
    """For a reader whose buffers are full to take something."""
    connections: int = 600
    from_one_address: int = 60
    """Not for this machine itself."""
    send_buffer: int = 262_144
    """Bytes that the system keeps for a reader; by itself it would keep megabytes for one that sleeps."""


class Deadline:
    """Calls somebody after a time unless it is stopped before; started again, it keeps its first end."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None

    def start(self, seconds: float, on_end: Callable[[], None]) -> None:
        """Begin to wait, if it does not wait already."""
        self._timer = self._timer or self._loop.call_later(seconds, on_end)

    def stop(self) -> None:
        """Wait no more."""
        if self._timer:
            self._timer.cancel()
            self._timer = None


def guarded_connection(keep: Bounds) -> type[H11Protocol]:
    """A protocol for one server, with its own counts."""
    open_now: Counter[str] = Counter()

    class GuardedConnection(H11Protocol):
        """Closes at once what stays behind the bounds; no buffer is flushed first, as nobody reads it."""

        _address: str | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._head, self._reader = Deadline(self.loop), Deadline(self.loop)
            address = self.client[0] if self.client else ""
            crowded = open_now[address] >= keep.from_one_address and not is_loopback(address)
            if crowded or open_now.total() >= keep.connections:
                transport.abort()
                return
            self._address = address
            open_now[address] += 1
            end = cast(socket.socket, transport.get_extra_info("socket"))
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, keep.send_buffer)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio overlooks it: 40 ms for each answer
            self._head.start(keep.head_seconds, transport.abort)

        def connection_lost(self, exc: Exception | None) -> None:
            self._head.stop()
            self._reader.stop()
            if self._address is not None:
                open_now[self._address] -= 1
                if not open_now[self._address]:
                    del open_now[self._address]
                self._address = None
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            if self._is_answered:  # a further request begins
                self._head.start(keep.head_seconds, self.transport.abort)
            super().data_received(data)
            if not self._is_answered:  # the head is here; the body is timed by whoever reads it
                self._head.stop()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._reader.start(keep.read_seconds, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            self._reader.stop()

        @property
        def _is_answered(self) -> bool:
            """No request is under way."""
            return self.cycle is None or self.cycle.response_complete

    return GuardedConnection
