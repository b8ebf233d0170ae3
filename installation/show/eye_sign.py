"""What tells the room whether the eye is open: OSC for all who listen, a channel of the lamps, a lamp on a pin."""

from __future__ import annotations

from calibration.privacy_settings import SignSettings
from installation.host.console import LossReporter
from installation.host.health import Sense
from installation.lamps.lamps import Lamps
from installation.osc import Broadcast
from installation.pins.lamp import PinLamp
from installation.show.consent import Looking, Why
from installation.show.eye import Eye

OPEN, LOST = "open", "lost"
SHUT_WORDS = {
    Why.FORBIDDEN: "forbidden",
    Why.CLOSED: "closed",
    Why.STAFF: "staff",
    Why.STAFF_HOURS: "hours",
    Why.CAMERA_OFF: "camera",
    Why.NOT_ASKED: "button",
}
"""Words of ``/eye/why`` while it is shut."""


class EyeSign:
    """Says that the eye is open before it opens, and that it is shut once it has closed. No call waits or raises.

    Make it before the eye is started, and close it after the eye.
    """

    def __init__(self, settings: SignSettings, broadcast: Broadcast, lamps: Lamps | None, losses: LossReporter) -> None:
        self._broadcast, self._lamps = broadcast, lamps
        self._pin = PinLamp(settings.gpio, losses) if settings.gpio.chip else None
        self._open, self._why = False, ""
        channel = settings.dmx.universe if lamps is None or not lamps.has_sign else 0
        if channel:
            losses.lost("sign's channel", f"the venue has no [[lamps.universes]] of number {channel}")
        means = (("OSC", True), ("DMX", settings.dmx.universe and not channel), ("lamp on a pin", self._pin))
        self._means = ", ".join(name for name, has in means if has)

    @property
    def line(self) -> str:
        """What the room is told, and by what, for operators."""
        return f"the room is told: {'open' if self._open else 'shut'} ({self._means})"

    @property
    def shown(self) -> tuple[bool, str]:
        """Whether it says that the eye is open, and why."""
        return self._open, self._why

    def follow(self, looking: Looking, eye: Eye) -> None:
        """Say how it is. Call it before the eye hears of ``looking``."""
        if looking.open:
            self._say(True, LOST if Sense.LOST in (eye.camera, eye.model) else OPEN)
        elif eye.may_look:
            self._say(True, OPEN)
        else:
            self._say(False, SHUT_WORDS[looking.why])

    def close(self) -> None:
        """The show has ended, and the eye with it."""
        self._say(False, SHUT_WORDS[Why.CLOSED])
        if self._pin:
            self._pin.close()

    def _say(self, is_open: bool, why: str) -> None:
        if (is_open, why) == (self._open, self._why):
            return
        self._open, self._why = is_open, why
        self._broadcast.eye(is_open, why)
        if self._lamps:
            self._lamps.show_sign(is_open)
        if self._pin:
            self._pin.show(is_open)
