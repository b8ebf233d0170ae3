"""From any datagram to its messages: for the monitor, and for tests that read our own output.

python-osc parses the single messages. The bundles are opened here, because one whose element size is -4 hangs its
parser for ever (1.10.2).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pythonosc.osc_message import OscMessage
from pythonosc.parsing.osc_types import get_string

from calibration.errors import BadInput
from calibration.files import did_you_mean
from installation.osc.encoder import BUNDLE_HEADER, BadValue, in_range
from installation.osc.registry import BY_PATH, SCALARS

DEPTH_AT_MOST = 4
OURS = frozenset(path.split("/")[1] for path in BY_PATH)
"""First parts of our addresses; no story may use them for its own cues."""
Cues = Mapping[str, frozenset[str]]
"""A story's own OSC cues: address, and the type tags that it is sent with."""
PARSED = frozenset("ihfdsbrmtTFN[]")
"""The type tags that python-osc reads."""


class Malformed(BadInput):
    """Bytes that are not OSC."""


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came."""

    address: str
    tags: str
    values: tuple[Any, ...]

    def fault(self, prefix: str, cues: Cues | None = None) -> str:
        """How it breaks the promise of the registry or of the story's ``cues``, or ''. None: the story is unknown."""
        path = self.address.removeprefix(prefix)
        line = BY_PATH.get(path)
        if path in SCALARS and self.tags == "f":
            return ""
        if line is None:
            return self._fault_of_cue(path, cues, below=self.address.startswith(f"{prefix}/"))
        if self.tags == "f" and len(line.tags) == 1:  # the scalar profile sends integers as floats
            return ""
        if self.tags != line.tags:
            return f"has type tags {self.tags or '(none)'}, should have {line.tags}"
        try:
            in_range(line, self.values)
        except BadValue as error:
            return str(error)
        return ""

    def _fault_of_cue(self, path: str, cues: Cues | None, below: bool) -> str:
        if path[1:].split("/")[0] in OURS or not below:
            return f"not in the registry{did_you_mean(path, tuple(BY_PATH))}" if below else "not in the registry"
        if cues is None:
            return "not in the registry; if it is a cue of your story, name it with --story"
        if path not in cues:
            return f"neither in the registry nor a cue of the story{did_you_mean(path, tuple(cues))}"
        if self.tags not in cues[path]:
            wanted = " or ".join(tags or "(none)" for tags in sorted(cues[path]))
            return f"has type tags {self.tags or '(none)'}, the story sends {wanted}"
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
        _, at = get_string(datagram, 0)
        tags = get_string(datagram, at)[0][1:] if at < len(datagram) else ""
        if not PARSED.issuperset(tags):  # the parser would leave the value out, and log the letter as it is
            raise Malformed("has a type tag that cannot be read here")
        parsed = OscMessage(datagram)
    except Exception as error:  # the parser raises what it likes
        raise Malformed(str(error)) from error
    yield Received(parsed.address, tags, tuple(parsed.params))
