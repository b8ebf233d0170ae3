"""The program of a screen that follows: a window, its own copy of the story, and where the leader is in it.

No eye, no camera, no control by OSC, no state machine: which scene plays is decided once, by the leader. Nothing about
visitors is heard here.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

import pygame

from calibration.screens_settings import OneScreen
from calibration.venue import Venue
from installation.film.film import Film
from installation.film.hardware_decoding import hardware
from installation.film.screen import Screen
from installation.film.silence import Silence
from installation.film.sound import Sound
from installation.host.console import LossReporter, log
from installation.host.ending import HANGUP, ending_signals
from installation.host.heartbeat import Heartbeat
from installation.screens.follow import Correction, Heard, target
from installation.screens.following import FollowingFilm
from installation.screens.link import FollowerLink
from installation.screens.own_copy import OwnCopy
from installation.screens.own_settings import OwnSettings
from scenes.story.story import Story

GONE_SECONDS = 10.0
"""A leader that was not heard for so long is not waited for: the safe scene is shown. Until then the scene goes on."""
SILENT_SECONDS = 1.0
"""One whose scene is over here, and that says nothing of another, is not waited for longer than this."""
FIRST_SECONDS = 2.5
"""Until the first word of a leader."""
FADE_SECONDS = 0.6
TWICE_SECONDS = 2.0
HEARD_RATE = 0.006
"""How far from its own the rate of what is heard may be: half a per cent, and what two clocks differ by."""


class ScreenProgram:
    """One tick after the other, until somebody ends it."""

    def __init__(
        self,
        film: FollowingFilm,
        link: FollowerLink,
        copy: OwnCopy,
        saved: OwnSettings | None = None,
        ahead_seconds: float = 0.0,
    ) -> None:
        self._film, self._link, self._copy, self._ahead_seconds = film, link, copy, ahead_seconds
        self._saved = saved
        self._heartbeat = Heartbeat()
        self._heard: Heard | None = None
        self._heard_at: float | None = None
        self._escaped_at = float("-inf")
        self.ending = False

    def run(self, seconds: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        """Follow for ``seconds``, or until it is ended; then go dark."""
        until = None if seconds is None else clock() + seconds
        while not self.ending and (until is None or clock() < until):
            now = clock()
            self.tick(now)
            self._rest(now, clock)
        self._heartbeat.stopping()
        self._film.film.blackout(True, FADE_SECONDS)
        until = clock() + FADE_SECONDS
        while (now := clock()) < until:
            self._show(now)
            self._rest(now, clock)

    def tick(self, now: float) -> None:
        """Where is the leader, and show that. Nothing here waits for the network or a disk."""
        self.ending = self.ending or self._is_ended(now)
        self._heard = self._link.heard or self._heard  # none for a moment, where another leader has begun
        if self._heard_at is None or self._heard:
            self._heard_at = self._heard.heard_at if self._heard else now
        self._follow(self._heard, now, now - self._heard_at)
        self._show(now)
        self._heartbeat.beat(now)

    def _follow(self, heard: Heard | None, now: float, silence: float) -> None:
        film, copy = self._film, self._copy
        if heard is None:
            if silence > FIRST_SECONDS:
                film.safe(copy.story, now)
            return
        told = heard.told
        gone = silence > GONE_SECONDS or (silence > SILENT_SECONDS and film.film.playhead.ended)
        if gone or not copy.is_leaders(told.story):
            film.obey(paused=False, dark=told.closed)  # a house that was closed stays dark
            film.safe(copy.story, now)
        elif told.entry:
            film.obey(paused=told.paused, dark=told.blackout or told.closed)
            film.follow(copy.story, heard.session, target(heard, now, self._ahead_seconds), now, told.thread)
        self._link.report(told.entry, film.behind_seconds, heard.clock.unsure_seconds)

    def _show(self, now: float) -> None:
        if self._saved and (settings := self._saved.take()):
            self._film.film.correct(settings)
            self._film.film.brightness(settings.brightness)
        self._film.film.advance(now)
        self._film.film.draw(now)

    def _rest(self, now: float, clock: Callable[[], float]) -> None:
        time.sleep(max(0.0, min(self._film.film.next_deadline(now) - clock(), 0.05)))

    def _is_ended(self, now: float) -> bool:
        """Esc twice, or the window was closed."""
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                return True
            if event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE:
                twice, self._escaped_at = now - self._escaped_at < TWICE_SECONDS, now
                if twice:
                    return True
        return False


@contextmanager
def open_screen(
    story: Story, venue: Venue, name: str, leader: tuple[str, int], *, headless: bool = False, venue_file: str = ""
) -> Iterator[ScreenProgram]:
    """A screen of this name, ready to follow; what is saved in ``venue_file`` is seen at once. Raises ``NoScreen``."""
    losses, settings = LossReporter(), venue.screens.named.get(name, OneScreen())
    own = settings.over(venue.screen)
    hardware.allowed = own.hardware_decoding == "auto"
    with ExitStack() as closing:
        link = FollowerLink(leader[0], losses, port=leader[1], name=name)  # first: it needs a moment to know the clock
        closing.callback(link.close)
        screen = Screen(own, headless)
        closing.callback(screen.close)
        sound = Sound(venue.sound.model_copy(update={"mute": False}), losses) if settings.sound else Silence()
        closing.callback(sound.close)
        film = Film(screen, sound, losses, own.candidates_megabytes)
        closing.callback(film.close)
        copy = OwnCopy(story, losses)
        closing.callback(copy.close)
        following = FollowingFilm(film, name, settings, heard_steering(sound) if settings.sound else steering(sound))
        saved = OwnSettings(venue_file, name, losses)
        closing.callback(saved.close)
        program = ScreenProgram(following, link, copy, saved, settings.ahead_seconds)
        _end_by_signal(program)
        log.info("screen %s follows %s:%d", name or "(all of the picture)", *leader)
        yield program


def steering(sound: Sound) -> Callable[[float, Correction], None]:
    """How a film without sound is led: by its clock."""

    def steer(now: float, correction: Correction) -> None:
        if correction.rate or correction.shift_seconds:
            sound.clock.steer(now, correction.rate or 1.0, correction.shift_seconds)

    return steer


def heard_steering(sound: Sound) -> Callable[[float, Correction], None]:
    """How a film with sound is led: by the rate of its sound, which its clock follows. Nothing of it is left out."""

    def steer(_now: float, correction: Correction) -> None:
        sound.mixer.rate = min(max(correction.rate or 1.0, 1.0 - HEARD_RATE), 1.0 + HEARD_RATE)

    return steer


def _end_by_signal(program: ScreenProgram) -> None:
    """The first SIGTERM or Ctrl-C ends it with a fade, a second one at once."""

    def asked(number: int, _frame: FrameType | None) -> None:
        if program.ending and number != HANGUP:
            os._exit(128 + number)
        program.ending = True

    for number in ending_signals():
        signal.signal(number, asked)
