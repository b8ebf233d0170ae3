"""What the story asks the player to play, and where the player is: all that the two know of each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from calibration.screens_settings import WHOLE, Crop
from models.arrays import Image
from scenes.story.captions import CaptionLine

COURSE_SECONDS = 24.0
"""How long a course is shown when the story does not say how long."""
STILL_SECONDS = 10.0
"""How long a picture is shown when nobody says how long, in a story and with ``chiaro play``."""


class Drawing(Protocol):
    """Pictures that are computed as they come due, in place of a file's."""

    def pictures(self, size: tuple[int, int], seconds: float) -> Iterator[tuple[float, Image]]:
        """Each picture of ``seconds`` with its start: uint8 (height, width, 4), blue first. ``size``: width, height."""
        ...


@dataclass(frozen=True, slots=True)
class Stem:
    """A sound in step with a clip, from its first picture on, whose level from 0 to 1 is decided while it plays."""

    file: Path
    floor: float = 0.0
    """Its volume where the level is 0."""
    volume: float = 1.0
    """And where the level is 1."""
    attack_seconds: float = 1.0
    """The time that the whole way up takes, in a straight line."""
    release_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Clip:
    """A part of a film file from its in point to its out point, frame-exact. Files are absolute paths."""

    file: Path
    in_seconds: float = 0.0
    out_seconds: float | None = None
    """None: to the end of the file (for a still: for ever)."""
    loop: bool = False
    volume: float = 1.0
    sound: Path | None = None
    """A sound file played instead of the clip's own sound."""
    sound_track: int | str | None = None
    """Number (from 1) or language of the sound track that is heard; None: the one marked as default, else the first."""
    captions: tuple[CaptionLine, ...] = ()
    """Never two at once; times count from the file's start, not from the in point."""
    sound_in_seconds: float = 0.0
    """Where ``sound`` begins."""
    stems: tuple[Stem, ...] = ()
    """Heard together with the clip's own sound. Each is as long as the clip: cut off, or silent at its end."""
    drawing: Drawing | None = None
    """Where its pictures come from instead of ``file``, which is then the story's folder."""
    skipped_seconds: float = 0.0
    """Film time of the scene before ``in_seconds``: it is played from its midst."""
    thread: str = ""
    """Its name, where it is one of the threads of a scene."""
    threads: tuple[Clip, ...] = ()
    """Clips in step with this one, of the same length and rate, to which the film can be cut."""
    own_sound: bool = False
    """Of threads: the one on the screen is heard, not this one all the time."""
    translations: tuple[tuple[str, tuple[CaptionLine, ...]], ...] = ()
    """The captions in each language whose file names it, the story's own included."""
    description: Path | None = None
    """A sound file in step with the clip, for those who do not see it; heard on channels of its own."""
    crop: Crop = WHOLE
    """The part of its picture that is shown."""

    def without_words(self) -> Clip:
        """The same pictures and sounds: what is decoded for it serves every clip that differs in captions only."""
        threads = tuple(one.without_words() for one in self.threads)
        return replace(self, captions=(), translations=(), threads=threads)

    def rest_from(self, seconds: float) -> Clip:
        """What is left of it ``seconds`` after the in point. A loop begins again, and its film time goes on."""
        begin = self.in_seconds if self.loop else self.in_seconds + seconds
        threads = tuple(one.rest_from(seconds) for one in self.threads)
        return replace(self, in_seconds=begin, skipped_seconds=seconds, threads=threads)


@dataclass(frozen=True, slots=True)
class PictureLevels:
    """What drives make of a scene's picture; the defaults leave it as it is."""

    brightness: float = 1.0
    saturation: float = 1.0
    blur: float = 0.0
    grain: float = 0.0
    rate: float = 1.0
    """Seconds of film in a second."""


@dataclass(frozen=True, slots=True)
class Bed:
    """Music under the scenes. It continues without a seam between two scenes with the same bed."""

    file: Path
    volume: float = 1.0
    fade_seconds: float = 2.0
    sound_track: int | str | None = None
    """As of a clip."""


@dataclass(frozen=True, slots=True)
class Transition:
    """How the next clip replaces this one. Sound crossfades with the picture at equal power."""

    kind: Literal["cut", "crossfade", "dip", "hold"] = "cut"
    """cut: at once; dip: to black, then in again; hold: the last frame stays for ``seconds``, then cut."""
    seconds: float = 0.0

    @property
    def lead_seconds(self) -> float:
        """How long before the old scene's last frame the change begins; its choice must be closed by then."""
        return {"cut": 0.0, "hold": 0.0, "crossfade": self.seconds, "dip": self.seconds / 2}[self.kind]

    @property
    def first_picture_seconds(self) -> float:
        """How long after the change has begun the new scene's first picture appears."""
        return {"cut": 0.0, "hold": self.seconds, "crossfade": 0.0, "dip": self.seconds / 2}[self.kind]


@dataclass(frozen=True)  # without slots: see scenes/machine/replacing.py
class Playhead:
    """Where the film is, reported by the player to the story, in film time and not clock time."""

    entry: int = 0
    """Number of the ``Play`` cue whose picture is on the screen; 0 before the first."""
    seconds: float = 0.0
    """Film time shown since the in point; counts on through loops, stands still in a pause."""
    ended: bool = False
    """The last frame is shown and nothing follows."""
    failed: frozenset[str] = frozenset()
    """Scenes whose clip could not be played; not to be asked for while they stand here."""
    thread: str = ""
    """Name of the thread on the screen; '' in a scene that has none."""
    lost_threads: frozenset[str] = frozenset()
    """Threads of this scene that cannot be shown any more; the film goes on with the others."""
