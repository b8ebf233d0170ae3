"""Threads that the show cannot do without: one that dies, of anything, is told once and begun again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from installation.host.console import LossReporter, log
from installation.host.terminal import print_traceback

WAITS = (0.5, 2.0, 10.0, 60.0)
"""Seconds before a thread that died is begun again: the first time, the second time ..."""
PROOF_SECONDS = 10.0
"""One that has lived for so long again is back, and the next death is a first one."""
DEATHS_REPORTED = 100


class Worker(threading.Thread):
    """Runs ``work`` until it returns, in one thread: when it raises, that is told, and it is begun again.

    ``work`` keeps its state where the next life finds it. End it by its own means, and then with ``end``.
    """

    def __init__(self, name: str, work: Callable[[], None], losses: LossReporter) -> None:
        super().__init__(name=name, daemon=True)
        self._work, self._losses = work, losses
        self._part = f"{name} thread"
        self._ending = threading.Event()

    def run(self) -> None:
        """What the thread does."""
        deaths = 0
        while not self._ending.is_set():
            begun, proof = time.monotonic(), threading.Timer(PROOF_SECONDS, self._losses.back, [self._part])
            proof.daemon = True
            if deaths:
                proof.start()
            try:
                self._work()
                self._losses.back(self._part)
                return
            except BaseException as death:  # SystemExit too: nobody ends a show by it from here
                deaths = 1 if time.monotonic() - begun > PROOF_SECONDS else deaths + 1
                self._report(death)
            finally:
                proof.cancel()
            self._ending.wait(WAITS[min(deaths, len(WAITS)) - 1])

    def end(self, seconds: float) -> None:
        """Begin it no more, and wait for its end."""
        self._ending.set()
        if self.is_alive():
            self.join(seconds)

    def _report(self, death: BaseException) -> None:
        first = not self._losses.is_lost(self._part)
        self._losses.lost(self._part, f"it died of {type(death).__name__}: {death}; it is begun again")
        if first:
            print_traceback(type(death), death, death.__traceback__)


@contextmanager
def deaths_reported() -> Iterator[None]:
    """Within, every other thread that dies is told with its traceback, each kind of death once."""
    seen: set[tuple[str, str]] = set()

    def report(death: threading.ExceptHookArgs) -> None:
        kind = (death.thread.name if death.thread else "?", death.exc_type.__name__)
        if kind not in seen and len(seen) < DEATHS_REPORTED and death.exc_value is not None:
            seen.add(kind)
            log.error("the thread %r died of %s", *kind)
            print_traceback(death.exc_type, death.exc_value, death.exc_traceback)

    before, threading.excepthook = threading.excepthook, report
    try:
        yield
    finally:
        threading.excepthook = before
