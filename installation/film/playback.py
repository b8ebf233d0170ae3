"""The one place where screen, sound and film are opened together, and closed in the right order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from calibration.settings import ScreenSettings, SoundSettings
from installation.film.film import Film
from installation.film.hardware_decoding import hardware
from installation.film.screen import Screen
from installation.film.sound import Sound
from installation.host.console import LossReporter


@contextmanager
def open_playback(
    screen_settings: ScreenSettings,
    sound_settings: SoundSettings,
    losses: LossReporter,
    *,
    headless: bool = False,
    make_screen: Callable[[ScreenSettings, bool], Screen] = Screen,
) -> Iterator[Film]:
    """A film with its screen and sound; all of them are closed on the way out.

    ``headless``: no window and no sound device. ``make_screen`` puts another screen in place (one that records, say).
    Raises ``NoScreen``.
    """
    hardware.allowed = screen_settings.hardware_decoding == "auto"
    if headless:
        os.environ.setdefault("SDL_AUDIODRIVER", "dummy")  # setdefault: SDL's disk driver records what would be heard
    with ExitStack() as closing:
        screen = make_screen(screen_settings, headless)
        closing.callback(screen.close)
        sound = Sound(sound_settings, losses)
        closing.callback(sound.close)
        film = Film(screen, sound, losses, screen_settings.candidates_megabytes)
        closing.callback(film.close)
        yield film
