"""What arrives at a port: counted, decoded and held against the registry. Pure; the command does the listening."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from installation.osc.decoder import Cues, Malformed, Received, decode

WINDOW_SECONDS = 3.0


@dataclass(slots=True)
class Heard:
    """One address."""

    last: Received
    fault: str
    count: int = 0
    times: deque[float] = field(default_factory=lambda: deque(maxlen=600))

    def rate(self, now: float) -> float:
        """Messages per second, over the last seconds."""
        return _rate(self.times, now)


@dataclass(slots=True)
class Tally:
    """Everything heard at one port."""

    prefix: str = "/emo"
    cues: Cues | None = None
    """The story's own addresses, where the story is known."""
    heard: dict[str, Heard] = field(default_factory=dict)
    packets: int = 0
    messages: int = 0
    malformed: int = 0
    gaps: int = 0
    """Numbers missing in /frame: bundles that were lost on the way."""
    largest: int = 0
    _times: deque[float] = field(default_factory=lambda: deque(maxlen=3000))
    _sizes: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=3000))
    _frames: dict[object, int] = field(default_factory=dict)

    def receive(self, datagram: bytes, now: float, sender: object = None) -> list[Received]:
        """Count a datagram; its messages, or none where it is malformed."""
        self.packets += 1
        self.largest = max(self.largest, len(datagram))
        self._times.append(now)
        self._sizes.append((now, len(datagram)))
        try:
            received = list(decode(datagram))
        except Malformed:
            self.malformed += 1
            return []
        for one in received:
            self._note(one, now, sender)
        return received

    def packet_rate(self, now: float) -> float:
        """Datagrams per second."""
        return _rate(self._times, now)

    def byte_rate(self, now: float) -> float:
        """Bytes per second."""
        return sum(size for at, size in self._sizes if at > now - WINDOW_SECONDS) / WINDOW_SECONDS

    def _note(self, one: Received, now: float, sender: object) -> None:
        self.messages += 1
        known = self.heard.get(one.address)
        if known is None:
            known = self.heard[one.address] = Heard(one, "")
        known.last, known.fault = one, one.fault(self.prefix, self.cues)
        known.count += 1
        known.times.append(now)
        if one.address == self.prefix + "/frame" and one.tags == "i":
            before = self._frames.get(sender, one.values[0] - 1)
            self.gaps += max(0, one.values[0] - before - 1)
            self._frames[sender] = one.values[0]


def _rate(times: deque[float], now: float) -> float:
    return sum(1 for at in times if at > now - WINDOW_SECONDS) / WINDOW_SECONDS
