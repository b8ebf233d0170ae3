"""From what faces show to what a film may act upon: calm, quick, and honest about what it does not know."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np

from calibration.settings import CameraSettings, MoodSettings
from models.estimate import EmotionEstimate, Track
from models.judging.aggregate import RULES, mean_facing, nearest, share_speaking
from models.judging.attention import Attention
from models.judging.belief import Belief
from models.judging.rise import Rise, fine
from models.judging.smoothing import LEAST_LOG, MAX_FRAME_SECONDS, Baseline, ExponentialFilter, softmax
from models.judging.speech import Speech
from models.judging.tracker import Tracker
from models.judging.valence_arousal import valence_and_arousal
from models.labels import LABELS
from models.mood import NOTHING, Distribution, Mood, VisitorMood, unseen

FIRST_FRAME_SECONDS = 1 / 30
CLOCK_SET_BACK_SECONDS = 1.0
READING_SECONDS = 0.5
"""What one of a crowd shows is read in turn: a reading speaks for the time since the one before, up to this."""
UNREAD_SECONDS = 2.0
"""A visitor whose face is there and was not read for so long (one of a crowd, on a slow machine) is unknown."""


class _Visitor:
    """What is known of one visitor; ends with the track, so that nothing is carried to the next."""

    def __init__(self, settings: MoodSettings, camera: CameraSettings, now: float) -> None:
        self._settings, self.attention, self.speech = settings, Attention(camera), Speech()
        self.filter = ExponentialFilter(settings.smooth_seconds)
        self.baseline = Baseline(settings.baseline_seconds)
        self.rise = Rise(settings.baseline_seconds, settings.smooth_seconds, settings.rise)
        self.belief = Belief(settings, now)
        self.probabilities: Distribution = NOTHING
        self.read_at: float | None = None
        self._rest_known = False
        self._seen_at = now
        self._waited = 0.0
        """Seconds since the last reading in which the face was there."""

    def update(self, estimate: EmotionEstimate, frame_size: tuple[int, int], now: float) -> None:
        """The face is there at ``now``. One that was not read in this look waits for its turn."""
        pose = self.attention.update(estimate, frame_size, now)
        if not estimate.age_seconds:
            self.speech.update(estimate.mouth_open, pose, now, estimate.luminance)
        self._waited = min(self._waited + min(now - self._seen_at, MAX_FRAME_SECONDS), READING_SECONDS)
        self._seen_at = now
        age, read_at = estimate.age_seconds, self.read_at
        if not age or (read_at is None and age <= UNREAD_SECONDS):
            self._read(estimate, now - age)
        elif read_at is not None and now - read_at > UNREAD_SECONDS and any(self.probabilities):
            self.probabilities, self.belief = NOTHING, Belief(self._settings, now)

    def _read(self, estimate: EmotionEstimate, at: float) -> None:
        seconds = FIRST_FRAME_SECONDS if self.read_at is None else at - self.read_at
        seen = self.speech.without_words(fine(estimate.probabilities), at)
        logs = np.maximum(seen, LEAST_LOG)
        self.baseline.learn(logs, estimate.quality, seconds)
        apart = self._waited if self._waited > MAX_FRAME_SECONDS else 0.0  # so that two readings count, not one
        smoothed = self.filter.update(logs - self.baseline.offset, estimate.quality, seconds, apart)
        self.probabilities = tuple(softmax(self.rise.update(seen, estimate, smoothed, seconds, apart)).tolist())
        self.belief.update(self.probabilities, at, self._waited)
        if self.rise.face.rest and not self._rest_known:
            self._rest_known = True
            self.belief.correct(self.probabilities, at)
        self.read_at, self._waited = at, 0.0


class Judgement:
    """The judgement of one venue. Call ``update`` at every frame, with or without faces; ``blind`` when there was none.

    Time comes as an argument (monotonic seconds). Not thread-safe. ``rng`` makes the visitors' ids reproducible.
    ``camera``: where it stands beside the screen, and its lens.
    """

    def __init__(
        self, settings: MoodSettings, rng: random.Random | None = None, camera: CameraSettings | None = None
    ) -> None:
        self._settings, self._rng, self._camera = settings, rng, camera or CameraSettings()
        self._last = unseen(0.0, "no frame analysed yet")
        self._start_over()

    def _start_over(self) -> None:
        self._tracker = Tracker(self._settings, self._rng)
        self._visitors: dict[int, _Visitor] = {}
        self._belief = Belief(self._settings, 0.0)
        self._followed_id: int | None = None
        self._now: float | None = None
        self._came_at: float | None = None
        self._somebody_at = -math.inf
        self._present = False

    def forget_visitors(self) -> None:
        """Forget who is there, with all that was learned of each; posters stay posters."""
        tracker = self._tracker
        tracker.forget_visitors()
        self._start_over()
        self._tracker = tracker

    def freeze(self) -> None:
        """A scene begins: each visitor's own neutral stays what it is."""
        for visitor in self._visitors.values():
            visitor.baseline.freeze()
            visitor.rise.face.freeze()

    def blind(self, now: float, reason: str) -> Mood:
        """The mood while nothing can be seen: neither present nor absent. ``reason`` in a technician's words."""
        if math.isfinite(now):
            if self._present:
                self._somebody_at = now  # time in which nothing could be seen is not absence
            self._last = unseen(now, reason)
        return self._last

    def update(
        self,
        estimates: Sequence[EmotionEstimate],
        frame_size: tuple[int, int],
        frame_luminance: float,
        captured_at: float,
    ) -> Mood:
        """Take in all faces of one frame of ``frame_size`` (width, height) pixels.

        A stamp that is not finite or does not go forward gives the last mood again; one that lies far back means
        that the clock was set back, and everything starts over.
        """
        if not math.isfinite(captured_at):
            return self._last
        if self._now is not None and captured_at <= self._now:
            if captured_at > self._now - CLOCK_SET_BACK_SECONDS:
                return self._last
            self._start_over()
        self._now = captured_at
        tracks = self._tracker.update(estimates, captured_at)
        moods = self._update_visitors(tracks, frame_size, captured_at)
        self._update_presence(tracks, captured_at)
        self._last = self._aggregate(tracks, moods, frame_luminance, captured_at)
        return self._last

    def _update_visitors(self, tracks: list[Track], frame_size: tuple[int, int], now: float) -> list[VisitorMood]:
        known = self._visitors
        self._visitors = {
            t.visitor_id: known.get(t.visitor_id) or _Visitor(self._settings, self._camera, now) for t in tracks
        }
        for track in tracks:
            if track.last_seen == now:
                self._visitors[track.visitor_id].update(track.estimate, frame_size, now)
        return [_visitor_mood(track, self._visitors[track.visitor_id], frame_size, now) for track in tracks]

    def _update_presence(self, tracks: list[Track], now: float) -> None:
        """Presence: somebody has been there for a while, or nobody has."""
        if tracks:
            self._somebody_at = now
            self._came_at = min(track.first_seen for track in tracks) if self._came_at is None else self._came_at
            self._present = self._present or now - self._came_at >= self._settings.enter_after_seconds
        else:
            self._came_at = None
            self._present = self._present and now - self._somebody_at < self._settings.leave_after_seconds

    def _aggregate(self, tracks: list[Track], moods: list[VisitorMood], frame_luminance: float, now: float) -> Mood:
        certain = [mood for mood, track in zip(moods, tracks, strict=True) if not track.doubtful]
        closest = nearest(certain or moods, self._followed_id)
        self._followed_id = closest.visitor_id if closest else None
        if closest is None:
            self._belief = Belief(self._settings, now)
            probabilities, belief = NOTHING, self._belief
        elif self._settings.aggregate == "nearest":
            probabilities, belief = closest.probabilities, self._visitors[closest.visitor_id].belief
        else:
            read = [mood for mood in moods if any(mood.probabilities)]
            probabilities, belief = RULES[self._settings.aggregate](read), self._belief
            belief.update(probabilities, now)
        valence, arousal = valence_and_arousal(probabilities)
        believed = belief.current
        return Mood(
            captured_at=now,
            trusted=True,
            present=self._present,
            count=len(moods),
            visitors=tuple(moods),
            probabilities=probabilities,
            dominant=None if believed is None else LABELS[believed],
            confidence=0.0 if believed is None else min(probabilities[believed], 1.0),
            held_seconds=now - belief.since,
            valence=valence,
            arousal=arousal,
            facing=mean_facing(moods),
            speaking=share_speaking(moods),
            prints=self._tracker.prints,
            frame_luminance=_finite(frame_luminance),
            face_luminance=_finite(
                next((t.estimate.luminance for t in tracks if t.visitor_id == self._followed_id), 0.0)
            ),
        )


def _visitor_mood(track: Track, visitor: _Visitor, frame_size: tuple[int, int], now: float) -> VisitorMood:
    x, y, width, height = track.estimate.detection.box
    believed = visitor.belief.current
    return VisitorMood(
        **visitor.attention.at(now),
        speaking=visitor.speech.at(now),
        slot=track.slot,
        visitor_id=track.visitor_id,
        probabilities=visitor.probabilities,
        dominant=None if believed is None else LABELS[believed],
        confidence=0.0 if believed is None else min(visitor.probabilities[believed], 1.0),
        position=(_share(x + width / 2, frame_size[0]), _share(y + height / 2, frame_size[1])),
        size=_share(height, frame_size[1]),
    )


def _finite(luminance: float) -> float:
    return luminance if math.isfinite(luminance) else 0.0


def _share(pixels: float, whole: int) -> float:
    return min(max(pixels / whole, 0.0), 1.0)
