"""The film at a maker's desk: clips one after another, or a story whose moods come from a script or from keys."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pygame

from calibration.errors import BadFile
from calibration.files import is_file
from calibration.venue import Venue
from installation.film.film import Film
from installation.film.playback import open_playback
from installation.host.console import LossReporter, log
from installation.show.keys import Controls, Keys
from installation.show.overlay import Overlay
from scenes.machine.command import Next, Pause, Resume, SetBlackout, SetMasterVolume, SetMute, Shutdown
from scenes.story.clip import STILL_SECONDS, Clip, Transition
from scenes.story.mending import remarks, track_remark
from scenes.story.near_file import near_file
from scenes.story.probe import Unreadable, probe


def play_clips(files: list[Path], venue: Venue, headless: bool, seconds: float | None, transition: Transition) -> int:
    """Play ``files`` in order on one screen; how many of them could not be played. Raises ``NoScreen``, ``BadFile``.

    Keys as in the show: space pauses, n goes on, m mutes, up and down are volume, b is black, Esc twice ends.
    """
    absent = [BadFile(file, [f"no such file{near_file(file)}"]) for file in files if not is_file(file)]
    if absent:  # a slip of the hand: no window opens for it
        raise ExceptionGroup("clips that are not there", absent)
    with open_playback(venue.screen, venue.sound, LossReporter(), headless=headless) as film:
        Desk(film, files, transition, Controls(volume=venue.sound.volume, mute=venue.sound.mute)).run(seconds)
        return len(film.playhead.failed)


def _clip(file: Path) -> Clip:
    try:
        header = probe(file)
        still = header.still
        for remark in (*remarks(header, str(file)), track_remark(header, str(file))):
            if remark:
                log.warning("%s", remark)
    except Unreadable:
        still = False  # the player says what is wrong with it
    return Clip(file.resolve(), out_seconds=STILL_SECONDS if still else None)


class Desk:
    """A little loop: one clip on the screen, the next one held ready."""

    def __init__(self, film: Film, files: list[Path], transition: Transition, controls: Controls) -> None:
        self._film, self._transition = film, transition
        self._clips = {f"{number} {file.name}": _clip(file) for number, file in enumerate(files, 1)}
        self._names = list(self._clips)
        self._asked = 0
        self._keys, self._controls, self._overlay = Keys(), controls, Overlay(film.screen.size)
        self.ending = False
        self._ask(at="now")

    def run(self, seconds: float | None) -> None:
        """Play to the end, or for ``seconds``; then log what was shown and what was late."""
        begun = time.monotonic()
        while not self.ending and (seconds is None or time.monotonic() - begun < seconds):
            now = time.monotonic()
            self.tick(now)
            time.sleep(max(0.0, self._film.next_deadline(now) - time.monotonic()))
        health = self._film.health
        log.info(
            "%d pictures shown, %d late, %d dropped, %d repeated, %d gaps in the sound",
            *(health.shown, health.late, health.dropped, health.repeated, health.sound_gaps),
        )

    def tick(self, now: float) -> None:
        """Keys, then the film, then the picture."""
        self._obey(now)
        self._film.advance(now)
        self._follow()
        question = self._keys.question
        over = self._overlay.question(question) if question else None
        self._film.draw(now, over or (self._overlay.pause_sign() if self._controls.paused else None))

    def _follow(self) -> None:
        """Ask for the next clip as soon as the one before it is on the screen, or cannot be."""
        head = self._film.playhead
        asked = self._names[self._asked - 1]
        if head.entry == self._asked or asked in head.failed:
            if self._asked < len(self._names):
                self._ask(at="end" if head.entry else "now")
            elif head.ended or (asked in head.failed and not head.entry):
                self.ending = True

    def _ask(self, at: Literal["now", "end"]) -> None:
        self._asked += 1
        self._play(self._asked, at)
        self._film.prepare({name: self._clips[name] for name in self._names[self._asked : self._asked + 2]})

    def _play(self, number: int, at: Literal["now", "end"]) -> None:
        name = self._names[number - 1]
        transition = self._transition if at == "end" else Transition()
        self._film.play(number, name, self._clips[name], None, at, transition)

    def _skip_to_next(self) -> None:
        """The clip that waits for the end of this one comes now; after the last one the evening is over."""
        if self._film.playhead.entry < self._asked:
            self._play(self._asked, "now")
        else:
            self.ending = True

    def _obey(self, now: float) -> None:
        """A desk knows the commands of a film; those of a story (a scene, a mood) mean nothing here."""
        for command in self._keys.commands(pygame.event.get(), self._controls, now):
            match command:
                case Pause() | Resume():
                    self._controls = replace(self._controls, paused=isinstance(command, Pause))
                    self._film.pause(self._controls.paused)
                case Next():
                    self._skip_to_next()
                case SetMute(on):
                    self._controls = replace(self._controls, mute=on)
                    self._film.mute(on)
                case SetMasterVolume(level):
                    self._controls = replace(self._controls, volume=level)
                    self._film.master_volume(level)
                case SetBlackout(on):
                    self._controls = replace(self._controls, blackout=on)
                    self._film.blackout(on)
                case Shutdown():
                    self.ending = True
                case _:
                    pass
