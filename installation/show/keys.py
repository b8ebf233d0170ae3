"""The operator's keyboard: pygame's events in, commands out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pygame

from installation.show.consent import Looking, Why
from installation.show.rehearsal import NOBODY, UNDECIDED
from models.labels import LABELS
from scenes.machine.command import (
    KEY,
    WINDOW,
    Attract,
    CloseHouse,
    Command,
    Consent,
    ForgetTake,
    Next,
    OpenHouse,
    Pause,
    RehearseMood,
    Reset,
    Resume,
    SetBlackout,
    SetCaptions,
    SetMasterVolume,
    SetMute,
    SetOverlay,
    SetStaff,
    Shutdown,
)
from scenes.story.translations import next_wish

AGAIN_WITHIN_SECONDS = 2.0
VOLUME_STEP = 0.05

HELP = (
    ("Space", "pause, resume"),
    ("N, Right", "next scene"),
    ("R", "restart the take"),
    ("A", "attract scene"),
    ("B", "blackout"),
    ("C", "close the house, open it"),
    ("E, S", "a visitor agrees; only staff is there"),
    ("M, Up, Down", "mute, volume"),
    ("L", "captions in the next language, off"),
    ("O, Tab", "this overlay"),
    ("F, Esc twice", "forget the visitor; end the show"),
)
"""Shown on the overlay and in the README."""


TWICE: dict[int, tuple[type[Shutdown | ForgetTake], str]] = {
    pygame.K_ESCAPE: (Shutdown, "Press Esc again to end the show"),
    pygame.K_f: (ForgetTake, "Press F again to forget the visitor who is there"),
}
"""Keys that count when they come twice, and what is asked after the first time."""


@dataclass(frozen=True, slots=True)
class Controls:
    """How the operator has set the machine now."""

    paused: bool = False
    blackout: bool = False
    mute: bool = False
    overlay: bool = False
    closed: bool = False
    camera: bool = True
    staff: bool = False
    """Only staff is in the room, somebody has said."""
    looking: Looking = Looking(Why.NOTICE)  # noqa: RUF009 - frozen
    """Whether the eye is open, and why."""
    asks: bool = False
    """Visitors are asked before the eye is opened."""
    volume: float = 1.0
    brightness: float = 1.0
    captions: tuple[str, ...] | None = ()
    """The languages that captions are shown in; () as the story names them, None: not at all."""
    languages: tuple[str, ...] = ()
    """That the story has captions in, '' among them where a file's name says no language."""


class Keys:
    """Turns key presses into commands. ``moods``: number keys set the mood (a desk, not a gallery).

    ``several``: there are further windows, and closing one of them ends the show, as closing the only one does.
    """

    def __init__(self, moods: bool = False, several: bool = False) -> None:
        self._moods, self._several = moods, several
        self._asked, self._asked_at = 0, float("-inf")
        """The key that counts when it comes twice, and when it came first."""
        self.question = ""
        """What the operator is being asked right now; drawn over the film."""

    def commands(self, events: Iterable[pygame.event.Event], controls: Controls, now: float) -> list[Command]:
        """What the keys pressed since the last call ask for; ``now`` in seconds of a monotonic clock."""
        if now - self._asked_at > AGAIN_WITHIN_SECONDS:
            self._asked, self.question = 0, ""
        commands: list[Command] = []
        for event in events:
            if event.type == pygame.QUIT or (event.type == pygame.WINDOWCLOSE and self._several):
                commands.append(Shutdown(origin=WINDOW))
            elif event.type == pygame.KEYDOWN:
                commands += self._pressed(event.key, controls, now)
        return commands

    def _pressed(self, key: int, controls: Controls, now: float) -> list[Command]:
        if key in TWICE:
            return self._guarded(key, now)
        number = key - pygame.K_0
        if self._moods and 0 <= number <= 9:
            word = NOBODY if number == 0 else (*LABELS, UNDECIDED)[number - 1]
            return [RehearseMood(word, 0.9, origin=KEY)]
        command = self._plain(key, controls)
        return [command] if command else []

    @staticmethod
    def _plain(key: int, controls: Controls) -> Command | None:
        match key:
            case pygame.K_SPACE:
                return Resume(origin=KEY) if controls.paused else Pause(origin=KEY)
            case pygame.K_n | pygame.K_RIGHT:
                return Next(origin=KEY)
            case pygame.K_r:
                return Reset(origin=KEY)
            case pygame.K_a:
                return Attract(origin=KEY)
            case pygame.K_b:
                return SetBlackout(not controls.blackout, origin=KEY)
            case pygame.K_c:
                return OpenHouse(origin=KEY) if controls.closed else CloseHouse(origin=KEY)
            case pygame.K_e:
                return Consent(origin=KEY)
            case pygame.K_s:
                return SetStaff(not controls.staff, origin=KEY)
            case pygame.K_m:
                return SetMute(not controls.mute, origin=KEY)
            case pygame.K_l if controls.languages:
                return SetCaptions(next_wish(controls.languages, controls.captions), origin=KEY)
            case pygame.K_o | pygame.K_TAB:
                return SetOverlay(not controls.overlay, origin=KEY)
            case pygame.K_UP:
                return SetMasterVolume(min(1.0, controls.volume + VOLUME_STEP), origin=KEY)
            case pygame.K_DOWN:
                return SetMasterVolume(max(0.0, controls.volume - VOLUME_STEP), origin=KEY)
        return None

    def _guarded(self, key: int, now: float) -> list[Command]:
        """A sleeve on the keyboard must not end an exhibition: what cannot be undone counts when it comes twice."""
        asked, self._asked, self._asked_at = self._asked, key, now
        if asked == key:
            self._asked, self._asked_at, self.question = 0, float("-inf"), ""
            return [TWICE[key][0](origin=KEY)]
        self.question = TWICE[key][1]
        return []
