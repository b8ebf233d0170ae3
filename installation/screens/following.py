"""A film that plays what another screen plays, at the same moment: scenes come when that one says so.

What is a little early or late is led back by the clock's rate, and nobody sees it. What cannot be, or is another scene,
is joined by a dip through black within ``JOIN_SECONDS``: a screen that began late, stood still or lost the network.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from calibration.errors import Unplayable
from calibration.screens_settings import OneScreen
from installation.film.film import Film
from installation.film.shot import Shot
from installation.film.span import span_of
from installation.screens.follow import Correction, Follower, Own, Target
from models.arrays import Image
from scenes.story.clip import Clip, Transition
from scenes.story.probe import Unreadable, probe
from scenes.story.story import Story

JOIN_SECONDS = 0.6
"""Until the first picture of a scene that is joined; its clip is opened meanwhile."""
DIP = Transition("dip", 0.5)
LEAST_LEFT_SECONDS = 0.5
"""A scene that is over sooner is not joined any more, but what follows it."""
HELD_SECONDS = 0.5
"""A film that is early by so much is held until its time has come; one that is earlier is joined anew."""
MOVED_SECONDS = 0.002
"""A cut that is to come so much earlier or later than it was is moved."""
SAFE = -1
"""Entry of the safe scene, which no leader tells."""


@dataclass(frozen=True, slots=True)
class Blackness:
    """In the place of a visitor's course, of which nothing leaves the leader."""

    def pictures(self, size: tuple[int, int], seconds: float) -> Iterator[tuple[float, Image]]:  # noqa: ARG002 - Drawing
        """One black picture."""
        yield 0.0, np.zeros((size[1], size[0], 4), np.uint8)


