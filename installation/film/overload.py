"""What a decoder may use of the machine, and what it leaves out when that is not enough for its clip."""

from __future__ import annotations

import math
from enum import Enum

from installation.host.console import LossReporter

PICTURES_OF_A_THREAD = 100_000_000
"""Bytes of pictures in a second that one thread decodes: a little more than 30 of 1920x1080 in 4:2:0."""
LIGHT = 1_500_000
"""Bytes of a file in a second up to which they cost little to decode; with more, one thread may not be enough."""
THREADS_AT_MOST = 16
BEHIND_SECONDS = 0.1
"""A decoder this late leaves out the pictures that no other needs."""
AHEAD_SECONDS = 0.2
"""One that is this much ahead again decodes all."""
FAR_BEHIND_SECONDS = 1.0
"""One that is this late all the same, and does not gain, goes on at the next key frame that is still to come."""
GAIN_SECONDS = 0.5
"""Whether it gains is asked after so much of the film."""
CERTAIN = 12
"""So many key frames in a row: in such a film each picture stands for itself, and any may be left out."""
TOLD_PICTURES, WINDOW_SECONDS = 30, 10.0
"""So many pictures left out in so many seconds are told; somebody in the room has seen it."""


def threads_wanted(picture_bytes_per_second: float, file_bytes_per_second: float | None) -> int:
    """How many threads decode a clip of such rates (None: unknown), on a machine that has so many cores.

    Each costs memory: a picture of its own, in every clip that is held ready.
    """
    light = file_bytes_per_second is not None and file_bytes_per_second <= LIGHT
    wanted = math.ceil(picture_bytes_per_second / PICTURES_OF_A_THREAD)
    return max(1 if light else 2, min(wanted, THREADS_AT_MOST))


class Take(Enum):
    """What becomes of a packet."""

    ALL = "all"
    NEEDED = "needed"
    """Decoded, unless no other picture needs it."""
    AFRESH = "afresh"
    """The same, by a decoder that is emptied before: what it waits for was left out."""
    NOTHING = "nothing"


class OverloadPolicy:
    """Decides for one clip what is decoded, from how late its decoder is. Only the decoder's thread calls it."""

    def __init__(self) -> None:
        self._late = self._jumps = False
        self._keys = 0
        self._asked = (0.0, 0.0)
        """The film's second at which it was last asked whether the decoder gains, and how late it was then."""

    def picture(self, start: float, behind: float) -> None:
        """The picture of film second ``start`` was decoded ``behind`` seconds after it was due (negative: before)."""
        if behind > BEHIND_SECONDS and not self._late:
            self._late, self._asked = True, (start, behind)
        elif behind < -AHEAD_SECONDS:
            self._late = False
        elif self._late and start - self._asked[0] >= GAIN_SECONDS:
            self._jumps = behind > FAR_BEHIND_SECONDS and behind >= self._asked[1]
            self._asked = start, behind

    def rest(self) -> None:
        """As many pictures are held as may be: it has caught up."""
        self._late = False

    def take(self, behind: float, key: bool) -> Take:
        """What becomes of a packet that is ``behind`` seconds late; ``key``: it begins with a key frame."""
        self._keys = self._keys + 1 if key else 0
        if self._keys > CERTAIN and (self._late or self._jumps):
            self._jumps = False
            return Take.NOTHING if behind > 0 else Take.NEEDED
        if self._jumps:
            self._jumps = not key or behind > 0
            return Take.NOTHING if self._jumps else Take.AFRESH
        return Take.NEEDED if self._late else Take.ALL


class OverloadReport:
    """Tells once that pictures are left out, and when that is over. Only the stage's thread calls it."""

    def __init__(self, losses: LossReporter) -> None:
        self._losses = losses
        self._window: tuple[object, float, int] = (None, 0.0, 0)
        """What plays, since when it is counted, and how many were left out by then."""

    def update(self, now: float, plays: object, left_out: int, words: str) -> None:
        """``left_out`` pictures so far of what ``plays``; ``words`` name it."""
        before, since, counted = self._window
        if plays is not before:
            self._window = plays, now, 0
        elif left_out - counted >= TOLD_PICTURES:
            self._window = plays, now, left_out
            why = f"{words} is too heavy for this machine now: pictures are left out, so that it keeps its time"
            self._losses.lost("decoder", f"{why} ('chiaro check' says what it needs)")
        elif now - since > WINDOW_SECONDS:
            self._window = plays, now, left_out
            self._losses.back("decoder")
