"""The eye's own process: camera in, moods out. ``python -m installation.eye.main LINE``, settings on standard input.

Kept lean on purpose: a killed eye is to be back within two seconds, and importing takes most of that.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import assert_never

import cv2

from calibration.errors import Exit
from calibration.venue import Venue, require_may_look
from installation.camera.capture import Capture
from installation.camera.masks import masks_of
from installation.camera.open_source import open_source
from installation.camera.source import Source
from installation.eye.command import (
    EyeCommand,
    ForgetVisitors,
    FreezeBaseline,
    Heard,
    Look,
    SetCamera,
    SetThumbnail,
    Stop,
    decode_command,
)
from installation.eye.link import MAX_LARGE_BYTES, MAX_THUMBNAIL_BYTES, EyeStatus, Link, Report, Start, open_line
from installation.eye.perception import CannotBegin, Perception
from installation.host.ending import die_with_the_stage
from installation.host.health import Sense
from installation.host.priority import EYE, lower_process_priority
from installation.host.terminal import print_traceback, say
from models.frame import Frame
from models.mood import Mood, unseen

BEAT_SECONDS = 0.2
"""The longest silence of a healthy eye."""
UNHEARD_SECONDS = 3.0
"""So long nobody has answered a report: who runs this eye is stopped or hangs, and could not say that it must shut."""
STANDBY_SECONDS = 0.02
"""Between two looks for an order, while it waits for the camera."""
THUMBNAIL_SECONDS, THUMBNAIL_WIDTH = 0.2, 192
LARGE_SECONDS, LARGE_WIDTH = 0.5, 800
QUALITIES = (70, 50, 30)
"""Of JPEG: the best one with which a picture fits."""
REPAIR_ONCE_IN = 60.0
"""Seconds. When the networks fail they are rebuilt; a second failure within this time ends the process."""
BUILD_AGAIN_SECONDS = 60.0
"""Between two tries to open the networks, of which nothing could be used."""
OOM_SCORE = 500
"""Of 1000: when memory runs out, Linux ends the eye and not the film."""


Build = Callable[[Venue], Perception]


class Eye:
    """One life: reads frames, perceives, reports; ends when ordered to, or when the stage is gone."""

    def __init__(self, start: Start, link: Link, build: Build, clock: Callable[[], float] = time.monotonic) -> None:
        self._venue, self._link, self._build, self._clock = start.venue, link, build, clock
        self._camera, self._seed = start.venue.camera, start.seed
        self._capture = Capture(
            self._open,
            start.venue.camera,
            masks_of(start.venue),
            start.venue.eye.frames_per_second,
            clock,
            on=not start.shut,
        )
        self._perception: Perception | None = None
        self._analysed_at: deque[float] = deque(maxlen=128)
        self._thumbnails, self._large, self._thumbnail_due = False, False, 0.0
        self._blind_because = ""
        self._build_at = 0.0
        self._repaired_at: float | None = None
        self._before_ms = {"decode": 0.0, "wait": 0.0}
        self._standby = start.standby
        self._may_film = not start.shut
        self._unheard_since: float | None = None
        """When the first report left that nobody has answered yet."""
        self._forgotten = 0
        self.ending = False
        self.dead_thread = ""

    def live(self) -> None:
        """Run until the end.

        Raises ``ConnectionError`` when the stage is gone, and whatever error the networks did not survive.
        """
        self._report(unseen(self._clock(), "the eye is starting"))
        if not self._standby:
            self._capture.start()
        seen, mood = 0, self._open_networks()
        self._stand_by()
        while not self.ending:
            if self.dead_thread:
                raise RuntimeError(f"its thread {self.dead_thread} died")
            self._obey_all()
            if self._unheard_since is not None and self._clock() - self._unheard_since > UNHEARD_SECONDS:
                self._shut()
            frame = self._capture.newest(seen, BEAT_SECONDS)
            trouble = self._capture.trouble(self._clock())
            if frame is not None:
                seen = frame.number
                self._send_thumbnail(frame)
            if self._perception is None:
                mood = self._open_networks() if self._clock() >= self._build_at else mood
            elif trouble:
                mood = self._perception.blind(self._clock(), trouble)
            elif frame is not None:
                mood = self._perceive(self._perception, frame)
            self._report(mood)

    def _stand_by(self) -> None:
        """Wait, with the networks loaded, until the eye before has left the camera."""
        if not self._standby:
            return
        while self._standby and not self.ending:
            self._report(unseen(self._clock(), "the eye stands by"))
            time.sleep(STANDBY_SECONDS)
            self._obey_all()
        self._capture.start()

    def _open_networks(self) -> Mood:
        """Build what sees. What cannot be used is told and tried again later: a file may have been mended."""
        try:
            self._perception = self._build(self._venue)
        except CannotBegin as error:
            return self._go_blind(error)
        self._blind_because = ""
        return unseen(self._clock(), "no frame has been analysed yet")

    def _go_blind(self, error: CannotBegin) -> Mood:
        self._perception, self._blind_because = None, "; ".join(error.lines())
        self._build_at = self._clock() + BUILD_AGAIN_SECONDS
        return unseen(self._clock(), self._blind_because)

    def close(self, within_seconds: float) -> None:
        """Stop reading. A thread that is still blocked in its source after so many seconds is left to the end."""
        self._capture.close(within_seconds)

    def _open(self) -> Source:
        source = open_source(self._camera, self._seed)
        if source.live:  # a camera that was found is kept: unplugged, it must not turn into a simulated visitor
            self._camera = self._camera.model_copy(update={"source": source.address})
        return source

    def _perceive(self, perception: Perception, frame: Frame) -> Mood:
        decode, age = self._capture.decode_ms, (self._clock() - frame.captured_at) * 1000
        self._before_ms = {"decode": decode, "wait": max(age - decode, 0.0)}
        try:
            mood = perception.update(frame)
        except Exception as error:
            now = self._clock()
            if self._repaired_at is not None and now - self._repaired_at < REPAIR_ONCE_IN:
                raise
            self._repaired_at = now
            mood = perception.blind(now, f"the networks are being rebuilt after an error: {error}")
            self._report(mood, loading=True)
            try:
                perception.repair()
            except CannotBegin as cannot:
                return self._go_blind(cannot)
            return mood
        self._analysed_at.append(self._clock())
        self._capture.rest(perception.rest_seconds)
        return mood

    def _obey_all(self) -> None:
        messages = self._link.waiting()
        for message in messages:
            try:
                command = decode_command(message)
            except ValueError as error:  # torn, or of another version of the stage: the film needs this eye more
                say(f"the eye ignored a message that is not a valid command: {error}", err=True)
            else:
                self._obey(command)
        if messages:
            self._unheard_since = None
            self._capture.switch(self._may_film)

    def _obey(self, command: EyeCommand) -> None:
        match command:
            case SetCamera(on):
                self._may_film = on
                if not on:
                    self._shut()
            case SetThumbnail(on, large):
                self._thumbnails, self._large, self._thumbnail_due = on, large, 0.0
            case FreezeBaseline():
                if self._perception:
                    self._perception.freeze_baseline()
            case ForgetVisitors(number):
                self._forgotten = number
                if self._perception:
                    self._perception.forget_visitors()
            case Look():
                self._standby = False
            case Heard():
                pass
            case Stop():
                self.ending = True
            case _:
                assert_never(command)

    def _shut(self) -> None:
        self._capture.switch(False)
        if self._perception:
            self._perception.forget()

    def _send_thumbnail(self, frame: Frame) -> None:
        """Send a small picture while an operator looks; it lives in memory only."""
        if not self._thumbnails or self._clock() < self._thumbnail_due:
            return
        self._thumbnail_due = self._clock() + (LARGE_SECONDS if self._large else THUMBNAIL_SECONDS)
        width, most = (LARGE_WIDTH, MAX_LARGE_BYTES) if self._large else (THUMBNAIL_WIDTH, MAX_THUMBNAIL_BYTES)
        share = min(1.0, width / frame.image.shape[1])
        small = cv2.resize(frame.image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        for quality in QUALITIES:
            jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
            if len(jpeg) <= most:
                self._link.send(jpeg)
                return

    def _report(self, mood: Mood, last_words: str = "", loading: bool = False) -> None:
        capture, perception = self._capture, None if loading else self._perception
        now = self._clock()
        status = EyeStatus(
            fps=self._fps(),
            camera=capture.state(now),
            shut=capture.released,
            camera_name=capture.name,
            camera_address=capture.address,
            camera_reason=capture.trouble(now),
            remarks=capture.remarks,
            model=Sense.OK if perception else Sense.LOST if self._blind_because else Sense.OFF,
            model_line=perception.line if perception else self._blind_because or "the networks are being loaded",
            provider=perception.provider if perception else "",
            left_out=perception.left_out if perception else (),
            stages_ms=self._before_ms | perception.stages_ms if perception else {},
            drift=perception.drift if perception else 0.0,
            forgotten=self._forgotten,
            last_words=last_words,
        )
        if self._unheard_since is None:
            self._unheard_since = now
        self._link.send(Report(mood=mood, status=status).model_dump_json().encode())

    def _fps(self) -> float:
        """Frames analysed per second, over the last two seconds."""
        since = self._clock() - 2.0
        recent = [when for when in self._analysed_at if when > since]
        return (len(recent) - 1) / (recent[-1] - recent[0]) if len(recent) > 1 else 0.0

    def say_last_words(self, words: str) -> None:
        """Report why this life ends, if the stage still listens."""
        with suppress(ConnectionError):  # nobody is left to hear
            self._report(unseen(self._clock(), words), words)


def build_perception(venue: Venue) -> Perception:
    """The real networks. Imported late: the camera opens while they load."""
    from installation.eye.venue_perception import VenuePerception

    return VenuePerception(venue, beside=True)


def main(build: Build = build_perception) -> None:
    """Live one life, and leave without waiting for anything that blocks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the stage ends the eye
    die_with_the_stage()
    _yield_to_the_film()
    cv2.setNumThreads(1)
    settings = sys.stdin.buffer.read()
    if not settings:
        os._exit(Exit.OK)  # the stage was ended before it could say what to do
    start = Start.model_validate_json(settings)
    require_may_look(start.venue)  # the supervisor has asked itself already
    eye = Eye(start, open_line(sys.argv[1]), build)
    signal.signal(signal.SIGTERM, lambda *_: setattr(eye, "ending", True))
    threading.excepthook = lambda death: _note_death(eye, death)
    code = Exit.OK
    try:
        eye.live()
    except ConnectionError:
        pass  # the stage is gone, and with it the reason to live
    except Exception as error:
        code = Exit.BUG
        eye.say_last_words(f"{type(error).__name__}: {error}")
        print_traceback(type(error), error, error.__traceback__)
    eye.close(within_seconds=0.5)
    sys.stderr.flush()
    os._exit(code)  # a reader blocked in its source must neither hold us nor abort the interpreter's end


def _note_death(eye: Eye, death: threading.ExceptHookArgs) -> None:
    eye.dead_thread = f"{death.thread.name if death.thread else '?'} ({death.exc_value})"
    if death.exc_value is not None:
        print_traceback(death.exc_type, death.exc_value, death.exc_traceback)


def _yield_to_the_film() -> None:
    """Where processor or memory is short, the eye gives way: the film goes on without it, and it comes back."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE))
    lower_process_priority(EYE)


if __name__ == "__main__":
    main()
