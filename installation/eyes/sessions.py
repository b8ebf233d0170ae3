"""Both ends of the line between a stage and one eye, without sockets: who is believed, and what is new."""

from __future__ import annotations

from installation.eyes.clock import EyeClock
from installation.eyes.wire import (
    Hello,
    Kind,
    Order,
    Packet,
    Session,
    Told,
    Welcome,
    new_nonce,
    seal,
    session_of,
)

LIVE_SECONDS = 1.0
"""Heard so lately, an eye keeps its session: no second one of the same name takes it away."""
PENDING_AT_MOST = 8
ORDERS_REMEMBERED = 64


class StageEnd:
    """The stage's end of the line to the eye ``name``. Time is given, monotonic seconds."""

    def __init__(self, name: str, key: bytes) -> None:
        self._name, self._key = name, key
        self._pending: dict[bytes, tuple[Session, float]] = {}
        self._live: Session | None = None
        self._heard_at = float("-inf")
        self._newest = 0
        self.clock = EyeClock()
        self.number = 0
        """Of the newest order that was sent in this session."""
        self._sent_at: dict[int, float] = {}

    def welcome(self, hello: Packet, now: float) -> bytes | None:
        """The answer to an eye that asks; None where one of this name is heard now. ``hello`` must be proven."""
        if now - self._heard_at < LIVE_SECONDS:
            return None
        nonce = new_nonce()
        session = session_of(self._key, self._name, hello.session, nonce)
        self._pending[session.name] = session, now
        while len(self._pending) > PENDING_AT_MOST:
            del self._pending[next(iter(self._pending))]
        return seal(Kind.WELCOME, hello.session, 0, Welcome(nonce=nonce), self._key)

    def receive(self, packet: Packet, now: float) -> Told | None:
        """What it tells; None where it is not this eye, or repeats what was said before."""
        live = self._live
        if live is not None and packet.session == live.name:
            session, welcomed = live, None
        elif packet.session in self._pending:
            session, welcomed = self._pending[packet.session]
        else:
            return None
        if not packet.is_signed_with(session.key) or (welcomed is None and packet.number <= self._newest):
            return None
        said = packet.body(Told)
        if said is None:
            return None
        if welcomed is not None:
            self._live, self.number, self._sent_at, self.clock = session, 0, {0: welcomed}, EyeClock()
            self._pending.clear()
        self._newest, self._heard_at = packet.number, now
        if (sent := self._sent_at.get(said.echo)) is not None:
            self.clock.add(sent, said.heard, said.sent, now)
        return said

    def order(self, order: Order, now: float) -> bytes | None:
        """``order`` for the eye; None where there is no session with it."""
        if self._live is None:
            return None
        self.number += 1
        self._sent_at[self.number] = now
        while len(self._sent_at) > ORDERS_REMEMBERED:
            del self._sent_at[next(iter(self._sent_at))]
        return seal(Kind.ORDER, self._live.name, self.number, order, self._live.key)


class EyeEnd:
    """The eye's end of its line to the stage."""

    def __init__(self, name: str, key: bytes) -> None:
        self._name, self._key = name, key
        self.drop()

    def drop(self) -> None:
        """Nothing more of this session: the stage is asked for another."""
        self._nonce = new_nonce()
        self._session: Session | None = None
        self._number = self.echo = 0
        self.heard_at = 0.0

    @property
    def open(self) -> bool:
        """The stage has welcomed it."""
        return self._session is not None

    def hello(self) -> bytes:
        """What asks the stage for a session."""
        return seal(Kind.HELLO, self._nonce, 0, Hello(name=self._name), self._key)

    def take(self, packet: Packet, now: float) -> Order | None:
        """The newest order, if ``packet`` is one. Nothing of what is not the stage's, or was heard before."""
        session = self._session
        if packet.kind is Kind.WELCOME and session is None:
            if packet.session == self._nonce and packet.is_signed_with(self._key):
                welcome = packet.body(Welcome)
                if welcome is not None:
                    self._session = session_of(self._key, self._name, self._nonce, welcome.nonce)
                    self.heard_at = now
            return None
        if packet.kind is not Kind.ORDER or session is None or packet.session != session.name:
            return None
        if packet.number <= self.echo or not packet.is_signed_with(session.key):
            return None
        order = packet.body(Order)
        if order is not None:
            self.echo, self.heard_at = packet.number, now
        return order

    def report(self, told: Told) -> bytes | None:
        """``told`` for the stage; None where there is no session."""
        session = self._session
        if session is None:
            return None
        self._number += 1
        return seal(Kind.REPORT, session.name, self._number, told, session.key)
