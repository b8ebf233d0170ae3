"""Where the stage hears eyes on other machines: one UDP port, one thread."""

from __future__ import annotations

import secrets
import select
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from calibration.errors import BadFile
from calibration.eyes_settings import EyesSettings
from installation.eyes.key import read_key
from installation.eyes.remote_eye import RemoteEye
from installation.eyes.sessions import StageEnd
from installation.eyes.wire import MAX_BYTES, Hello, Kind, Packet, other_version, unseal
from installation.host.console import LossReporter
from installation.host.worker import Worker

PART, STRANGERS = "other eyes", "a sender to the port of the eyes"
LISTEN_SECONDS, ORDER_SECONDS = 0.05, 0.1
AGAIN_SECONDS = 5.0
"""Before a port or a key that could not be had is tried again."""
QUIET_SECONDS = 60.0
"""Without a stranger, after which that is over."""
DATAGRAMS_AT_ONCE = 256
BUFFER_BYTES = 1 << 20
Address = tuple[Any, ...]
"""As sockets give it, by IPv4 or IPv6."""


def open_port(settings: EyesSettings) -> socket.socket:
    """The port on which eyes are heard. Raises ``OSError``."""
    try:
        family, _, _, _, address = socket.getaddrinfo(settings.listen, settings.port, type=socket.SOCK_DGRAM)[0]
    except UnicodeError as error:
        raise OSError(f"{settings.listen!r} is no address") from error
    opened = socket.socket(family, socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        opened.bind(address)
    except OSError:
        opened.close()
        raise
    return opened


class Door:
    """Lets in the ``eyes`` that have the key, and tells each ten times a second what the stage wants.

    ``on_news``: called in the door's thread when one of them has another mood.
    """

    def __init__(
        self,
        settings: EyesSettings,
        eyes: Mapping[str, RemoteEye],
        losses: LossReporter,
        on_news: Callable[[], None],
    ) -> None:
        self._settings, self._eyes, self._losses, self._on_news = settings, eyes, losses, on_news
        self._clock = losses.clock
        self._stage = secrets.randbits(62)
        self._key = b""
        self._ends: dict[str, StageEnd] = {}
        self._addresses: dict[str, Address] = {}
        self._socket: socket.socket | None = None
        self._next_order = 0.0
        self._stranger_at: float | None = None
        self._closing = threading.Event()
        self._thread = Worker(PART, self._work, losses)

    def start(self) -> None:
        """Begin to listen, without waiting for anybody."""
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens; 0 while it cannot."""
        opened = self._socket
        return int(opened.getsockname()[1]) if opened else 0

    def close(self) -> None:
        """Tell each eye to close its camera, as its gate says, and listen no more."""
        self._closing.set()
        self._thread.end(2.0)

    def _work(self) -> None:
        try:
            while not self._closing.is_set():
                if self._socket is None and not self._open():
                    self._check(self._clock())
                    self._closing.wait(AGAIN_SECONDS)
                    continue
                self._listen()
        finally:
            opened, self._socket = self._socket, None
            if opened:
                self._order(opened, self._clock())
                opened.close()

    def _open(self) -> bool:
        try:
            key, opened = read_key(self._settings.key_file), open_port(self._settings)
        except BadFile as error:
            self._losses.lost(PART, f"eyes.key_file: {error.lines()[0]}")
            return False
        except OSError as error:
            where = f"{self._settings.listen}:{self._settings.port}"
            self._losses.lost(PART, f"UDP {where} cannot be opened: {error.strerror or error}")
            return False
        if key != self._key:
            self._key, self._ends = key, {name: StageEnd(name, key) for name in self._eyes}
        self._socket = opened
        self._losses.back(PART)
        return True

    def _listen(self) -> None:
        opened = self._socket
        if opened is None:
            return
        until = max(0.0, min(LISTEN_SECONDS, self._next_order - self._clock()))
        select.select([opened], [], [], until)
        for _ in range(DATAGRAMS_AT_ONCE):
            try:
                datagram, sender = opened.recvfrom(MAX_BYTES + 1)
            except BlockingIOError:
                break
            except OSError:  # an eye that has gone: the system says so of what was sent to it
                continue
            self._take(opened, datagram, sender)
        now = self._clock()
        if now >= self._next_order:
            self._next_order = now + ORDER_SECONDS
            self._order(opened, now)
            self._check(now)

    def _take(self, opened: socket.socket, datagram: bytes, sender: Address) -> None:
        packet, now = unseal(datagram), self._clock()
        if packet is None:
            version = other_version(datagram)
            speaks = f"has an eye of version {version} of the line; install the same program on both"
            self._note_stranger(sender, now, "sends what is no message of an eye" if version is None else speaks)
            return
        if packet.kind is Kind.HELLO:
            self._welcome(opened, packet, sender, now)
            return
        for name, end in self._ends.items():
            said = end.receive(packet, now) if packet.kind is Kind.REPORT else None
            if said is not None:
                self._addresses[name] = sender
                if self._eyes[name].hear(said, end.clock, now):
                    self._on_news()
                return

    def _welcome(self, opened: socket.socket, packet: Packet, sender: Address, now: float) -> None:
        if not packet.is_signed_with(self._key):
            self._note_stranger(sender, now, "has another key; copy the file of eyes.key_file to its machine")
            return
        hello = packet.body(Hello)
        if hello is None or hello.name not in self._ends:
            named = repr(hello.name) if hello else "unreadable"
            self._note_stranger(sender, now, f"has the key, but its name is {named}; write [eyes.NAME] for it")
            return
        answer = self._ends[hello.name].welcome(packet, now)
        if answer is not None:
            with suppress(OSError):
                opened.sendto(answer, sender)

    def _order(self, opened: socket.socket, now: float) -> None:
        for name, end in self._ends.items():
            eye, address = self._eyes[name], self._addresses.get(name)
            if address is None:
                continue
            datagram = end.order(eye.order(self._stage, end.number + 1, now), now)
            if datagram is not None:
                with suppress(OSError):  # no network: the eye closes its camera by itself
                    opened.sendto(datagram, address)

    def _check(self, now: float) -> None:
        for eye in self._eyes.values():
            eye.check(now)
        if self._stranger_at is not None and now - self._stranger_at > QUIET_SECONDS:
            self._stranger_at = None
            self._losses.back(STRANGERS)

    def _note_stranger(self, sender: Address, now: float, what: str) -> None:
        self._stranger_at = now
        self._losses.lost(STRANGERS, f"{sender[0]} {what}")
