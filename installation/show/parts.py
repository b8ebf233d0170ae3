"""The parts that a show is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from installation.course.course import Course
from installation.film.film import Film
from installation.host.console import LossReporter
from installation.host.heartbeat import Heartbeat
from installation.host.journal import Journal
from installation.host.machine_load import MachineLoad
from installation.house.housekeeper import Housekeeper
from installation.lamps.lamps import Lamps
from installation.lamps.timecode import Timecode
from installation.osc import Broadcast, Control
from installation.pins.button import PinButton
from installation.show.consent_desk import ConsentDesk
from installation.show.eye import Eye
from installation.show.eye_sign import EyeSign
from installation.show.keys import Keys
from installation.show.rehearsal import Rehearsal
from installation.show.story_desk import StoryDesk
from installation.show.take_record import TakeRecord

if TYPE_CHECKING:
    from installation.screens.stage_screens import StageScreens
    from installation.show.console_desk import ConsoleDesk  # a show without one does not load it
    from installation.show.room_desk import RoomDesk


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
    consent: ConsentDesk
    control: Control | None = None
    console: ConsoleDesk | None = None
    room: RoomDesk | None = None
    lamps: Lamps | None = None
    timecode: Timecode | None = None
    button: PinButton | None = None
    sign: EyeSign | None = None
    """None: no eye, or nobody has to be told."""
    notice: tuple[str, ...] = ()
    """Sentences that the attract scene shows."""
    screens: StageScreens | None = None
    """None: this show has one screen."""
    desk: StoryDesk | None = None
    """Only at a maker's desk."""
