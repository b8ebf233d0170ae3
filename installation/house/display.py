"""The display's power, kept as the house wants it by a thread of its own: no tick waits for a projector."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from calibration.house_settings import DisplaySettings
from installation.host.console import LossReporter, log
from installation.host.worker import Worker
from installation.house.desktop_power import CecDriver, DpmsDriver, WlrDriver
from installation.house.display_driver import DisplayFault, Driver, Lamp
from installation.house.pjlink import PjlinkDriver
from installation.house.wake_on_lan import wake

FADE_SECONDS = 2.0
"""The picture's fade is seen before the display goes off."""
ASK_SECONDS, SETTLED_ASK_SECONDS = 2.0, 60.0
"""How often the display is asked how it is: while it changes, and once it is as wanted."""
PATIENCE_SECONDS = 150.0
"""A display that is still not as wanted then has failed."""
LONGEST_WAIT = 30.0
"""Between two tries of a display that does not answer."""


@dataclass(frozen=True, eq=False, slots=True)
class _Wish:
    """On or off, and since when: one that was met says nothing of the next one."""

    on: bool
    since: float


class Display:
    """Switched with the house. ``clock`` gives monotonic seconds."""

    def __init__(
        self,
        driver: Driver,
        losses: LossReporter,
        wake_mac: str = "",
        pace: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._driver, self._losses, self._wake_mac, self._pace, self._clock = driver, losses, wake_mac, pace, clock
        self._wish: _Wish | None = None
        self._met: _Wish | None = None
        self._lamp, self._reported = Lamp.UNKNOWN, tuple[str, ...]()
        self._changed, self._closing = threading.Event(), False
        self._worker = Worker("display power", self._work, losses)
        self._worker.start()

    @property
    def ready(self) -> bool:
        """It is on, or cannot say."""
        wish = self._wish
        is_on = wish is not None and wish.on and self._lamp in (Lamp.ON, Lamp.UNKNOWN)
        return is_on and not self._losses.is_lost("display")

    @property
    def line(self) -> str:
        """How it is, for people."""
        return f"display {self._lamp}"

    def set_on(self, on: bool) -> None:
        """On, or off on purpose."""
        if self._wish is None or on is not self._wish.on:
            self._lamp = Lamp.WARMING if on else Lamp.UNKNOWN
            self._wish = _Wish(on, self._clock())
            self._changed.set()

    def close(self) -> None:
        """Leave the display as it is, and end."""
        self._closing = True
        self._changed.set()
        self._worker.end(1.0)

    def _work(self) -> None:
        wait = 0.0
        while not self._closing:
            if self._changed.wait(wait) and not self._closing:
                self._changed.clear()
                if self._wish and not self._wish.on:
                    self._changed.wait(FADE_SECONDS * self._pace)
                elif self._wake_mac:
                    self._wake()
            wish = self._wish
            wait = SETTLED_ASK_SECONDS if wish is None or self._closing else self._turn(wish) * self._pace

    def _turn(self, wish: _Wish) -> float:
        """One look at the display, and a word to it where it is not as wanted; seconds until the next look.

        One that goes off while it is wanted on is switched on again. One that somebody has switched on in the night
        stays on.
        """
        try:
            lamp = self._driver.lamp()
            if self._is_to_switch(lamp, wish):
                self._driver.switch(wish.on)
                lamp = self._driver.lamp()
            remarks = self._driver.remarks() if lamp is Lamp.ON else self._reported
        except DisplayFault as fault:
            self._losses.lost("display", str(fault))
            if wish.on and self._wake_mac:
                self._wake()
            return LONGEST_WAIT
        self._report(lamp, remarks)
        met = self._met is wish
        if lamp in (Lamp.UNKNOWN, Lamp.ON if wish.on else Lamp.OFF):
            self._met = wish
            self._losses.back("display")
            return SETTLED_ASK_SECONDS
        waited = self._clock() - wish.since
        if waited > PATIENCE_SECONDS * self._pace and not met:
            word = "on" if wish.on else "off"
            self._losses.lost("display", f"it was asked to go {word} {waited:.0f} s ago and is {lamp}")
        return SETTLED_ASK_SECONDS if met and not wish.on else ASK_SECONDS

    def _is_to_switch(self, lamp: Lamp, wish: _Wish) -> bool:
        met = self._met is wish
        if lamp is Lamp.UNKNOWN:
            return not met
        return lamp is Lamp.OFF if wish.on else lamp is Lamp.ON and not met

    def _report(self, lamp: Lamp, remarks: tuple[str, ...]) -> None:
        if lamp is not self._lamp:
            self._lamp = lamp
            log.info("the display is %s", lamp)
        if remarks != self._reported:
            self._reported = remarks
            for remark in remarks:
                log.info("display: %s", remark)

    def _wake(self) -> None:
        try:
            wake(self._wake_mac)
        except OSError as error:
            log.warning("Wake-on-LAN to %s was not sent: %s", self._wake_mac, error.strerror or error)


def driver_of(settings: DisplaySettings) -> Driver | None:
    """The venue's way to its display's power, or None where it has none."""
    match settings.power:
        case "dpms":
            return DpmsDriver()
        case "wlr":
            return WlrDriver(settings.output)
        case "cec":
            return CecDriver()
        case "pjlink":
            return PjlinkDriver(settings.host, settings.port, settings.password)
    return None


def open_display(settings: DisplaySettings, losses: LossReporter) -> Display | None:
    """The venue's display, or None where nothing switches it."""
    driver = driver_of(settings)
    return Display(driver, losses, settings.wake_mac) if driver else None
