"""The whole show of a simulated month: everything is the real thing but sight, sound device, screen and time."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from calibration.house_settings import HoursSettings
from calibration.settings import JournalSettings, OscSettings, OscTarget, ScreenSettings
from calibration.venue import Venue
from installation.course.course import Course
from installation.eye.supervisor import EyeSupervisor
from installation.film.film import Film
from installation.host.console import LossReporter
from installation.host.heartbeat import Heartbeat
from installation.host.journal import Journal
from installation.host.journal_files import read_lines
from installation.host.machine_load import MachineLoad
from installation.house.doors import Doors
from installation.month.clock import SimulatedClock
from installation.month.scripted_sight import ScriptedSight
from installation.month.simulated_sound import SimulatedSound
from installation.month.stand_ins import SIZE
from installation.month.watched_screen import WatchedScreen
from installation.osc import Broadcast, Control
from installation.osc.sender import typed_message
from installation.osc.state import About
from installation.show.consent_desk import ConsentDesk
from installation.show.keys import Controls, Keys
from installation.show.opening import open_house
from installation.show.parts import Parts
from installation.show.rehearsal import Rehearsal
from installation.show.show import Show
from installation.show.take_record import TakeRecord
from models.mood import Mood
from scenes.story.story import load_story

STEP = 0.2
"""Seconds from tick to tick: the film's clock takes a longer one for a stop."""
EYE_WAIT_SECONDS = 0.06
"""Real seconds that a tick waits for the eye's report: its process may have been killed, or not have begun yet."""
PATIENCE_SECONDS = 30.0
"""Real seconds after which a decoder hangs."""
EYE_EACH = 2
"""The eye speaks at every second tick: a mood is believed for a second."""
JOURNAL_MEGABYTES, JOURNAL_DAYS = 4, 4


OPENS, CLOSES, CLOSES_LATE = 10, 18, 20
LATE, SHUT = 3, 0
"""Days of the week, 0 is Monday: open until late, and not at all."""
HOURS = f"Tu-Su {OPENS}:00-{CLOSES}:00; Th {OPENS}:00-{CLOSES_LATE}:00"


class JumpingEye(EyeSupervisor):
    """The supervisor, which counts only the time that is played: a jump over quiet hours is no silence."""

    def __init__(
        self, venue: Venue, losses: LossReporter, on_mood: Callable[[Mood], None], room: SimulatedRoom
    ) -> None:
        super().__init__(venue, 0, losses, on_mood, room.sight.command)
        self._clock, self._room_clock = room.clock.played, room.clock

    def mood(self, now: float) -> Mood:
        """The newest mood."""
        return super().mood(now - self._room_clock.jumped)


class PatientMachine(MachineLoad):
    """Ticks of a fifth of a second say nothing of late pictures: the test of that is elsewhere."""

    def pictures(self, now: float, shown: int, late: int) -> None:  # noqa: ARG002
        """None is late."""
        super().pictures(now, shown, 0)


