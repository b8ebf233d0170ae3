"""Who is who from frame to frame.

Each detected face is assigned to the track that expected it there: nearest to where the track's own motion leads, of
about the same size, the best pair first (greedy assignment). Of 30 faces no two would be better swapped
(tests/models/judging/test_tracker.py), so optimal assignment would add a library and nothing else.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence

from calibration.settings import MAX_VISITORS, MoodSettings
from models.estimate import EmotionEstimate, Track
from models.judging.clothes import Course, FacesBelow, Verdict, judge, on_body
from models.judging.stillness import Spots, Stillness

CONFIRM_HITS, CONFIRM_SECONDS = 3, 0.3  # a false detection is nobody, though flow may carry it for some frames
FORGET_UNCONFIRMED_SECONDS = 0.6  # longer than a gap in detection, or who came just before it is taken for who left
GATE, GATE_GROWTH_A_SECOND, MAX_GATE = 0.4, 5.0, 1.25
"""The gate: how far from its expected place a face may be found, in heights of the face. A box trembles, and somebody
may have started to walk since the face was last found."""
SIZE_RATIO = 1.8
VELOCITY_SECONDS = 0.2
FOLLOW_MOTION_SECONDS = 0.5  # nobody keeps a straight line for longer
JUDGED_IN_A_LOOK = 2
"""Faces below others of which it is asked whether they are prints: in a full cinema all of them are, and one costs a
third of a millisecond. Those wait their turn."""
UNSURE_SECONDS = 10.0
"""So long a face that may be a print on somebody's clothes is no visitor, unless it is seen to move by itself ..."""
ROWS_OF_SEATS = 8
"""... but where there are more faces than this, nobody waits: in a full cinema nearly all are below another one."""
UNWATCHED_SECONDS = 2.0
"""After so long without a look (a camera that was lost), whoever is where somebody was may be somebody else."""
NEARER_RATIO = 1.5  # how much nearer somebody must be to take the place of a visitor when all are taken


class _Face:
    """One face that is followed; a visitor as soon as it has a slot."""

    def __init__(self, visitor_id: int, estimate: EmotionEstimate, now: float, still: Stillness) -> None:
        self.visitor_id, self.estimate, self.still = visitor_id, estimate, still
        self.x, self.y, self.size = _place(estimate)
        self.vx = self.vy = 0.0
        self.first_seen = self.last_seen = now
        self.hits, self.slot = 1, 0
        self.course = Course()
        self.course.update(estimate, now)
        self.verdict: Verdict = "unsure"
        self.on_body = False
        """It is where the body of another face is."""
        self.unsure_since = now
        self.judged_at = -math.inf
        self.below = FacesBelow()

    @property
    def place(self) -> tuple[float, float, float]:
        return self.x, self.y, self.size

    def beside(self, other: _Face) -> tuple[float, float]:
        """How far from this face another one is, in heights of this one."""
        return (other.x - self.x) / self.size, (other.y - self.y) / self.size

    @property
    def doubtful(self) -> bool:
        """It may be a print; whether it is, is not known yet."""
        return self.on_body and self.verdict == "unsure"

    def waits(self, now: float) -> bool:
        return self.doubtful and now - self.unsure_since < UNSURE_SECONDS

    def expected(self, now: float) -> tuple[float, float]:
        ahead = min(now - self.last_seen, FOLLOW_MOTION_SECONDS)
        return self.x + self.vx * ahead, self.y + self.vy * ahead

    def reached(self, places: Sequence[tuple[float, float, float]], now: float) -> Iterator[tuple[float, int]]:
        """The places (x, y, height) within reach: how far each is, 0 for exactly as expected, and its number."""
        lost = now - self.last_seen
        expected_x, expected_y = self.expected(now)
        gate = min(GATE + GATE_GROWTH_A_SECOND * lost, MAX_GATE)
        for k, (x, y, size) in enumerate(places):
            large, small = (size, self.size) if size > self.size else (self.size, size)
            away = math.hypot(x - expected_x, y - expected_y) / large
            if away <= gate and large / small <= SIZE_RATIO:
                yield away + (large / small - 1.0) + 0.5 * lost, k

    def update(self, estimate: EmotionEstimate, now: float) -> None:
        seconds = now - self.last_seen
        x, y, size = _place(estimate)
        part = 1.0 - math.exp(-seconds / VELOCITY_SECONDS)
        self.vx += part * ((x - self.x) / seconds - self.vx)
        self.vy += part * ((y - self.y) / seconds - self.vy)
        self.still.update(x, y, size, seconds)
        self.estimate, self.last_seen = estimate, now
        self.course.update(estimate, now)
        self.x, self.y, self.size = x, y, self.size + part * (size - self.size)
        self.hits += 1

    def confirmed(self) -> bool:
        return self.hits >= CONFIRM_HITS and self.last_seen - self.first_seen >= CONFIRM_SECONDS


