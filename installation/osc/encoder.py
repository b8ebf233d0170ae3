"""From values to bytes that every receiver reads the same: only i, f and s, flat bundles, sent immediately.

Why so strict: python-osc's own builder sends an integer beyond 31 bits as ``h`` (Pure Data and sclang read wrong
numbers), a tuple of four as MIDI, lets NaN through, and knows nothing of numpy. Its string layout is used here.
"""

from __future__ import annotations

import math
import struct
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from numbers import Integral, Real

import numpy as np
from pythonosc.parsing.osc_types import write_string

from calibration.errors import BadInput
from installation.osc.registry import BY_PATH, INT_MAX, STRING_AT_MOST, Address, Argument

Value = int | float | str
BUNDLE_BYTES = 1400
"""A bundle above this may be split on its way by the network."""
BUNDLE_HEADER = write_string("#bundle") + bytes(7) + b"\x01"  # the time tag IMMEDIATELY
_HAIR = 1e-4


class BadValue(BadInput):
    """A value that no receiver should ever get; the message is not sent."""


@dataclass(frozen=True, slots=True)
class Message:
    """One line of the registry with its values, encoded but for its address, which each target writes its own way."""

    path: str
    tags: str
    values: tuple[Value, ...]
    body: bytes

    def encode(self, address: str) -> bytes:
        """The message as a datagram or as an element of a bundle, below ``address``."""
        return header(address, self.tags) + self.body


def message(path: str, *values: object) -> Message:
    """The message of the registry's address ``path``. Raises ``BadValue`` where the registry's promise is broken."""
    line = BY_PATH.get(path)
    if line is None:
        raise BadValue(f"{path} is not in the registry")
    return Message(path, line.tags, checked := in_range(line, values), body(line.tags, checked))


def free_message(path: str, values: Sequence[object]) -> Message:
    """A message of the story's own, whose tags follow from its values."""
    tags = "".join("s" if isinstance(v, str) else "i" if isinstance(v, Integral) else "f" for v in values)
    plain = tuple(_plain(tag, value) for tag, value in zip(tags, values, strict=True))
    return Message(path, tags, plain, body(tags, plain))


def in_range(line: Address, values: Sequence[object]) -> tuple[Value, ...]:
    """``values`` as plain Python, checked for number, type and range; a hair over the edge is taken as the edge."""
    if len(values) != len(line.arguments):
        raise BadValue(f"{line.path} takes {len(line.arguments)} values, got {len(values)}")
    return tuple(_checked(line, argument, value) for argument, value in zip(line.arguments, values, strict=True))


def _checked(line: Address, argument: Argument, value: object) -> Value:
    try:
        plain = _plain(argument.tag, value)
    except BadValue as error:
        raise BadValue(f"{line.path} {argument.name}: {error}") from None
    if isinstance(plain, str):
        return plain
    if not argument.low - _HAIR <= plain <= argument.high + _HAIR:
        raise BadValue(f"{line.path} {argument.name}: {plain} is not between {argument.low:g} and {argument.high:g}")
    if argument.tag == "f":
        return min(max(plain, argument.low), argument.high)
    return plain


def _plain(tag: str, value: object) -> Value:
    """The value as int, float or str of plain Python, whatever numpy made of it."""
    if tag == "s" and isinstance(value, str):
        return ascii_text(value)
    if tag == "i" and isinstance(value, Integral | np.bool_):  # numpy's bool is not an Integral
        whole = int(value)
        if not -INT_MAX - 1 <= whole <= INT_MAX:
            raise BadValue(f"{whole} does not fit into 32 bits")
        return whole
    if tag == "f" and isinstance(value, Real):
        real = float(value)
        if not math.isfinite(real):
            raise BadValue(f"{real} is not a number that a receiver can use")
        return real
    raise BadValue(f"{value!r} cannot be sent as {tag!r}")


@lru_cache(maxsize=4096)
def ascii_text(value: str) -> str:
    """Text as plain ASCII, accents taken off: UTF-8 is lost in some receivers, and a zero byte ends a string."""
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    return "".join(c for c in plain if c.isprintable())[:STRING_AT_MOST]


@lru_cache(maxsize=4096)
def header(address: str, tags: str) -> bytes:
    """Address and type tags, padded."""
    return write_string(address) + write_string("," + tags)


@lru_cache(maxsize=256)
def _numbers(tags: str) -> struct.Struct:
    return struct.Struct(">" + tags)


def body(tags: str, values: Sequence[Value]) -> bytes:
    """The arguments of a message; ``values`` are plain and checked."""
    try:
        if "s" not in tags:
            return _numbers(tags).pack(*values)
        return b"".join(
            write_string(value) if isinstance(value, str) else _numbers(tag).pack(value)
            for tag, value in zip(tags, values, strict=True)
        )
    except (struct.error, OverflowError) as error:  # 1e39 does not fit into a float32
        raise BadValue(f"{values!r} cannot be sent as {tags!r}: {error}") from None


def bundles(messages: Iterable[bytes], space: int = BUNDLE_BYTES) -> list[list[bytes]]:
    """``messages`` in groups that each fit into one bundle of at most ``space`` bytes, in order."""
    groups: list[list[bytes]] = []
    left = 0
    for encoded in messages:
        need = len(encoded) + 4
        if not groups or need > left:
            groups.append([])
            left = space - len(BUNDLE_HEADER)
        groups[-1].append(encoded)
        left -= need
    return groups


def bundle(messages: Iterable[bytes]) -> bytes:
    """One flat bundle with the time tag IMMEDIATELY."""
    return BUNDLE_HEADER + b"".join(struct.pack(">i", len(encoded)) + encoded for encoded in messages)
