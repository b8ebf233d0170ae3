"""The eye's real networks, as one venue wants them: sight gives estimates, judgement the mood."""

from __future__ import annotations

import time

from calibration.venue import Venue
from installation.camera.masks import masks_of
from installation.eye.drift import Drift
from installation.eye.leaving import Leaving
from installation.eye.usable_sight import open_usable_sight
from models.estimate import EmotionEstimate
from models.frame import Frame
from models.judging.judgement import Judgement
from models.mood import Mood


class VenuePerception:
    """Sees and judges, with the shipped files in place of those that cannot be used.

    ``beside``: no frame waits for a detection; which one it counts from then depends on the machine.
    Raises ``CannotBegin`` when there is nothing to see with until something is corrected.
    """

    def __init__(self, venue: Venue, beside: bool = False) -> None:
        self._venue, self._beside = venue, beside
        self._judgement = Judgement(venue.mood, camera=venue.camera)
        self._drift = Drift(venue.calibration)
        self._open_share = max(masks_of(venue).open_share, 0.01)
        self._leaving: Leaving | None = None
        self.stages_ms: dict[str, float] = {}
        self.repair()

    def repair(self) -> None:
        """Open the networks again; who is there and what was believed of them is kept."""
        self._sight, self.left_out = open_usable_sight(self._venue, self._beside)
        self.line, self.provider = self._sight.line, self._sight.provider

    def update(self, frame: Frame) -> Mood:
        """Analyse ``frame`` ((height, width, 3) uint8, BGR); the mood after it."""
        estimates = self._estimates(frame)
        begun = time.perf_counter()
        height, width = frame.image.shape[:2]
        # Every 8th pixel of both directions: the mean of a frame to a tenth, in a fraction of a millisecond.
        luminance = float(frame.image[::8, ::8].mean()) / self._open_share  # of what no mask covers
        mood = self._judgement.update(estimates, (width, height), luminance, frame.captured_at)
        self._drift.update(mood.present, luminance, mood.face_luminance, frame.captured_at)
        self.stages_ms = self._sight.stages_ms | {"judge": (time.perf_counter() - begun) * 1000}
        return mood

    @property
    def drift(self) -> float:
        """Stops by which the light has moved since the calibration; 0 without one."""
        return self._drift.stops

    @property
    def rest_seconds(self) -> float:
        """So long it needs no further frame, because nobody is there; 0: it needs each one."""
        return self._sight.rest_seconds

    def blind(self, now: float, reason: str) -> Mood:
        """An untrusted mood, for when no frame can be analysed; the next one is looked at as the first one was."""
        self._sight.forget()
        return self._judgement.blind(now, reason)

    def forget(self) -> None:
        """Tracks, smoothing, beliefs, baselines and the last picture go; posters and the light of the room stay."""
        self._sight.forget()
        self._judgement.forget_visitors()

    def forget_visitors(self) -> None:
        """Forget who is there; whoever stays in the picture is not looked at until they have gone."""
        self._judgement.forget_visitors()
        self._leaving = Leaving(self._venue.mood.leave_after_seconds)

    def _estimates(self, frame: Frame) -> list[EmotionEstimate]:
        if self._leaving is None:
            return self._sight.detect_and_classify(frame)
        if self._leaving.gone(self._sight.sees_face(frame), frame.captured_at):
            self._leaving = None
        return []

    def freeze_baseline(self) -> None:
        """A scene begins: visitors' own neutral faces are learned no further."""
        self._judgement.freeze()
