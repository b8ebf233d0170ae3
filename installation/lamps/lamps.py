"""The lamps of the room: what the story asks for goes out at up to 40 Hz, each universe in a thread of its own."""

from __future__ import annotations

import queue
import time
from collections.abc import Mapping

from calibration.extras import MissingExtra
from calibration.lamp_settings import LampSettings, UniverseSettings
from calibration.privacy_settings import DmxChannel
from installation.host.console import LossReporter, log
from installation.host.worker import Worker
from installation.lamps.universe import Universe
from installation.lamps.wire import Wire, open_wire

FRAME_SECONDS = 1 / 40
"""Nearly what DMX512 itself can carry (44 Hz)."""
ALIVE_SECONDS = 0.9
"""While nothing changes: E1.31 (6.6.1) wants 0.8 to 1 s, and its receivers give up after 2.5 s; Art-Net wants 4 s."""
REPEATS = 3
"""The last values of a change are sent so often, since a datagram can be lost (E1.31, 6.6.1)."""
AGAIN_SECONDS = 5.0
"""After a receiver could not be reached."""
END_SECONDS = 1.0


class Lamps:
    """What takes the story's wishes for the room's lamps. No call waits or raises.

    ``sign``: a channel that no story moves, and that says whether the eye is open.
    """

    def __init__(self, settings: LampSettings, losses: LossReporter, sign: DmxChannel | None = None) -> None:
        self._settings, self._sign = settings, sign or DmxChannel()
        self._outputs = {
            one.number: Output(one, losses, self._sign.channel if one.number == self._sign.universe > 0 else None)
            for one in settings.universes
        }
        self._unknown: set[int] = set()

    def fade(self, universe: int, channels: Mapping[int, int], seconds: float) -> None:
        """Channels (1 to 512) go to their values (0 to 255) in ``seconds``; while the house is closed, as it opens."""
        output = self._outputs.get(universe)
        if output is not None:
            output.fade(channels, seconds)
        elif universe not in self._unknown and self._settings.universes:
            self._unknown.add(universe)
            log.warning("the story dims universe %d, which the venue's [[lamps.universes]] does not have", universe)

    @property
    def has_sign(self) -> bool:
        """The sign's channel lies in a universe of the venue."""
        return self._sign.universe > 0 and self._sign.universe in self._outputs

    def show_sign(self, is_open: bool) -> None:
        """The sign's channel, at once, whatever story and house do; without one, nothing."""
        if self.has_sign:
            self._outputs[self._sign.universe].show_sign(self._sign.open if is_open else 0)

    def rest(self, seconds: float) -> None:
        """All to their resting values."""
        for output in self._outputs.values():
            output.set_on(False, seconds)

    def set_on(self, on: bool) -> None:
        """The house opens: as the story wants them. It closes: resting values."""
        for output in self._outputs.values():
            output.set_on(on, self._settings.rest_seconds)

    @property
    def ready(self) -> bool:
        """Nothing has to wait for lamps."""
        return True

    def close(self) -> None:
        """Resting values, and the end of each stream."""
        for output in self._outputs.values():
            output.close()
        for output in self._outputs.values():
            output.join()


class Output:
    """One universe on its way to its receiver."""

    def __init__(self, settings: UniverseSettings, losses: LossReporter, sign: int | None = None) -> None:
        self._settings, self._losses = settings, losses
        self._name = f"lamps of universe {settings.number}"
        self._sign = {} if sign is None else {sign: 0}
        """The sign's channel and its value now; of the output's thread."""
        self._universe = Universe(self._resting)
        self._wanted: dict[int, int] = {}
        """What the story has asked for so far; of the output's thread, as all below."""
        self._on, self._ends = True, False
        self._requests: queue.SimpleQueue[tuple[str, Mapping[int, int], float, float]] = queue.SimpleQueue()
        self._worker = Worker(self._name, self._work, losses)
        self._worker.start()

    def fade(self, channels: Mapping[int, int], seconds: float) -> None:
        """See ``Lamps.fade``."""
        self._requests.put(("fade", channels, seconds, time.monotonic()))

    def set_on(self, on: bool, seconds: float) -> None:
        """As the story wants them, or at their resting values, in ``seconds``."""
        self._requests.put(("on" if on else "off", {}, seconds, time.monotonic()))

    def show_sign(self, value: int) -> None:
        """See ``Lamps.show_sign``."""
        self._requests.put(("sign", dict.fromkeys(self._sign, value), 0.0, time.monotonic()))

    def close(self) -> None:
        """Ask for the end."""
        self._requests.put(("end", {}, 0.0, time.monotonic()))

    def join(self) -> None:
        """Wait for it, for a moment."""
        self._worker.end(END_SECONDS)

    # -- the output's thread -------------------------------------------------------------------------------------------

    @property
    def _resting(self) -> dict[int, int]:
        """The sign does not rest: it says what is so."""
        return {**self._settings.resting, **self._sign}

    def _work(self) -> None:
        wire: Wire | None = None
        due = earliest = time.monotonic()  # no frame before the earliest, however often a lamp is moved
        repeats = REPEATS
        while not self._ends:
            if self._obey_until(due):
                repeats, due = REPEATS, earliest
            now = time.monotonic()
            if now < due:
                continue
            moves = self._universe.moves
            try:
                wire = wire or open_wire(self._settings)
                wire.send(self._universe.frame(now))
                self._losses.back(self._name)
            except MissingExtra as error:
                self._losses.lost(self._name, str(error))
                return
            except OSError as error:
                where = self._settings.host or "sACN's multicast"
                self._losses.lost(
                    self._name, f"{where} cannot be reached: {error.strerror or error}; it is tried again"
                )
                if wire:
                    wire.drop()
                wire, due = None, now + AGAIN_SECONDS
                earliest = due
                continue
            repeats = REPEATS if moves else repeats - 1
            earliest = now + FRAME_SECONDS
            due = earliest if moves or repeats > 0 else now + ALIVE_SECONDS
        self._say_farewell(wire)

    def _obey_until(self, due: float) -> bool:
        """Take what is asked for until ``due``; True at once when a fade has begun, so that it goes out."""
        changed = False
        while not self._ends:
            try:
                wait = 0.0 if changed else max(due - time.monotonic(), 0.0)
                request = self._requests.get(timeout=wait) if wait else self._requests.get_nowait()
            except queue.Empty:
                return changed
            changed = self._obey(*request) or changed
        return False

    def _obey(self, word: str, channels: Mapping[int, int], seconds: float, at: float) -> bool:
        match word:
            case "end":
                self._ends = True
            case "fade":
                lamps = {channel: value for channel, value in channels.items() if channel not in self._sign}
                self._wanted.update(lamps)
                if self._on:
                    self._universe.fade(lamps, seconds, at)
            case "sign":
                self._sign.update(channels)
                self._universe.fade(channels, 0.0, at)
            case "on" if not self._on:
                self._on = True
                self._universe.fade_all({**self._resting, **self._wanted}, seconds, at)
            case "off" if self._on:
                self._on = False
                self._universe.fade_all(self._resting, seconds, at)
            case _:
                return False
        return True

    def _say_farewell(self, wire: Wire | None) -> None:
        if wire is None:
            return
        try:
            self._universe.fade_all(self._resting, 0.0, time.monotonic())
            for _ in range(REPEATS):
                wire.send(self._universe.frame(time.monotonic()))
            wire.close()
        except OSError as error:
            log.debug("%s: %s", self._name, error)
