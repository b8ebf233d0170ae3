"""When the next scene begins and how it takes over: pure arithmetic on programme seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from installation.film.decoded_threads import Decoded
from installation.film.mixer_voice import MixerVoice
from scenes.story.clip import Bed, Clip, PictureLevels, Transition


@dataclass(frozen=True, slots=True)
class Takeover:
    """The plan of a change of scene, in programme seconds."""

    start: float
    """The new scene's first picture."""
    begin: float
    """The old scene begins to leave (fade, freeze); equal to ``start`` for a cut."""
    done: float
    """The new scene is alone on the screen, at full brightness."""


@dataclass(slots=True)
class Shot:
    """One scene on the programme. ``start`` is None until it is known when its first picture is due."""

    entry: int
    scene: str
    clip: Clip
    decoded: Decoded
    bed: Bed | None
    at: Literal["now", "end"] | float
    transition: Transition
    start: float | None = None
    takeover: Takeover | None = None
    """How it takes over from the scene before; known together with ``start``."""
    voice: MixerVoice | None = None
    levels: tuple[float, ...] = ()
    """Where its stems are to go, 0 to 1 each."""
    frozen_at: float | None = None
    """Programme second from which its picture is frozen (hold)."""
    picture: PictureLevels = PictureLevels()  # noqa: RUF009 - frozen
    """What its drives make of it."""
    turned: tuple[float, float, float] | None = None
    """Programme second, film second, and film seconds in a second from then on; None: as it began."""

    def seconds(self, programme: float) -> float:
        """Seconds of ``clip`` shown at a programme second, not beyond the last frame."""
        if self.start is None:
            return 0.0
        if self.frozen_at is not None:
            programme = min(programme, self.frozen_at)
        seconds = max(0.0, self._film(programme))
        length = self.decoded.length
        return seconds if length is None or self.clip.loop else min(seconds, length)

    def moment(self, seconds: float) -> float:
        """The programme second at which a film time is reached."""
        begun, film, rate = self.turned or (self.start or 0.0, 0.0, 1.0)
        return begun + (seconds - film) / rate

    def film_second(self, programme: float) -> float:
        """Film time of the scene at a programme second, as if it had no end and nothing held it."""
        return self.clip.skipped_seconds + self._film(programme)

    def appoint(self, start: float) -> None:
        """Begin at another programme second than was planned, as another screen does by now."""
        self.at = start
        if self.start is not None:
            self.takeover = appointed(self.transition, start)
            self.start = start

    def turn(self, rate: float, programme: float) -> None:
        """From a programme second on its film runs at this rate."""
        if rate != (self.turned[2] if self.turned else 1.0) and self.start is not None and programme >= self.start:
            self.turned = programme, self._film(programme), rate

    def end_after(self, programme: float) -> float | None:
        """The next programme second at or after ``programme`` at which its last frame is over; None: never.

        A clip that is over already gives the past moment of its end.
        """
        length = self.decoded.length
        if self.start is None or length is None:
            return None
        if not self.clip.loop:
            return self.moment(length)
        return self.moment(length * max(1, math.ceil(self._film(programme) / length - 1e-9)))

    def _film(self, programme: float) -> float:
        begun, film, rate = self.turned or (self.start or 0.0, 0.0, 1.0)
        return film + (programme - begun) * rate


def dip_level(on: Shot | None, following: Shot | None, programme: float) -> float:
    """Brightness (0 to 1) in a dip to black: down to the new scene's first picture, up after it."""
    level = 1.0
    for shot in (on, following):
        if shot and shot.takeover and shot.transition.kind == "dip":
            half = max(1e-6, shot.takeover.start - shot.takeover.begin)
            level = min(level, abs(programme - shot.takeover.start) / half)
    return level


def appointed(transition: Transition, start: float) -> Takeover:
    """The plan of a change whose first picture is due at a programme second, whenever that is or was."""
    begin = start - transition.first_picture_seconds
    return Takeover(start, begin, begin + (transition.seconds if transition.kind != "cut" else 0.0))


def plan(
    transition: Transition, at: Literal["now", "end"] | float, end: float | None, now: float, mixed: float
) -> Takeover:
    """Plan a change of scene.

    ``end``: when the old scene's last frame is over (None: never); ``now``: what is on the screen; ``mixed``: the
    sound is mixed so far. At an end that is still ahead the join is exact; at one that is past, the new scene begins
    where its sound can be heard from the first sample.
    """
    if isinstance(at, float):
        return appointed(transition, at)
    seconds = transition.seconds if transition.kind != "cut" else 0.0
    if at == "end" and end is not None:
        before = transition.lead_seconds
        begin = end - before if end - before >= now else (mixed if end < mixed else now)
    else:
        begin = now
    return Takeover(begin + transition.first_picture_seconds, begin, begin + seconds)
