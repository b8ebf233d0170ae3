"""The beat that says the film goes on. It comes from the tick, after the flip, so that a hung loop stops it.

Under systemd (``Type=notify``, ``WatchdogSec=``) the service is restarted when the beat stops; elsewhere it costs
nothing. Protocol: sd_notify(3).
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress


class Heartbeat:
    """Notifies the service supervisor, twice in each watchdog period, that frames are being shown."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        env = os.environ if environment is None else environment
        self._address = env.get("NOTIFY_SOCKET", "")
        self._period = int(env.get("WATCHDOG_USEC", "0")) / 2e6 or 1.0
        self._next = 0.0
        self._socket: socket.socket | None = None
        if self._address and hasattr(socket, "AF_UNIX"):
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.setblocking(False)

    def beat(self, now: float) -> None:
        """Once a tick; sends only when it is due. The first beat also says that the show is ready."""
        if self._socket is None or now < self._next:
            return
        self._send(self._socket, "READY=1\nWATCHDOG=1" if self._next == 0.0 else "WATCHDOG=1")
        self._next = now + self._period

    def stopping(self) -> None:
        """The show ends on purpose."""
        if self._socket is not None:
            self._send(self._socket, "STOPPING=1")
            self._socket.close()
            self._socket = None

    def _send(self, end: socket.socket, text: str) -> None:
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with suppress(OSError):  # no supervisor listens: nothing to be done about it from here
            end.sendto(text.encode(), address)
