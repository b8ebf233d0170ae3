"""Whether a name that a browser asks for is this machine's."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit


def is_own_name(host: str) -> bool:
    """Whether an HTTP ``Host`` means this machine: '', an IP address, localhost or its own name (.local too).

    A web page elsewhere can make its own name lead to us (DNS rebinding); its visitors' browsers would read us to it.
    """
    own = socket.gethostname().lower()
    try:
        name = urlsplit(f"//{host}").hostname or ""
        if "@" in host:
            return False
        if name.rstrip(".") in ("", "localhost", own, f"{own.partition('.')[0]}.local"):
            return True
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False
