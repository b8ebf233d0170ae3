"""DMX values as datagrams: sACN (ANSI E1.31-2018) by the library sacn, Art-Net 4 by stupidArtnet.

Only their forms are used, not their threads: those print a fault of the network to the terminal, or hide it.
"""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from typing import Protocol

from calibration.extras import needs_extra
from calibration.lamp_settings import UniverseSettings
from installation.osc.udp_socket import resolve

SOURCE = "chiaroscuro"
SACN_PORT, ARTNET_PORT = 5568, 6454
MULTICAST_HOPS = 8


class Wire(Protocol):
    """One universe's way to its receiver. Each call raises OSError when the network does not take it."""

    def send(self, values: bytes) -> None:
        """512 values, channel 1 first."""

    def close(self) -> None:
        """Send no more; the receiver is told so where the protocol can."""

    def drop(self) -> None:
        """Close it without a word."""


def open_wire(settings: UniverseSettings) -> Wire:
    """Raises ``MissingExtra``, and OSError when the receiver's name cannot be resolved."""
    return SacnWire(settings) if settings.protocol == "sacn" else ArtnetWire(settings)


class SacnWire:
    """E1.31 data packets, by multicast or to one receiver."""

    def __init__(self, settings: UniverseSettings) -> None:
        needs_extra("lamps", "sACN", "sacn")
        from sacn.messages.data_packet import DataPacket, calculate_multicast_addr

        host = settings.host or calculate_multicast_addr(settings.number)
        self._socket, self._where = _open(host, settings.port or SACN_PORT)
        if not settings.host:
            self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, MULTICAST_HOPS)
            if settings.interface:
                own = resolve(settings.interface, 0)[1][0]
                self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
        # The same sender after a restart, so that receivers do not see two of them.
        sender = uuid.uuid5(uuid.NAMESPACE_DNS, f"{SOURCE}.{uuid.getnode()}")
        self._packet = DataPacket(tuple(sender.bytes), SOURCE, settings.number, priority=settings.priority)

    def send(self, values: bytes) -> None:
        """Send a data packet."""
        self._packet.dmxData = tuple(values)
        self._packet.sequence_increase()
        self._socket.sendto(bytes(self._packet.getBytes()), self._where)

    def close(self) -> None:
        """Send the end of the stream three times (E1.31, 6.2.6)."""
        self._packet.option_StreamTerminated = True
        with self._socket:
            for _ in range(3):
                self.send(bytes(self._packet.dmxData))

    def drop(self) -> None:
        """See ``Wire``."""
        self._socket.close()


class ArtnetWire:
    """ArtDmx packets to one receiver."""

    def __init__(self, settings: UniverseSettings) -> None:
        needs_extra("lamps", "Art-Net", "stupidArtnet")
        from stupidArtnet import StupidArtnet

        self._socket, self._where = _open(settings.host, settings.port or ARTNET_PORT)
        self._form = StupidArtnet(self._where[0], settings.number)
        self._form.close()  # its own socket, whose faults it would print
        self._sequences = _sequences()

    def send(self, values: bytes) -> None:
        """Send an ArtDmx packet."""
        self._form.sequence = next(self._sequences)
        self._form.make_artdmx_header()
        self._socket.sendto(bytes(self._form.packet_header) + values, self._where)

    def close(self) -> None:
        """Art-Net has no word for an end."""
        self._socket.close()

    drop = close


def _sequences() -> Iterator[int]:
    """1 to 255, again and again: 0 would tell the receiver that packets are not numbered."""
    while True:
        yield from range(1, 256)


def _open(host: str, port: int) -> tuple[socket.socket, tuple[str, int]]:
    family, where = resolve(host, port)
    return socket.socket(family, socket.SOCK_DGRAM), (where[0], where[1])
