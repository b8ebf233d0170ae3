"""Keeps one eye alive and the newest mood at hand. The stage is answered at once, whatever the eye does."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from calibration.house_settings import HoursSettings
from calibration.venue import Venue
from installation.eye.announcer import Announcer
from installation.eye.child import EYE, EyeChild
from installation.eye.command import EyeCommand, ForgetVisitors, FreezeBaseline, Heard, Look, SetCamera, SetThumbnail
from installation.eye.device_choice import DeviceChoice
from installation.eye.gate import Gate
from installation.eye.link import JPEG_START, EyeStatus, Report, Start
from installation.eye.silence import Silence
from installation.eye.successor import Successor, has_memory_for_another
from installation.host.console import LossReporter, log
from installation.host.health import EyeHealth, Sense
from installation.host.machine_load import MachineLoad
from installation.host.restarts import Restarts
from installation.host.worker import Worker
from models.mood import Mood, unseen

TRUSTED_FOR = 1.0
"""Seconds that a mood is believed when nothing follows it."""
START_DEADLINE = 20.0
"""Seconds that an eye may take to load its networks (CUDA's first start is slow)."""
HELD_UP_TOLD = 1.5
"""Seconds that an eye waits for a processor before the machine is called too slow."""
LISTEN_SECONDS = 0.05
END_WITHIN = 1.0
SHUT_WITHIN = 3.0
"""Seconds in which an eye that was told to close its camera must have done so; else its process is ended."""
FORGETTING = "the eye forgets who is there"


@dataclass(frozen=True, slots=True)
class _Received:
    """The newest report, and when it came."""

    at: float
    report: Report


class EyeSupervisor:
    """Starts the eye, listens to it in a thread of its own, and replaces it when it dies or falls silent.

    ``on_mood`` is called in that thread as each mood arrives, so that the broadcast need not wait for a tick.
    ``command`` is the eye's program; the address of the line is added to it. Time is that of ``losses``.
    """

    def __init__(
        self,
        venue: Venue,
        seed: int,
        losses: LossReporter,
        on_mood: Callable[[Mood], None] | None = None,
        command: Sequence[str] = EYE,
        machine: MachineLoad | None = None,
    ) -> None:
        self._machine = machine or MachineLoad(losses)
        self._venue, self._seed, self._losses = venue, seed, losses
        self._on_mood, self._command, self._clock = on_mood, command, losses.clock
        self._restarts, self._choice = Restarts("eye"), DeviceChoice(venue.eye.device)
        self._announcer = Announcer(losses)
        self._closing = threading.Event()
        self._renewed: Venue | None = None
        self._renewing = threading.Lock()
        self._gate = Gate(venue.privacy.stays_shut, losses.clock)
        self._camera_address = venue.camera.source
        self._standing_thumbnail = SetThumbnail(False)
        self._forget = ForgetVisitors(0)
        self._eye: EyeChild | None = None
        self._silence: Silence | None = None
        self._successor: Successor | None = None
        self._spared = self._choice
        self._received: _Received | None = None
        self._why, self._last_words = "the eye is starting", ""
        self.thumbnail: bytes | None = None
        self._thread = Worker("eye supervisor", self._keep, losses)

    def start(self) -> None:
        """Start the first eye, without waiting for it."""
        self._thread.start()

    def mood(self, now: float) -> Mood:
        """The newest mood, or an untrusted one with the reason. Never waits."""
        received = self._received
        if received is None or self._gate.why:
            return unseen(now, self._gate.why or self._why)
        report, silent = received.report, now - received.at
        if silent > TRUSTED_FOR:
            busy = report.mood.reason if report.status.model is not Sense.OK else ""
            return unseen(now, busy or f"the eye has been silent for {silent:.0f} s")
        return self._gate.passed(self._known(report))

    def set_on(self, on: bool) -> None:
        """Run an eye, or end it on purpose: then there is no process, no open camera, and nothing is lost."""
        self._gate.on = on

    @property
    def ready(self) -> bool:
        """The eye analyses frames, or would if its camera had not been switched off; or none may be here."""
        status = self.status
        analyses = status.model is Sense.OK and status.camera is not Sense.LOST
        return self._gate.on and (analyses or bool(self._gate.barred))

    @property
    def status(self) -> EyeStatus:
        """The eye's last report of itself; while there is no eye, that camera and model are lost."""
        received = self._received
        if not self._gate.runs:
            return EyeStatus(camera=Sense.OFF, model=Sense.OFF, model_line=self._gate.why)
        return (
            received.report.status if received else EyeStatus(camera=Sense.LOST, model=Sense.LOST, model_line=self._why)
        )

    @property
    def camera(self) -> Sense:
        """State of the camera."""
        return self.status.camera

    @property
    def model(self) -> Sense:
        """State of the networks."""
        return self.status.model

    each: tuple[EyeHealth, ...] = ()
    """There is one."""

    @property
    def fps(self) -> float:
        """Frames analysed per second."""
        return self.status.fps

    @property
    def drift(self) -> float:
        """Stops by which the light has moved since the calibration; 0 without one."""
        return self.status.drift

    @property
    def line(self) -> str:
        """Camera and networks in one line, for the operator."""
        status = self.status
        camera = (self._gate.why if self._gate.runs else "") or status.camera_reason or status.camera_name
        return f"{camera}; {status.model_line}" if camera else status.model_line

    @property
    def pid(self) -> int | None:
        """The process ID of the eye that is alive now."""
        eye = self._eye
        return eye.pid if eye else None

    @property
    def may_look(self) -> bool:
        """False only while its camera is closed, as the eye itself has said or since no eye lives, and stays so."""
        eye = self._eye
        opens = self._gate.runs and self._gate.camera and not self._closing.is_set()
        return opens or (eye is not None and eye.may_film)

    def set_camera(self, on: bool, why: str = "") -> None:
        """Open or close the camera, in this eye and in those that replace it; ``why`` is told with each mood.

        Closed: nothing that was seen before is given out any more from when this returns.
        """
        self._gate.set_camera(on, why)
        if not on:
            self.thumbnail = None
        self._send(SetCamera(self._gate.camera))

    def set_thumbnail(self, on: bool, large: bool = False) -> None:
        """Ask for pictures for an operator, or for no more, of this eye and of those that replace it."""
        self._standing_thumbnail = SetThumbnail(on, large)
        if not on:
            self.thumbnail = None
        self._send(self._standing_thumbnail)

    def renew(self, venue: Venue) -> None:
        """Another eye with these settings takes this one's place, as soon as it has loaded its networks.

        Where they allow it to look at something else, this one is shut until then.
        """
        with self._renewing:
            before, self._renewed = self._renewed or self._venue, venue
            self._gate.barred = venue.privacy.stays_shut
            if _looked_at(venue) == _looked_at(before):
                return
            self._gate.set_outdated(True)
        self.thumbnail = None
        self._send(SetCamera(False))

    def freeze_baseline(self) -> None:
        """A scene begins: a held expression must not become the visitor's own neutral face."""
        self._send(FreezeBaseline())

    def forget_visitors(self) -> None:
        """Forget who is there: what an eye says that has not heard of it yet is not passed on."""
        self._forget = ForgetVisitors(self._forget.number + 1)
        self.thumbnail = None
        self._send(self._forget)
        self._pass_on(unseen(self._clock(), FORGETTING))

    def _known(self, report: Report) -> Mood:
        """Its mood, but nothing of visitors who were to be forgotten."""
        if report.status.forgotten < self._forget.number:
            return unseen(report.mood.captured_at, FORGETTING)
        return report.mood

    def _send(self, command: EyeCommand) -> None:
        eye = self._eye
        if eye:
            eye.send(command)

    def close(self) -> None:
        """End the eye; nothing of it is left when this returns (3 s at most)."""
        self._closing.set()
        self._thread.end(END_WITHIN + 2.0)

    def _keep(self) -> None:
        try:
            while not self._closing.is_set():
                if not self._gate.runs:
                    self._rest()
                    continue
                now = self._clock()
                self._take_renewed(now)
                if self._eye is None and now < self._restarts.next_at:
                    self._closing.wait(LISTEN_SECONDS)
                    continue
                eye = self._eye = self._eye or self._first_eye(now)
                if eye:
                    self._listen(eye)
                    self._check(eye, self._clock())
        finally:
            self._give_up_successor()
            if self._eye:
                self._eye.end(END_WITHIN)
            self._eye, self._received = None, None

    def _take_renewed(self, now: float) -> None:
        """The settings have changed: the next eye has them, and it comes now."""
        with self._renewing:
            venue, self._renewed = self._renewed, None
            if venue is None:
                return
            self._venue, self._camera_address = venue, venue.camera.source
        self._choice = DeviceChoice(venue.eye.device)
        self._give_up_successor()  # it was begun with the settings of before
        if self._eye:
            log.info("the eye starts again with the venue's new settings")
            self._succeed(self._eye, now, "")

    def _rest(self) -> None:
        """The house is closed, or no eye may run: the process ends as it would with the show."""
        self._give_up_successor()
        self._received, self.thumbnail, self._why = None, None, "the eye is starting"
        if self._eye:
            self._eye.end(END_WITHIN)
            self._eye = None  # only now, since until its end it may hold the camera
            log.info("the eye is off: its process has ended, and with it the camera")
        self._closing.wait(LISTEN_SECONDS)

    def _first_eye(self, now: float) -> EyeChild | None:
        eye = self._start_eye(now)
        self._silence = Silence(eye.pid, now) if eye else None
        if eye:
            self._is_of_now()
        return eye

    def _is_of_now(self) -> None:
        """The eye that has come has the newest settings, if there are none yet that are newer."""
        with self._renewing:
            if self._renewed is None:
                self._gate.set_outdated(False)

    def _start_eye(self, now: float, standby: bool = False) -> EyeChild | None:
        eye = self._venue.eye.model_copy(update={"device": self._choice.next_device(now)})
        camera = self._venue.camera.model_copy(update={"source": self._camera_address})
        if eye.device != self._venue.eye.device:
            self._losses.lost("GPU", "it failed twice within a minute, and the CPU looks in its place")
        privacy = self._venue.privacy.model_copy(update={"staff_hours": ""})
        hours = {"hours": HoursSettings(), "privacy": privacy}  # reading opening hours would cost the eye's start
        start = Start(
            venue=self._venue.model_copy(update={"eye": eye, "camera": camera} | hours),
            seed=self._seed,
            standby=standby,
            shut=not self._gate.camera,
        )
        try:
            return EyeChild(start, now, self._command)
        except OSError as error:  # no process, no memory or no file handle left: another try may find some
            self._why = f"the eye cannot be started: {error}"
            self._losses.lost("eye", self._why)
            self._restarts.died(now, now)
            return None

    def _listen(self, eye: EyeChild) -> None:
        eye.wait(LISTEN_SECONDS)
        for message in eye.link.waiting():
            if message.startswith(JPEG_START):
                received = self._received
                self.thumbnail = message if received and self._gate.is_of_now(received.report.mood) else None
                continue
            try:
                report = Report.model_validate_json(message)
            except ValidationError as error:
                fault = error.errors(include_url=False)[0]
                self._losses.lost("eye's report", f"a message cannot be read: {fault['msg']}")
            else:
                self._losses.back("eye's report")
                self._receive(eye, report)

    def _receive(self, eye: EyeChild, report: Report) -> None:
        eye.send(Heard())
        status = report.status
        if status.last_words:
            self._last_words = status.last_words
            return
        previous = self._received
        report = report.model_copy(update={"mood": self._gate.passed(report.mood)})
        self._received = _Received(self._clock(), report)
        if self._silence:
            self._silence.heard(self._received.at)
        if previous is None:
            eye.send(SetCamera(self._gate.camera))
            eye.send(self._standing_thumbnail)
        if status.forgotten < self._forget.number:
            eye.send(self._forget)
        if not self._gate.camera:
            eye.may_film = not status.shut
            if eye.may_film:  # what it was told may be lost: a message that does not fit is dropped
                eye.send(SetCamera(False))
        self._announcer.heard(status)
        if status.camera is Sense.OK and status.camera_address != "visitor":
            self._camera_address = status.camera_address  # a camera once found is asked for again in the next life
        if previous is None or previous.report.mood != report.mood:
            self._pass_on(self._known(report))

    def _pass_on(self, mood: Mood) -> None:
        if self._on_mood is None:
            return
        try:
            self._gate.use(mood, self._on_mood)
            self._losses.back("the listener to moods")
        except Exception as error:  # a fault of the broadcast must not cost the film its eye
            self._losses.lost("the listener to moods", f"{type(error).__name__}: {error}")

    def _check(self, eye: EyeChild, now: float) -> None:
        """Replace an eye that has died or is silent; one that could not run is waited for."""
        code = eye.ended()
        if code is not None:
            self._listen(eye)  # its last words
            how = f"it was killed by {signal.Signals(-code).name}" if code < 0 else f"it ended with code {code}"
            why = f"{how}: {self._last_words}" if self._last_words else how
            self._replace(eye, now, why)
            return
        if eye.may_film and not self._gate.camera and now - self._gate.shut_at > SHUT_WITHIN:
            self._replace(eye, now, f"its camera was still open {SHUT_WITHIN:g} s after it was told to close it")
            return
        if self._gate.outdated and self._successor is None and self._renewed is None:
            self._replace(eye, now, "")  # what was to take its place has failed, and it must not look any more
            return
        received, silent = self._received, self._silence.seconds(now) if self._silence else 0.0
        if self._silence and self._silence.held_up > HELD_UP_TOLD:
            self._machine.slow(now, f"the eye waited {self._silence.held_up:.0f} s for a processor")
        seeing = received is not None and received.report.status.model is Sense.OK
        deadline = self._venue.eye.deadline_seconds if seeing else START_DEADLINE
        if self._successor:
            self._follow(eye, self._successor, now)
        elif silent > deadline * self._restarts.patience(eye.started, now):
            self._succeed(eye, now, f"it was silent for {silent:.1f} s")
        elif self._choice.trial_due(now):
            log.info("starting another eye to try the GPU again")
            self._succeed(eye, now, "")

    def _succeed(self, eye: EyeChild, now: float, why: str) -> None:
        """Let the next eye load its networks before this one is ended, where memory allows. ``why`` '': a trial."""
        if not has_memory_for_another(eye.pid):
            self._replace(eye, now, why)
            return
        spared = replace(self._choice)
        if why:
            self._losses.lost("eye", why)
            self._choice.failed(self.status.provider, now)
        next_eye = self._start_eye(now, standby=True)
        if next_eye:
            self._successor, self._spared = Successor(next_eye, why, now), spared
        elif why:
            self._end(eye, why)
        else:
            self._choice.trial_failed(now)

    def _follow(self, eye: EyeChild, successor: Successor, now: float) -> None:
        """Change over to the successor when it is ready; the eye that spoke again meanwhile stays."""
        received = self._received
        successor.listen()
        if successor.why and received and received.at > successor.since:
            log.info("the eye was slow and goes on")
            self._choice = self._spared  # then it was no failure of the GPU either
            self._give_up_successor()
        elif successor.ready:
            if successor.why:
                self._restarts.died(eye.started, now)
            self._end(eye, successor.why)
            self._take_over(successor, now)
        elif successor.failed(now, START_DEADLINE * self._restarts.patience(eye.started, now)):
            self._give_up_successor()
            if successor.why:
                self._replace(eye, now, successor.why)
            else:
                self._choice.trial_failed(now)

    def _take_over(self, successor: Successor, now: float) -> None:
        self._successor, self._eye, self.thumbnail = None, successor.child, None
        self._silence = Silence(successor.child.pid, now)
        successor.child.started = now
        self._is_of_now()
        successor.child.send(SetCamera(self._gate.camera))
        successor.child.send(Look())

    def _give_up_successor(self) -> None:
        if self._successor:
            self._successor.child.kill()
            self._successor = None

    def _replace(self, eye: EyeChild, now: float, why: str) -> None:
        """End this eye. One that is being loaded takes its place, else another starts when it is due."""
        if why:
            self._losses.lost("eye", why)
            self._choice.failed(self.status.provider, now)
            self._restarts.died(eye.started, now)
        self._end(eye, why)
        if self._successor:
            self._take_over(self._successor, now)

    def _end(self, eye: EyeChild, why: str) -> None:
        eye.kill()
        self._eye, self._received = None, None
        self._why, self._last_words = f"the eye is restarting: {why}" if why else "the eye is starting", ""


def _looked_at(venue: Venue) -> tuple[object, ...]:
    """All that says which part of a room may be seen."""
    camera = venue.camera
    return venue.privacy.zone, camera.masks, camera.rotate_degrees, camera.mirror
