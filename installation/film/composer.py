"""One picture out of what plays: two scenes crossing, captions on top; and the count of what was on time."""

from __future__ import annotations

import cv2
import numpy as np

from installation.film.clock import FilmClock
from installation.film.frame_counter import FrameCounter
from installation.film.lettering import Lettering
from installation.film.picture_effects import PictureEffects, between
from installation.film.screen import Screen
from installation.film.shot import Shot
from installation.film.timed_picture import DuePicture, TimedPicture
from installation.host.console import LossReporter
from models.arrays import Image
from scenes.story.clip import PictureLevels
from scenes.story.translations import text_at


class Composer:
    """Puts the canvas together, with a copy only where something is drawn into it."""

    def __init__(self, screen: Screen, losses: LossReporter) -> None:
        self.counter = FrameCounter()
        self.changed = False
        """Whether the last canvas differs from the one before."""
        self._black = np.zeros((screen.size[1], screen.size[0], 4), np.uint8)
        self._scratch = np.zeros_like(self._black)
        self._lettering = Lettering(screen.settings.captions_font, screen.size, losses)
        self.languages: tuple[str, ...] | None = screen.settings.captions_languages
        """In which captions are shown; () as the story names them, None not at all."""
        self._effects = PictureEffects(screen.size)
        self.picture = PictureLevels()
        """What drives make of the last canvas; its brightness is for whoever shows it."""
        self._drawn: tuple[object, ...] = ()
        self._counted: TimedPicture | None = None
        self._due = DuePicture(None)

    def compose(
        self,
        on: Shot | None,
        old: Shot | None,
        programme: float,
        now: float,
        text: str | None,
        notice: str = "",
    ) -> Image:
        """The canvas at a programme second. ``text`` replaces the clip's own captions unless None.

        ``notice`` stands below them, whatever languages captions are shown in.
        """
        if on is None:
            self._due, shown, text = DuePicture(None), None, text or ""
        else:
            self._due = on.decoded.picture_at(on.seconds(programme), now)
            shown = self._due.current
            if text is None:
                text = text_at(on.clip, self.languages or (), on.decoded.file_seconds(on.seconds(programme)))
        text = "\n".join(filter(None, ("" if self.languages is None else text, notice)))
        share, under = 1.0, None
        takeover = on.takeover if on else None
        if old and takeover and takeover.done > takeover.begin:
            share = min(1.0, (programme - takeover.begin) / (takeover.done - takeover.begin))
            under = old.decoded.picture_at(old.seconds(programme), now).current if share < 1.0 else None
        self.picture = between(old.picture if old and under else None, on.picture if on else PictureLevels(), share)
        moment = self._effects.grain_number(self.picture, shown.start if shown else 0.0, programme)
        drawn = (shown, under, share if under else 1.0, text, self.picture, moment)
        self.changed, self._drawn = drawn != self._drawn, drawn
        canvas = shown.canvas() if shown else self._black
        if under and shown:
            cv2.addWeighted(shown.canvas(), share, under.canvas(), 1.0 - share, 0.0, dst=self._scratch)
            canvas = self._scratch
        canvas = self._effects.apply(canvas, self.picture, moment, self._scratch)
        if text:
            if canvas is not self._scratch:
                np.copyto(self._scratch, canvas)
                canvas = self._scratch
            self._lettering.draw(canvas, text)
        return canvas

    def count(self, on: Shot | None, clock: FilmClock, now: float) -> None:
        """Count the picture that was just presented, drawn for the time ``now``."""
        shown, due = self._due.current, self._due
        if on is None or on.start is None or shown is None or on.decoded.video.span is None:
            return
        frame = 1 / on.decoded.video.span.rate
        programme = clock.at(now)
        if due.starved:
            self.counter.starved(int((on.seconds(programme) - shown.start) / frame))
        if shown is not self._counted:
            self._counted = shown
            self.counter.picture(now, programme - on.moment(shown.start), frame, due.passed)
