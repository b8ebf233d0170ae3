"""A lamp on a pin, in a thread of its own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from calibration.privacy_settings import GpioSettings
from installation.host.console import LossReporter
from installation.host.worker import Worker
from installation.pins.line import keep_line, take_lamp

if TYPE_CHECKING:
    from gpiod import LineRequest

NAME = "sign's lamp"
LOOK_SECONDS = 1.0
"""How often the line is set while nothing changes: so it is noticed that a chip was unplugged."""


class PinLamp:
    """Lit or dark as it was last told, as long as the line can be had. No call waits or raises."""

    def __init__(self, settings: GpioSettings, losses: LossReporter) -> None:
        self._settings, self._losses = settings, losses
        self._lit = False
        self._told, self._closing = threading.Event(), threading.Event()
        self._worker = Worker(NAME, self._work, losses)
        self._worker.start()

    def show(self, lit: bool) -> None:
        """Lit, or dark, at once."""
        self._lit = lit
        self._told.set()

    def close(self) -> None:
        """Dark, and the line is given back. Takes a second at most."""
        self._lit = False
        self._closing.set()
        self._told.set()
        self._worker.end(1.0)

    # -- the lamp's thread ---------------------------------------------------------------------------------------------

    def _work(self) -> None:
        keep_line(
            NAME,
            self._settings,
            lambda: take_lamp(self._settings, self._lit),
            self._follow,
            self._losses,
            self._closing,
        )

    def _follow(self, line: LineRequest) -> None:
        """Until it is closed, or the line raises OSError."""
        from gpiod.line import Value

        ends = False
        while not ends:
            self._told.clear()
            ends = self._closing.is_set()  # asked before the value, so that the last one is dark
            line.set_value(self._settings.line, Value.ACTIVE if self._lit else Value.INACTIVE)
            if not ends:
                self._told.wait(LOOK_SECONDS)
