"""The broadcast: everything that the other machines on the network hear, on a thread of its own.

The stage and the eye's link only leave the newest value here and go on: nothing in this file can make them wait,
and nothing is raised into them.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from calibration.settings import OscSettings, OscTarget
from installation.host.console import LossReporter
from installation.host.health import Health
from installation.host.worker import Worker
from installation.osc import events, state
from installation.osc.encoder import BadValue, Message, Value, free_message, message
from installation.osc.registry import SECONDS
from installation.osc.schedule import Schedule
from installation.osc.slots import Slots
from installation.osc.snapshot import Snapshot
from installation.osc.udp_socket import UdpSocket
from models.mood import Mood, unseen
from scenes.machine.cue import (
    Branched,
    Cue,
    SceneEnded,
    SceneStarted,
    SendOsc,
    ShowState,
    SignalChanged,
    StateChanged,
    ThreadShown,
)

TOLD_AT_MOST = 8
"""Moods of an eye that come between two ticks, and more."""
CUES_AT_MOST = 500
POLL_SECONDS = 0.5
MENDED_AFTER_SECONDS = 5.0
"""A value that was bad counts as mended once it has been good for this long."""


class _Receiver:
    """A target's schedule and the way to it."""

    def __init__(self, settings: OscTarget, losses: LossReporter, now: float) -> None:
        self.schedule = Schedule(settings, now)
        self.socket = UdpSocket(settings.host, settings.port, losses)

    def serve(self, snapshot: Snapshot, fresh: bool, whole: bool, now: float) -> None:
        send = (
            self.schedule.whole(snapshot, now)
            if whole
            else self.schedule.datagrams(snapshot, fresh, self.socket.down, now)
        )
        for datagram in send:
            self.socket.send(datagram, now)


