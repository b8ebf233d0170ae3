"""What is known of where a visitor looks, and when nothing is."""

import random
from dataclasses import replace

import numpy as np
import pytest

from calibration.settings import CameraSettings, MoodSettings
from models.estimate import EmotionEstimate
from models.frame import Detection
from models.judging.judgement import Judgement
from models.judging.merging import Merger, Seat
from models.mood import Mood, VisitorMood
from models.seeing.head_pose import POINTS
from tests.models.faces import FRAME, face

STEP = 1 / 15


def turned(yaw: float, x: float = 640, eyes_apart: float = 40, eyes_shut: float | None = None) -> EmotionEstimate:
    """A neutral face, turned by ``yaw`` degrees, around column ``x``."""
    a = np.radians(yaw)
    about_y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    landmarks = (eyes_apart * (POINTS @ about_y.T)[:, :2] + (x, 300)).astype(np.float32)
    box = (x - eyes_apart, 300 - eyes_apart, 2 * eyes_apart, 2.6 * eyes_apart)
    known = face()
    detection = Detection(box, 0.99, landmarks)
    return EmotionEstimate(detection, known.probabilities, known.quality, known.luminance, eyes_shut=eyes_shut)


class Room:
    """A judgement with a clock."""

    def __init__(self, **camera: object) -> None:
        self.judge = Judgement(MoodSettings(), random.Random(7), CameraSettings.model_validate(camera))
        self.now = 100.0

    def watch(self, seconds: float, *faces: EmotionEstimate) -> Mood:
        """The last mood of so many seconds in which these faces are seen."""
        for _ in range(round(seconds / STEP)):
            self.now += STEP
            mood = self.judge.update(faces, FRAME, 25.0, self.now)
        return mood


def only(mood: Mood) -> VisitorMood:
    (visitor,) = mood.visitors
    return visitor


def test_a_visitor_who_turns_aside_faces_the_film_no_more_and_the_room_neither() -> None:
    room = Room()
    assert room.watch(1, turned(0)).facing == pytest.approx(1)
    mood = room.watch(1, turned(50))
    assert mood.facing == pytest.approx(0, abs=0.05)
    assert only(mood).yaw == pytest.approx(50, abs=2)


def test_one_look_aside_is_smoothed() -> None:
    room = Room()
    room.watch(1, turned(0))
    yaw = only(room.watch(STEP, turned(50))).yaw
    assert yaw is not None
    assert 5 < yaw < 15


def test_the_room_is_the_mean_of_those_of_whom_it_is_known() -> None:
    unknown = face(x=1000)
    mood = Room().watch(1, turned(0, x=200), turned(30, x=600), unknown)
    assert [visitor.facing is None for visitor in mood.visitors].count(True) == 1
    assert mood.facing == pytest.approx(0.75, abs=0.02)


def test_nothing_is_known_of_an_empty_room_or_of_landmarks_that_are_none() -> None:
    assert Room().watch(1).facing is None
    mood = Room().watch(1, face())
    assert mood.facing is None
    assert (only(mood).yaw, only(mood).distance, only(mood).eyes_shut) == (None, None, None)


def test_a_face_lost_for_longer_is_known_no_more_before_its_track_ends() -> None:
    room = Room()
    room.watch(1, turned(0))
    assert only(room.watch(0.3)).facing == 1
    mood = room.watch(0.3)
    assert only(mood).facing is None
    assert mood.facing is None


def test_a_camera_beside_the_screen_is_allowed_for() -> None:
    assert Room(screen_yaw_degrees=40).watch(1, turned(40)).facing == pytest.approx(1)
    assert Room(screen_yaw_degrees=40).watch(1, turned(0)).facing == pytest.approx(1 / 6, abs=0.05)


def test_the_distance_follows_from_the_lens_and_is_unknown_without_one() -> None:
    assert only(Room().watch(1, turned(0))).distance is None
    wide = only(Room(field_of_view_degrees=90).watch(1, turned(0))).distance
    assert wide == pytest.approx(0.063 * FRAME[0] / 2 / 40, rel=0.01)
    assert only(Room(field_of_view_degrees=90).watch(1, turned(40))).distance == pytest.approx(wide, rel=0.02)
    upright = only(Room(field_of_view_degrees=90, rotate_degrees=90).watch(1, turned(0))).distance
    assert upright == pytest.approx(0.063 * FRAME[1] / 2 / 40, rel=0.01)


def test_eyes_are_shut_after_longer_than_a_blink_against_the_visitor_s_own_open_ones() -> None:
    room = Room()
    assert only(room.watch(0.8, turned(0, eyes_shut=0.6))).eyes_shut is None
    assert only(room.watch(2, turned(0, eyes_shut=0.6))).eyes_shut is False
    assert only(room.watch(2 * STEP, turned(0, eyes_shut=2.4))).eyes_shut is False
    room.watch(1, turned(0, eyes_shut=0.6))
    assert only(room.watch(1, turned(0, eyes_shut=2.4))).eyes_shut is True
    assert only(room.watch(1, turned(0, eyes_shut=0.6))).eyes_shut is False


def test_nothing_is_told_of_eyes_that_are_too_small_too_dark_or_turned_away() -> None:
    room = Room()
    assert only(room.watch(2, turned(0))).eyes_shut is None
    assert only(room.watch(2, turned(40, eyes_shut=0.0))).eyes_shut is None


def test_what_was_read_of_eyes_before_is_not_counted_again_in_a_crowd() -> None:
    room = Room()
    room.watch(2, turned(0, eyes_shut=0.6))
    late = replace(turned(0, eyes_shut=2.4), age_seconds=0.3)
    assert only(room.watch(1, late)).eyes_shut is None


def test_what_several_eyes_see_of_the_same_visitors_is_the_mean_of_each_visitor_once() -> None:
    near, far = Room().watch(1, turned(0)), Room().watch(1, turned(30, eyes_apart=30))
    seats = (Seat("door"), Seat("stage", sees_the_same=False))
    merged = Merger(seats, "nearest", MoodSettings(), 0.1).merge((near, far), 1.0)
    assert merged.facing == pytest.approx(0.75, abs=0.01)
