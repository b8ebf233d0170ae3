"""Who may ask what: roles from tokens and cookies, and the limit of tries.

On the machine itself no token is asked for. From the network a token is exchanged once for a cookie. The cookie holds
role, name and age under a signature made with the operator's token: another token file logs everybody out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address

from calibration.plain import one_line
from installation.web.caller import Caller
from installation.web.token import Tokens

COOKIE_SECONDS = 90 * 86_400
TRIES, TRIES_SECONDS = 10, 60.0
ADDRESSES_KEPT = 1000
NAME_AT_MOST = 40
LETTERS = {"o": "operator", "v": "viewer", "l": "local"}
PROXY_HEADERS = ("forwarded", "via", "x-forwarded-for", "x-real-ip")


class Access:
    """Judges callers. ``clock`` gives unix seconds."""

    def __init__(self, tokens: Tokens, port: int, clock: Callable[[], float] = time.time) -> None:
        self._tokens, self._clock = tokens, clock
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self.cookie_name = f"chiaro_{port}"
        """Browsers keep cookies by host, not by port: two shows on one machine must not log each other out."""

    def caller(self, address: str, headers: Mapping[str, str]) -> Caller:
        """Who asks, from the connection's address and the headers."""
        local = is_loopback(address) and not any(name in headers for name in PROXY_HEADERS)
        letter, name = self._read_cookie(headers.get("cookie", ""))
        if local:
            return Caller(address, "viewer" if letter == "v" else "operator", name, local=True)
        bearer = headers.get("authorization", "")
        if bearer[:7].lower() == "bearer ":
            letter = self._letter_for(bearer[7:].strip())
        role = {"o": "operator", "v": "viewer"}.get(letter, "")
        return Caller(address, role, name if role else "")  # type: ignore[arg-type]

    def log_in(self, caller: Caller, token: str, name: str) -> str | None:
        """The cookie's value for this token and name; None: it is no token of ours, which is counted."""
        letter = self._letter_for(token)
        if not letter and not token:  # another name for somebody who is in already
            letter = "l" if caller.local else caller.role[:1]
        if letter:
            return self._cookie(letter, name)
        self._tries.setdefault(caller.address, deque(maxlen=TRIES)).append(self._clock())
        self._tries.move_to_end(caller.address)
        if len(self._tries) > ADDRESSES_KEPT:
            self._tries.popitem(last=False)
        return None

    def may_try(self, address: str) -> bool:
        """This address has not failed ten times in the last minute."""
        tries = self._tries.get(address)
        return not tries or len(tries) < TRIES or not 0 <= self._clock() - tries[0] < TRIES_SECONDS

    def _letter_for(self, token: str) -> str:
        given = token.encode()
        if hmac.compare_digest(given, self._tokens.operator.encode()):
            return "o"
        return "v" if hmac.compare_digest(given, self._tokens.viewer.encode()) else ""

    def _cookie(self, letter: str, name: str) -> str:
        name = " ".join(one_line(name).split())[:NAME_AT_MOST]
        packed = base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")
        signed = f"{letter}.{int(self._clock())}.{packed}"
        return f"{signed}.{self._signature(signed)}"

    def _read_cookie(self, header: str) -> tuple[str, str]:
        """Role's letter and name; empty where there is none, or not one of ours."""
        try:
            morsel = SimpleCookie(header).get(self.cookie_name)
            signed, _, signature = (morsel.value if morsel else "").rpartition(".")
            if not hmac.compare_digest(signature.encode(), self._signature(signed).encode()):
                return "", ""
            letter, issued, packed = signed.split(".")
            if not 0 <= self._clock() - int(issued) + 86_400 < COOKIE_SECONDS + 86_400:
                return "", ""
            return letter, base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
        except (CookieError, ValueError):
            return "", ""

    def _signature(self, signed: str) -> str:
        key = hashlib.sha256(b"chiaro console cookie" + self._tokens.operator.encode()).digest()
        return hmac.new(key, f"{self.cookie_name} {signed}".encode(), hashlib.sha256).hexdigest()


def is_loopback(address: str) -> bool:
    """The address is this machine's own."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback
