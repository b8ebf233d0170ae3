"""From any datagram to its messages: for the monitor, and for tests that read our own output.

python-osc parses the single messages. The bundles are opened here, because one whose element size is -4 hangs its
parser for ever (1.10.2).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pythonosc.osc_message import OscMessage
from pythonosc.parsing.osc_types import get_string

from calibration.errors import BadInput
from installation.osc.encoder import BUNDLE_HEADER, BadValue, in_range
from installation.osc.registry import BY_PATH

DEPTH_AT_MOST = 4


class Malformed(BadInput):
    """Bytes that are not OSC."""


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came."""

    address: str
    tags: str
    values: tuple[Any, ...]

    def fault(self, prefix: str) -> str:
        """How it breaks the registry's promise, or ''."""
        line = BY_PATH.get(self.address.removeprefix(prefix))
        if line is None:
            return "not in the registry"
        if self.tags == "f" and len(line.tags) == 1:  # the scalar profile sends integers as floats
            return ""
        if self.tags != line.tags:
            return f"has type tags {self.tags or '(none)'}, should have {line.tags}"
        try:
            in_range(line, self.values)
        except BadValue as error:
            return str(error)
        return ""


def decode(datagram: bytes, depth: int = 0) -> Iterator[Received]:
    """All messages of a datagram in order. Raises ``Malformed``; nothing else."""
    if datagram.startswith(BUNDLE_HEADER[:8]):
        if depth > DEPTH_AT_MOST:
            raise Malformed("bundles nested too deeply")
        at = len(BUNDLE_HEADER)
        while at < len(datagram):
            size = struct.unpack_from(">i", datagram, at)[0] if at + 4 <= len(datagram) else -1
            if size <= 0 or at + 4 + size > len(datagram):
                raise Malformed("a bundle element has the wrong size")
            yield from decode(datagram[at + 4 : at + 4 + size], depth + 1)
            at += 4 + size
        return
    try:
        parsed = OscMessage(datagram)
        _, at = get_string(datagram, 0)
        tags = get_string(datagram, at)[0][1:] if at < len(datagram) else ""
    except Exception as error:  # the parser raises what it likes
        raise Malformed(str(error)) from error
    yield Received(parsed.address, tags, tuple(parsed.params))
