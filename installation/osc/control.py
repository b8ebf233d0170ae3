"""The control port: commands from other machines, read on a socket loop of our own.

Why our own: python-osc's servers are blocked by a future-dated bundle, hung for ever by one whose element size is
-4, and broken by bad UTF-8 or deep nesting (1.10.2). Here a datagram must be small and from an allowed sender before
it is read at all; a flat bundle is taken apart, and each of its messages goes through the same door.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence

from calibration.settings import OscSettings
from installation.host.console import LossReporter, log
from installation.host.worker import Worker
from installation.osc.command_parser import WRONG_PASSPHRASE, Released, addressed, read
from installation.osc.encoder import BadValue, message
from installation.osc.incoming import AT_MOST_BYTES, CommandRefused, address_meant, split
from installation.osc.incoming_signals import SignalParser
from installation.osc.rate_limit import NOT_ALLOWED, RateLimiter
from installation.osc.refusals import RefusalLog
from installation.osc.registry import COMMANDS, SIGNAL, Code
from scenes.machine.command import Command, Origin, Ping, Restart, Shutdown
from scenes.machine.signal_state import SignalMessage
from scenes.story.signals import SignalEntry

COMMANDS_AT_MOST, SIGNALS_AT_ONCE = 100, 500
"""What waits for the next tick: a command too many is refused, a signal too many pushes the oldest out."""
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
        signals: Mapping[str, SignalEntry] | None = None,
    ) -> None:
        self._settings, self._scenes, self._losses = settings, tuple(scenes), losses
        self._signals = SignalParser(settings.listen_prefix, signals or {})
        self._rate_limiter = RateLimiter(settings.allow, settings.messages_per_second, clock)
        self._refusals = RefusalLog(clock)
        self._commands: deque[Command] = deque()
        self._heard: deque[SignalMessage] = deque(maxlen=SIGNALS_AT_ONCE)
        self._closing = threading.Event()
        self._socket: socket.socket | None = None
        self.port = 0
        self.counts: Counter[str] = Counter()
        """Messages by what became of them: 'done', 'released', or the reason why they were refused."""
        if not settings.listen:
            return
        self._open()
        self._thread = Worker("OSC control", self._run, losses)
        self._thread.start()

    def drain(self) -> list[Command]:
        """All commands since the last call, in order. For the stage, once a tick."""
        commands: list[Command] = []
        with contextlib.suppress(IndexError):
            while True:
                commands.append(self._commands.popleft())
        return commands

    def heard(self) -> tuple[SignalMessage, ...]:
        """What signals said since the last call, in order. For the stage, once a tick."""
        found: list[SignalMessage] = []
        with contextlib.suppress(IndexError):
            while True:
                found.append(self._heard.popleft())
        return tuple(found)

    def story(self, scenes: Sequence[str], signals: Mapping[str, SignalEntry]) -> None:
        """The story was read again: these are the scenes that /control/goto may name, and these its signals."""
        self._scenes = tuple(scenes)
        self._signals = SignalParser(self._settings.listen_prefix, signals)

    def reply(self, command: Command, code: int, reason: str = "") -> None:
        """Answer whoever waits for one; a key press is passed over. Never waits, never raises."""
        if command.origin.reply_to:
            self._answer(command.name, code, reason, command.origin.reply_to)

    def close(self) -> None:
        """Stop listening. Takes a quarter of a second at most."""
        self._closing.set()
        if self._settings.listen:
            self._thread.end(1.0)
            heard = Counter(self.counts)
            done = sum(heard.pop(kind, 0) for kind in ("done", "released", SIGNAL))
            if refused := ", ".join(f"{count} {kind}" for kind, count in heard.most_common()):
                log.info("OSC control: obeyed %d; refused %s", done, refused)

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
        """One datagram: each message in it goes to the queue, or to the count of those refused."""
        if not self._admitted(sender):
            return
        try:
            messages = split(datagram)
        except CommandRefused as refused:
            prefix = self._settings.listen_prefix
            self._refuse(addressed(refused, address_meant(datagram, prefix), prefix), sender)
            return
        for number, one in enumerate(messages):
            if number == 0 or self._admitted(sender):  # a bundle is no way round the limit
                self._receive_message(one, sender)

    def _admitted(self, sender: Sender) -> bool:
        refusal = self._rate_limiter.refuses(sender)
        if refusal:
            self.counts[refusal] += 1
            reason = "[osc] allow in the venue file does not name this sender"
            if refusal != NOT_ALLOWED:
                reason = f"more than {self._settings.messages_per_second:g} messages per second"
            self._refusals.warn_once(sender, refusal, "", reason)
        return not refusal

    def _receive_message(self, one: bytes, sender: Sender) -> None:
        try:
            if said := self._signals.read(one):
                self.counts[SIGNAL] += 1
                self._heard.append(said)
                self._answer(SIGNAL, Code.DONE, f"{said.name} {said.value:g}", sender)
                return
            command = read(one, self._settings, self._scenes, Origin("osc", sender), self._signals.addresses)
        except CommandRefused as refused:
            self._refuse(refused, sender)
            return
        if isinstance(command, Shutdown | Restart) and not self._rate_limiter.may_give_passphrase(sender[0]):
            address = f"{self._settings.listen_prefix}{COMMANDS[command.name].path}"
            self._refuse(CommandRefused(WRONG_PASSPHRASE, command=command.name, address=address), sender)
        elif isinstance(command, Released):
            self.counts["released"] += 1
            self._answer(command.name, Code.DONE, "released", sender)
        elif isinstance(command, Ping):
            self.counts["done"] += 1
            self._answer("ping", Code.DONE, "pong", sender)
        elif len(self._commands) >= COMMANDS_AT_MOST:
            self.counts["queue full"] += 1
            self._answer(command.name, Code.TOO_MANY, "the show is busy", sender)
        else:
            self.counts["done"] += 1
            self._commands.append(command)

    def _refuse(self, refused: CommandRefused, sender: Sender) -> None:
        """Count it; answer whoever meant us; tell the operator, once."""
        self.counts[refused.kind] += 1
        code, reason = refused.code, str(refused)
        if refused.kind == WRONG_PASSPHRASE:
            if not self._rate_limiter.may_give_passphrase(sender[0]):  # right or wrong: a guesser must not know
                code, reason = Code.TOO_MANY, "too many wrong passphrases; wait a minute"
            else:
                self._rate_limiter.wrong_passphrase(sender[0])
        if refused.command:
            self._answer(refused.command, code, reason, sender)
        self._refusals.warn_once(sender, refused.kind, refused.address, reason)

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
