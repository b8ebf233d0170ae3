"""``chiaro eye``: an eye alone, which tells a stage on another machine what it sees, and looks only while it may."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from calibration.plain import plain
from installation.eye.link import EyeStatus, Report
from installation.eyes.sessions import EyeEnd
from installation.eyes.wire import MAX_BYTES, SILENT_SECONDS, WORDS_AT_MOST, Order, Told, unseal
from installation.host.console import LossReporter, log
from models.mood import Mood, unseen

BEAT_SECONDS = 0.2
"""Between two reports of an eye that sees nothing new."""
LISTEN_SECONDS = 0.05
ASK_SECONDS, ASK_PATIENCE = 0.25, 3.0
"""Between two questions for a session; and how long nobody answers before that is told."""
ASK_AGAIN_SECONDS = 1.0
"""Without an order, after which the stage is asked anew: it may have been started again."""
LOOK_UP_SECONDS = 5.0
"""Between two look-ups of the stage's name, while it does not answer."""
DATAGRAMS_AT_ONCE = 64
NOT_HEARD = "the stage is not heard"
NO_ZONE = "privacy.consent is 'zone' on the stage, and this machine's venue file draws none (privacy.zone)"
STAGE = "the stage"


class OneEye(Protocol):
    """What is asked of the eye's supervisor."""

    def mood(self, now: float) -> Mood:
        """The newest mood."""

    def set_on(self, on: bool) -> None:
        """Run a process, or none."""

    def set_camera(self, on: bool, why: str = "") -> None:
        """Open or close the camera."""

    def freeze_baseline(self) -> None:
        """A scene begins."""

    def forget_visitors(self) -> None:
        """Forget who is there."""

    @property
    def status(self) -> EyeStatus:
        """How it is."""

    @property
    def may_look(self) -> bool:
        """Its camera is open, or may be."""


