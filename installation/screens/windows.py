"""Further windows of the show's own process: a display each, and one clock, which is the show's film's."""

from __future__ import annotations

from calibration.screens_settings import OneScreen
from calibration.settings import ScreenSettings
from installation.film.film import Film
from installation.film.screen import FurtherScreen, NoScreen
from installation.film.silence import Silence
from installation.host.console import LossReporter
from installation.screens.follow import Target
from installation.screens.following import FollowingFilm
from installation.screens.wire import Told
from scenes.story.story import Story

RETRY_SECONDS = 20.0


class Window:
    """One of them. A display that is not there is a loss, and looked for again."""

    def __init__(
        self, name: str, settings: OneScreen, screen: ScreenSettings, leader: Film, losses: LossReporter, headless: bool
    ) -> None:
        self.name, self._settings, self._screen = name, settings, settings.over(screen)
        self._leader, self._losses, self._headless = leader, losses, headless
        self._part = f"screen {name}"
        self._film: FollowingFilm | None = None
        self._open_at = float("-inf")

    def show(self, story: Story, told: Told, now: float) -> None:
        """The picture of this moment, as ``told`` of the show's film at ``now``."""
        if self._film is None and now >= self._open_at:
            self._open_at = now + RETRY_SECONDS
            self._film = self._open()
        if self._film is None:
            return
        film, cut, on = self._film.film, told.cut, self._leader.on_screen
        self._film.obey(paused=told.paused, dark=told.blackout or told.closed)
        if told.entry:
            aim = Target(told.entry, told.scene, told.seconds, told.rate, cut, cut.at if cut else 0.0)
            self._film.follow(story, 0, aim, now, told.thread)
            if on:
                film.drive(on.entry, on.picture)
        film.advance(now)
        film.draw(now)

    def close(self) -> None:
        """Give the display back."""
        if self._film is not None:
            self._film.film.close()
            self._film.film.screen.close()
            self._film = None

    def _open(self) -> FollowingFilm | None:
        try:
            screen = FurtherScreen(self._screen, self._headless, self.name)
        except NoScreen as error:
            self._losses.lost(self._part, f"{error}; the others go on")
            return None
        self._losses.back(self._part)
        film = Film(screen, Silence(self._leader.sound.clock), self._losses, self._screen.candidates_megabytes)
        return FollowingFilm(film, self.name, self._settings, None)
