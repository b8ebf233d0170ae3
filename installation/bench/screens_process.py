"""One screen of ``chiaro bench screens``, as a process of its own: the one that leads, or one that follows.

The story is played by a script (each scene to its end, a loop left in its midst); film, link and the program that
follows are the show's own. What is shown is read from each picture when it is presented, by the machine's one true
clock, and written to a file at the end.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pygame

from calibration.screens_settings import OneScreen
from calibration.settings import ScreenSettings, SoundSettings
from installation.bench.film_watch import WatchedScreen
from installation.film.film import Film
from installation.film.playback import open_playback
from installation.film.silence import Silence
from installation.host.console import LossReporter
from installation.screens.following import FollowingFilm
from installation.screens.leader import Leader
from installation.screens.link import FollowerLink
from installation.screens.own_copy import OwnCopy
from installation.screens.screen_program import ScreenProgram, steering
from installation.screens.stage_screens import AHEAD_SECONDS
from installation.screens.telling import digest_of, told_of
from scenes.story.story import Story, load_story

SIZE, MEGABYTES = (320, 180), 100
CHOSEN_SECONDS = 0.6
"""Before the end of a scene the next one is chosen, as in a story."""
LEFT_SECONDS = 14.7
"""The scene that loops is left at once, after so long."""
STEP_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class WrongClock:
    """A machine's clock that is off and drifts."""

    offset: float = 0.0
    ppm: float = 0.0

    def __call__(self) -> float:
        """Its seconds."""
        return time.monotonic() * (1.0 + self.ppm * 1e-6) + self.offset


@dataclass(frozen=True, slots=True)
class Ending:
    """When it is over: a file is there, or whoever started this process is gone."""

    file: Path
    parent: int

    def __call__(self) -> bool:
        """Whether it is."""
        return self.file.exists() or os.getppid() != self.parent


def lead(story: Story, port: int, over: Ending) -> WatchedScreen:
    """Play the story until it is over, and tell of it."""
    losses, screen = LossReporter(), _screen()
    with open_playback(screen.settings, SoundSettings(), losses, headless=True, make_screen=lambda *_: screen) as film:
        leader = Leader(losses, host="127.0.0.1", port=port)
        film.ahead_seconds = AHEAD_SECONDS
        digest, names = digest_of(story.text), story.names
        film.play(1, names[0], story.clip(names[0]))
        asked = 1
        while not over():
            now = time.monotonic()
            film.advance(now)
            head = film.playhead
            if head.entry == asked:
                scene = names[(asked - 1) % len(names)]
                following = names[asked % len(names)]
                film.prepare({following: story.clip(following)})
                loops = story.clip(scene).loop
                if head.seconds > (LEFT_SECONDS if loops else story.duration(scene) - CHOSEN_SECONDS):
                    asked += 1
                    film.play(asked, following, story.clip(following), None, "now" if loops else "end")
            film.draw(now)
            leader.publish(told_of(film, digest, now, blackout=False, closed=False))
            pygame.event.pump()
            time.sleep(max(0.0, min(film.next_deadline(now) - time.monotonic(), STEP_SECONDS)))
        leader.close()
    return screen


def follow(story: Story, port: int, over: Ending, clock: WrongClock) -> WatchedScreen:
    """``chiaro screen`` until it is over, on a machine whose clock is wrong."""
    losses, screen, silence = LossReporter(), _screen(), Silence()
    film, copy = Film(screen, silence, losses, MEGABYTES), OwnCopy(story, losses)
    link = FollowerLink("127.0.0.1", losses, port=port, name="one", clock=clock)
    program = ScreenProgram(FollowingFilm(film, "one", OneScreen(), steering(silence)), link, copy)
    while not over():
        now = clock()
        program.tick(now)
        time.sleep(max(0.0, min(film.next_deadline(now) - clock(), STEP_SECONDS)))
    link.close()
    film.close()
    copy.close()
    return screen


def _screen() -> WatchedScreen:
    screen = WatchedScreen(ScreenSettings(width=SIZE[0], height=SIZE[1], candidates_megabytes=MEGABYTES), headless=True)
    screen.seen = []
    return screen


def save(screen: WatchedScreen, out: Path) -> None:
    """(n, 3): when by the true clock, mark and number of each new picture; -1 for a picture without them."""
    rows = [(at, mark.mark, mark.number) if mark else (at, -1, -1) for at, mark in screen.seen]
    np.savez(out, seen=np.array(rows, np.float64).reshape(-1, 3))


def main(role: str, story_file: str, port: str, folder: str, name: str, offset: str, ppm: str) -> None:  # noqa: PLR0913 - a command line
    """Play one part until the file ``until`` is in the folder; then write there what was seen."""
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    over = Ending(Path(folder) / "until", os.getppid())
    story, clock = load_story(story_file), WrongClock(float(offset), float(ppm))
    (Path(folder) / f"{name}.begun").touch()
    leads = role == "lead"
    screen = lead(story, int(port), over) if leads else follow(story, int(port), over, clock)
    save(screen, Path(folder) / f"{name}.npz")


if __name__ == "__main__":
    main(*sys.argv[1:])
