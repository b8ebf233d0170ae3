"""The show's part in several screens: it tells those that follow, and draws the further windows of this machine."""

from __future__ import annotations

from calibration.venue import Venue
from installation.film.film import Film
from installation.host.console import LossReporter, log
from installation.screens.announce import Announcement
from installation.screens.leader import Leader
from installation.screens.telling import digest_of, told_of
from installation.screens.windows import Window
from scenes.story.story import Story

AHEAD_SECONDS = 0.1
"""Cuts that could be made at once are made so much later: the others hear of them, also when a datagram is lost."""
LOOK_SECONDS = 1.0


class StageScreens:
    """Belongs to the stage's thread, and waits for nothing of the network."""

    def __init__(self, venue: Venue, film: Film, losses: LossReporter, *, headless: bool) -> None:
        settings = venue.screens
        self._settings, self._film, self._losses = settings, film, losses
        self._story: Story | None = None
        self._digest = ""
        self._windows = [
            Window(name, one, venue.screen, film, losses, headless) for name, one in settings.windows.items()
        ]
        self.leader: Leader | None = None
        self._announcement: Announcement | None = None
        if settings.leads:
            self.leader = Leader(losses, host=settings.listen, port=settings.port, allow=settings.allow)
            if settings.announce:
                self._announcement = Announcement(settings.listen, settings.port, venue.name, losses)
        self._seen: dict[str, str] = {}
        self._look_at = float("-inf")
        if self._windows or settings.leads:
            film.ahead_seconds = AHEAD_SECONDS

    def own(self, story: Story) -> Story:
        """``story`` as the show's own picture has it."""
        self._story, self._digest = story, digest_of(story.text)
        return story.on_screen(self._settings.plays, self._settings.own.crop) if self._settings.plays else story

    def show(self, now: float, *, blackout: bool, closed: bool) -> None:
        """Tell where the film is by now, after its picture was shown, and show the others' pictures."""
        if self._story is None:
            return
        told = told_of(self._film, self._digest, now, blackout=blackout, closed=closed)
        if self.leader is not None:
            self.leader.publish(told)
            if now >= self._look_at:
                self._look_at = now + LOOK_SECONDS
                self._report(self.leader)
        for window in self._windows:
            window.show(self._story, told, now)

    def fade(self, now: float) -> None:
        """The doors close: everything goes dark with the show's own picture."""
        self.show(now, blackout=True, closed=False)

    def close(self) -> None:
        """Say nothing more; all further windows are gone."""
        for window in self._windows:
            window.close()
        if self._announcement is not None:
            self._announcement.close()
        if self.leader is not None:
            self.leader.close()

    def _report(self, leader: Leader) -> None:
        """Who follows by now, and who does no more; one line each."""
        here = {one.name or one.host: one.host for one in leader.followers}
        for name, host in here.items():
            if name not in self._seen:
                log.info("screen %s follows (%s)", name, host)
            self._losses.back(f"screen {name}")
        for name in self._seen.keys() - here.keys():
            self._losses.lost(f"screen {name}", "it does not ask any more; the others go on")
        self._seen |= here
