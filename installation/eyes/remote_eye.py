"""An eye on another machine, as the stage knows it: what it says, what it is told, and whether it is there."""

from __future__ import annotations

from dataclasses import dataclass

from calibration.plain import plain
from installation.eye.gate import Gate
from installation.eye.link import EyeStatus
from installation.eye.supervisor import FORGETTING, SHUT_WITHIN, TRUSTED_FOR
from installation.eyes.clock import EyeClock
from installation.eyes.wire import SILENT_SECONDS, WORDS_AT_MOST, Order, Told
from installation.host.console import LossReporter
from installation.host.health import EyeHealth, Sense, eye_part
from models.mood import Mood, unseen

CLOSED_AFTER = 2 * SILENT_SECONDS + SHUT_WITHIN
"""Nobody has heard of it, and it was told to look: by now its camera is closed."""
LATE_SECONDS = 1.0
"""On the way: what took longer says nothing of now."""
STARTS_WITHIN = 10.0
"""Before an eye that was never heard, or has not seen yet, is called lost."""


@dataclass(frozen=True, slots=True)
class _Received:
    """The newest report, when it came, and its mood by the stage's clock."""

    at: float
    told: Told
    mood: Mood


class RemoteEye:
    """The eye ``name``. ``hear``, ``check`` and ``order`` are for one thread; what else is here any thread may call.

    ``barred``: why nobody may be looked at here at all; ``zone``: only in a zone. Time is that of ``losses``.
    """

    def __init__(self, name: str, barred: str, zone: bool, losses: LossReporter) -> None:
        self.name, self._losses, self._clock = name, losses, losses.clock
        self.part = eye_part(name)
        self.gate = Gate(barred, losses.clock)
        self.zone = zone
        self._scene = self._forget = 0
        self._received: _Received | None = None
        self._started = losses.clock()
        """Of the stage, or of the eye's program as it was heard first."""
        self._has_seen = False
        self._why = "nothing was heard of it yet"
        self._opened_at = float("-inf")
        self._shut_from: int | None = None
        """Number of the first order, since it was told to look, that it must not."""
        self.sent = 0.0
        """When the newest mood left, by the eye's own clock."""
        self.clock: EyeClock | None = None
        """How that stands to the stage's; None: nothing was heard."""

    # -- for the show ----------------------------------------------------------------------------------------------

    def mood(self, now: float) -> Mood:
        """The newest mood, or an untrusted one with the reason. Never waits."""
        received = self._received
        if received is None or self.gate.why:
            return unseen(now, self.gate.why or self._why)
        silent = now - received.at
        if silent > TRUSTED_FOR:
            return unseen(now, f"the eye has been silent for {silent:.0f} s")
        if received.told.refused:
            return unseen(now, received.told.refused)
        if received.told.forgotten < self._forget:
            return unseen(now, FORGETTING)
        return self.gate.passed(received.mood)

    @property
    def status(self) -> EyeStatus:
        """Its last report of itself; while nothing is heard, camera and networks are lost."""
        received = self._received
        if not self.gate.runs:
            return EyeStatus(model_line=self.gate.why)
        if received is None:
            return EyeStatus(camera=Sense.LOST, model=Sense.LOST, model_line=self._why)
        if (silent := self._clock() - received.at) > SILENT_SECONDS:
            line = f"not heard for {silent:.0f} s"
            return EyeStatus(camera=Sense.LOST, model=Sense.LOST, model_line=line)
        return received.told.report.status

    @property
    def health(self) -> EyeHealth:
        """How it is, in a line."""
        status, received = self.status, self._received
        refused = received.told.refused if received else ""
        state = Sense.LOST if refused or Sense.LOST in (status.camera, status.model) else status.camera
        words = refused or self.gate.why or status.camera_reason or status.camera_name
        return EyeHealth(self.name, state, f"{words}; {status.model_line}" if words else status.model_line)

    @property
    def may_look(self) -> bool:
        """False only where it was not told to look, or has said, or must have seen to it, that its camera is closed."""
        if self.gate.runs and self.gate.camera:
            return True
        received = self._received
        if self._clock() - self._opened_at > CLOSED_AFTER:
            return False
        said_so = received is not None and not received.told.may_film
        obeyed = received is not None and self._shut_from is not None and received.told.echo >= self._shut_from
        return not (said_so and obeyed)

    def freeze_baseline(self) -> None:
        """A scene begins."""
        self._scene += 1

    def forget_visitors(self) -> None:
        """Forget who is there: what an eye says that has not heard of it yet is not passed on."""
        self._forget += 1

    # -- for the thread that speaks with it ------------------------------------------------------------------------

    def order(self, stage: int, number: int, now: float) -> Order:
        """What it is told now, in order ``number``: to look only while it is heard."""
        received = self._received
        heard = received is not None and now - received.at < SILENT_SECONDS
        opens = heard and self.gate.runs and self.gate.camera
        if opens:
            self._opened_at, self._shut_from = now, None
        elif self._shut_from is None:
            self._shut_from = number
        return Order(
            stage=stage,
            on=self.gate.runs,
            open=opens,
            why=self.gate.why[:WORDS_AT_MOST],
            zone=self.zone,
            scene=self._scene,
            forget=self._forget,
        )

    def hear(self, told: Told, clock: EyeClock, now: float) -> bool:
        """Take in what it tells. Whether its mood is another one than before."""
        late = max(now - clock.here(told.sent), clock.round_trip) if clock.known else LATE_SECONDS
        if late >= LATE_SECONDS:
            self._losses.lost(self.part, f"what it sees comes {late:.1f} s late, and is not used")
            return False
        status = told.report.status
        if status.last_words:
            self._received, self._why = None, plain(status.last_words)
            self._losses.lost(self.part, f"it has ended: {self._why}")
            return True
        before, mood = self._received, told.report.mood
        if before is None or now - before.at > SILENT_SECONDS:
            self._started, self._has_seen = now, False
        same = before is not None and before.told.report.mood == mood
        if before is None or not same:
            mood = mood.model_copy(update={"captured_at": min(clock.here(mood.captured_at), now)})
        else:
            mood = before.mood
        self._received, self.clock = _Received(now, told, mood), clock
        self.sent = self.sent if same else told.sent
        self._tell(told, now)
        return not same

    def check(self, now: float) -> None:
        """Tell once where nothing is heard of it."""
        received = self._received
        if not self.gate.runs:
            return
        if received is None:
            if now - self._started > STARTS_WITHIN:
                self._losses.lost(self.part, f"{self._why} (chiaro eye --to this machine --name {self.name})")
        elif now - received.at > SILENT_SECONDS:
            self._losses.lost(self.part, f"it has been silent for {now - received.at:.0f} s")

    def _tell(self, told: Told, now: float) -> None:
        status = told.report.status
        self._has_seen |= status.model is Sense.OK
        if told.refused:
            self._losses.lost(self.part, told.refused)
        elif status.model is Sense.LOST:
            if self._has_seen or now - self._started > STARTS_WITHIN:  # else it is starting
                self._losses.lost(self.part, status.model_line)
        elif status.camera is Sense.LOST:
            self._losses.lost(self.part, status.camera_reason)
        elif status.model is Sense.OK:
            self._losses.back(self.part)
