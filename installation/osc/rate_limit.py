"""Who may control the show, and how often."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
SENDERS_AT_MOST = 256
"""A sender that changes its port with each datagram must not fill the memory."""


class RateLimiter:
    """An allow-list and a token bucket for each sender (address and port), cheap enough for a flood."""

    def __init__(self, allow: Sequence[Network], per_second: float, clock: Callable[[], float]) -> None:
        self._allow, self._rate, self._clock = tuple(allow), per_second, clock
        self._known: dict[str, bool] = {}
        self._buckets: OrderedDict[tuple[str, int], list[float]] = OrderedDict()

    def refuses(self, sender: tuple[str, int]) -> str:
        """Why this datagram is not read, or ''."""
        if not self._allowed(sender[0]):
            return "not on the allow-list"
        return "" if self._spend(sender) else "too many"

    def _allowed(self, host: str) -> bool:
        known = self._known.get(host)
        if known is None:
            if len(self._known) >= SENDERS_AT_MOST:
                self._known.clear()
            number = ipaddress.ip_address(host.partition("%")[0])
            # A socket on '::' sees '::ffff:192.168.1.5' for an address of version 4.
            number = getattr(number, "ipv4_mapped", None) or number
            known = self._known[host] = any(number in network for network in self._allow)
        return known

    def _spend(self, sender: tuple[str, int]) -> bool:
        """Take a token of the sender's, whose bucket holds a second's worth and fills evenly."""
        now = self._clock()
        bucket = self._buckets.get(sender)
        if bucket is None:
            if len(self._buckets) >= SENDERS_AT_MOST:
                self._buckets.popitem(last=False)
            bucket = self._buckets[sender] = [max(self._rate, 1.0), now]
        tokens = min(bucket[0] + (now - bucket[1]) * self._rate, max(self._rate, 1.0))
        bucket[0], bucket[1] = max(tokens - 1.0, 0.0) if tokens >= 1.0 else tokens, now
        return tokens >= 1.0
