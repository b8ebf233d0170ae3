"""The tree of errors: everything that this project raises on purpose, and the exit code of each.

::

    ChiaroError                        70   never raised itself
    |-- BadInput                       78   a file or an option; a person must fix it; reports every problem at once
    |   |-- BadFile                         a file: story, venue, faces, network, picture
    |   |-- BadMessage                      installation.osc.sender: typed words that make no OSC message
    |   |-- BadValue                        installation.osc.encoder: a value that its address does not take
    |   |-- Malformed                       installation.osc.decoder: bytes that are not OSC
    |   |-- NoCuda                          models.seeing.runtime: a GPU is demanded that cannot be used
    |   |-- CannotBegin                     installation.eye.perception: the eye's networks or settings
    |   |-- CannotInstall                   installation.bundle.installer: a bundle, on this machine
    |   |-- MissingExtra                    calibration.extras: an optional package is not installed
    |   `-- MissingLibrary                  installation.host.system_libraries: the system lacks a shared library
    |-- Unavailable                    69   comes back by itself: try again later
    |   |-- CameraLost                      installation.camera.source
    |   |-- NoScreen, NoGpu                 installation.film.screen, .gpu_wall
    |   |-- NoLeader                        installation.screens.announce: no screen that leads was found
    |   |-- NoSoundDevice                   installation.film.sound_device: none opens
    |   |-- NoWindow                        installation.calibrate.window
    |   |-- UpsFault                        installation.house.ups: the battery behind the mains cannot be asked
    |   |-- NoBroker                        installation.rooms.link: the MQTT broker is not there, or says no
    |   |-- NotMailed                       installation.report.mail: a report; the server said no, or is not there
    |   |   `-- PartlyMailed                installation.report.mail: to some of those it is for
    |   |-- BrokerAway                      installation.rooms.room_list: no MQTT broker, so nothing is put into rooms
    |   |-- NotPosted                       installation.fleet.alarm_posts: an alarm; its webhook does not take it
    |   |-- DisplayFault                    installation.house.display_driver: its power cannot be switched or asked
    |   |-- NoWeights                       models.seeing.mtcnn_weights: the mtcnn package is missing or changed
    |   |-- VariantUnavailable              models.seeing.io_binding: the GPU does not take the variant made for it
    |   `-- RoomIsTaken                75   installation.host.lock: another chiaro runs here
    |-- Refused                         1   somebody said no
    |   |-- Cancelled                       installation.calibrate.guide: the technician, or a volunteer
    |   |-- PromiseBroken                   installation.month.promises: in a rehearsed month
    |   |-- NotSigned                       installation.rooms.tokens: a request without the room's token
    |   |-- NotTaken                        installation.rooms.put_store: what was put into a room
    |   `-- CommandRefused                  installation.osc.incoming: a datagram that is no command of this show
    |-- Unplayable                     78   a clip or a sound that cannot be shown or heard
    |   `-- Unreadable                      scenes.story.probe: not a film, a picture or a sound at all
    `-- NotEquivalent                  70   models.training: an exported network answers otherwise than the trained one

A command translates them in one place, ``installation.host.errors.plain_errors``. An error that is not in the tree is
a fault of ours: it shows its traceback, exits 70, and the supervisor starts the program again.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import ClassVar


class Exit(IntEnum):
    """Exit codes that mean something (sysexits.h where it has a word for it)."""

    OK = 0
    NOT_AS_WANTED = 1  # checked, and the answer is no; or somebody cancelled
    UNAVAILABLE = 69  # no display, no camera, or another thing that comes back by itself: try again later
    BUG = 70  # a fault of ours: the supervisor restarts
    BUSY = 75  # another chiaro runs in this room already
    BAD_CONFIGURATION = 78  # story, venue, model or option cannot be used: a person must fix it; do not restart


class ChiaroError(Exception):
    """The root. Its text is for people: what, where, what to do."""

    exit_code: ClassVar[Exit] = Exit.BUG

    def lines(self) -> Sequence[str]:
        """What a person reads, one line per problem."""
        return (str(self),)


class BadInput(ChiaroError, ValueError):
    """An option, an address or a file that cannot be used. ``problems`` holds every problem found, one line each.

    ``where`` is what the person typed or named: ``--window``, ``[eye] device``, a path; '' where the text says it.
    """

    exit_code = Exit.BAD_CONFIGURATION

    def __init__(self, *problems: str, where: Path | str = "") -> None:
        self.problems, self.where = list(problems), str(where)
        super().__init__("\n".join(self.lines()))

    def lines(self) -> Sequence[str]:
        """Each problem, with where it is."""
        return [f"{self.where}: {problem}" if self.where else problem for problem in self.problems]


class BadFile(BadInput):
    """A file that cannot be used."""

    def __init__(self, path: Path | str, problems: Sequence[str]) -> None:
        self.path = Path(path)
        super().__init__(*problems, where=path)


class Unavailable(ChiaroError, RuntimeError):
    """Something that comes back by itself is missing (a display, say): the supervisor tries later."""

    exit_code = Exit.UNAVAILABLE


class Refused(ChiaroError):
    """Somebody said no."""

    exit_code = Exit.NOT_AS_WANTED


class Unplayable(ChiaroError, ValueError):
    """A clip or a sound cannot be shown or heard; the message says why."""

    exit_code = Exit.BAD_CONFIGURATION


class NotEquivalent(ChiaroError, RuntimeError):
    """A network in another form (exported, quantised, for a GPU) answers otherwise than the one it was made from."""
