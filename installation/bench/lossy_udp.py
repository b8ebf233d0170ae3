"""A bad network of our own: a UDP proxy on loopback that delays, shakes, loses and so reorders what passes it.

Which datagrams are lost and how long each takes follows from the seed and their order.
"""

from __future__ import annotations

import heapq
import random
import select
import socket
import threading
import time
from dataclasses import dataclass
from itertools import count

READ_BYTES = 65536
WAIT_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Badness:
    """How bad it is, in each direction alike."""

    delay_seconds: float = 0.0
    jitter_seconds: float = 0.0
    """On top of the delay, anything between 0 and this: what is sent later may come earlier."""
    loss: float = 0.0
    """Share of the datagrams that never arrive."""


class LossyUdp:
    """Passes on what comes to ``port`` to the loopback's ``target``, and the answers back to whoever asked."""

    def __init__(self, target: int, badness: Badness, seed: int = 1) -> None:
        self._target, self._badness, self._chance = ("127.0.0.1", target), badness, random.Random(seed)  # noqa: S311
        self.cut_off = False
        """While it is True nothing passes."""
        self.passed = self.lost = 0
        self._front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._front.bind(("127.0.0.1", 0))
        self.port = int(self._front.getsockname()[1])
        self._behind: dict[tuple[str, int], socket.socket] = {}
        """By who asked: a socket of its own to the target, as a router would have a port."""
        self._waiting: list[tuple[float, int, socket.socket, bytes, tuple[str, int]]] = []
        self._number = count()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lossy network", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Pass on nothing more."""
        self._closing.set()
        self._thread.join(2.0)
        for one in (self._front, *self._behind.values()):
            one.close()

    def _run(self) -> None:
        while not self._closing.is_set():
            due = self._waiting[0][0] - time.monotonic() if self._waiting else WAIT_SECONDS
            ready, _, _ = select.select([self._front, *self._behind.values()], [], [], min(max(due, 0.0), WAIT_SECONDS))
            for one in ready:
                self._take(one)
            while self._waiting and self._waiting[0][0] <= time.monotonic():
                _, _, through, data, to = heapq.heappop(self._waiting)
                try:
                    through.sendto(data, to)
                except OSError:  # nobody is there now: lost
                    self.lost += 1

    def _take(self, one: socket.socket) -> None:
        try:
            data, sender = one.recvfrom(READ_BYTES)
        except OSError:  # the answer to one before: nobody is there
            return
        if one is self._front:
            if sender not in self._behind:
                self._behind[sender] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            through, to = self._behind[sender], self._target
        else:
            through, to = self._front, next(who for who, behind in self._behind.items() if behind is one)
        bad = self._badness
        lost = self._chance.random() < bad.loss
        takes = bad.delay_seconds + self._chance.random() * bad.jitter_seconds
        if lost or self.cut_off:
            self.lost += 1
            return
        self.passed += 1
        heapq.heappush(self._waiting, (time.monotonic() + takes, next(self._number), through, data, to))
