"""A small cinema for tests: no wall, no sound device, and a clock that only the test moves."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pygame

from calibration.settings import ScreenSettings, SoundSettings
from installation.bench.marked_clip import Mark, read_mark
from installation.film.film import Film
from installation.film.playback import open_playback
from installation.film.screen import Screen
from installation.host.console import LossReporter
from models.arrays import Image

SIZE = (320, 180)
STEP = 1 / 60
PATIENCE_SECONDS = 20.0


class RecordingScreen(Screen):
    """A screen that remembers what was on it."""

    def show(self, canvas: Image, level: float = 1.0, overlay: pygame.Surface | None = None) -> None:
        super().show(canvas, level, overlay)
        self.last, self.level, self.asked = canvas.copy(), level, overlay is not None


class Cinema:
    """A film and the time; ``seen`` is the mark of each picture that was shown, in order, without repetition."""

    def __init__(self, film: Film, losses: LossReporter) -> None:
        assert isinstance(film.screen, RecordingScreen)
        self.film, self.losses, self.screen, self.sound = film, losses, film.screen, film.sound
        self.now = 100.0
        self.seen: list[Mark | None] = []
        self.patient = True
        """Time stands still until the clip that was asked for is open."""

    def step(self) -> None:
        """One tick of the stage, after all that is to be decoded for it was decoded."""
        if self.patient:
            self.ready()
        self.now += STEP
        self.film.advance(self.now)
        self.decoded()
        self.film.draw(self.now)
        mark = read_mark(self.screen.last)
        if not self.seen or self.seen[-1] != mark:
            self.seen.append(mark)

    def run(self, seconds: float) -> None:
        """Let the film run."""
        for _ in range(round(seconds / STEP)):
            self.step()

    def run_until(self, condition: Callable[[], bool]) -> None:
        """Tick until ``condition`` holds; the next clip is given the time that it needs."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < limit, "it never came"
            self.step()

    def decoded(self) -> None:
        """Wait until what plays is decoded beyond this moment, while the time stands still."""
        on = self.film._on
        if on and not on.decoded.failed:
            wait_until(lambda: on.decoded.caught_up(on.seconds(self.film._programme)))

    def ready(self) -> None:
        """Wait until the scene that was asked for can be played, while the time stands still."""
        following = self.film._next
        if following:
            wait_until(lambda: following.decoded.poll() or bool(following.decoded.failed))

    def marks(self) -> list[tuple[int, int]]:
        """(clip, frame) of all that was seen."""
        return [(mark.mark, mark.number) for mark in self.seen if mark]


@contextmanager
def cinema(megabytes: int = 300, headless: bool = True, **screen: Any) -> Iterator[Cinema]:
    """A cinema without a sound device, closed afterwards. Not ``headless``: in a window on DISPLAY."""
    before = os.environ.get("SDL_AUDIODRIVER")
    os.environ["SDL_AUDIODRIVER"] = "there-is-none"
    settings = ScreenSettings(**({"width": SIZE[0], "height": SIZE[1]} | screen))
    settings = settings.model_copy(update={"candidates_megabytes": megabytes})  # less than a venue may say
    losses = LossReporter()
    try:
        with open_playback(settings, SoundSettings(), losses, headless=headless, make_screen=RecordingScreen) as film:
            wait_until(lambda: losses.is_lost("sound"))
            yield Cinema(film, losses)
    finally:
        os.environ.pop("SDL_AUDIODRIVER")
        if before is not None:
            os.environ["SDL_AUDIODRIVER"] = before


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what a thread does; fails after 20 s."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < limit, "it never came"
        time.sleep(0.001)