class FollowingFilm:
    """Leads ``film`` along. ``steer``: corrects its clock at a moment; None: that is the leader's own clock."""

    def __init__(
        self, film: Film, name: str, settings: OneScreen, steer: Callable[[float, Correction], None] | None
    ) -> None:
        self.film = film
        self.behind_seconds = math.nan
        """How far it is behind its leader; not a number while another scene is on the screen."""
        self._name, self._settings, self._steer = name, settings, steer
        self._follower = Follower()
        self._story: Story | None = None
        self._ready = ""
        self._cut_to = (0, "")
        self._paused = self._dark = False
        self._joining: Shot | None = None
        if not settings.captions:
            film.caption_languages(None)

    def obey(self, *, paused: bool, dark: bool) -> None:
        """What the leader's operators want: pause, black."""
        if paused != self._paused:
            self._paused = paused
            self.film.pause(paused)
        if dark != self._dark:
            self._dark = dark
            self.film.blackout(dark)

    def follow(self, story: Story, session: int, aim: Target, now: float, thread: str = "") -> None:
        """Play what the leader plays at ``now``. Its ``session`` and the entry are the number of one scene."""
        self._have(story)
        self._prepare(aim.scene)
        self._expect(session, aim, now)
        entry, on, coming = _entry(session, aim.entry), self.film.on_screen, self.film.coming
        self.behind_seconds = math.nan
        if coming and coming.entry == entry and (coming is self._joining or on is None or on.entry != entry):
            self._go(now, Correction(aim.rate))  # it opens, or its moment is ahead
        elif on and on.entry == entry and self._keeps_up(on, aim, now):
            self._go_round(on, coming)
            self._show_thread(entry, thread)
        else:
            self._join(entry, aim, now)

    def safe(self, story: Story, now: float) -> None:
        """Nobody leads: the story's safe scene, joined in the same way."""
        self._have(story)
        self.behind_seconds = math.nan
        self._go(now, Correction(1.0))
        on, coming = self.film.on_screen, self.film.coming
        if SAFE not in (on.entry if on else 0, coming.entry if coming else 0):
            self._play(SAFE, story.file.safe, self._clip(story.file.safe), self._programme(now) + JOIN_SECONDS, DIP)

    def _have(self, story: Story) -> None:
        if story is not self._story:
            self._story, self._ready = story, ""
            self.film.forget_failures()
            self.film.keep_safe_picture(self._clip(story.file.safe))

    def _prepare(self, scene: str) -> None:
        """Hold ready what may follow, as the leader does."""
        if self._story and scene != self._ready and scene in self._story.names:
            self._ready = scene
            self.film.prepare({name: self._clip(name) for name in self._story.candidates(scene)})

    def _expect(self, session: int, aim: Target, now: float) -> None:
        """Appoint the cut that the leader has told ahead, or forget the one that it tells no more."""
        coming, cut = self.film.coming, aim.coming
        if cut is None:
            told = coming is None or coming is self._joining or coming.entry in (_entry(session, aim.entry), SAFE)
            if not told and not self._paused:
                self.film.stay()
            return
        entry = _entry(session, cut.entry)
        start = self._programme(now) + (aim.coming_at - now) * self._speed(aim) + cut.transition.first_picture_seconds
        if coming is None or coming.entry != entry:
            self._play(entry, cut.scene, self._clip(cut.scene).rest_from(cut.from_seconds), start, cut.transition)
        elif not self._settings.sound and coming.start is not None and abs(coming.start - start) > MOVED_SECONDS:
            self.film.appoint(start)

    def _join(self, entry: int, aim: Target, now: float) -> None:
        """Come in at the place where the leader will be when the clip is open."""
        story, coming = self._story, aim.coming
        self._go(now, Correction(aim.rate))
        if story is None or aim.scene not in story.names or aim.scene in self.film.playhead.failed:
            return
        if coming and aim.coming_at - now < JOIN_SECONDS + LEAST_LEFT_SECONDS:
            return  # it is cut to soon
        wait = JOIN_SECONDS * self._speed(aim) if aim.rate else 0.0
        then, clip = place_in(self._clip(aim.scene), aim.seconds + wait)
        if clip is None:
            return  # what follows is told soon
        start = self._programme(now) + then - aim.seconds
        self._play(entry, aim.scene, clip, start, DIP if aim.rate else Transition())
        self._joining = self.film.coming

    def _go_round(self, on: Shot, coming: Shot | None) -> None:
        """A loop that was joined in its midst: whole rounds follow."""
        whole = self._clip(on.scene)
        if coming is None and whole.loop and not on.clip.loop and on.start is not None:
            length = on.decoded.length
            if length is not None:
                whole = replace(whole, skipped_seconds=on.clip.skipped_seconds + length)
                self._play(on.entry, on.scene, whole, on.moment(length), Transition())

    def _keeps_up(self, on: Shot, aim: Target, now: float) -> bool:
        """Lead the clock; whether that is enough."""
        own = on.film_second(self._programme(now))
        self.behind_seconds = aim.seconds - own
        if self._steer is None:
            return True
        correction = self._follower.correct(aim, Own(on.entry, own), now)
        held = not self._settings.sound and -HELD_SECONDS <= correction.shift_seconds <= 0.0
        if correction.jump and not held:
            return False
        self._go(now, correction)
        return True

    def _show_thread(self, entry: int, thread: str) -> None:
        if thread and (entry, thread) != self._cut_to:
            self._cut_to = entry, thread
            self.film.cut_thread(entry, thread, 0.0)

    def _go(self, now: float, correction: Correction) -> None:
        if self._steer:
            self._steer(now, correction)

    def _play(self, entry: int, scene: str, clip: Clip, start: float, transition: Transition) -> None:
        bed = self._story.bed(scene) if self._story and self._settings.sound else None
        self._joining = None
        self.film.play(entry, scene, clip, bed, start, transition)

    def _clip(self, scene: str) -> Clip:
        story = self._story
        if story is None:
            raise RuntimeError("no story to take a clip from")
        clip = story.screen_clip(scene, self._name, self._settings.crop)
        drawing = Blackness() if story.scene(scene).is_course else None
        return replace(clip, stems=(), description=None, drawing=drawing)

    def _programme(self, now: float) -> float:
        return self.film.sound.clock.at(now)

    def _speed(self, aim: Target) -> float:
        """Programme seconds in a second."""
        return aim.rate if self._steer else self.film.sound.clock.rate


def _entry(session: int, entry: int) -> int:
    """One number for a scene of one run of a leader, which counts from 1 each time."""
    return session << 32 | entry


def place_in(clip: Clip, seconds: float) -> tuple[float, Clip | None]:
    """What is left of a clip at a film time or soon after it, and from when on; None: too little.

    Between two pictures it waits for the next one. Of a loop it is the rest of a round, or a round from its beginning.
    """
    try:
        span = span_of(probe(clip.file), clip) if clip.drawing is None else None
    except (Unplayable, Unreadable):
        span = None  # it says so itself when it is opened
    if span is None or span.still or span.length is None:
        return seconds, replace(clip, skipped_seconds=seconds) if clip.loop else clip.rest_from(seconds)
    rounds, within = divmod(seconds, span.length) if clip.loop else (0.0, seconds)
    within = math.ceil(within * span.rate - 0.01) / span.rate
    if within > span.length - LEAST_LEFT_SECONDS:
        begun = (rounds + 1) * span.length
        return begun, replace(clip, skipped_seconds=begun) if clip.loop else None
    then = rounds * span.length + within
    if clip.loop:
        sound = clip.sound_in_seconds - rounds * span.length  # which is counted on from there
        threads = tuple(replace(one, loop=False) for one in clip.threads)
        out = clip.in_seconds + span.length
        clip = replace(clip, loop=False, out_seconds=out, sound_in_seconds=sound, threads=threads)
    return then, replace(clip.rest_from(within), skipped_seconds=then)
