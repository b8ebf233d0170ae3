"""MIDI timecode (MTC 1.0, MIDI Manufacturers Association RP-004/008) of the scene on the screen.

Hours are the scene's number in the story (from 1), so that a desk has a place of its own for each scene; minutes,
seconds and frames are the scene's time. A scene that begins, a jump and a loop that begins again are told by a full
frame; quarter frames follow while the film runs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from calibration.extras import MissingExtra
from calibration.lamp_settings import TimecodeSettings
from installation.host.console import LossReporter
from installation.host.worker import Worker
from installation.lamps.midi import MidiOut, open_midi

RATE_CODES = {24: 0, 25: 1, 30: 3}
PIECES = 8
"""Quarter frames that tell one time; two frames pass meanwhile."""
HOURS = 24
STALE_SECONDS = 0.5
"""A stage that has not told its time for so long stands still, and so does the timecode."""
JUMP_FRAMES = 1.5
"""The film is somewhere else than it could be by itself."""
PULL = 0.05
"""Share of a smaller difference that is made up with each word from the stage: its clock shakes by a picture."""
AGAIN_SECONDS = 5.0
IDLE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Place:
    """Where the film is."""

    scene: int
    """Number of the scene in the story, from 1."""
    seconds: float
    at: float
    """Monotonic seconds at which it is there."""
    runs: bool


def full_frame(frame: int, hours: int, rate: int) -> tuple[int, ...]:
    """The bytes between the ends of a system exclusive message: the whole time at once. ``rate``: frames a second."""
    return (0x7F, 0x7F, 0x01, 0x01, RATE_CODES[rate] << 5 | hours % HOURS, *_fields(frame, rate)[::-1])


def quarter_frames(frame: int, hours: int, rate: int) -> tuple[int, ...]:
    """The data bytes of the eight quarter frames that tell ``frame`` (counted from the hour's begin), in order."""
    frames, seconds, minutes = _fields(frame, rate)
    hour = RATE_CODES[rate] << 5 | hours % HOURS
    nibbles = (part for value in (frames, seconds, minutes, hour) for part in (value & 0x0F, value >> 4))
    return tuple(piece << 4 | nibble for piece, nibble in enumerate(nibbles))


def _fields(frame: int, rate: int) -> tuple[int, int, int]:
    """Frames, seconds, minutes."""
    seconds, frames = divmod(frame, rate)
    minutes, seconds = divmod(seconds, 60)
    return frames, seconds, minutes % 60


class Timecode:
    """Sends the time that the stage tells with every tick. No call waits or raises."""

    def __init__(
        self,
        settings: TimecodeSettings,
        losses: LossReporter,
        open_output: Callable[[str], MidiOut] = open_midi,
    ) -> None:
        self._settings, self._losses, self._open = settings, losses, open_output
        self._place: Place | None = None
        self._closing = threading.Event()
        self._worker = Worker("timecode", self._work, losses)
        self._worker.start()

    def follow(self, scene: int, seconds: float, runs: bool, now: float) -> None:
        """The film is ``seconds`` into the scene of that number at ``now``."""
        self._place = Place(scene, seconds, now, runs)

    def close(self) -> None:
        """Send no more."""
        self._closing.set()
        self._worker.end(1.0)

    # -- the thread of the timecode -----------------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._closing.is_set():
            try:
                with self._open(self._settings.output) as output:
                    self._losses.back("timecode")
                    self._send(output)
            except MissingExtra as error:
                self._losses.lost("timecode", str(error))
                return
            except OSError as error:
                self._losses.lost("timecode", f"{self._settings.output}: {error.strerror or error}; it is tried again")
                self._closing.wait(AGAIN_SECONDS)

    def _send(self, output: MidiOut) -> None:
        """Until it is closed, or the port raises OSError."""
        clock, told = Clock(self._settings.frames_per_second), None
        while not self._closing.is_set():
            place, now = self._place, time.monotonic()
            stands = place is None or not place.runs or now - place.at > STALE_SECONDS
            if place is not None and place is not told:
                if clock.hear(place):
                    output.exclusive(clock.full_frame(now))
                told = place
            if stands:
                clock.stand()
                self._closing.wait(IDLE_SECONDS)
                continue
            for data in clock.due(now):
                output.quarter_frame(data)
            self._closing.wait(max(clock.next_at - time.monotonic(), 0.0))


class Clock:
    """When which quarter frame is due; pure but for the numbers it keeps."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._quarter = 1 / rate / 4
        self._scene, self._zero = 0, 0.0
        """Monotonic seconds at which the scene's time was 0."""
        self._seconds = 0.0
        """The scene's time at the stage's last word."""
        self._pieces: tuple[int, ...] = ()
        self._number = 0
        """Quarter frame of the scene that is due next; its time is ``number`` quarters after ``zero``."""
        self._stood = True

    @property
    def next_at(self) -> float:
        """When the next one is due."""
        return self._zero + self._number * self._quarter

    def hear(self, place: Place) -> bool:
        """The stage's word; True when it is a jump, which a full frame tells."""
        zero = place.at - place.seconds
        difference = zero - self._zero
        if place.scene == self._scene and not self._stood and abs(difference) < JUMP_FRAMES / self._rate:
            self._zero, self._seconds = self._zero + difference * PULL, place.seconds
            return False
        if not place.runs:  # its time stands, or goes on as before
            difference = min(difference, place.seconds - self._seconds, key=abs)
        jumped = place.scene != self._scene or abs(difference) >= JUMP_FRAMES / self._rate or place.runs
        self._scene, self._zero, self._seconds = place.scene, zero, place.seconds
        self._number = self._pair_after(place.seconds) * PIECES
        self._pieces = ()
        self._stood = not place.runs
        return jumped

    def stand(self) -> None:
        """The film does not run: nothing is due, and it begins again with a full frame."""
        self._stood = True

    def full_frame(self, now: float) -> tuple[int, ...]:
        """The time at ``now``."""
        return full_frame(max(int((now - self._zero) * self._rate), 0), self._scene, self._rate)

    def due(self, now: float) -> Iterator[int]:
        """The data bytes that are due at ``now``. After a pause of this thread it begins with a fresh time."""
        if now - self.next_at > 2 * PIECES * self._quarter:
            self._number, self._pieces = self._pair_after(now - self._zero) * PIECES, ()
        while self.next_at <= now:
            piece = self._number % PIECES
            if piece == 0:
                self._pieces = quarter_frames(self._number // 4, self._scene, self._rate)
            if self._pieces:
                yield self._pieces[piece]
            self._number += 1

    def _pair_after(self, seconds: float) -> int:
        """Number of the next pair of frames that begins after ``seconds``."""
        return int(seconds * self._rate / 2) + 1
