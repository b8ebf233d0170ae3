"""The time stamps of a media file: where its pictures begin and end, and where the stamps jump."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

import av
from av.container import InputContainer
from av.stream import Stream

TRANSPORT = ("mpegts", "mpeg")
"""Streams without an index, made to be cut and joined: their header says nothing, so they are read whole."""
JUMPS_BACK_SECONDS, JUMPS_AHEAD_SECONDS = 0.5, 10.0
"""A stamp so far from the one before it in the same stream begins another recording."""
TAIL_SECONDS = 1.0
"""Read at the end of a file to find its last picture."""

T = TypeVar("T", bound=Stream)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file, from byte ``position`` on, whose stamps count as ``shift`` seconds later than they say."""

    position: int
    shift: float


@dataclass(slots=True)
class Times:
    """What the packets of a file say, in seconds of its stamps (of its pictures; of its sound if it has none)."""

    begin: float = float("inf")
    last: float = float("-inf")
    """The last picture appears."""
    end: float = float("-inf")
    """It is over."""
    anything: float = float("-inf")
    """Whatever is last in the file is over, picture or sound."""
    pieces: tuple[Piece, ...] = ()

    @property
    def known(self) -> bool:
        """Whether there was any packet of the picture."""
        return self.end > self.begin

    def add(self, start: float, stop: float, ours: bool) -> None:
        """Take in one packet; ``ours`` if it is of the stream that is measured."""
        self.anything = max(self.anything, stop)
        if ours:
            self.begin, self.end = min(self.begin, start), max(self.end, stop)
            self.last = max(self.last, start)


@dataclass(slots=True)
class _Part:
    position: int
    times: Times = field(default_factory=Times)
    streams: set[int] = field(default_factory=set)


def read_tail(container: InputContainer, stream: av.VideoStream | av.AudioStream, end: float, frame: float) -> Times:
    """The times of the last second before ``end``, a stamp; of the whole file where nothing is found there.

    ``frame`` is how long a picture lasts of which the file does not say it. What cannot be read ends the file.
    """
    times = Times()
    for start in (end - TAIL_SECONDS, None):
        rewind(container) if start is None or start <= 0 else seek_stamp(container, stream, start)
        with suppress(av.FFmpegError):
            for packet in container.demux():
                if packet.pts is not None:
                    times.add(*_span(packet, frame), packet.stream_index == stream.index)
        if times.known:
            break
    return times


def read_all(container: InputContainer, stream: av.VideoStream | av.AudioStream, frame: float) -> Times:
    """The times of a whole file, from its first packet to its last. Recordings that were joined count on."""
    parts = [_Part(0)]
    stamps: dict[int, float] = {}
    with suppress(av.FFmpegError):
        for packet, position in _placed(container.demux()):
            if packet.pts is None:
                continue
            number = packet.stream_index
            start, stop = _span(packet, frame)
            stamp = start if packet.dts is None else float(packet.dts * _base(packet))
            apart = stamp - stamps.get(number, stamp)
            stamps[number] = stamp
            part = _part_of(parts, position)
            if number in part.streams and not -JUMPS_BACK_SECONDS < apart < JUMPS_AHEAD_SECONDS:
                part = _Part(position)
                parts.append(part)
            part.streams.add(number)
            part.times.add(start, stop, number == stream.index)
    return _joined([part for part in parts if part.times.known])


def _part_of(parts: list[_Part], position: int) -> _Part:
    """The part that holds a byte. (The last packet of one stream may come after the next recording's first.)"""
    return next((part for part in reversed(parts) if part.position <= position), parts[0])


def _joined(parts: list[_Part]) -> Times:
    if not parts:
        return Times()
    first = parts[0].times
    whole = Times(first.begin, first.last, first.end, first.anything)
    pieces = [Piece(0, 0.0)]
    for part in parts[1:]:
        shift = whole.end - part.times.begin
        pieces.append(Piece(part.position, shift))
        whole.last, whole.anything = part.times.last + shift, part.times.anything + shift
        whole.end = part.times.end + shift
    whole.pieces = tuple(pieces)
    return whole


def in_order(packets: Iterable[av.Packet[T]], pieces: tuple[Piece, ...]) -> Iterator[av.Packet[T]]:
    """The packets of a file, read from its start, with stamps that count on where the file's own jump."""
    if len(pieces) < 2:
        yield from packets
        return
    for packet, position in _placed(packets):
        shift = next(piece.shift for piece in reversed(pieces) if piece.position <= position or piece is pieces[0])
        steps = round(Fraction(shift) / _base(packet))
        packet.pts = None if packet.pts is None else packet.pts + steps
        packet.dts = None if packet.dts is None else packet.dts + steps
        yield packet


def _placed(packets: Iterable[av.Packet[T]]) -> Iterator[tuple[av.Packet[T], int]]:
    """Each packet with its byte in the file; one without (the second picture of a pair) with that before it."""
    places: dict[int, int] = {}
    for packet in packets:
        number = packet.stream_index
        if packet.pos is not None and packet.pos >= 0:
            places[number] = packet.pos
        yield packet, places.get(number, 0)


def _span(packet: av.Packet[T], frame: float) -> tuple[float, float]:
    base = _base(packet)
    start = float((packet.pts or 0) * base)
    return start, start + (float(packet.duration * base) if packet.duration else frame)


def _base(packet: av.Packet[T]) -> Fraction:
    return packet.time_base or Fraction(1, av.time_base)


def rewind(container: InputContainer) -> None:
    """Go back to the first packet."""
    if container.format.name in TRANSPORT:  # whose first stamps are anywhere, and below 0 where 33 bits overflow later
        container.seek(0, unsupported_byte_offset=True)
    else:
        container.seek(min(0, container.start_time or 0))


def seek_stamp(container: InputContainer, stream: av.VideoStream | av.AudioStream, stamp: float) -> None:
    """Go to a key frame at or before ``stamp``, or to the start where a file cannot be searched."""
    try:
        container.seek(int(stamp / (stream.time_base or Fraction(1, av.time_base))), stream=stream)
    except av.FFmpegError:
        rewind(container)
