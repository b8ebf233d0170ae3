"""What we set of paho, how a broker's refusals are said, and one question to a broker for ``check`` and ``doctor``."""

from __future__ import annotations

import secrets
import selectors
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibration.errors import BadFile, Unavailable
from calibration.extras import needs_extra
from calibration.rooms_settings import BrokerSettings
from installation.host.secret_file import first_line
from installation.rooms.outbox import Message

if TYPE_CHECKING:
    from paho.mqtt.client import Client

KEEP_ALIVE_SECONDS = 4
"""A broker that says nothing for twice as long hangs; it tells the last will of a client after one and a half."""
ANSWER_WITHIN, CONNECT_WITHIN = 4.0, 3.0
PACKET_AT_MOST = 1 << 20
"""Bytes of one message that is taken from the broker."""
WRONG_PASSWORD, NOT_AUTHORIZED = 0x86, 0x87
"""Reason codes of MQTT 5."""
RETAINED_WITHIN = 0.5
"""What is retained comes right behind the answer to a subscription."""
NO_ANSWER = "it does not answer"


class NoBroker(Unavailable):
    """The broker cannot be reached, or does not let us in; another try may succeed."""


@dataclass(frozen=True, slots=True)
class Received:
    """One message from the broker."""

    topic: str
    payload: bytes
    retained: bool
    """It was there before, or was published to stay."""


def open_link(settings: BrokerSettings, name: str, callbacks: dict[str, Any], will: Message | None = None) -> Client:
    """A connection that remembers nothing and waits to be let in (a few seconds at most). Raises ``NoBroker``."""
    from paho.mqtt.client import Client, MQTTv5
    from paho.mqtt.enums import CallbackAPIVersion
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    link = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTv5, reconnect_on_failure=False)
    link.connect_timeout = CONNECT_WITHIN
    if will:
        link.will_set(will.topic, will.payload, will.qos, will.retain)
    for event, call in callbacks.items():
        setattr(link, event, call)
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.MaximumPacketSize = PACKET_AT_MOST
    address = settings.address
    try:
        if settings.user:
            password = first_line(Path(settings.password_file)) if settings.password_file else None
            link.username_pw_set(settings.user, password)
        if address.tls:
            link.tls_set(settings.ca_file or None)
        link.connect(address.host, address.port, KEEP_ALIVE_SECONDS, properties=properties)
    except BadFile as error:
        raise NoBroker(str(error)) from error
    except (OSError, ValueError) as error:  # not there, no such name, a certificate that does not hold
        raise NoBroker(_in_words(error)) from error
    return link


def turn(link: Client, seconds: float, wake: socket.socket | None = None) -> tuple[bool, bool]:
    """Wait for the broker, for ``wake`` or so long, and read and write what can be: whether it woke, whether it read.

    paho's own ``loop`` would open a port on this machine for a moment, which no proof of privacy could explain.
    """
    line: Any = link.socket()
    if line is None:
        return False, False
    writes = selectors.EVENT_WRITE if link.want_write() else 0
    with selectors.DefaultSelector() as selector:
        selector.register(line, selectors.EVENT_READ | writes)
        if wake is not None:
            selector.register(wake, selectors.EVENT_READ)
        waiting = getattr(line, "pending", int)()  # what TLS has decrypted already wakes no selector
        ready = {key.fileobj for key, _ in selector.select(0.0 if waiting else seconds)}
    reads = line in ready or bool(waiting)
    if reads:
        link.loop_read()
        link.loop_write()
    link.loop_misc()
    return wake in ready, reads


def subscribe_options() -> Any:
    """A message that is published to stay says so also to those who are there already."""
    from paho.mqtt.subscribeoptions import SubscribeOptions

    return SubscribeOptions(qos=1, retainAsPublished=True)


def refusal(reason: Any) -> str:
    """Why the broker lets us not in."""
    keys = " (rooms.user, rooms.password_file)" if reason.value in (WRONG_PASSWORD, NOT_AUTHORIZED) else ""
    return f"it refuses us: {str(reason).lower()}{keys}"


def _in_words(error: Exception) -> str:
    said = getattr(error, "verify_message", "") or getattr(error, "strerror", None) or str(error)
    return said if said and said != "timed out" else NO_ANSWER


def ask_broker(settings: BrokerSettings, topic_filter: str = "", within: float = ANSWER_WITHIN) -> list[Received]:
    """Be let in once, under a name of its own, and hear what is retained. Raises ``NoBroker`` and ``MissingExtra``."""
    needs_extra("rooms", f"the broker {settings.address}")
    why, heard = NO_ANSWER, list[Received]()
    until = time.monotonic() + within

    def let_in(link: Client, _own: object, _flags: object, reason: Any, _properties: object) -> None:
        nonlocal why, until
        why = refusal(reason) if reason.is_failure else ""
        if topic_filter and not why:
            link.subscribe(topic_filter, options=subscribe_options())
        until = time.monotonic() + (RETAINED_WITHIN if topic_filter and not why else 0.0)

    def hear(_link: Client, _own: object, message: Any) -> None:
        heard.append(Received(message.topic, bytes(message.payload), bool(message.retain)))

    callbacks = {"on_connect": let_in, "on_message": hear}
    link = open_link(settings, f"chiaro-asks-{secrets.token_hex(4)}", callbacks)
    try:
        while time.monotonic() < until and link.socket() is not None:
            turn(link, 0.1)
    finally:
        with suppress(OSError, ValueError):
            link.disconnect()
    if why:
        raise NoBroker(why)
    return [one for one in heard if one.retained]
