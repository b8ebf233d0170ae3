"""The leader's end: one thread that answers requests for the time, and tells its followers where the film is.

The stage hands over what it knows with every tick and waits for nothing. A follower is told only after it has said the
session's number, which it can know by our reply alone: nobody can have us send to somebody else.
"""

from __future__ import annotations

import contextlib
import math
import secrets
import select
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address

from calibration.screens_settings import LEADER_PORT
from installation.host.console import LossReporter
from installation.host.worker import Worker
from installation.screens.stamped_socket import StampedSocket
from installation.screens.wire import AT_MOST_BYTES, Telling, TimeReply, TimeRequest, Told, decode, encode

TELL_SECONDS = 0.2
REPEAT_SECONDS = 0.025
"""A change is told once more after so long: a datagram can be lost."""
FORGET_SECONDS = 5.0
"""A follower that has not asked for so long is told nothing more."""
FOLLOWERS_AT_MOST = 16
RETRY_SECONDS = 2.0
BATCH, REST_SECONDS = 32, 0.005
"""So many datagrams at once are a flood: this thread rests then, or the stage's own would wait for Python's lock."""
MOVED_SECONDS = 0.01
"""The film is elsewhere than the last telling makes it: that is told at once."""
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class FollowerSeen:
    """One follower, as it said itself with its last request."""

    name: str
    host: str
    seen_at: float
    entry: int
    behind_seconds: float
    """Not a number while it does not know."""
    unsure_seconds: float


class Leader:
    """Tells the film to those who follow. Neither a call of it nor its thread waits for any of them.

    ``allow``: networks from which a request is answered; () means all.
    """

    def __init__(
        self,
        losses: LossReporter,
        *,
        host: str = "0.0.0.0",  # noqa: S104 - the others are elsewhere
        port: int = LEADER_PORT,
        allow: Sequence[Network] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._losses, self._clock, self._allow = losses, clock, tuple(allow)
        self._host, self.port = host, port
        self.session = secrets.randbelow(2**32 - 1) + 1
        self._name = f"screens: port {port} of {host}"
        self._newest: Told | None = None
        self._sent: Told | None = None
        self._number = 0
        self._followers: dict[tuple[str, int], FollowerSeen] = {}
        self._seen: tuple[FollowerSeen, ...] = ()
        self._refused_full = False
        self._closing = threading.Event()
        self._wake_in, self._wake_out = socket.socketpair()
        for end in (self._wake_in, self._wake_out):
            end.setblocking(False)
        self._socket: StampedSocket | None = None
        with contextlib.suppress(OSError):  # told by the thread, which tries again
            self._open()
        self._worker = Worker("screens", self._run, losses)
        self._worker.start()

    @property
    def followers(self) -> tuple[FollowerSeen, ...]:
        """Those who follow now, in the order in which they came."""
        return self._seen

    def publish(self, told: Told) -> None:
        """The film is there now; what changes goes out at once, the rest five times a second. For each tick."""
        before, self._newest = self._newest, told
        if before is None or changed(before, told):
            with contextlib.suppress(OSError):  # it is full: the thread is awake already
                self._wake_in.send(b"!")

    def close(self) -> None:
        """Say nothing more."""
        self._closing.set()
        with contextlib.suppress(OSError):
            self._wake_in.send(b"!")
        self._worker.end(1.0)
        for end in (self._wake_in, self._wake_out):
            end.close()

    # -- the thread ----------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        self._socket = StampedSocket.bound(self._host, self.port, self._clock)
        self.port = self._socket.port

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                try:
                    if self._socket is None:
                        self._open()
                    self._losses.back(self._name)
                    self._serve()
                except OSError as error:
                    self._losses.lost(self._name, f"{error.strerror or error}; no screen can follow; it is tried again")
                    self._drop()
                    self._closing.wait(RETRY_SECONDS)
        finally:
            self._drop()

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _serve(self) -> None:
        due, repeat = self._clock(), False
        while not self._closing.is_set() and self._socket is not None:
            wait = min(max(due - self._clock(), 0.0), TELL_SECONDS)
            both: list[StampedSocket | socket.socket] = [self._socket, self._wake_out]
            ready, _, _ = select.select(both, [], [], wait)
            if self._socket in ready:
                self._answer(self._socket)
            woken = self._wake_out in ready
            if woken:
                with contextlib.suppress(BlockingIOError):
                    self._wake_out.recv(AT_MOST_BYTES)
            now = self._clock()
            if woken or now >= due:
                self._tell(self._socket, now)
                repeat = woken
                due = now + (REPEAT_SECONDS if repeat else TELL_SECONDS)

    def _answer(self, at: StampedSocket) -> None:
        for _ in range(BATCH):
            datagram = at.receive()
            if datagram is None:
                return
            if not self._allows(datagram.sender[0]):
                continue
            message = decode(datagram.data)
            if isinstance(message, TimeRequest):
                if message.session == self.session:
                    self._note(message, datagram.sender, datagram.at)
                reply = TimeReply(message.nonce, self.session, datagram.at, self._clock())
                at.send(encode(reply), datagram.sender)
        self._closing.wait(REST_SECONDS)

    def _note(self, asked: TimeRequest, sender: tuple[str, int], now: float) -> None:
        new = sender not in self._followers
        if new and len(self._followers) >= FOLLOWERS_AT_MOST:
            if not self._refused_full:
                self._losses.lost("another screen", f"{FOLLOWERS_AT_MOST} follow already, more cannot")
            self._refused_full = True
            return
        self._followers[sender] = FollowerSeen(
            asked.name, sender[0], now, asked.entry, asked.behind_seconds, asked.unsure_seconds
        )
        self._seen = tuple(self._followers.values())
        told = self._newest
        if new and told is not None and self._socket is not None:  # it need not wait for its turn
            self._number += 1
            self._socket.send(encode(Telling(self.session, self._number, told)), sender)

    def _tell(self, at: StampedSocket, now: float) -> None:
        gone = [sender for sender, seen in self._followers.items() if now - seen.seen_at > FORGET_SECONDS]
        for sender in gone:
            del self._followers[sender]
        if gone:
            self._seen = tuple(self._followers.values())
            if self._refused_full:
                self._losses.back("another screen")
            self._refused_full = False
        if self._newest is None or not self._followers:
            return
        self._number += 1
        datagram = encode(Telling(self.session, self._number, self._newest))
        for sender in self._followers:
            at.send(datagram, sender)

    def _allows(self, host: str) -> bool:
        if not self._allow:
            return True
        with contextlib.suppress(ValueError):
            address = ip_address(host.partition("%")[0])
            return any(address.version == net.version and address in net for net in self._allow)
        return False


def changed(before: Told, told: Told) -> bool:
    """Whether more than time has passed between the two."""
    words = [(one.entry, one.story, one.thread, one.paused, one.blackout, one.closed) for one in (before, told)]
    if words[0] != words[1] or abs(before.rate - told.rate) > MOVED_SECONDS:
        return True
    if not math.isclose(before.seconds_at(told.at), told.seconds, abs_tol=MOVED_SECONDS):
        return True
    if before.cut is None or told.cut is None:
        return before.cut is not told.cut
    same = (before.cut.entry, before.cut.scene) == (told.cut.entry, told.cut.scene)
    return not same or abs(before.cut.at - told.cut.at) > MOVED_SECONDS / 2
