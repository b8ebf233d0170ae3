"""The line between the stage and the console's process: whole messages over a stream socket.

A datagram would be simpler, but a story of five hundred scenes is larger than a datagram may be on Linux.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator

LARGEST = 8_000_000
"""Bytes of one message; a longer one is a fault."""
HEAD = struct.Struct("!I")


class Wire:
    """One end. ``send`` waits for the socket's timeout at most."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def fileno(self) -> int:
        """The descriptor, for ``select``."""
        return self._end.fileno()

    def send(self, message: bytes) -> None:
        """Send one message whole. Raises ``ConnectionError`` where the other end is gone, or takes none for so long."""
        try:
            self._end.sendall(HEAD.pack(len(message)) + message)
        except OSError as error:
            raise ConnectionError("the other end is gone") from error

    def messages(self) -> Iterator[bytes]:
        """All messages as they come, until the other end is gone."""
        with contextlib.suppress(OSError):
            while head := self._exactly(HEAD.size):
                (size,) = HEAD.unpack(head)
                if size > LARGEST:
                    return
                message = self._exactly(size)
                if message is None:
                    return
                yield message

    def close(self) -> None:
        """Close this end; the other one, and a thread that waits in ``messages``, notice."""
        with contextlib.suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)
        self._end.close()

    def _exactly(self, size: int) -> bytes | None:
        """So many bytes, or None at the end."""
        found = bytearray()
        while len(found) < size:
            part = self._end.recv(min(size - len(found), 1 << 18))
            if not part:
                return None
            found += part
        return bytes(found)
