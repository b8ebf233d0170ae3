"""The socket to one receiver: resolves its name on a thread, never waits, counts and reports losses, and recovers."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from errno import EINVAL
from typing import Any

from installation.host.console import LossReporter

RETRY_SECONDS = 1.0
"""A socket costs nothing to open: a receiver that is back must not wait for us."""
RESOLVE_AT_MOST_SECONDS = 60.0
QUIET_SECONDS = 2.5
"""This long without a refusal counts as 'back': a machine may report only once a second that nothing is listening."""


class UdpSocket:
    """A UDP socket to ``host``. All methods but the resolver's are called from the sender's thread."""

    def __init__(self, host: str, port: int, losses: LossReporter) -> None:
        self.host, self.port = host, port
        self.name = f"OSC target {host}:{port}"
        self.sent = self.lost = 0
        self._losses = losses
        self._socket: socket.socket | None = None
        self._retry_at = float("-inf")
        self._failed_at: float | None = None
        self._address = _literal(host, port)
        self._named = self._address is None
        self._resolver: threading.Thread | None = None
        self._backoff = RETRY_SECONDS

    @property
    def down(self) -> bool:
        """Nobody was there lately; what is sent may reach nobody."""
        return self._failed_at is not None

    def send(self, datagram: bytes, now: float) -> None:
        """Send, or count it as lost. Never waits and never raises."""
        if self._socket is None and not self._open(now):
            self.lost += 1
            return
        for last_try in (False, True):
            try:
                if self._socket is not None:
                    self._socket.send(datagram)
            except BlockingIOError:  # the machine's own buffer is full: newer state follows soon
                self.lost += 1
            except ConnectionRefusedError:
                # The answer to the datagram before this one; this one was not sent yet.
                self._fail("nothing is listening there", now)
                if not last_try:
                    continue
                self.lost += 1
            except OSError as error:
                self.lost += 1
                self._fail(error.strerror or str(error), now)
                self.close()
                self._retry_at = now + RETRY_SECONDS
                if self._named:
                    self._address = None
            else:
                self.sent += 1
                self._well(now)
            return

    def close(self) -> None:
        """Close the socket; it is opened again by the next ``send``."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None

    def _open(self, now: float) -> bool:
        if now < self._retry_at:
            return False
        if self._address is None:
            self._resolve(now)
            return False
        self._resolver = None
        self._retry_at = now + RETRY_SECONDS
        try:
            opened = socket.socket(self._address[0], socket.SOCK_DGRAM)
        except OSError as error:
            self._fail(error.strerror or str(error), now)
            return False
        try:
            opened.setblocking(False)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            # Connected, because only then does a machine's "nothing is listening there" come back to us.
            opened.connect(self._address[1])
        except OSError as error:
            opened.close()
            self._fail(error.strerror or str(error), now)
            return False
        self._socket = opened
        return True

    def _resolve(self, now: float) -> None:
        """Ask for the name's number on a thread of its own: without a network this takes many seconds."""
        if self._resolver is not None and self._resolver.is_alive():
            return
        if self._resolver is not None:  # it ended, and found nothing
            self._fail("its host name cannot be resolved", now)
            self._retry_at = now + self._backoff
            self._backoff = min(self._backoff * 2, RESOLVE_AT_MOST_SECONDS)
            self._resolver = None
            return
        self._resolver = threading.Thread(target=self._ask, name=f"resolve {self.host}", daemon=True)
        self._resolver.start()

    def _ask(self) -> None:
        with contextlib.suppress(OSError):
            self._address = resolve(self.host, self.port)

    def _fail(self, why: str, now: float) -> None:
        self._failed_at = now
        self._losses.lost(self.name, why)

    def _well(self, now: float) -> None:
        if self._failed_at is not None and now - self._failed_at > QUIET_SECONDS:
            self._failed_at = None
            self._backoff = RETRY_SECONDS
            self._losses.back(self.name)


def resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[Any, ...]]:
    """Family and socket address of a name. May take many seconds. Raises ``OSError``.

    IPv4 first: most receivers of this trade listen on nothing else, and many machines name ::1 first for localhost.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except UnicodeError as error:  # two dots in a row, or a part of more than 63 letters
        raise OSError(EINVAL, "is not a possible host name") from error
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    return family, address


def _literal(host: str, port: int) -> tuple[socket.AddressFamily, tuple[Any, ...]] | None:
    """Family and socket address of a number, or None for a name."""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return None
    family = socket.AF_INET if number.version == 4 else socket.AF_INET6
    return family, (host, port)
