"""One connection to an MQTT broker, kept up in a thread of its own: whatever the broker does, no caller waits.

paho speaks the protocol; the loop is ours, because paho's own keeps all that could not be sent yet, without end, and
sends old values again after newer ones. Each connection begins with nothing: it subscribes, sends its greeting, and
goes on with the newest of each topic, so that a broker that has forgotten everything knows all again.
"""

from __future__ import annotations

import socket
import time
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING, Any

from calibration.extras import MissingExtra, needs_extra
from calibration.rooms_settings import BrokerSettings
from installation.host.console import LossReporter, log
from installation.host.worker import Worker
from installation.rooms.link import (
    ANSWER_WITHIN,
    NO_ANSWER,
    PACKET_AT_MOST,
    NoBroker,
    Received,
    open_link,
    refusal,
    subscribe_options,
    turn,
)
from installation.rooms.outbox import Make, Message, Outbox

if TYPE_CHECKING:
    from paho.mqtt.client import Client

__all__ = ["BrokerClient", "Hear", "Received"]
RETRY_SECONDS = 2.0
RIVAL_SECONDS, RIVAL_AT_MOST = 30.0, 3600.0
"""Two of one name push each other out; one steps back, each time for four times as long."""
END_SECONDS, FAREWELL_SECONDS = 1.5, 0.8
LOOK_SECONDS = 0.5
MOST_IN_FLIGHT = 20
"""Messages that the broker has not confirmed; after so many nothing is sent until it does."""
BATCH, BATCH_SECONDS, REST_SECONDS = 64, 0.05, 0.001
"""So many messages in so short a time are a flood: then the thread rests in between, as that of OSC does."""
REFUSALS_TOLD = 50
PACKET_HEAD = 16
"""Bytes of a message beside its topic and payload, at most."""
TRIED_AGAIN = "; it is tried again by itself"
BROKEN = "the connection broke"
UNSPECIFIED = 0x80
"""A reason code of MQTT 5."""


Hear = Callable[[Received], None]