class Tracker:
    """Follows faces. ``rng`` gives the visitors' ids, random for each visit."""

    def __init__(self, settings: MoodSettings, rng: random.Random | None = None) -> None:
        self._settings = settings
        self._rng = rng or random.SystemRandom()
        self._faces: list[_Face] = []
        self._spots = Spots()
        self._looked_at = -math.inf
        self.prints = 0
        """How many faces are followed that are pictures: posters, and prints on clothes."""

    def update(self, estimates: Sequence[EmotionEstimate], now: float) -> list[Track]:
        """Take in all faces of the frame of ``now`` (seconds, later than the last). Returns the visitors by slot.

        A visitor not found in this frame has ``last_seen`` before ``now``. Faces without a usable box are left out.
        """
        found = sorted((e for e in estimates if _usable(e)), key=lambda e: -e.detection.box[3])[:MAX_VISITORS]
        if now - self._looked_at > UNWATCHED_SECONDS:
            self._end_lost(now)
        self._looked_at = now
        rest = self._assign(found, now)
        self._end_lost(now)
        for estimate in rest[: max(MAX_VISITORS - len(self._faces), 0)]:
            still = Stillness(self._spots.at(*_place(estimate)))
            self._faces.append(_Face(self._new_id(), estimate, now, still))
        self._look_at_clothes(now)
        self._give_slots(now)
        self.prints = sum(self._is_picture(face) for face in self._faces)
        visitors = sorted((face for face in self._faces if face.slot), key=lambda face: face.slot)
        return [Track(f.visitor_id, f.slot, f.estimate, f.first_seen, f.last_seen, f.doubtful) for f in visitors]

    def forget_visitors(self) -> None:
        """Nothing is known any more but where posters hang."""
        self._faces = [face for face in self._faces if self._is_poster(face)]
        self._spots.forget_below(self._settings.poster_after_seconds)

    def _assign(self, found: list[EmotionEstimate], now: float) -> list[EmotionEstimate]:
        """Give faces to tracks, the surest pair first; returns the faces that nobody expected."""
        places = [_place(estimate) for estimate in found]
        pairs = [(away, i, k) for i, face in enumerate(self._faces) for away, k in face.reached(places, now)]
        taken_faces: set[int] = set()
        taken_places: set[int] = set()
        for _, i, k in sorted(pairs):
            if i not in taken_faces and k not in taken_places:
                taken_faces.add(i)
                taken_places.add(k)
                self._faces[i].update(found[k], now)
        return [estimate for k, estimate in enumerate(found) if k not in taken_places]

    def _end_lost(self, now: float) -> None:
        kept = []
        for face in self._faces:
            patience = self._settings.lost_for_seconds if face.slot or face.confirmed() else FORGET_UNCONFIRMED_SECONDS
            if now - face.last_seen <= patience:
                kept.append(face)
            else:
                self._spots.remember(face.still.spot)
        self._faces = kept

    def _look_at_clothes(self, now: float) -> None:
        """Which of the faces that are found below another one's are prints on the clothes of that one."""
        seen = [face for face in self._faces if face.last_seen == now]
        places, turns = [(face, face.place) for face in seen], JUDGED_IN_A_LOOK
        for lower in sorted(seen, key=lambda face: face.judged_at):
            here = lower.place
            above = [] if lower.verdict == "visitor" else [face for face, place in places if on_body(place, here)]
            lower.on_body = bool(above)
            known = [upper.below.at(lower.visitor_id, upper.beside(lower), now) for upper in above]
            told = {one.verdict for one in known}
            if lower.verdict == "unsure" and known:
                lower.unsure_since = min(one.since for one in known)
                lower.verdict = next((verdict for verdict in ("print", "visitor") if verdict in told), "unsure")
            told = set()
            if above and turns:
                told, turns, lower.judged_at = {judge(upper.course, lower.course) for upper in above}, turns - 1, now
            if told == {"visitor"}:
                lower.verdict = "visitor"
            elif lower.verdict == "unsure" and "print" in told:
                lower.verdict = "print"
            for one in known:
                one.verdict = lower.verdict

    def _give_slots(self, now: float) -> None:
        """Visitors keep their slots; free ones go to the nearest confirmed face; a picture of a face has none."""
        for face in self._faces:
            if self._is_picture(face):
                face.slot = 0
        crowd = len(self._faces) > ROWS_OF_SEATS
        able = [face for face in self._faces if not (face.slot or self._is_picture(face)) and face.confirmed()]
        waiting = [face for face in able if crowd or not face.waits(now)]
        for face in sorted(waiting, key=lambda f: -f.size):
            visitors = [f for f in self._faces if f.slot]
            if len(visitors) < self._settings.visitors_at_most:
                face.slot = min(set(range(1, MAX_VISITORS + 1)) - {f.slot for f in visitors})
                continue
            farthest = min(visitors, key=lambda f: f.size)
            if face.size > NEARER_RATIO * farthest.size:
                face.slot, farthest.slot = farthest.slot, 0

    def _is_picture(self, face: _Face) -> bool:
        return face.verdict == "print" or self._is_poster(face)

    def _is_poster(self, face: _Face) -> bool:
        return face.still.spot.still_seconds >= self._settings.poster_after_seconds

    def _new_id(self) -> int:
        used = {face.visitor_id for face in self._faces}
        while (new := self._rng.randrange(1, 2**31)) in used:
            pass
        return new


def _place(estimate: EmotionEstimate) -> tuple[float, float, float]:
    """Centre and height of a face in pixels."""
    x, y, width, height = estimate.detection.box
    return x + width / 2, y + height / 2, height


def _usable(estimate: EmotionEstimate) -> bool:
    box = estimate.detection.box
    return all(math.isfinite(side) and abs(side) < 1e6 for side in box) and box[2] > 1 and box[3] > 1
