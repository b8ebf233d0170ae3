"""No display yet (a projector warms up, a desktop still starts): the show waits for it, and answers meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from installation.film.screen import NoScreen
from installation.host.console import LossReporter
from installation.host.health import Health
from installation.host.heartbeat import Heartbeat
from installation.osc import Broadcast, Control
from installation.osc.registry import Code
from installation.show.eye import Eye

T = TypeVar("T")
TRY_SECONDS, LOOK_SECONDS = 2.0, 0.1
PATIENCE_SECONDS = 30.0
"""What the supervisor is asked for: a window may take long to open at last."""


def wait_for_display(
    open_it: Callable[[], T], losses: LossReporter, ending: Callable[[], object], stay_in_touch: Callable[[float], None]
) -> T:
    """What ``open_it`` gives; it is tried again for as long as it raises ``NoScreen``.

    ``stay_in_touch`` is called with the time again and again meanwhile. Raises ``SystemExit`` once ``ending`` says so.
    """
    while True:
        try:
            opened = open_it()
        except NoScreen as error:
            losses.lost("display", f"{error} (tried again every {TRY_SECONDS:g} s)")
        else:
            losses.back("display")
            return opened
        until = time.monotonic() + TRY_SECONDS
        while (now := time.monotonic()) < until:
            if ending():
                raise SystemExit(0)
            stay_in_touch(now)
            time.sleep(LOOK_SECONDS)


class TooEarly:
    """What the network hears of a show that waits: its health each second, and to each command that it is too early."""

    def __init__(
        self, broadcast: Broadcast, control: Control, eye: Eye, heartbeat: Heartbeat, losses: LossReporter
    ) -> None:
        self._broadcast, self._control, self._eye = broadcast, control, eye
        self._heartbeat, self._losses = heartbeat, losses
        self._begun = self._next = time.monotonic()
        self._beat = 0

    def send(self, now: float) -> None:
        """What is due; the supervisor hears that this is no hung show."""
        for command in self._control.drain():
            self._control.reply(command, Code.NOT_NOW, "there is no display yet")
        self._control.heard()  # what is said now is old news when the film begins
        if now < self._next:
            return
        self._next, self._beat = now + 1.0, self._beat + 1
        eye, losses, up = self._eye, self._losses, now - self._begun
        self._heartbeat.waiting("waits for a display", PATIENCE_SECONDS)
        self._broadcast.health(
            Health(self._beat, eye.camera, eye.model, 0.0, eye.fps, up, losses.errors, losses.lost_names())
        )