class BrokerClient:
    """Publishes and hears. Any thread may call, none ever waits; ``hear`` is called in the client's thread.

    ``name``: the client's id at the broker, where each is there once; ``part``: what is lost without the broker.
    ``will``: what the broker says when this program is gone. ``greet``: what each new connection says first.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        losses: LossReporter,
        name: str,
        *,
        part: str = "broker",
        will: Message | None = None,
        greet: Callable[[], Sequence[Message]] = tuple,
    ) -> None:
        self._settings, self._losses, self._name, self._part = settings, losses, name, part
        self._address = settings.address
        self._will, self._greet = will, greet
        self._outbox = Outbox()
        self._listeners: dict[str, Hear] = {}
        self._farewell: Sequence[Message] = ()
        self._closing = Event()
        self._awake = False
        self._wake_out, self._wake_in = socket.socketpair()
        for end in (self._wake_out, self._wake_in):
            end.setblocking(False)
        self.connected = False
        """The broker has let us in, and the connection stands."""
        self.refused = ""
        """Why the broker did not let us in when it last said so; '' once it has."""
        # Of the client's thread, anew for each connection:
        self._why, self._steps_back, self._stepped_back, self._packet_at_most = "", False, 0, PACKET_AT_MOST
        self._subscribed: set[str] = set()
        self._unconfirmed: dict[int, str] = {}
        self._refusals: set[tuple[str, str]] = set()
        self._callbacks = {
            "on_connect": self._on_connect,
            "on_disconnect": self._on_disconnect,
            "on_message": self._on_message,
            "on_publish": self._on_publish,
            "on_subscribe": self._on_subscribe,
        }
        self._worker = Worker(part, self._keep, losses)

    def start(self) -> None:
        """Connect, without waiting for it."""
        self._worker.start()

    def listen(self, topic_filter: str, hear: Hear) -> None:
        """Subscribe, now and on each new connection; ``hear`` must not wait. Several filters may fit one message."""
        self._listeners = {**self._listeners, topic_filter: hear}
        self._wake()

    def ignore(self, topic_filter: str) -> None:
        """Subscribe no more."""
        self._listeners = {key: hear for key, hear in self._listeners.items() if key != topic_filter}
        self._wake()

    def put(self, topic: str, make: Make, *, qos: int = 1, retain: bool = False) -> None:
        """The newest value of a topic; one that could not be sent yet is forgotten."""
        self._outbox.put(topic, make, qos, retain)
        self._wake()

    def send(self, message: Message) -> None:
        """Something that happened, in its order; while there is no connection it is dropped."""
        if self.connected:
            self._outbox.add(message)
            self._wake()

    def step_back(self, why: str) -> None:
        """Leave the place to another program of our name, for longer each time. For the client's thread alone."""
        self._stepped_back += 1
        self._why, self._steps_back = why, True

    def close(self, farewell: Sequence[Message] = ()) -> None:
        """Say farewell and end (1.5 s at most)."""
        self._farewell = farewell
        self._closing.set()
        self._wake()
        self._worker.end(END_SECONDS)

    def _wake(self) -> None:
        if not self._awake:
            self._awake = True
            with suppress(OSError):  # full: it will wake; closed: nobody is to be woken
                self._wake_in.send(b"\0")

    # -- the client's thread -------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        try:
            needs_extra("rooms", f"the broker {self._address}")
        except MissingExtra as error:
            self._losses.lost(self._part, str(error))
            return
        # Not all rooms of a house come back at the same moment.
        wait = RETRY_SECONDS * (1 + zlib.crc32(self._name.encode()) % 1000 / 2000)
        while not self._closing.is_set():
            why = self._connect_and_serve()
            if self._closing.is_set():
                break
            self._losses.lost(self._part, f"{self._address}: {why}{TRIED_AGAIN}")
            rest = RIVAL_SECONDS * 4 ** (self._stepped_back - 1) if self._steps_back else 0.0
            self._closing.wait(max(wait, min(rest, RIVAL_AT_MOST)))

    def _connect_and_serve(self) -> str:
        """One connection, from its beginning to its end: why it ended."""
        self._why, self._subscribed, self._unconfirmed, self._steps_back = BROKEN, set(), {}, False
        try:
            link = open_link(self._settings, self._name, self._callbacks, self._will)
        except NoBroker as error:
            return str(error)
        try:
            self._serve(link)
        finally:
            self.connected = False
            with suppress(OSError, ValueError):
                link.disconnect()
        return self._why

    def _serve(self, link: Client) -> None:
        deadline = time.monotonic() + ANSWER_WITHIN
        taken, since = 0, time.monotonic()
        while not (self._closing.is_set() or self._steps_back):
            if self.connected:
                self._subscribe(link)
                self._hand_over(link)
            elif time.monotonic() > deadline:
                self._why = NO_ANSWER
                return
            if link.socket() is None:
                return
            woken, read = turn(link, LOOK_SECONDS, self._wake_out)
            if woken:
                with suppress(BlockingIOError):
                    self._wake_out.recv(64)
                self._awake = False  # after the line is empty: a wake in between was for what is handed over now
            taken += read
            if taken == BATCH:
                if time.monotonic() - since < BATCH_SECONDS:
                    time.sleep(REST_SECONDS)
                taken, since = 0, time.monotonic()
        if self.connected and not self._steps_back:
            self._take_leave(link)

    def _subscribe(self, link: Client) -> None:
        wanted = self._listeners.keys()
        for topic_filter in wanted - self._subscribed:
            link.subscribe(topic_filter, options=subscribe_options())
        for topic_filter in self._subscribed - wanted:
            link.unsubscribe(topic_filter)
        self._subscribed = set(wanted)

    def _hand_over(self, link: Client) -> None:
        """Give paho what waits, as long as it can be sent at once: nothing piles up there."""
        while not link.want_write() and len(self._unconfirmed) < MOST_IN_FLIGHT:
            message = self._outbox.take()
            if message is None:
                return
            self._publish(link, message)

    def _publish(self, link: Client, message: Message) -> None:
        if len(message.topic) + len(message.payload) + PACKET_HEAD > self._packet_at_most:
            self._warn_once(message.topic, f"packets of more than {self._packet_at_most} bytes")  # and would hang up
            return
        sent = link.publish(message.topic, message.payload, message.qos, message.retain)
        if message.qos:
            self._unconfirmed[sent.mid] = message.topic

    def _take_leave(self, link: Client) -> None:
        for message in self._farewell:
            self._publish(link, message)
        until = time.monotonic() + FAREWELL_SECONDS
        while (link.want_write() or self._unconfirmed) and link.socket() is not None and time.monotonic() < until:
            turn(link, 0.05)

    # -- what paho calls, in the same thread -------------------------------------------------------------------------

    def _on_connect(self, _link: Client, _own: object, _flags: object, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._why = self.refused = refusal(reason)
            return
        self._packet_at_most = getattr(properties, "MaximumPacketSize", PACKET_AT_MOST)
        self._outbox.begin(self._greet())
        self.connected, self.refused = True, ""
        self._losses.back(self._part)

    def _on_disconnect(self, _link: Client, _own: object, _flags: object, reason: Any, _properties: object) -> None:
        if not self.connected:
            return  # why it let us not in is known already
        self.connected = False
        if reason.value != UNSPECIFIED and not self._steps_back:  # else paho's word for a connection that broke
            self._why = str(reason).lower()

    def _on_message(self, _link: Client, _own: object, message: Any) -> None:
        from paho.mqtt.client import topic_matches_sub

        received = Received(message.topic, bytes(message.payload), bool(message.retain))
        for topic_filter, hear in self._listeners.items():
            if topic_matches_sub(topic_filter, received.topic):
                try:
                    hear(received)
                except Exception as error:  # a fault of ours: the next message must be heard all the same
                    self._losses.lost(f"{self._part}'s message", f"{received.topic}: {error!r}")

    def _on_publish(self, _link: Client, _own: object, number: int, reason: Any, _properties: object) -> None:
        topic = self._unconfirmed.pop(number, "")
        if topic and reason.is_failure:
            self._warn_once(topic, str(reason))

    def _on_subscribe(self, _link: Client, _own: object, _number: int, reasons: Any, _properties: object) -> None:
        for reason in reasons:
            if reason.is_failure:
                self._warn_once("a subscription", str(reason))

    def _warn_once(self, what: str, reason: str) -> None:
        if (what, reason) not in self._refusals and len(self._refusals) < REFUSALS_TOLD:
            self._refusals.add((what, reason))
            log.warning("the broker %s refuses %s: %s (told once)", self._address, what, reason.lower())
