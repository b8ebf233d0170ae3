"""Who may control the show, and how often."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
SENDERS_AT_MOST = 256
"""A sender that changes its port with each datagram must not fill the memory."""
SENDERS_OF_A_HOST = 10
"""One address may send as much as so many senders, however many ports it uses."""
WRONG_PASSPHRASES, PASSPHRASE_SECONDS = 5, 12.0
"""So many wrong passphrases at once, and one more every so many seconds: some 7,000 a day."""
IPV6_HOME_BITS = 64
"""One machine owns all addresses that begin with the same 64 bits."""
NOT_ALLOWED, TOO_MANY = "not on the allow-list", "too many"


class TokenBuckets:
    """A token bucket for each key, full at first. The newest ``SENDERS_AT_MOST`` are kept."""

    def __init__(self, capacity: float, per_second: float, clock: Callable[[], float]) -> None:
        self._capacity, self._rate, self._clock = max(capacity, 1.0), per_second, clock
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> bool:
        """Take one token, and whether there was one."""
        left = self.left(key)
        if key not in self._buckets and len(self._buckets) >= SENDERS_AT_MOST:
            self._buckets.popitem(last=False)
        self._buckets[key] = (left - 1.0 if left >= 1.0 else left, self._clock())
        return left >= 1.0

    def left(self, key: Hashable) -> float:
        """How many tokens the key has now."""
        tokens, since = self._buckets.get(key, (self._capacity, 0.0))
        return min(tokens + (self._clock() - since) * self._rate, self._capacity)

    def __len__(self) -> int:
        return len(self._buckets)


class RateLimiter:
    """An allow-list and a token bucket for each sender (address and port), cheap enough for a flood.

    Senders are told apart by their port too, because several programs of one machine may control the show; but a new
    port for each message is no way round the limit, and wrong passphrases are counted by address alone.
    """

    def __init__(self, allow: Sequence[Network], per_second: float, clock: Callable[[], float]) -> None:
        self._allow = tuple(allow)
        self._known: dict[str, bool] = {}
        self._buckets = TokenBuckets(per_second, per_second, clock)
        self._hosts = TokenBuckets(per_second * SENDERS_OF_A_HOST, per_second * SENDERS_OF_A_HOST, clock)
        self._guesses = TokenBuckets(WRONG_PASSPHRASES, 1 / PASSPHRASE_SECONDS, clock)

    def refuses(self, sender: tuple[str, int]) -> str:
        """Why this message is not read, or ''."""
        if not self._allowed(sender[0]):
            return NOT_ALLOWED
        return "" if self._hosts.take(sender[0]) and self._buckets.take(sender) else TOO_MANY

    def wrong_passphrase(self, host: str) -> None:
        """``host`` has sent a wrong one."""
        self._guesses.take(_home(host))

    def may_give_passphrase(self, host: str) -> bool:
        """False while too many from ``host`` were wrong: then the right one is refused too."""
        return self._guesses.left(_home(host)) >= 1.0

    def _allowed(self, host: str) -> bool:
        known = self._known.get(host)
        if known is None:
            if len(self._known) >= SENDERS_AT_MOST:
                self._known.clear()
            number = _number(host)
            known = self._known[host] = any(number in network for network in self._allow)
        return known


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    number = ipaddress.ip_address(host.partition("%")[0])
    # A socket on '::' sees '::ffff:192.168.1.5' for an address of version 4.
    return getattr(number, "ipv4_mapped", None) or number


def _home(host: str) -> Hashable:
    """What stands for one machine, however many addresses and ports it takes."""
    number = _number(host)
    if isinstance(number, ipaddress.IPv4Address):
        return number
    return ipaddress.ip_network((number, IPV6_HOME_BITS), strict=False)
