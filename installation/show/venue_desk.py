"""Setting the room up while the show runs: test pictures, corners, light, loudspeakers, the eye's new settings.

What lies on the wall goes by itself when nobody has touched the page for some minutes: a grid must not stay on the wall
of an exhibition.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import assert_never, cast

from calibration.errors import BadFile
from calibration.settings import ScreenSettings
from calibration.venue import Venue, load_venue
from installation.film.channel_test import beep_on
from installation.film.film import Film
from installation.film.wall_patterns import TestPicture, draw_test_picture
from installation.host.console import LossReporter
from installation.host.journal import Journal
from installation.osc.registry import Code
from installation.show.answer import DONE, Answer
from installation.show.consent_desk import ConsentDesk
from installation.show.eye import Eye
from installation.show.keys import Controls
from models.arrays import Image
from scenes.machine.command import LayPicture, PlayChannel, RenewEye, SetCorners, SetTone, VenueCommand

LEFT_ALONE_SECONDS = 300.0
VISITOR = "a visitor is on the way through the film; ask again to do it all the same"
NO_FILE = "the show runs without a venue file; start it with --venue"


class VenueDesk:
    """For the stage's thread. ``file``: the venue file, '' without one; ``venue``: the settings that run."""

    def __init__(  # noqa: PLR0913 - its parts
        self,
        venue: Venue,
        file: str,
        film: Film,
        eye: Eye,
        consent: ConsentDesk,
        losses: LossReporter,
        journal: Journal,
    ) -> None:
        self._venue, self._file, self._film, self._eye, self._consent = venue, file, film, eye, consent
        self._losses, self._journal = losses, journal
        self._until = 0.0
        self._wish: LayPicture | None = None
        self._drawn: tuple[LayPicture, Image] | None = None
        """The newest one that a thread has drawn."""
        self._laid: Image | None = None

    @property
    def picture(self) -> str:
        """The test picture that lies over the film; '' none."""
        return self._wish.picture if self._wish else ""

    def obey(self, command: VenueCommand, controls: Controls, in_take: bool, now: float) -> Answer:
        """Do what was asked, or say why not. Nothing here waits."""
        if in_take and not (command.in_take or self._wish) and not _ends(command):
            return Code.NOT_NOW, VISITOR
        self._until = now + LEFT_ALONE_SECONDS
        settings = self._film.screen.settings
        match command:
            case LayPicture():
                self._lay(command if command.picture else None)
            case SetCorners(corners):
                self._correct(settings.model_copy(update={"corners": corners}))
            case SetTone(gamma, black_level):
                self._correct(settings.model_copy(update={"gamma": gamma, "black_level": black_level}))
            case PlayChannel(channel):
                why = _unheard(controls) or beep_on(self._film.sound, channel)
                return (Code.NOT_NOW, why) if why else DONE
            case RenewEye(camera):
                if not self._file:
                    return Code.NOT_NOW, NO_FILE
                threading.Thread(target=self._renew, args=(camera,), name="venue file", daemon=True).start()
            case _:
                assert_never(command)
        return DONE

    def follow(self, now: float) -> None:
        """Once a tick: lay what was drawn, and take it away when it was forgotten."""
        drawn, wish = self._drawn, self._wish
        if wish and drawn and drawn[0] is wish and drawn[1] is not self._laid:
            self._laid = drawn[1]
            self._film.cover(self._laid)
        if wish and now >= self._until:
            self._lay(None)
            self._journal.note("test_picture_ends", now, after_seconds=LEFT_ALONE_SECONDS)

    def _lay(self, wish: LayPicture | None) -> None:
        before, self._wish = self._wish, wish
        if wish is None:
            self._laid = None
            self._film.cover(None)
        elif before and (before.picture, before.corner) == (wish.picture, wish.corner) and self._laid is not None:
            self._drawn = wish, self._laid  # asked for again, to stay
        else:
            threading.Thread(target=self._draw, args=(wish,), name="test picture", daemon=True).start()

    def _draw(self, wish: LayPicture) -> None:
        """In a thread: at 4K it takes longer than a picture of the film may."""
        drawn = draw_test_picture(cast(TestPicture, wish.picture), self._film.screen.size, wish.corner)
        if wish is self._wish:
            self._drawn = wish, drawn

    def _correct(self, settings: ScreenSettings) -> None:
        self._film.correct(settings)
        if self._laid is not None:
            self._film.cover(self._laid)

    def _renew(self, camera: bool) -> None:
        """In a thread, for files are read: what the file says of camera and consent now, and else what runs."""
        running = self._venue.camera
        try:
            said = load_venue(Path(self._file))
        except BadFile as error:
            self._losses.lost("venue file", f"{'; '.join(error.lines())}; the eye goes on as it is")
            return
        self._losses.back("venue file")
        wanted = said.camera
        if not camera:  # --camera, say, has named another one
            wanted = wanted.model_copy(update={"source": running.source, "source_file": running.source_file})
        self._venue = self._venue.model_copy(update={"camera": wanted, "privacy": said.privacy})
        self._eye.renew(self._venue)  # first: if it may look at something else, it is shut before consent opens it
        self._consent.renew(said.privacy)


def _ends(command: VenueCommand) -> bool:
    return isinstance(command, LayPicture) and not command.picture


def _unheard(controls: Controls) -> str:
    """Why no sound would be heard now; '' where it would."""
    if controls.paused:
        return "the film is paused, and its sound with it; resume it first"
    if controls.closed or controls.blackout:
        return "picture and sound are taken away; bring them back first"
    return "the sound is muted; unmute it first" if controls.mute or not controls.volume else ""