class Sender:
    """The line from one eye to its stage. ``send_mood`` is called as moods come, from any thread.

    ``has_zone``: this machine's venue draws a zone of consent. Time is that of ``losses``.
    """

    def __init__(self, host: str, port: int, name: str, key: bytes, has_zone: bool, losses: LossReporter) -> None:
        self._host, self._port, self._has_zone = host, port, has_zone
        self._losses, self._clock = losses, losses.clock
        self._end, self._sending = EyeEnd(name, key), threading.Lock()
        self._eye: OneEye | None = None
        self._socket: socket.socket | None = None
        self._order: Order | None = None
        self._ordered_at = float("-inf")
        self._stage = self._scene = self._forgotten = 0
        self._refused, self._open, self._why = "", False, NOT_HEARD
        self._asked_from: float | None = None
        self._next_ask = self._next_report = 0.0
        self._looked_up_at = float("-inf")

    def live(self, eye: OneEye, ending: Callable[[], bool], beat: Callable[[float], None]) -> None:
        """Obey the stage until ``ending``. The camera is closed when this begins, and when it returns."""
        self._eye = eye
        eye.set_camera(False, NOT_HEARD)
        while not ending():
            now = self._clock()
            beat(now)
            self._keep_shut(eye, now)
            self._ask(now)
            self._hear(eye)
            if self._clock() >= self._next_report:
                self.send_mood(eye.mood(self._clock()))
        eye.set_camera(False, "the eye has been ended")
        self._tell(unseen(self._clock(), "the eye has been ended"), "it was ended on its own machine")
        self._eye = None  # whose thread may speak until it is closed: these were the last words

    def send_mood(self, mood: Mood) -> None:
        """Tell the stage, if it listens."""
        self._tell(mood, "")

    def _tell(self, mood: Mood, last_words: str) -> None:
        eye, opened = self._eye, self._socket
        if eye is None or opened is None:
            return
        with self._sending:
            now = self._clock()
            self._next_report = now + BEAT_SECONDS
            told = Told(
                sent=now,
                echo=self._end.echo,
                heard=self._end.heard_at,
                may_film=eye.may_look,
                forgotten=self._forgotten,
                refused=self._refused,
                report=Report(mood=mood, status=_for_others(eye.status, last_words)),
            )
            datagram = self._end.report(told)
            if datagram is not None and len(datagram) <= MAX_BYTES:
                with suppress(OSError):  # no network, or nobody there: a newer one follows
                    opened.send(datagram)

    def _keep_shut(self, eye: OneEye, now: float) -> None:
        """Who hears nothing of the stage cannot know that it may look."""
        if self._open and now - self._ordered_at > SILENT_SECONDS:
            self._open, self._why = False, NOT_HEARD
            eye.set_camera(False, NOT_HEARD)
            log.info("%s for %g s: the camera is closed", NOT_HEARD, SILENT_SECONDS)

    def _ask(self, now: float) -> None:
        """Ask for a session where there is none, or nothing is heard in it."""
        with self._sending:
            if self._end.open and now - self._end.heard_at > ASK_AGAIN_SECONDS:
                self._end.drop()
            if self._end.open:
                self._asked_from = None
                self._losses.back(STAGE)
                return
        self._asked_from = now if self._asked_from is None else self._asked_from
        where = f"{self._host}:{self._port}"
        if now - self._asked_from > ASK_PATIENCE:
            wrong = "is the show running, does its venue name this eye under [eyes], is the key the same?"
            self._losses.lost(STAGE, f"{where} does not answer: {wrong} Is its program of the same version?")
        if now < self._next_ask:
            return
        self._next_ask = now + ASK_SECONDS
        # A look-up may take long: never while the camera is open.
        if not self._open and now - self._looked_up_at > LOOK_UP_SECONDS:
            self._looked_up_at = now
            self._look_up(where)
        if self._socket:
            with suppress(OSError):
                self._socket.send(self._end.hello())

    def _look_up(self, where: str) -> None:
        try:
            family, _, _, _, address = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)[0]
            opened = socket.socket(family, socket.SOCK_DGRAM)
            opened.setblocking(False)
            opened.connect(address)
        except (OSError, UnicodeError) as error:
            self._losses.lost(STAGE, f"{where} cannot be found: {getattr(error, 'strerror', '') or error}")
            return
        with self._sending:
            before, self._socket = self._socket, opened
        if before:
            before.close()

    def _hear(self, eye: OneEye) -> None:
        opened = self._socket
        if opened is None:
            threading.Event().wait(LISTEN_SECONDS)
            return
        select.select([opened], [], [], LISTEN_SECONDS)
        for _ in range(DATAGRAMS_AT_ONCE):
            try:
                datagram = opened.recv(MAX_BYTES + 1)
            except BlockingIOError:
                return
            except OSError:  # nobody listens there now
                continue
            packet = unseal(datagram)
            if packet is None:
                continue
            with self._sending:
                order = self._end.take(packet, self._clock())
            if order is not None:
                self._obey(eye, order)

    def _obey(self, eye: OneEye, order: Order) -> None:
        self._ordered_at = self._clock()
        before, self._order = self._order, order
        if order.stage != self._stage:
            self._stage, self._scene, self._forgotten = order.stage, order.scene, 0
            log.info("%s %s:%s is heard", STAGE, self._host, self._port)
        if before is None or order.on != before.on:
            eye.set_on(order.on)
        self._refused = NO_ZONE if order.zone and not self._has_zone else ""
        opens = order.open and not self._refused
        why = "" if opens else self._refused or order.why or NOT_HEARD
        if (opens, why) != (self._open, self._why):
            self._open, self._why = opens, why
            eye.set_camera(opens, why)
            log.info("%s", f"the camera is closed: {why}" if why else "the camera is opened")
        if order.scene > self._scene:
            self._scene = order.scene
            eye.freeze_baseline()
        if order.forget > self._forgotten:
            eye.forget_visitors()
            self._forgotten = order.forget


def _for_others(status: EyeStatus, last_words: str) -> EyeStatus:
    """What another machine may know: no address of a camera, in which a password may stand."""
    return status.model_copy(
        update={
            "camera_address": "",
            "camera_name": plain(status.camera_name)[:WORDS_AT_MOST],
            "camera_reason": plain(status.camera_reason)[:WORDS_AT_MOST],
            "model_line": plain(status.model_line)[:WORDS_AT_MOST],
            "remarks": (),
            "left_out": (),
            "last_words": last_words,
        }
    )
