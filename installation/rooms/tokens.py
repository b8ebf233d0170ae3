"""A room's token: whoever holds it may control the room and put stories into it. Pure, but for reading its file.

What is asked is signed with it (HMAC-SHA256), so that the token itself never travels: whoever reads the broker's
traffic can neither learn it nor send a request a second time. A request counts for one room and one topic, for two
minutes, and once; one that was signed before the room began counts no more, for the room has forgotten what it heard.
What is asked stays readable for all: against eavesdroppers there is TLS.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import stat
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from calibration.errors import BadFile, Refused
from calibration.file_writer import write_together
from calibration.rooms_settings import RoomsSettings
from installation.host.console import LossReporter
from installation.osc.rate_limit import PASSPHRASE_SECONDS, WRONG_PASSPHRASES, TokenBuckets

TOKEN = re.compile(r"[!-~]{20,200}")
"""So long that it cannot be guessed, however often it is tried."""
WINDOW_SECONDS = 120.0
ROOM_LINE = re.compile(r"([a-z0-9_*-]+)\s+(\S+)")
ANY_ROOM = "*"


class NotSigned(Refused):
    """A request without the room's token, or with one that counts no more."""


def new_token() -> str:
    """One that nobody can guess."""
    return secrets.token_urlsafe(24)


def read_token(file: Path) -> str:
    """The token on the first line of a room's own file. Raises ``BadFile``."""
    token = _private_text(file).split("\n", 1)[0].strip()
    if not TOKEN.fullmatch(token):
        raise BadFile(file, ["holds no token of 20 letters or more; make one with: chiaro rooms token"])
    return token


def read_tokens(file: Path) -> dict[str, str]:
    """The house's tokens by room: a line with ROOM and TOKEN each, ``*`` for all others. Raises ``BadFile``."""
    found = {}
    for number, line in enumerate(_private_text(file).splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            parts = ROOM_LINE.fullmatch(line.strip())
            if not parts or not TOKEN.fullmatch(parts[2]):
                raise BadFile(file, [f"line {number}: expected a room and its token, such as: hall {'x' * 20}..."])
            found[parts[1]] = parts[2]
    return found


def write_token(file: Path, token: str) -> None:
    """A room's own file, readable by its owner alone. Raises ``OSError``."""
    write_together({file: f"{token}\n".encode()}, private=[file])


def keep_token(file: Path, room: str, token: str) -> None:
    """Into the house's file, in the place of the one that the room had. Raises ``BadFile`` and ``OSError``."""
    tokens = {**(read_tokens(file) if file.exists() else {}), room: token}
    write_together({file: "".join(f"{name} {one}\n" for name, one in tokens.items()).encode()}, private=[file])


def _private_text(file: Path) -> str:
    try:
        if os.name == "posix" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise BadFile(file, [f"others can read it; type: chmod 600 {file}"])
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(file, [f"cannot be read: {getattr(error, 'strerror', '') or error}"]) from error


def token_of(rooms: RoomsSettings, losses: LossReporter) -> str:
    """The room's token; '' where none is asked for. One that cannot be read is one that nobody has."""
    if not rooms.token_file:
        return ""
    try:
        return read_token(Path(rooms.token_file))
    except BadFile as error:
        losses.lost("room's token", f"{'; '.join(error.lines())}; nobody may control the room through the broker")
        return new_token()


def signed(token: str, room: str, topic: str, body: dict[str, Any], at: float) -> bytes:
    """``body`` as a request to ``room`` under ``topic``, such as ``put/offer``, signed at ``at`` (unix seconds)."""
    said = {**body, "room": room, "topic": topic, "at": at, "nonce": secrets.token_hex(16)}
    text = json.dumps(said)
    return json.dumps({"signed": text, "mac": _mac(token, text)}).encode()


def _mac(token: str, text: str) -> str:
    return hmac.new(token.encode(), text.encode(), hashlib.sha256).hexdigest()


class Gate:
    """Lets pass what is signed with the room's token. For one thread.

    ``token`` '': nothing has to be signed. ``clock`` gives unix seconds.
    """

    def __init__(self, token: str, room: str, clock: Callable[[], float] = time.time) -> None:
        self._token, self._room, self._clock = token, room, clock
        self._began = clock()
        self._used: OrderedDict[str, float] = OrderedDict()
        self._wrong = TokenBuckets(WRONG_PASSPHRASES, 1 / PASSPHRASE_SECONDS, time.monotonic)
        self.refused = 0

    @property
    def is_open(self) -> bool:
        """No token is asked for."""
        return not self._token

    def admit(self, topic: str, said: Any) -> dict[str, Any]:
        """What is asked, from the JSON that came under ``topic``. Raises ``NotSigned`` with words for the sender."""
        if self._token and isinstance(said, dict) and "signed" in said:
            return self._opened(topic, said)
        if self._token:
            raise self._no("needs this room's token, and is not signed with it")
        if isinstance(said, dict) and isinstance(text := said.get("signed"), str):
            said = _object(text)  # the room asks for none
        if not isinstance(said, dict):
            raise self._no("is not a JSON object")
        return said

    def knows(self, token: Any) -> bool:
        """Whether this is the room's token itself: from a simple sender that cannot sign. In constant time."""
        right = isinstance(token, str) and hmac.compare_digest(token.encode(errors="replace"), self._token.encode())
        self.refused += not right
        return right

    def tells(self) -> bool:
        """Whether one more who was refused is answered: the first five, then one each 12 seconds."""
        return self._wrong.take(None)

    def _opened(self, topic: str, said: dict[str, Any]) -> dict[str, Any]:
        text, mac = said.get("signed"), said.get("mac")
        if not isinstance(text, str) or not isinstance(mac, str):
            raise self._no("is not signed as it should be")
        if not hmac.compare_digest(_mac(self._token, text).encode(), mac.encode(errors="replace")):
            raise self._no("is signed with another token than this room's")
        body, now = _object(text), self._clock()
        at, nonce = body.get("at"), body.get("nonce")
        if (body.get("room"), body.get("topic")) != (self._room, topic):
            raise self._no("was signed for another room, or for something else")
        if not isinstance(at, int | float) or not isinstance(nonce, str) or abs(now - at) > WINDOW_SECONDS:
            late = f"{now - at:+.0f} s" if isinstance(at, int | float) else "unknown"
            raise self._no(f"was signed too long ago, or the clocks differ (this room's is ahead by {late})")
        if at < self._began:
            raise self._no("was signed before this room began; send it again")
        while self._used and next(iter(self._used.values())) < now - 2 * WINDOW_SECONDS:
            self._used.popitem(last=False)
        if nonce in self._used:
            raise self._no("was sent before; each request counts once")
        self._used[nonce] = now
        return body

    def _no(self, why: str) -> NotSigned:
        self.refused += 1
        return NotSigned(why)


def _object(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise NotSigned("is not a JSON object")
    return said
