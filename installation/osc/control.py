"""The control port: commands from other machines, read on a socket loop of our own.

Why our own: python-osc's servers are blocked by a future-dated bundle, hung for ever by one whose element size is
-4, and broken by bad UTF-8 or deep nesting (1.10.2). Here a datagram must be one small plain message from an allowed
sender before its parser sees it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import select
import socket
import struct
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence

from calibration.settings import OscSettings
from installation.host.console import LossReporter
from installation.osc.command_parser import AT_MOST_BYTES, CommandRefused, read
from installation.osc.encoder import BadValue, message
from installation.osc.rate_limit import RateLimiter
from installation.osc.registry import Code
from scenes.machine.command import Command, Origin, Ping

COMMANDS_AT_MOST = 100
RECEIVE_BYTES = 1 << 20
"""The machine's own buffer: a flood must not push a guard's command out while we are elsewhere."""
RETRY_SECONDS = 2.0
POLL_SECONDS = 0.25
"""How soon close() is noticed."""
BATCH, BATCH_SECONDS, REST_SECONDS = 192, 0.05, 0.001
"""So many datagrams in so short a time are a flood: then the loop rests in between. Without that it hands the
interpreter's lock on only every 5 ms, and the stage's tick is late."""
SO_MEMINFO, DROPS = 55, 8
"""Linux: what a socket's buffer did; the ninth number counts datagrams that found it full."""
FULL = "the machine's buffer was full"
Sender = tuple[str, int]


class Control:
    """Listens for commands. The stage drains them once a tick, and answers them."""

    def __init__(
        self,
        settings: OscSettings,
        scenes: Sequence[str],
        losses: LossReporter,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._scenes, self._losses = settings, tuple(scenes), losses
        self._rate_limiter = RateLimiter(settings.allow, settings.messages_per_second, clock)
        self._commands: deque[Command] = deque()
        self._closing = threading.Event()
        self._socket: socket.socket | None = None
        self.port = 0
        self.counts: Counter[str] = Counter()
        """Datagrams by what became of them: 'done', 'released', or the reason why they were refused."""
        if not settings.listen:
            return
        self._open()
        self._thread = threading.Thread(target=self._run, name="osc control", daemon=True)
        self._thread.start()

    def drain(self) -> list[Command]:
        """All commands since the last call, in order. For the stage, once a tick."""
        commands: list[Command] = []
        with contextlib.suppress(IndexError):
            while True:
                commands.append(self._commands.popleft())
        return commands

    def scenes(self, names: Sequence[str]) -> None:
        """The story was read again: these are the scenes that /control/goto may name."""
        self._scenes = tuple(names)

    def reply(self, command: Command, code: int, reason: str = "") -> None:
        """Answer whoever waits for one; a key press is passed over. Never waits, never raises."""
        if command.origin.reply_to:
            self._answer(command.name, code, reason, command.origin.reply_to)

    def close(self) -> None:
        """Stop listening. Takes a quarter of a second at most."""
        self._closing.set()
        if self._settings.listen:
            self._thread.join(timeout=1.0)

    def _open(self) -> bool:
        settings = self._settings
        name = f"OSC control on {settings.listen_host}:{settings.listen_port}"
        try:
            family = socket.AF_INET6 if ":" in settings.listen_host else socket.AF_INET
            opened = socket.socket(family, socket.SOCK_DGRAM)
        except OSError as error:
            self._losses.lost(name, error.strerror or str(error))
            return False
        try:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
            opened.bind((settings.listen_host, settings.listen_port))
            opened.setblocking(False)  # the stage answers on it, and must not wait
        except OSError as error:
            opened.close()
            self._losses.lost(name, error.strerror or str(error))
            return False
        self._socket, self.port = opened, opened.getsockname()[1]
        self._losses.back(name)
        return True

    def _run(self) -> None:
        taken, since = 0, time.monotonic()
        while not self._closing.is_set():
            if self._socket is None and not self._open():
                self._closing.wait(RETRY_SECONDS)
            if self._socket is None:
                continue
            try:
                # One byte more than is allowed, so that a longer one shows.
                datagram, sender = self._socket.recvfrom(AT_MOST_BYTES + 1)
            except BlockingIOError:
                if not select.select([self._socket], [], [], POLL_SECONDS)[0]:
                    self._count_dropped()
                continue
            except ConnectionError:
                continue  # some machines report a reply that nobody took
            except OSError:
                self._socket.close()
                self._socket = None
                continue
            try:
                self.receive(datagram, sender[:2])
            except Exception as error:  # a fault of ours: the guard must be heard all the same
                self._losses.lost("OSC control", repr(error))
            taken += 1
            if taken == BATCH:
                if time.monotonic() - since < BATCH_SECONDS:
                    self._count_dropped()
                    time.sleep(REST_SECONDS)
                taken, since = 0, time.monotonic()
        if self._socket is not None:
            self._socket.close()

    def receive(self, datagram: bytes, sender: Sender) -> None:
        """One datagram, from the wire to the queue or to the count of those refused."""
        if refusal := self._rate_limiter.refuses(sender):
            self.counts[refusal] += 1
            return
        try:
            command = read(datagram, self._settings, self._scenes, Origin("osc", sender))
        except CommandRefused as refused:
            self.counts[refused.kind] += 1
            if refused.command:
                self._answer(refused.command, refused.code, str(refused), sender)
            return
        if command is None:
            self.counts["released"] += 1
        elif isinstance(command, Ping):
            self.counts["done"] += 1
            self._answer("ping", Code.DONE, "pong", sender)
        elif len(self._commands) >= COMMANDS_AT_MOST:
            self.counts["queue full"] += 1
            self._answer(command.name, Code.TOO_MANY, "the show is busy", sender)
        else:
            self.counts["done"] += 1
            self._commands.append(command)

    def _count_dropped(self) -> None:
        """Count what a flood pushed out before we could read it, where the system reports that."""
        with contextlib.suppress(OSError, struct.error, AttributeError):
            memory = self._socket.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36)  # type: ignore[union-attr]
            if drops := struct.unpack("9I", memory)[DROPS]:
                self.counts[FULL] = drops

    def _answer(self, name: str, code: int, reason: str, sender: Sender) -> None:
        with contextlib.suppress(BadValue, OSError):
            answer = message(f"/reply/{name}", int(code), reason)
            if self._socket is not None:
                place = (sender[0], self._settings.reply_port or sender[1])
                self._socket.sendto(answer.encode(self._settings.listen_prefix + answer.path), place)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
