"""The beat that says the film goes on. It comes from the tick, after the flip, so that a hung loop stops it.

Under systemd (``Type=notify``, ``WatchdogSec=``) or ``chiaro supervise`` the show is started again when the beat stops;
elsewhere it costs nothing. Protocol: sd_notify(3). Where there are no Unix sockets the address is ``udp:HOST:PORT``.
"""

from __future__ import annotations

import faulthandler
import os
import socket
import threading
from contextlib import suppress

from calibration.plain import one_line
from installation.host.terminal import say

LOOKS = 10
"""In each watchdog period: so often it is looked whether the loop still beats."""
HUNG_AFTER = 4
"""Looks without a beat. The supervisor hears every other half period only, and may end the show soon after that."""
RESTART_SECONDS = 60.0
"""In which a show that replaces itself has a picture again, on a busy machine."""


class Heartbeat:
    """Notifies the service supervisor, twice in each watchdog period, that frames are being shown."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        env = os.environ if environment is None else environment
        self._address = env.get("NOTIFY_SOCKET", "")
        self._watchdog = int(env.get("WATCHDOG_USEC", "0"))
        self._period = self._watchdog / 2e6 or 1.0
        self._next = 0.0
        self.last = 0.0
        """When the newest picture was shown, in the tick's seconds."""
        self._status = ""
        self._socket: socket.socket | None = None
        if self._address.startswith("udp:"):
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        elif self._address and hasattr(socket, "AF_UNIX"):
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._looks, self._closing = 0, threading.Event()
        if self._socket is not None:
            self._socket.setblocking(False)
        if self._socket is not None and self._watchdog:
            threading.Thread(target=self._watch, name="hang watch", daemon=True).start()

    def beat(self, now: float) -> None:
        """Once a tick; sends only when it is due. The first beat also says that the show is ready."""
        self._looks, self.last = 0, now
        if self._socket is None or now < self._next:
            return
        if self._next == 0.0:
            watched = f"\nWATCHDOG_USEC={self._watchdog}" if self._watchdog else ""  # a restart has asked for patience
            self._send(self._socket, f"READY=1{watched}")
        self._send(self._socket, "WATCHDOG=1")
        self._next = now + self._period

    def status(self, text: str) -> None:
        """Tell in one line how the show is, for ``chiaro service status`` and ``systemctl status``; sent on change."""
        if self._socket is not None and text != self._status:
            self._status = text
            self._send(self._socket, f"STATUS={one_line(text)}")

    def waiting(self, text: str, seconds: float) -> None:
        """It has not begun, for a reason that is told, and asks for ``seconds`` more from now."""
        self.status(text)
        if self._socket is not None:
            self._send(self._socket, f"WATCHDOG=1\nEXTEND_TIMEOUT_USEC={round(seconds * 1e6)}")

    def restarting(self) -> None:
        """The show is about to replace itself: there is no picture until the next one has begun."""
        self.close()
        if self._socket is not None and self._watchdog:
            self._send(self._socket, f"WATCHDOG_USEC={round(RESTART_SECONDS * 1e6)}\nWATCHDOG=1")

    def stopping(self) -> None:
        """The show ends on purpose."""
        self.close()
        if self._socket is not None:
            self._send(self._socket, "STOPPING=1")
            self._socket.close()
            self._socket = None

    def close(self) -> None:
        """Watch no more."""
        self._closing.set()

    def _watch(self) -> None:
        """Write where every thread stands when the loop hangs, shortly before the show is ended for it.

        This thread holds Python's lock meanwhile, so that all others stand still. What ``faulthandler`` writes by
        itself at SIGABRT is the loop's own stack only: on those of running threads it crashed in 2 of 12 tries. Looks
        are counted and not seconds, since a machine that was suspended has not hung.
        """
        while not self._closing.wait(self._watchdog / 1e6 / LOOKS):
            self._looks += self._next > 0.0
            if self._looks == HUNG_AFTER:
                say("the show hangs. Where each of its threads stands:", err=True)
                faulthandler.dump_traceback(2)

    def _send(self, end: socket.socket, text: str) -> None:
        address: str | tuple[str, int] = self._address
        if self._address.startswith("udp:"):
            host, _, port = self._address.removeprefix("udp:").rpartition(":")
            address = host, int(port)
        elif self._address.startswith("@"):
            address = "\0" + self._address[1:]
        with suppress(OSError):  # no supervisor listens: nothing to be done about it from here
            end.sendto(text.encode(), address)
