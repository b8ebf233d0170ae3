"""This machine's addresses as others see them."""

from __future__ import annotations

import ipaddress

import ifaddr

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


def reachable(host: str) -> list[str]:
    """The addresses at which others reach a socket bound to ``host``; none for a loopback address or a name."""
    if host in EVERYWHERE:
        own = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips]
        plain = [address if isinstance(address, str) else address[0] for address in own]
        wanted = {4} if host == EVERYWHERE[0] else {4, 6}
        return [address for address in plain if ipaddress.ip_address(address).version in wanted and _outside(address)]
    try:
        return [host] if _outside(host) else []
    except ValueError:
        return []


def _outside(address: str) -> bool:
    number = ipaddress.ip_address(address.partition("%")[0])
    return not (number.is_loopback or number.is_unspecified or number.is_link_local)
