"""A button on a pin, heard in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from calibration.privacy_settings import GpioSettings
from installation.host.console import LossReporter
from installation.host.worker import Worker
from installation.pins.line import keep_line, take_button
from scenes.machine.command import Consent, Origin

if TYPE_CHECKING:
    from gpiod import LineRequest

NAME, PIN = "visitor's button", Origin("pin")
LISTEN_SECONDS = 0.5
"""How long a wait for the button lasts at most; then it is looked whether the show ends."""


class PinButton:
    """A visitor's consent by a button, as long as its line can be had. No call waits or raises."""

    def __init__(self, settings: GpioSettings, losses: LossReporter) -> None:
        self._settings, self._losses = settings, losses
        self._was_pressed, self._closing = threading.Event(), threading.Event()
        self._worker = Worker(NAME, self._work, losses)
        self._worker.start()

    def drain(self) -> Sequence[Consent]:
        """What was asked by it since the last call: once, however often it was pressed."""
        if not self._was_pressed.is_set():
            return ()
        self._was_pressed.clear()
        return (Consent(origin=PIN),)

    def close(self) -> None:
        """Give the line back. Takes a second at most."""
        self._closing.set()
        self._worker.end(1.0)

    # -- the button's thread -------------------------------------------------------------------------------------------

    def _work(self) -> None:
        keep_line(NAME, self._settings, lambda: take_button(self._settings), self._listen, self._losses, self._closing)

    def _listen(self, line: LineRequest) -> None:
        """Until it is closed, or the line raises OSError."""
        while not self._closing.is_set():
            if line.wait_edge_events(LISTEN_SECONDS):
                line.read_edge_events()
                self._was_pressed.set()
