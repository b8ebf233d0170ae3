"""The capture thread: always the newest frame, through every loss of the camera."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing

import cv2
import numpy as np

from calibration.errors import BadInput
from calibration.settings import CameraSettings
from installation.camera.liveness import Blind, Stale
from installation.camera.masks import Masks
from installation.camera.source import CameraLost, Source
from installation.host.health import Sense
from models.arrays import Image
from models.frame import Frame

SILENT_AFTER = 1.0
"""Seconds without a picture after which the room counts as not seen."""
FIRST_DELAY, LONGEST_DELAY = 0.25, 1.0
"""Seconds between attempts to open a lost camera; doubled up to the longest."""
OPENING, OFF = "the camera is being opened", "the camera is switched off"
TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def upright(image: Image, settings: CameraSettings) -> Image:
    """``image`` as the venue wants it seen: turned, then mirrored."""
    if settings.rotate_degrees:
        image = cv2.rotate(image, TURNS[settings.rotate_degrees]).astype(np.uint8, copy=False)
    return cv2.flip(image, 1).astype(np.uint8, copy=False) if settings.mirror else image


class Capture:
    """Reads a source in a thread of its own and keeps one frame: a slow reader sees the newest, never a queue.

    What lies in ``masks`` is black in every frame that it gives; of the whole picture it is only asked whether it is
    black, of one tone, or the same as before. A source that blocks harms nobody but this thread. ``frames_per_second``
    is the most that are wanted; others are grabbed (so that no buffer fills) but not decoded. ``pause`` waits that many
    seconds between attempts to open a lost camera; left out, it ends early when the capture is closed.
    ``on``: as for ``switch``.
    """

    def __init__(  # noqa: PLR0913 - what a test has otherwise is among them
        self,
        open_source: Callable[[], Source],
        settings: CameraSettings,
        masks: Masks,
        frames_per_second: float,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], object] | None = None,
        on: bool = True,
    ) -> None:
        self._open, self._settings, self._clock = open_source, settings, clock
        self._period, self._rest_seconds = 1.0 / frames_per_second, 0.0
        self._silent_after = max(SILENT_AFTER, 2.5 / settings.frames_per_second)
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._number = 0
        self._reason, self._heard_at = OPENING if on else OFF, clock()
        self._judged = ""
        """Why the picture before did not show the room."""
        self._stop, self._wanted = threading.Event(), threading.Event()
        if on:
            self._wanted.set()
        self._open_from = self._heard_at
        self._holds = False
        """The camera is open, or is being opened."""
        self._pause = pause or self._stop.wait
        self._masks = masks
        self._stale, self._blind = Stale(), Blind(settings.blind_below_luminance)
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        self.name, self.address, self.remarks = "no camera yet", "", tuple[str, ...]()
        self.decode_ms = 0.0
        """From the camera's delivery of the newest frame until it could be looked at."""

    def start(self) -> None:
        """Begin to read, in the thread."""
        self._thread.start()

    def cover(self, masks: Masks) -> None:
        """From the next picture on, what lies in these masks is black."""
        self._masks = masks

    def newest(self, after: int, timeout: float) -> Frame | None:
        """The newest frame with a number above ``after``; waits up to ``timeout`` seconds for one to come."""
        with self._changed:
            self._changed.wait_for(lambda: self._number > after, timeout)
            return self._frame if self._number > after else None

    def trouble(self, now: float) -> str:
        """Why the newest frame does not show the room as it is now; '' when it does."""
        with self._changed:
            if self._reason:
                return self._reason
            silent = now - self._heard_at
        return f"{self.name} has sent nothing for {silent:.0f} s" if silent > self._silent_after else ""

    def switch(self, on: bool) -> None:
        """Open the camera (again), or release it: from then on no picture of before is given any more."""
        with self._changed:
            if on and not self._wanted.is_set():
                self._reason, self._open_from = OPENING, self._clock()
                self._wanted.set()
            elif not on:
                self._reason, self._frame = OFF, None
                self._wanted.clear()

    def rest(self, seconds: float) -> None:
        """No more than one frame in so many seconds is wanted until this is said again; 0: as many as at first."""
        self._rest_seconds = seconds

    @property
    def released(self) -> bool:
        """It is switched off, and the camera is closed."""
        return not self._wanted.is_set() and not self._holds

    def state(self, now: float) -> Sense:
        """Off when it is switched off, and before the first attempt to open it has ended."""
        if not self._wanted.is_set() or self._reason == OPENING:
            return Sense.OFF
        return Sense.LOST if self.trouble(now) else Sense.OK

    def close(self, timeout: float) -> bool:
        """Stop and join the thread; false if it is still blocked in the source after ``timeout`` seconds."""
        self._stop.set()
        self._wanted.set()
        if self._thread.ident is not None:  # else it never began
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        delay = FIRST_DELAY
        while not self._stop.is_set():
            with self._changed:  # as ``switch``: who hears that it is released may rely on it
                self._holds = self._wanted.is_set()
            if not self._holds:
                self._stale, self._blind = Stale(), Blind(self._settings.blind_below_luminance)
                self._judged = ""
                self._wanted.wait()
                continue
            before = self._number
            try:
                with closing(self._open()) as source:
                    self.name, self.address, self.remarks = source.name, source.address, source.remarks
                    self._read(source)
            # A folder that went, a picture that OpenCV will not take, portraits of the simulated visitor that are torn.
            except (CameraLost, OSError, cv2.error, BadInput) as lost:
                self._holds = False
                self._fail(str(lost))
                if self._number > before:
                    delay = FIRST_DELAY
                self._pause(delay)
                delay = min(2 * delay, LONGEST_DELAY)
            finally:
                self._holds = False

    def _read(self, source: Source) -> None:
        """Read until the capture is closed or switched off. Raises ``CameraLost``."""
        opened, due, taken, period = self._clock(), 0.0, 0.0, self._period
        while not self._stop.is_set() and self._wanted.is_set():
            source.grab()
            now = self._clock()
            before, period = period, max(self._period, self._rest_seconds)
            if period < before:
                due = min(due, taken + period)  # a rest that is over holds up no frame
            # A quarter of a period early is still this turn: by jitter alone, 15 of 30 a second must not become 10.
            if now < due - 0.25 * self._period:
                continue
            due, taken = due + period if now < due + period else now + period, now
            image = upright(source.retrieve(), self._settings)
            self._keep(self._masks.apply(image), now)  # now: what follows concerns seconds, and no look waits for it
            self._judge(source, image, now, opened)

    def _keep(self, image: Image, now: float) -> None:
        with self._changed:
            if not self._wanted.is_set() or now < self._open_from:
                return
            self._number += 1
            self._frame = Frame(image, now, self._number)
            self._reason, self._heard_at = self._judged, now
            self.decode_ms = (self._clock() - now) * 1000
            self._changed.notify_all()

    def _judge(self, source: Source, image: Image, now: float, opened: float) -> None:
        """Whether the whole picture shows the room. Raises ``CameraLost`` where only another opening may help."""
        reason = self._blind.why(image, now)
        unchanged = self._stale.seconds(image, now) if source.live else 0.0
        stale = unchanged > self._settings.stale_after_seconds and not reason
        if stale:
            reason = f"{source.name} has sent the same picture for {unchanged:.0f} s: unplug it and plug it in again"
        with self._changed:
            if self._wanted.is_set() and now >= self._open_from:
                self._judged = self._reason = reason
        if stale and now - opened > self._settings.stale_after_seconds:
            raise CameraLost(reason)  # opened again, a wedged camera often recovers

    def _fail(self, reason: str) -> None:
        with self._changed:
            if self._wanted.is_set():
                self._reason = reason
