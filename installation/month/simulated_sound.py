"""A sound device that is simulated: the real mixer mixes all that would be heard, by the simulated clock."""

from __future__ import annotations

from collections.abc import Callable

from calibration.settings import SoundSettings
from installation.film.audio_decoder import RATE
from installation.film.clock import FilmClock
from installation.film.mixer import Mixer
from installation.film.sound import RETRY_SECONDS, Sound
from installation.host.console import LossReporter


class SimulatedSound(Sound):
    """Takes the place of the thread that feeds the device; the test of that thread is elsewhere."""

    def __init__(self, settings: SoundSettings, losses: LossReporter, clock: Callable[[], float]) -> None:
        self.clock = FilmClock()
        self.mixer = Mixer(settings.volume, settings.mute)
        self.ok, self.gaps, self.describes = True, 0, False
        self.device_there = True
        self._losses, self._time = losses, clock
        self._tried = clock()

    def pause(self, paused: bool, now: float) -> None:
        """Stop, or go on."""
        self.clock.pause(paused, now)

    def retry(self) -> None:
        """Whether the device is there again, if the last try was long enough ago."""
        now = self._time()
        if self.ok or now - self._tried < RETRY_SECONDS:
            return
        self._tried = now
        if self.device_there:
            self.ok, self.mixer.head = True, round(self.clock.latest * RATE)
            self._losses.back("sound")

    def run(self) -> None:
        """Mix up to this moment."""
        if self.ok and not self.device_there:
            self.ok, self._tried = False, self._time()
            self._losses.lost("sound", "the device is gone (simulated)")
        self.retry()
        due = round(self.clock.latest * RATE) - self.mixer.head
        if self.ok and due > 0:
            self.mixer.mix(due)

    def close(self) -> None:
        """No device to give back."""
