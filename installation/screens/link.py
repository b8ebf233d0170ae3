"""A follower's end: one thread that asks for the time, hears where the film is, and keeps the newest of both."""

from __future__ import annotations

import math
import secrets
import select
import threading
import time
from collections.abc import Callable

from calibration.screens_settings import LEADER_PORT
from installation.host.console import LossReporter
from installation.host.worker import Worker
from installation.screens.clock import ClockEstimator, RoundTrip
from installation.screens.follow import Heard
from installation.screens.stamped_socket import StampedSocket
from installation.screens.wire import Telling, TimeReply, TimeRequest, Told, decode, encode

ASK_SECONDS = 0.25
FIRST_ASK_SECONDS = 0.04
FIRST_TRIPS = 12
"""The first so many round trips follow each other sooner: a screen that joins is in step within a second."""
PENDING_AT_MOST = 16
LOST_SECONDS = 3.0
RETRY_SECONDS = 1.0
POLL_SECONDS = 0.25


class FollowerLink:
    """The link to one leader. Its calls neither wait nor raise; a leader that is not there is a loss, told once.

    ``clock``: monotonic seconds; all times that it gives are of it.
    """

    def __init__(
        self,
        host: str,
        losses: LossReporter,
        *,
        port: int = LEADER_PORT,
        name: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host, self._port, self._screen, self._losses, self._clock = host, port, name, losses, clock
        self._name = f"leader {host}:{port}"
        self._estimator = ClockEstimator()
        self._session = self._trips = 0
        self._told: Told | None = None
        self._number, self._told_at = 0, 0.0
        self._pending: dict[int, float] = {}
        self._report: tuple[int, float, float] = (0, math.nan, math.nan)
        self._newest: Heard | None = None
        self._heard_at = clock()
        self._closing = threading.Event()
        self._worker = Worker("follow", self._run, losses)
        self._worker.start()

    @property
    def heard(self) -> Heard | None:
        """The newest of the leader; None until both its clock and its film are known."""
        return self._newest

    def report(self, entry: int, behind_seconds: float, unsure_seconds: float) -> None:
        """What the leader is told of this screen, with the next request."""
        self._report = entry, behind_seconds, unsure_seconds

    def close(self) -> None:
        """Ask no more."""
        self._closing.set()
        self._worker.end(1.0)

    # -- the thread ----------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                opened = StampedSocket.connected(self._host, self._port, self._clock)
                try:
                    self._listen(opened)
                finally:
                    opened.close()
            except OSError as error:
                self._losses.lost(self._name, f"{error.strerror or error}; it is tried again")
                self._closing.wait(RETRY_SECONDS)

    def _listen(self, to: StampedSocket) -> None:
        due = self._clock()
        while not self._closing.is_set():
            wait = min(max(due - self._clock(), 0.0), POLL_SECONDS)
            if select.select([to], [], [], wait)[0]:
                while (datagram := to.receive()) is not None:
                    self._take(decode(datagram.data), datagram.at)
            now = self._clock()
            if now >= due:
                self._ask(to)
                due = now + (ASK_SECONDS if self._trips >= FIRST_TRIPS else FIRST_ASK_SECONDS)
            if now - self._heard_at > LOST_SECONDS:
                self._losses.lost(self._name, "it does not answer; it is asked on")

    def _ask(self, to: StampedSocket) -> None:
        nonce = secrets.randbits(64)
        request = encode(TimeRequest(nonce, self._session, self._screen, *self._report))
        while len(self._pending) >= PENDING_AT_MOST:
            del self._pending[next(iter(self._pending))]
        self._pending[nonce] = self._clock()
        to.send(request)

    def _take(self, message: object, at: float) -> None:
        if isinstance(message, TimeReply):
            sent = self._pending.pop(message.nonce, None)
            if sent is None:
                return
            if message.session != self._session:
                self._session, self._trips, self._told, self._number = message.session, 0, None, 0
                self._newest = None
                self._estimator.forget()
            self._estimator.add(RoundTrip(sent, message.received, message.sent, at))
            self._trips += 1
        elif isinstance(message, Telling):
            if message.session != self._session or message.number <= self._number:
                return
            self._number, self._told, self._told_at = message.number, message.told, at
        else:
            return
        if at - self._heard_at > LOST_SECONDS:
            self._trips = 0
        self._heard_at = at
        self._losses.back(self._name)
        if self._told is not None and self._estimator.estimate is not None:
            self._newest = Heard(self._told, self._estimator.estimate, self._session, self._told_at)