class Broadcast:
    """Sends moods, events and health to all targets of the venue. Threads: any may call, none ever waits."""

    def __init__(
        self,
        settings: OscSettings,
        scenes: Sequence[str],
        about: state.About,
        losses: LossReporter,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock, self._losses = clock, losses
        self._index = {name: number for number, name in enumerate(scenes, start=1)}
        self._sequence = events.Sequence(int(time.time()) % events.STARTS)
        self._presence = events.Presence(self._sequence)
        self._visitors = any(target.profile == "visitors" for target in settings.targets)
        self._slots = Slots(settings.visitors)
        now = clock()
        self._receivers = [_Receiver(target, losses, now) for target in settings.targets]
        self._snapshot = Snapshot()
        self._snapshot.slow = {m.path: m for m in state.about_messages(about)}
        self._wake = threading.Condition()
        self._mood: Mood | None = None
        self._told = deque[Mood](maxlen=TOLD_AT_MOST)
        self._forgets = False
        self._cues: deque[Cue] = deque(maxlen=CUES_AT_MOST)
        self._health: Health | None = None
        self._time: tuple[float, float] | None = None
        self._house = ""
        self._eye: tuple[bool, str] | None = None
        self._whole_asked = self._closing = False
        self._scene, self._shown_thread, self._state = ("", 0), 0, int(ShowState.ATTRACT)
        self._failed_at = float("-inf")
        self._thread = Worker("OSC broadcast", self._run, losses)
        self._thread.start()

    def mood(self, mood: Mood) -> None:
        """The newest mood, from the eye's link as it arrives; the sender wakes at once."""
        with self._wake:
            self._told.append(mood)
            self._mood = mood
            self._wake.notify()

    def mood_at_tick(self, mood: Mood) -> None:
        """The mood as the show's tick sees it: sent where the link has not told it, as of a mood that is no eye's.

        The tick comes up to a picture later. Told again then, a mood would follow a newer one, or take its place.
        """
        with self._wake:
            if mood in self._told:
                return
            self._told.clear()  # what the link told before is over: it counts as new if it comes back
            self._told.append(mood)
            self._mood = mood
            self._wake.notify()

    def forget(self, now: float, why: str) -> None:
        """Nobody may be looked at any more: no mood of before goes out from now on, also none that waits."""
        with self._wake:
            self._mood, self._forgets = unseen(now, why), True
            self._told.clear()
            self._wake.notify()

    def cue(self, cue: Cue) -> None:
        """A cue of the film, as it is performed; those without a place in the registry are passed over."""
        if isinstance(cue, SceneStarted | SceneEnded | ThreadShown | Branched | SendOsc | StateChanged | SignalChanged):
            with self._wake:
                self._cues.append(cue)
                self._wake.notify()

    def scenes(self, names: Sequence[str], story: str) -> None:
        """The story was read again: its scenes have other numbers now, and maybe it has another title."""
        with self._wake:
            self._index = {name: number for number, name in enumerate(names, start=1)}
            self._snapshot.slow = self._snapshot.slow | {"/info/story": message("/info/story", story)}

    def scene_time(self, elapsed: float, duration: float | None) -> None:
        """Seconds since the scene's start, and its length where it has one. Goes out with the next moods."""
        self._time = (min(elapsed, SECONDS), min(duration or 0.0, SECONDS))  # a still may stand for a year

    def house(self, state: str) -> None:
        """The house opens or closes: a word of ``/info/house``."""
        with self._wake:
            self._house = state
            self._wake.notify()

    def eye(self, is_open: bool, why: str) -> None:
        """The eye opens or shuts; ``why`` is a word of ``/eye/why``. The sender wakes at once."""
        with self._wake:
            self._eye = is_open, why
            self._wake.notify()

    def health(self, health: Health) -> None:
        """The machine's newest health; call it once a second, since receivers take 3 s of silence for a dead show."""
        with self._wake:
            self._health = health
            self._wake.notify()

    def snapshot(self) -> None:
        """Send the whole state to every target now."""
        with self._wake:
            self._whole_asked = True
            self._wake.notify()

    def values(self) -> dict[str, tuple[Value, ...]]:
        """The newest values by address, for OSCQuery."""
        return self._snapshot.values()

    @property
    def thread_id(self) -> int:
        """The sender's thread as the system numbers it, for measuring its cost."""
        return self._thread.native_id or 0

    def counts(self) -> dict[str, tuple[int, int]]:
        """Datagrams sent and lost, by target."""
        return {
            f"{r.socket.name} {r.schedule.settings.profile}": (r.socket.sent, r.socket.lost) for r in self._receivers
        }

    def close(self) -> None:
        """Send what is waiting, once, and end. Takes a second at most."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.end(1.0)

    def _run(self) -> None:
        while True:
            try:
                self._turn()
            except Exception as error:  # a fault of ours; whatever it is, the film goes on and so do later messages
                self._fail(repr(error))
                time.sleep(POLL_SECONDS)
            if self._closing:
                break
        for receiver in self._receivers:
            receiver.socket.close()

    def _turn(self) -> None:
        """Wait for news or for the next message that is due; update the snapshot; serve every receiver."""
        with self._wake:
            if not (self._mood or self._cues or self._health or self._eye or self._whole_asked or self._closing):
                self._wake.wait(self._until_due())
            mood, self._mood = self._mood, None
            forgets, self._forgets = self._forgets, False
            cues, self._cues = list(self._cues), deque(maxlen=CUES_AT_MOST)
            health, self._health = self._health, None
            eye, self._eye = self._eye, None
            whole, self._whole_asked = self._whole_asked, False
        now = self._clock()
        if forgets:
            self._forget(now)
        for update, what in (
            (self._update_mood, mood),
            (self._update_time, self._time),
            (self._update_house, self._house or None),
            (self._update_eye, eye),
            (self._update_health, health),
        ):
            self._update(update, what, now)
        for cue in cues:
            self._update(self._update_cue, cue, now)
        for receiver in self._receivers:
            receiver.serve(self._snapshot, mood is not None, whole, now)
        if now - self._failed_at > MENDED_AFTER_SECONDS:
            self._losses.back("OSC broadcast")

    def _fail(self, why: str) -> None:
        self._failed_at = self._clock()
        self._losses.lost("OSC broadcast", why)

    def _until_due(self) -> float:
        due = min((receiver.schedule.due_at() for receiver in self._receivers), default=float("inf"))
        return min(max(due - self._clock(), 0.001), POLL_SECONDS)

    def _update(self, update: Callable[..., None], what: object, now: float) -> None:
        """Take one piece of news; a bad value in it is reported and costs the receivers nothing else."""
        if what is not None:
            try:
                update(what, now)
            except BadValue as error:
                self._fail(str(error))

    def _update_mood(self, mood: Mood, now: float) -> None:
        mood = self._slots.seated(mood)
        self._snapshot.update_mood(state.mood_messages(mood, self._visitors, self._slots.number))
        self._queue(self._presence.advance(mood), now)

    def _forget(self, now: float) -> None:
        """Whoever was followed is so no more; what was still to be repeated of them is not."""
        for receiver in self._receivers:
            receiver.schedule.forget()
        self._queue(self._presence.end(), now)

    def _update_time(self, seconds: tuple[float, float], _now: float) -> None:
        self._snapshot.time = {"/scene/time": message("/scene/time", *seconds)}

    def _update_house(self, house: str, _now: float) -> None:
        self._snapshot.update_change([message("/info/house", house)])

    def _update_eye(self, eye: tuple[bool, str], _now: float) -> None:
        self._snapshot.update_change(state.eye_messages(*eye))

    def _update_health(self, health: Health, now: float) -> None:
        self._snapshot.update_health(state.health_messages(health), now)

    def _update_cue(self, cue: Cue, now: float) -> None:
        match cue:
            case SceneStarted(scene=scene, index=index):
                self._scene, self._shown_thread = (scene, index), 0
                self._queue([message("/event/scene/start", self._sequence.next(), index)], now)
            case SceneEnded(index=index):
                self._queue([message("/event/scene/end", self._sequence.next(), index)], now)
            case ThreadShown(index=index):
                if self._shown_thread:  # the first one comes with its scene
                    self._queue([message("/event/scene/cut", self._sequence.next(), index)], now)
                self._shown_thread = index
            case Branched():
                self._queue(self._branch(cue), now)
            case StateChanged():
                self._state = int(cue.state)
            case SignalChanged():
                self._snapshot.update_change(state.signal_messages(cue))
            case SendOsc():
                self._queue([free_message(cue.address, cue.arguments)], now)
        self._snapshot.update_change(state.scene_messages(*self._scene, self._shown_thread, self._state))

    def _queue(self, new: Iterable[Message], now: float) -> None:
        for event in new:
            for receiver in self._receivers:
                receiver.schedule.queue(event, now)

    def _branch(self, cue: Branched) -> list[Message]:
        source, target = self._index.get(cue.source, 0), self._index.get(cue.target, 0)
        emotion = state.emotion_index(cue.emotion)
        return [
            message("/event/branch", self._sequence.next(), source, target, emotion, cue.confidence),
            message("/event/branch/names", cue.source, cue.target, cue.reason),
        ]