class SimulatedRoom:
    """One room with its show, its receiver of OSC and a guard's phone. ``folder`` keeps the state."""

    def __init__(self, story: Path, clips: tuple[Path, ...], folder: Path, clock: SimulatedClock) -> None:
        self.story, self.clips, self.clock, self.folder = story, clips, clock, folder
        self.sight = ScriptedSight(folder)
        self.phone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.phone.setblocking(False)
        self.receiver: socket.socket | None = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.receiver.setblocking(False)
        self.receiver.bind(("127.0.0.1", 0))
        self.receiver_address = self.receiver.getsockname()
        self.received = 0
        """Datagrams that came to the receiver."""
        self.watchers: list[Callable[[], None]] = []
        """Called after each tick."""
        self.attract = ""
        """The scene while nobody is there."""
        self.show: Show
        self.eye: JumpingEye
        self.screen: WatchedScreen
        self.sound: SimulatedSound
        self._closing = ExitStack()
        self._on_mood: Callable[[Mood], None] = lambda _mood: None
        self._heard = threading.Event()
        self._steps = 0

    def open(self) -> None:
        """Begin the show."""
        story = load_story(self.story, forgive_clips=True)
        venue, self.attract = self._venue(), story.file.attract
        losses = LossReporter(self.clock)
        with ExitStack() as closing:
            journal = Journal(venue.journal, self.folder, losses, self.clock.wall, venue.name)
            closing.callback(journal.close)
            about = About(version("chiaroscuro"), story.title, venue.name)
            broadcast = Broadcast(venue.osc, story.names, about, losses, self.clock)
            closing.callback(broadcast.close)
            self._on_mood = broadcast.mood
            self.eye = JumpingEye(venue, losses, self._pass_on, self)
            closing.callback(self.eye.close)
            house = closing.enter_context(open_house(venue, losses, journal, broadcast, self.clock.wall, self.folder))
            house.add("eye", self.eye)
            consent = ConsentDesk(
                venue, self.eye, broadcast, journal, closed=house.doors is Doors.CLOSED, clock=self.clock
            )
            self.eye.start()
            control = Control(venue.osc, story.names, losses, self.clock)
            closing.callback(control.close)
            self.screen = WatchedScreen(venue.screen, self.clock)
            closing.callback(self.screen.close)
            self.sound = SimulatedSound(venue.sound, losses, self.clock)
            film = Film(self.screen, self.sound, losses, venue.screen.candidates_megabytes)
            closing.callback(film.close)
            course = Course(venue.course, self.screen.size)
            closing.callback(course.close)
            parts = Parts(
                film=film,
                eye=self.eye,
                broadcast=broadcast,
                journal=journal,
                losses=losses,
                keys=Keys(),
                heartbeat=Heartbeat(),
                rehearsal=Rehearsal(),
                house=house,
                machine=PatientMachine(losses),
                takes=TakeRecord(losses, self._steps, self.folder / "takes" / "room.json"),
                course=course,
                consent=consent,
                control=control,
            )
            self.show = Show(story, parts, Controls(), self.clock)
            self._closing = closing.pop_all()

    def end(self) -> None:
        """The show ends as on SIGTERM."""
        self.show.end(self.clock())
        self.show.parts.journal.end(self.clock())
        self.cut_power()

    def cut_power(self) -> None:
        """Everything stops; nothing more is said or written (a real process that is killed: see the tests)."""
        self._closing.close()

    def close(self) -> None:
        """Close what is not the show's."""
        self.sight.close()
        self.phone.close()
        if self.receiver:
            self.receiver.close()

    def step(self) -> None:
        """One tick, once all that the one before needed of threads and processes is there."""
        self._await_film()
        self._await_eye()
        self.clock.advance(STEP)
        now = self.clock()
        self._steps += 1
        if self._steps % EYE_EACH == 0:
            self._let_eye_speak(now)
        self.show.tick(now)
        self.sound.run()
        self.count_received()
        for watch in self.watchers:
            watch()

    def run(self, seconds: float) -> None:
        """Some time passes, tick by tick."""
        until = self.clock() + seconds
        while self.clock() < until:
            self.step()

    def run_until(self, true: Callable[[], bool], seconds: float) -> bool:
        """Tick until ``true`` holds, at most for so long; whether it does."""
        until = self.clock() + seconds
        while not true() and self.clock() < until:
            self.step()
        return true()

    def jump(self, seconds: float) -> None:
        """Time passes without a tick."""
        self.clock.jump(seconds)
        self._let_eye_speak(self.clock())

    def ask(self, command: str, *words: str) -> None:
        """A guard's phone asks for something; it has arrived when this returns."""
        control = self.show.parts.control
        if control is None:
            return
        before = control.counts.total()
        self.phone.sendto(typed_message(f"/emo/control/{command}", list(words)), self.door)
        self.wait(lambda: control.counts.total() > before)

    def title(self) -> str:
        """The story's title, as it stands in the file now."""
        found = re.search(r'(?m)^title = "(.*)"$', self.story.read_text(encoding="utf-8"))
        return found[1] if found else self.story.stem

    def today(self) -> str:
        """The true date, as the journal writes it."""
        return time.strftime("%Y-%m-%d", time.localtime(self.clock.true_wall()))

    def journal_of(self, day: str) -> Iterator[dict[str, Any]]:
        """The lines of a day, compressed ones too."""
        self.show.parts.journal.flush()
        for file in (self.folder / "journal").glob(f"{day}.*"):
            yield from read_lines(file)

    def journal_days(self) -> set[str]:
        """The days of which there is a journal."""
        return {file.name[:10] for file in (self.folder / "journal").iterdir()}

    def journal_megabytes(self) -> float:
        """Size of all days together."""
        return sum(file.stat().st_size for file in (self.folder / "journal").iterdir()) / 1e6

    def hears_guard(self) -> bool:
        """Whether a ping from the guard's phone is answered."""
        replies: list[bytes] = []

        def answered() -> bool:
            with suppress(BlockingIOError):
                replies.append(self.phone.recv(2000))
            return any(b"/reply/ping" in reply for reply in replies)

        self.phone.sendto(typed_message("/emo/control/ping", []), self.door)
        return self.wait(answered, 2.0)

    def wait(self, true: Callable[[], bool], seconds: float = 5.0) -> bool:
        """Wait for a thread, while the simulated time stands still."""
        until = time.monotonic() + seconds
        while not true() and time.monotonic() < until:
            time.sleep(0.0005)
        return true()

    @property
    def door(self) -> tuple[str, int]:
        """Where commands are sent to."""
        control = self.show.parts.control
        return "127.0.0.1", control.port if control else 0

    def _venue(self) -> Venue:
        host, port = self.receiver_address
        return Venue(
            name="rehearsal",
            osc=OscSettings(listen_port=0, targets=(OscTarget(host=host, port=port),)),
            hours=HoursSettings(open=HOURS),
            screen=ScreenSettings(width=SIZE[0], height=SIZE[1]),
            journal=JournalSettings(megabytes_at_most=JOURNAL_MEGABYTES, days_at_most=JOURNAL_DAYS),
        )

    def _let_eye_speak(self, now: float) -> None:
        self._heard.clear()
        self.sight.report(now)

    def _pass_on(self, mood: Mood) -> None:
        self._on_mood(mood)
        self._heard.set()

    def _await_eye(self) -> None:
        """The eye's report has come; or one of an eye that cannot speak has not."""
        if not self.show.controls.closed:  # then there is none
            self._heard.wait(1.0 if self.sight.answers else EYE_WAIT_SECONDS)

    def _await_film(self) -> None:
        if not self.wait(self.show.parts.film.caught_up, PATIENCE_SECONDS):
            raise TimeoutError(f"a decoder has made no progress for {PATIENCE_SECONDS:g} s")

    def count_received(self) -> int:
        """Datagrams that came to the receiver since the beginning."""
        with suppress(BlockingIOError):
            while self.receiver is not None:
                self.receiver.recv(1 << 16)
                self.received += 1
        return self.received
