"""The parts that a show is made of, and what takes an eye's place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from calibration.venue import Venue
from installation.course.course import Course
from installation.film.film import Film
from installation.host.console import LossReporter
from installation.host.health import Sense
from installation.host.heartbeat import Heartbeat
from installation.host.journal import Journal
from installation.host.machine_load import MachineLoad
from installation.house.housekeeper import Housekeeper
from installation.lamps.lamps import Lamps
from installation.lamps.timecode import Timecode
from installation.osc import Broadcast, Control
from installation.show.keys import Keys
from installation.show.rehearsal import Rehearsal
from installation.show.story_desk import StoryDesk
from installation.show.take_record import TakeRecord
from models.mood import Mood

if TYPE_CHECKING:
    from installation.show.console_desk import ConsoleDesk  # a show without one does not load it


class Eye(Protocol):
    """Where the mood comes from: the eye's process, or a maker's hand."""

    def start(self) -> None:
        """Begin to give moods."""

    def mood(self, now: float) -> Mood:
        """The newest mood, or an untrusted one with the reason. Never waits."""

    def set_on(self, on: bool) -> None:
        """Run, or end on purpose, as the house opens and closes: then nothing is lost."""

    @property
    def ready(self) -> bool:
        """It gives moods that can be trusted, as far as it was asked to."""

    def set_camera(self, on: bool) -> None:
        """Open or close the camera."""

    def set_thumbnail(self, on: bool, large: bool = False) -> None:
        """Send small pictures for the operator, or stop; ``large``: large enough to draw on."""

    def renew(self, venue: Venue) -> None:
        """Go on with other settings of camera and eye."""

    def freeze_baseline(self) -> None:
        """A scene begins: the visitors' own neutral faces are learned no further."""

    def close(self) -> None:
        """End it; nothing of it is left then."""

    @property
    def camera(self) -> Sense:
        """How the camera is."""

    @property
    def model(self) -> Sense:
        """How the networks are."""

    @property
    def fps(self) -> float:
        """Frames analysed per second."""

    @property
    def drift(self) -> float:
        """Stops by which the light has moved since the calibration."""

    @property
    def line(self) -> str:
        """Camera and networks in one line, for the operator."""

    @property
    def thumbnail(self) -> bytes | None:
        """The newest small picture (JPEG), while one was asked for."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The machine's parts, made by ``installation.show.opening``; the control port is optional."""

    film: Film
    eye: Eye
    broadcast: Broadcast
    journal: Journal
    losses: LossReporter
    keys: Keys
    heartbeat: Heartbeat
    rehearsal: Rehearsal
    house: Housekeeper
    machine: MachineLoad
    takes: TakeRecord
    course: Course
    control: Control | None = None
    console: ConsoleDesk | None = None
    lamps: Lamps | None = None
    timecode: Timecode | None = None
    desk: StoryDesk | None = None
    """Only at a maker's desk."""
