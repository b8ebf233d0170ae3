"""The stage's side of the operator's console: what pages are told as the show goes on, and what operators ask."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path

from calibration.venue import Venue
from installation.host.console import LossChange, LossReporter
from installation.host.journal import Journal
from installation.show.camera_shown import CameraShown
from installation.show.console_plan import plan_of
from installation.show.console_requests import CONSOLE, ConsoleRequests
from installation.show.console_state import Beside, SinceWhen, WayTaken, absent_senses, state_of
from installation.show.eye import Eye
from installation.show.venue_desk import VenueDesk
from installation.show.view import View
from installation.web.address import ConsoleAddress, qr_rows
from installation.web.document import Answer, CameraPicture, CommandLine, Forget, Hello, LossLine, State
from installation.web.supervisor import WebSupervisor
from scenes.machine.command import Command, ShowCamera, journal_fields
from scenes.machine.state import StoryState
from scenes.story.story import Story

STATE_SECONDS = 0.25
MAX_WHY = 300


class ConsoleDesk:
    """What the show has only where a console is wanted. For the stage's thread; nothing here waits.

    ``absent``: senses that this show does not have.
    """

    def __init__(  # noqa: PLR0913 - its parts
        self,
        supervisor: WebSupervisor,
        requests: ConsoleRequests,
        camera: CameraShown,
        losses: LossReporter,
        journal: Journal,
        venue: VenueDesk,
        absent: frozenset[str] = frozenset(),
    ) -> None:
        self.venue = venue
        """What sets the room up."""
        self._supervisor, self._requests, self._camera = supervisor, requests, camera
        self._losses, self._journal, self._absent = losses, journal, absent
        self._offset = time.time() - losses.clock()
        """From the show's monotonic seconds to unix seconds, when the clock is set to what it is now."""
        self._story: Story | None = None
        self._stories, self._number, self._next = 0, 0, float("-inf")
        self._way, self._since_when = WayTaken(), SinceWhen()
        self._coded, self._code = "", tuple[bytes, ...]()
        losses.follow(self._note_loss)
        supervisor.start()

    def drain(self) -> list[Command]:
        """What operators asked since the last call. Once a tick."""
        return self._requests.drain()

    def obeyed(self, command: Command, code: int, reason: str) -> None:
        """Tell all pages who asked what, and the one that asked what became of it."""
        origin, said = command.origin, journal_fields(command)
        self._supervisor.put_line(
            CommandLine(at=time.time(), name=command.name, value=said["value"], source=str(origin))
        )
        if origin.request and origin.kind == CONSOLE:
            answer = Answer(number=origin.request, code=code, reason=reason)
            self._supervisor.send(lambda: answer)

    def forget(self, since: float) -> None:
        """Drop what is remembered of the visitors since then (seconds, as ``now`` of ``follow``)."""
        self._way, self._next = WayTaken(), float("-inf")
        document = Forget(since=since + self._offset)
        self._supervisor.drop_state()
        self._supervisor.send(lambda: document)

    def show_camera(self, command: ShowCamera, now: float) -> None:
        """Show the camera's picture for so long."""
        self._camera.show(command.seconds, command.large, now, command.origin)

    @property
    def shows_camera(self) -> bool:
        """The camera's small picture goes to the pages now."""
        return self._camera.until is not None

    @property
    def address(self) -> ConsoleAddress | None:
        """Where a browser finds the console; None while it is not served."""
        return self._supervisor.address

    def place(self) -> tuple[str, int] | None:
        """Host and port that it listens on; None while it is not served."""
        return self._supervisor.place

    def code(self) -> tuple[bytes, ...]:
        """The QR code of its address as ``qr_rows`` has it; a thread makes it, and () is it until then."""
        address = self.address
        if address is None:
            return ()
        if address.link != self._coded:
            self._coded, self._code = address.link, ()
            threading.Thread(target=self._make_code, args=(address.link,), name="QR code", daemon=True).start()
        return self._code

    def _make_code(self, link: str) -> None:
        self._code = qr_rows(link)

    def follow(self, now: float, story: Story, state: StoryState, view: Callable[[], View]) -> None:
        """Once a tick: a state is made when it is due, in the thread that sends it."""
        self._way = self._way.then(state)
        self.venue.follow(now)
        if story is not self._story:
            self._story, self._stories = story, self._stories + 1
            self._requests.story(story.names)
            self._supervisor.put_story(partial(plan_of, story, self._stories))
        if self.shows_camera and (jpeg := self._camera.follow(now, lambda: view().controls.overlay)):
            self._supervisor.send(partial(_picture, time.time(), jpeg))
        if now < self._next or not self._supervisor.alive:
            return
        self._next = now + STATE_SECONDS
        self._number += 1
        self._offset = time.time() - now
        until = self._camera.until
        beside = Beside(
            number=self._number,
            at=time.time(),
            state=state,
            way=self._way.scenes,
            takes=self._journal.takes,
            visits=self._journal.visits,
            camera_shown_until=None if until is None else until + self._offset,
            test_picture=self.venue.picture,
            absent=self._absent,
            lost=self._losses.losses(),
            unix_offset=self._offset,
        )
        self._supervisor.put_state(partial(self._state, view(), beside))

    def close(self) -> None:
        """End the console's process (2 s at most)."""
        self._losses.unfollow(self._note_loss)
        self._camera.end(self._losses.clock(), overlay=False)
        self._supervisor.close()

    def _state(self, view: View, beside: Beside) -> State:
        """In the sending thread."""
        return self._since_when.with_since(state_of(view, beside))

    def _note_loss(self, change: LossChange) -> None:
        """In any thread."""
        line = LossLine(
            at=change.now + self._offset, part=change.part, why=change.why[:MAX_WHY], seconds=change.seconds
        )
        self._supervisor.put_line(line)


def open_console(  # noqa: PLR0913 - the parts of the show that it needs
    venue: Venue,
    venue_file: str,
    folder: Path,
    story: Story,
    room: VenueDesk,
    eye: Eye,
    losses: LossReporter,
    journal: Journal,
) -> ConsoleDesk:
    """The console that the venue wants; its process starts a moment later. ``folder``: of this machine's state."""
    museum = venue.constellation
    hello = Hello(
        version=version("chiaroscuro"),
        room=venue.name,
        venue_file=venue_file,
        state_folder=str(folder),
        journal_folder=str(journal.folder),
        listen=venue.console.listen,
        port=venue.console.port,
        started_at=time.time(),
        constellation=(museum.server, museum.id or venue.name, museum.group) if museum.server else None,
    )
    requests = ConsoleRequests(venue.osc, story.names, losses.clock)
    supervisor = WebSupervisor(hello, losses, requests.receive)
    camera = CameraShown(eye, journal)
    return ConsoleDesk(supervisor, requests, camera, losses, journal, room, absent_senses(venue))


def _picture(at: float, jpeg: bytes) -> CameraPicture:
    return CameraPicture(at=at, jpeg=base64.b64encode(jpeg).decode())
