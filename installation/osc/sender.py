"""One message typed by hand: words to a datagram, and the answers to it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

from calibration.errors import BadInput
from installation.osc.decoder import Malformed, decode
from installation.osc.encoder import BadValue, body, header
from installation.osc.udp_socket import resolve

TAGS = "ifsTF"


class BadMessage(BadInput):
    """Words that do not make an OSC message."""


def typed_message(address: str, words: list[str], tags: str = "") -> bytes:
    """A datagram from words as typed. Raises ``BadMessage``."""
    if not address.startswith("/") or " " in address or not address.isascii():
        raise BadMessage(f"{address!r} is not an OSC address; expected something like /emo/control/next")
    for word in words:
        if word.startswith("--"):  # taken as a word, since -0.5 is one
            raise BadMessage(f"{word} is no option of this command; --help lists them")
    tags = tags or "".join(guess(word) for word in words)
    if len(tags) != len(words) or not set(tags) <= set(TAGS):
        raise BadMessage(f"--types {tags!r}: give one of {' '.join(TAGS)} for each argument ({len(words)} here)")
    carried = [(tag, word) for tag, word in zip(tags, words, strict=True) if tag in "ifs"]
    try:
        values = [int(w) if tag == "i" else float(w) if tag == "f" else w for tag, w in carried]
        return header(address, tags) + body("".join(tag for tag, _ in carried), values)
    except (ValueError, BadValue) as error:
        raise BadMessage(f"arguments {words} do not fit the types {tags!r}: {error}") from None


def guess(word: str) -> str:
    """The tag that a person means."""
    if word.lower() in ("true", "false"):
        return "T" if word.lower() == "true" else "F"
    for tag, read in (("i", int), ("f", float)):
        try:
            read(word)
        except ValueError:
            continue
        return tag
    return "s"


def answer_to(datagram: bytes, host: str, port: int, wait: float) -> Iterator[str]:
    """Send, then yield what comes back within ``wait`` seconds, a line each. Raises ``OSError``."""
    family, place = resolve(host, port)
    with socket.socket(family, socket.SOCK_DGRAM) as way:
        way.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        way.sendto(datagram, place)
        until = time.monotonic() + wait
        while (left := until - time.monotonic()) > 0:
            way.settimeout(left)
            try:
                got = way.recv(65536)
                yield from (f"{one.address} {' '.join(map(str, one.values))}" for one in decode(got))
            except TimeoutError:
                return
            except Malformed as error:
                yield f"{len(got)} bytes that are not OSC ({error})"
