"""A UDP socket that knows when each datagram came: by the machine's stamp where there is one, not when we looked."""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from installation.osc.udp_socket import resolve
from installation.screens.wire import AT_MOST_BYTES

SO_TIMESTAMPNS = 35
"""Linux: the wall clock's time of arrival comes with each datagram. Python's socket module has no name for it."""
_TIMESPEC = struct.Struct("@ll")
BELIEVED_SECONDS = 1.0
"""A stamp that is older, or from the future: the wall clock was set meanwhile."""


@dataclass(frozen=True, slots=True)
class Datagram:
    """What came, when by the socket's clock, and from whom."""

    data: bytes
    at: float
    sender: tuple[str, int]


class StampedSocket:
    """Never waits, and raises OSError only where it is opened, or where it is of no use any more."""

    def __init__(self, family: socket.AddressFamily, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)

    @classmethod
    def bound(cls, host: str, port: int, clock: Callable[[], float]) -> Self:
        """One that listens. Raises OSError."""
        opened = cls(socket.AF_INET6 if ":" in host else socket.AF_INET, clock)
        try:
            opened._socket.bind((host, port))
        except OSError:
            opened.close()
            raise
        return opened

    @classmethod
    def connected(cls, host: str, port: int, clock: Callable[[], float]) -> Self:
        """One to a single peer, whose datagrams alone it hears. To find a name may take seconds. Raises OSError."""
        family, address = resolve(host, port)
        opened = cls(family, clock)
        try:
            opened._socket.connect(address)
        except OSError:
            opened.close()
            raise
        return opened

    @property
    def port(self) -> int:
        """Its own."""
        return int(self._socket.getsockname()[1])

    def fileno(self) -> int:
        """For ``select``."""
        return self._socket.fileno()

    def receive(self) -> Datagram | None:
        """The next that waits; None when there is none, or when the peer's machine said that nobody listens there."""
        try:
            data, extra, _, sender = self._socket.recvmsg(AT_MOST_BYTES + 1, socket.CMSG_SPACE(_TIMESPEC.size))
        except (BlockingIOError, ConnectionRefusedError):
            return None
        return Datagram(data, self._clock() - _age(extra), (str(sender[0]), int(sender[1])))

    def send(self, data: bytes, to: tuple[str, int] | None = None) -> bool:
        """To the peer, or to this sender of before; False where it could not be sent now, which is a datagram lost."""
        try:
            if to is None:
                self._socket.send(data)
            else:
                self._socket.sendto(data, to)
        except (BlockingIOError, ConnectionRefusedError):
            return False
        except OSError:
            if to is None:
                raise
            return False
        return True

    def close(self) -> None:
        """Give it back."""
        self._socket.close()


def _age(extra: list[Any]) -> float:
    """Seconds since the machine had the datagram; 0 where it does not say."""
    for level, kind, data in extra:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            age = time.time() - seconds - nanoseconds * 1e-9
            return age if 0.0 <= age < BELIEVED_SECONDS else 0.0
    return 0.0
