"""Who is who before the camera."""

import itertools
import math
import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calibration.settings import MAX_VISITORS, MoodSettings
from models.estimate import Track
from models.judging.stillness import Spot, Stillness
from models.judging.tracker import Tracker
from tests.models.faces import face

STEP = 1 / 15
Place = tuple[float, float, float]
"""x, y and height of a face in pixels."""


class Camera:
    """A tracker with a clock and a detector's trembling box."""

    def __init__(self, seed: int = 3, jitter: float = 2.0, step: float = STEP, **chosen: object) -> None:
        self.tracker = Tracker(MoodSettings.model_validate(chosen), random.Random(seed))
        self.chance = random.Random(seed)
        self.jitter, self.now, self.step = jitter, 0.0, step

    def see(self, *places: Place) -> list[Track]:
        """One frame with faces at these (x, y, size)."""
        self.now += self.step
        shaken = [tuple(side + self.chance.uniform(-self.jitter, self.jitter) for side in place) for place in places]
        self.chance.shuffle(shaken)
        return self.tracker.update([face(x, y, size) for x, y, size in shaken], self.now)

    def stay(self, seconds: float, *places: Place) -> list[list[Track]]:
        """What the tracker says of each frame while faces stay at these places."""
        return [self.see(*places) for _ in range(round(seconds / self.step))]


def ids(tracks: list[Track]) -> set[int]:
    return {track.visitor_id for track in tracks}


def whose(tracks: list[Track], x: float) -> int:
    """The id of the visitor whose face is nearest to ``x``."""
    return min(tracks, key=lambda track: abs(track.estimate.detection.box[0] + 50 - x)).visitor_id


def test_a_visitor_who_stands_there_stays_the_same_one() -> None:
    assert len(set().union(*map(ids, Camera().stay(60, (600, 300, 100))))) == 1


def test_a_turned_head_does_not_end_the_visit() -> None:
    camera = Camera()
    before = ids(camera.stay(2, (600, 300, 100))[-1])
    away = camera.stay(0.75)
    assert all(ids(tracks) == before for tracks in away)
    assert all(track.last_seen < camera.now for track in away[-1])
    assert ids(camera.stay(1, (615, 305, 92))[-1]) == before


def test_who_is_gone_for_longer_is_somebody_new() -> None:
    camera = Camera(lost_for_seconds=0.8)
    before = ids(camera.stay(2, (600, 300, 100))[-1])
    assert camera.stay(1.0)[-1] == []
    after = ids(camera.stay(2, (600, 300, 100))[-1])
    assert len(after) == 1
    assert not after & before


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("hidden_seconds", [0.0, 0.4])
def test_two_visitors_who_cross_keep_their_ids(seed: int, hidden_seconds: float) -> None:
    camera = Camera(seed=seed)
    left_to_right = [(200 + 220 * k * STEP, 300, 100) for k in range(60)]
    right_to_left = [(1080 - 220 * k * STEP, 310, 110) for k in range(60)]
    crossing_at = 2.0
    for k, (a, b) in enumerate(zip(left_to_right, right_to_left, strict=True)):
        behind = abs(k * STEP - crossing_at) < hidden_seconds / 2
        tracks = camera.see(b) if behind else camera.see(a, b)
        if k == 10:
            first, second = whose(tracks, a[0]), whose(tracks, b[0])
    assert (whose(tracks, a[0]), whose(tracks, b[0])) == (first, second)
    assert len(tracks) == 2


def test_a_false_face_of_a_frame_or_two_is_nobody() -> None:
    camera = Camera()
    for k in range(300):
        false = [(100 + 37 * k % 900, 500, 60)] if k % 7 < 2 else []
        tracks = camera.see((600, 300, 100), *false)
        assert len(tracks) <= 1


def test_of_too_many_the_nearest_are_visitors_and_keep_their_places() -> None:
    camera = Camera(visitors_at_most=3, jitter=0.5)
    crowd = [(60 + 80 * k, 300, 40 + 2 * k) for k in range(14)]
    tracks = camera.stay(2, *crowd)[-1]
    assert sorted(round(track.estimate.detection.box[3] / 2) for track in tracks) == [31, 32, 33]
    before = {track.visitor_id: track.slot for track in tracks}
    assert {t.visitor_id: t.slot for t in camera.stay(2, *crowd, (1200, 300, 70))[-1]} == before
    near = camera.stay(2, *crowd, (1200, 600, 150))[-1]
    assert sum(track.visitor_id in before for track in near) == 2
    assert {track.slot for track in near} == {1, 2, 3}


