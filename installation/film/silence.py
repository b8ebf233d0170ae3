"""A film without any sound, whose clock is its own or that of another film on this machine."""

from __future__ import annotations

from installation.film.clock import FilmClock
from installation.film.mixer import Mixer
from installation.film.sound import Sound


class Silence(Sound):
    """In the place of a ``Sound``: no device, no thread. ``clock``: of the film on this machine that leads, if any."""

    def __init__(self, clock: FilmClock | None = None) -> None:
        self._leads = clock is None
        self.clock = clock or FilmClock()
        self.mixer = Mixer(0.0, mute=True)
        self.ok, self.gaps, self.describes = False, 0, False

    def pause(self, paused: bool, now: float) -> None:
        """Stop the clock, if it is this film's own."""
        if self._leads:
            self.clock.pause(paused, now)

    def close(self) -> None:
        """There is nothing to give back."""
