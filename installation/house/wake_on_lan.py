"""Wake-on-LAN: the magic packet that switches on a sleeping machine or projector."""

from __future__ import annotations

import socket

PORT = 9


def magic_packet(mac: str) -> bytes:
    """Six times FF, then the hardware address sixteen times."""
    return b"\xff" * 6 + bytes.fromhex(mac.replace(":", "").replace("-", "")) * 16


def wake(mac: str, host: str = "255.255.255.255", port: int = PORT) -> None:
    """Send it to everybody on the network. Raises ``OSError``."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sender.sendto(magic_packet(mac), (host, port))
