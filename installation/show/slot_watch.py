"""A show installed in slots: its version is good once it has played for a minute, and it makes way for the next one.

See ``installation.bundle.slots``. All of it is done by a thread, for it writes to the disk.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from installation.bundle.slots import ROOT_VARIABLE, Slots, State
from installation.host.console import LossReporter, log
from installation.host.worker import Worker

if TYPE_CHECKING:
    from installation.show.show import Show

GOOD_AFTER_SECONDS = 60.0
LOOK_SECONDS = 2.0


class SlotWatch:
    """Follows the show and what is installed beside it, by the tick's clock: a show that hangs proves nothing."""

    def __init__(self, slots: Slots, show: Show, losses: LossReporter) -> None:
        self._slots, self._show, self._losses = slots, show, losses
        self._since: float | None = None
        self._closed = False

    def observe(self) -> None:
        """Note a trial that has lasted; end the show for a version that waits. A loss of the disk is told once."""
        show, closed = self._show, self._show.controls.closed
        now = show.parts.heartbeat.last
        if self._since is None or closed is not self._closed or not (closed or show.plays):
            self._since, self._closed = now, closed
        state = self._slots.state()
        try:
            if state.trial:
                self._prove(now - self._since, state.begun)
        except OSError as error:
            self._losses.lost("slots", f"{error.strerror or error} ({self._slots.root})")
        else:
            self._losses.back("slots")
        if state.pending:
            self._follow_pending(state)

    def _follow_pending(self, state: State) -> None:
        if state.at_once or self._show.parts.house.stays_closed:
            log.info("%s takes over", self._slots.describe(state.pending))
            self._show.restarting = self._show.ending = True

    def _prove(self, seconds: float, begun: bool) -> None:
        """A minute of film proves a version. A closed house proves nothing, but its mains switch is no fault either."""
        if self._closed:
            if begun and seconds >= GOOD_AFTER_SECONDS:
                self._slots.set_trial(begun=False)
        elif seconds >= GOOD_AFTER_SECONDS:
            self._slots.lasted()
            self._tell_lasted()
        elif not begun:
            self._slots.set_trial(begun=True)

    def _tell_lasted(self) -> None:
        log.info("this version has played for a minute: it is kept")


@contextmanager
def slots_watched(show: Show, losses: LossReporter) -> Iterator[None]:
    """While the show runs. Nothing where it was not installed in slots."""
    root = os.environ.get(ROOT_VARIABLE)
    if not root:
        yield
        return
    slots, closing = Slots(Path(root)), threading.Event()
    watch = SlotWatch(slots, show, losses)

    def look_on() -> None:
        while not closing.wait(LOOK_SECONDS):
            watch.observe()

    worker = Worker("slots", look_on, losses)
    worker.start()
    try:
        yield
    finally:
        closing.set()
        worker.end(1.0)
    try:
        slots.set_trial(begun=False)  # an operator ended it: that says nothing against it
    except OSError as error:
        log.warning("slots: %s", error)
