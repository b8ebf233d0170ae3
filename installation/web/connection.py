"""One browser's connection, with the bounds that uvicorn has not: for slow senders, slow readers, and crowds.

uvicorn waits for ever for the rest of a request's head, and for a reader that takes nothing while its buffer is full.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from dataclasses import dataclass
from typing import Any, cast

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


def guarded_connection(keep: Bounds) -> type[H11Protocol]:
    """A protocol for one server, with its own counts."""
    open_now: Counter[str] = Counter()

    class GuardedConnection(H11Protocol):
        """Closes at once what stays behind the bounds; no buffer is flushed first, as nobody reads it."""

        _timer: asyncio.TimerHandle | None = None
        _address: str | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            address = self.client[0] if self.client else ""
            crowded = open_now[address] >= keep.from_one_address and not is_loopback(address)
            if crowded or open_now.total() >= keep.connections:
                transport.abort()
                return
            self._address = address
            open_now[address] += 1
            cast(Any, transport.get_extra_info("socket")).setsockopt(
                socket.SOL_SOCKET, socket.SO_SNDBUF, keep.send_buffer
            )
            self._within(keep.head_seconds)

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_timer()
            if self._address is not None:
                open_now[self._address] -= 1
                if not open_now[self._address]:
                    del open_now[self._address]
                self._address = None
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            answered = self._is_answered
            super().data_received(data)
            if answered and not self._is_answered:
                self._stop_timer()  # the head is here; the body is timed by whoever reads it

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if self._is_answered and not self.transport.is_closing():
                self._within(keep.head_seconds + self.timeout_keep_alive)

        def pause_writing(self) -> None:
            super().pause_writing()
            self._within(keep.read_seconds)

        def resume_writing(self) -> None:
            super().resume_writing()
            self._stop_timer()

        @property
        def _is_answered(self) -> bool:
            """No request is under way."""
            return self.cycle is None or self.cycle.response_complete

        def _within(self, seconds: float) -> None:
            self._stop_timer()
            self._timer = self.loop.call_later(seconds, self.transport.abort)

        def _stop_timer(self) -> None:
            if self._timer:
                self._timer.cancel()
                self._timer = None

    return GuardedConnection