def test_of_faces_without_end_only_so_many_are_followed() -> None:
    camera = Camera()
    for k in range(30):  # each of them nobody in the next frame, as when a detector goes mad
        camera.see(*((camera.chance.uniform(0, 10_000), 300 + 90 * k, 40) for _ in range(40)))
        assert len(camera.tracker._faces) <= MAX_VISITORS


def test_a_slot_is_kept_while_others_come_and_go() -> None:
    camera = Camera()
    camera.stay(1, (200, 300, 100))
    both = {t.visitor_id: t.slot for t in camera.stay(1, (200, 300, 100), (800, 300, 100))[-1]}
    assert set(both.values()) == {1, 2}
    alone = camera.stay(2, (800, 300, 100))[-1]
    assert [(track.visitor_id, track.slot) for track in alone] == [(i, s) for i, s in both.items() if s == 2]
    assert {track.slot for track in camera.stay(1, (800, 300, 100), (500, 300, 90))[-1]} == {1, 2}


def test_a_poster_is_no_visitor_and_a_visitor_before_it_is_one() -> None:
    camera = Camera(poster_after_seconds=600.0, step=0.2)
    poster = (300, 200, 80)
    assert len(camera.stay(590, poster)[-1]) == 1
    assert camera.stay(15, poster)[-1] == []
    assert len(camera.stay(5, poster, (700, 300, 120))[-1]) == 1
    camera.stay(5)  # somebody stands before it, and it is found again
    assert all(tracks == [] for tracks in camera.stay(5, poster))


def test_a_poster_that_is_often_not_found_is_still_a_poster() -> None:
    camera = Camera(poster_after_seconds=600.0, step=0.2)
    for _ in range(90):
        camera.stay(8, (300, 200, 80))
        camera.stay(2)
    assert camera.stay(5, (300, 200, 80))[-1] == []


def test_somebody_who_sits_still_for_an_hour_is_no_poster() -> None:
    camera, sway = Camera(poster_after_seconds=600.0, step=0.2), random.Random(5)
    x, y = 600.0, 300.0
    for _ in range(3600):
        x += 0.01 * (600 - x) + sway.gauss(0, 1.5)
        y += 0.01 * (300 - y) + sway.gauss(0, 1.0)
        tracks = camera.stay(1, (x, y, 100))[-1]
        assert len(tracks) == 1


def test_stillness_does_not_break_by_a_trembling_box() -> None:
    chance, still = random.Random(1), Stillness(Spot(300, 200, 40))
    for _ in range(9000):
        still.update(300 + chance.gauss(0, 2), 200 + chance.gauss(0, 2), 40 + chance.gauss(0, 2), 1 / 15)
    assert still.spot.still_seconds == pytest.approx(600, abs=1)


@pytest.mark.parametrize("seed", range(10))
def test_of_thirty_faces_that_sway_no_two_would_be_better_swapped(seed: int) -> None:
    chance = np.random.default_rng(seed)
    camera = Camera(seed=seed, visitors_at_most=8)
    places: list[Place] = [(100 + 150 * (k % 8), 100 + 150 * (k // 8), 90) for k in range(30)]
    camera.stay(1, *places)
    before = {f.visitor_id: (f.x, f.y) for f in camera.tracker._faces}
    for _ in range(30):
        places = [(x + chance.normal(0, 6), y + chance.normal(0, 6), s) for x, y, s in places]
        camera.see(*places)
    after = {f.visitor_id: (f.x, f.y) for f in camera.tracker._faces}
    assert set(after) == set(before)
    for one, two in itertools.combinations(after, 2):
        straight = math.dist(before[one], after[one]) + math.dist(before[two], after[two])
        swapped = math.dist(before[one], after[two]) + math.dist(before[two], after[one])
        assert straight <= swapped


places = st.tuples(st.floats(0, 1280), st.floats(0, 720), st.floats(10, 400))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(places, max_size=30), max_size=25), st.integers(1, 8))
def test_in_any_order_of_coming_and_going_ids_and_slots_are_single(course: list[list[Place]], at_most: int) -> None:
    camera = Camera(visitors_at_most=at_most, jitter=0.0)
    slot_of: dict[int, int] = {}
    for frame in course:
        tracks = camera.see(*frame)
        assert len(tracks) <= at_most
        assert len({t.slot for t in tracks}) == len(ids(tracks)) == len(tracks)
        for track in tracks:
            assert 1 <= track.slot <= 8
            assert 0 <= camera.now - track.last_seen <= 0.8 + 1e-9
        slot_of = {t.visitor_id: t.slot for t in tracks if slot_of.get(t.visitor_id, t.slot) == t.slot}
        assert set(slot_of) == ids(tracks)
