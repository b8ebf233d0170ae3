"""A face on somebody's clothes is no visitor; whoever stands or sits before somebody is one."""

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import pytest

from calibration.settings import MoodSettings
from models.arrays import Doubles
from models.estimate import EmotionEstimate, Track
from models.frame import Detection
from models.judging.clothes import Course, judge, nose_place, on_body
from models.judging.judgement import Judgement
from models.judging.tracker import UNSURE_SECONDS, Tracker
from tests.models.faces import showing

RATE = 15
HEAD = 70.0
"""Height of the upper face, in pixels."""
FIVE = np.array([[-0.3, -0.15], [0.3, -0.15], [0, 0.1], [-0.25, 0.35], [0.25, 0.35]])
Path = Callable[[float], tuple[float, float]]


def seen(x: float, y: float, height: float, nose: Doubles, trembles: Doubles) -> EmotionEstimate:
    """A face with its middle at (x, y) and its nose turned by so much; landmarks and box tremble by so many pixels."""
    five = FIVE.copy()
    five[2] += nose
    landmarks = (five * 0.8 * height + (x, y) + trembles[:5]).astype(np.float32)
    left, top = trembles[5]
    width, high = trembles[6]
    box = (x - 0.4 * height + left, y - height / 2 + top, 0.8 * height + width, height + high)
    return EmotionEstimate(Detection(box, 0.95, landmarks), showing("neutral"), 0.9, 20)


class Person:
    """Somebody with a gait, a sway and a head that looks about; all drawn by ``chance``. In heights of a head."""

    def __init__(self, chance: np.random.Generator, looks: float = 1.0) -> None:
        self._phase, self._speed = chance.uniform(0, 6, 6), chance.uniform(0.7, 1.4, 6)
        self._looks = looks * chance.uniform(0.08, 0.15)

    def sway(self, now: float) -> Doubles:
        a, b = np.sin(now * self._speed[:2] * 2 + self._phase[:2])
        return np.array([0.05 * a, 0.012 * b])

    def gait(self, now: float) -> float:
        return float(0.06 * abs(math.sin(now * math.pi * self._speed[2] * 1.8 + self._phase[2])))

    def nose(self, now: float) -> Doubles:
        return self._looks * np.sin(now * self._speed[3:5] * 1.3 + self._phase[3:5])


class Room:
    """Two faces, one above the other, and a tracker that sees them."""

    def __init__(self, seed: int, walks: Path) -> None:
        self.chance = np.random.default_rng(seed)
        self.walks = walks
        self.upper, self.lower = Person(self.chance), Person(self.chance)
        self.tracker = Tracker(MoodSettings())
        self.now = 0.0

    def look(self, print_size: float = 0.0, below: bool = True) -> list[Track]:
        """The next frame: below the upper face a print of this size, or (0) somebody's own face."""
        self.now += 1 / RATE
        walked, t = np.array(self.walks(self.now)), self.now
        x, y = 500 + HEAD * (walked + self.upper.sway(t) + (0, self.upper.gait(t)))
        faces = [seen(x, y, HEAD, self.upper.nose(t), self.chance.normal(0, 1, (7, 2)))]
        if below and print_size:
            x, y = 500 + HEAD * (walked + 0.8 * self.upper.sway(t) + (0.1, 2.2 + self.upper.gait(t)))
            faces.append(seen(x, y, HEAD * print_size, np.zeros(2), self.chance.normal(0, 1, (7, 2))))
        elif below:
            x, y = 500 + HEAD * (walked + self.lower.sway(t) + (0.1, 1.7 + self.lower.gait(t)))
            faces.append(seen(x, y, HEAD, self.lower.nose(t), self.chance.normal(0, 1, (7, 2))))
        return self.tracker.update(faces, self.now)

    def stay(self, seconds: float, print_size: float = 0.0, below: bool = True) -> list[list[Track]]:
        return [self.look(print_size, below) for _ in range(round(seconds * RATE))]


def across(now: float) -> tuple[float, float]:
    return 1.2 * now, 0.0


def to_and_fro(now: float) -> tuple[float, float]:
    return 0.5 * math.sin(1.1 * now), 0.0


def nowhere(_: float) -> tuple[float, float]:
    return 0.0, 0.0


@pytest.mark.parametrize("walks", [across, to_and_fro])
@pytest.mark.parametrize("print_size", [0.6, 2.0])
def test_a_face_on_a_shirt_is_never_a_visitor_and_who_wears_it_always_is(walks: Path, print_size: float) -> None:
    room = Room(3, walks)
    frames = room.stay(12, print_size)
    assert all(len(tracks) <= 1 for tracks in frames)
    assert all(track.estimate.detection.box[1] < 500 for track in frames[-1])
    assert [len(tracks) for tracks in frames[RATE:]] == [1] * (len(frames) - RATE)
    assert room.tracker.prints == 1


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("walks", [across, to_and_fro, nowhere])
def test_a_child_before_an_adult_stays_a_visitor_however_they_walk(walks: Path, seed: int) -> None:
    room = Room(seed, walks)
    frames = room.stay(12)
    both = [len(tracks) == 2 for tracks in frames]
    first = both.index(True)
    assert first < 5 * RATE
    assert all(both[first:])


def test_who_was_there_before_somebody_came_up_behind_keeps_the_place() -> None:
    room = Room(1, nowhere)
    alone = [
        room.tracker.update([seen(507, 619, HEAD, np.zeros(2), np.zeros((7, 2)))], -1 + k / RATE) for k in range(9)
    ]
    slot = alone[-1][0].slot
    assert all(any(track.slot == slot for track in tracks) for tracks in room.stay(8))


def test_when_neither_moves_the_lower_one_waits_and_is_a_visitor_in_the_end() -> None:
    room = Room(2, nowhere)
    room.upper, room.lower = Person(room.chance, looks=0), Person(room.chance, looks=0)
    frames = room.stay(UNSURE_SECONDS + 2)
    assert max(len(tracks) for tracks in frames[: round((UNSURE_SECONDS - 1) * RATE)]) == 1
    assert len(frames[-1]) == 2


def test_a_print_that_is_found_again_is_a_print_at_once() -> None:
    room = Room(3, to_and_fro)
    room.stay(6, 1.0)
    room.stay(3, below=False)
    assert room.tracker.prints == 0
    assert all(len(tracks) == 1 for tracks in room.stay(0.5, 1.0))
    assert room.tracker.prints == 1


def test_a_child_who_is_lost_and_found_again_is_the_same_visitor_at_once() -> None:
    room = Room(3, to_and_fro)
    room.stay(6)
    for _ in range(3):
        assert len(room.stay(1.5, below=False)[-1]) == 1
        assert len(room.stay(0.6)[-1]) == 2


def test_who_is_lost_again_and_again_does_not_wait_anew_each_time() -> None:
    room = Room(2, nowhere)
    room.upper, room.lower = Person(room.chance, looks=0), Person(room.chance, looks=0)
    for _ in range(5):
        room.stay(1.5)
        room.stay(1.0, below=False)
    assert len(room.stay(0.6)[-1]) == 2


def rows(move: Doubles, noses: Doubles) -> Course:
    """A face that goes by ``move`` (n, 2), in heights of itself, and whose nose moves sideways by ``noses`` (n,)."""
    course = Course()
    for k, (step, nose) in enumerate(zip(move, noses, strict=True)):
        x, y = 500 + HEAD * step
        course.update(seen(x, y, HEAD, np.array([nose, 0]), np.zeros((7, 2))), k / RATE)
    return course


T = np.arange(4 * RATE) / RATE
STILL, WALKS = np.zeros((len(T), 2)), np.stack([0.5 * T, 0 * T], 1)
LOOKS = 0.35 * np.sin(2 * T)


@pytest.mark.parametrize(
    ("moves", "noses", "expected"),
    [
        (WALKS, 0 * T, "print"),
        (WALKS, 0.03 * np.sin(2 * T), "unsure"),  # with the body, but hardly flat
        (WALKS, LOOKS, "visitor"),
        (WALKS + 0.3 * np.stack([np.sin(2 * T), 0 * T], 1), 0 * T, "unsure"),  # as flat, but hardly with the body
        (STILL, 0 * T, "visitor"),  # it stays where the body was
    ],
)
def test_what_is_said_of_a_face_below_one_that_walks(moves: Doubles, noses: Doubles, expected: str) -> None:
    assert judge(rows(WALKS, LOOKS), rows(moves + np.array([0, 2]), noses)) == expected


def test_a_print_that_turns_out_to_move_by_itself_was_none() -> None:
    room = Room(3, to_and_fro)
    room.stay(6, 1.0)
    assert room.tracker.prints == 1
    assert len(room.stay(6)[-1]) == 2
    assert room.tracker.prints == 0


def test_the_nose_of_something_flat_keeps_its_place_in_any_view_and_that_of_a_head_does_not() -> None:
    view = np.array([[0.7, 0.2], [-0.1, 1.1]])
    five = (FIVE * 80).astype(np.float32)
    assert nose_place((five @ view.T + 300).astype(np.float32)) == pytest.approx(nose_place(five), abs=1e-4)
    turned = five.copy()
    turned[2, 0] += 8
    assert abs(nose_place(turned)[0] - nose_place(five)[0]) > 0.1
    assert all(math.isnan(one) for one in nose_place(np.zeros((5, 2), np.float32)))


@pytest.mark.parametrize(
    ("lower", "expected"),
    [
        ((505, 620, 60), True),
        ((505, 700, 140), True),
        ((505, 700, 15), False),  # much smaller: a button
        ((600, 620, 60), False),  # beside the body
        ((505, 530, 60), False),  # the same head
        ((505, 480, 60), False),  # above
    ],
)
def test_the_body_is_below_the_face_and_as_wide_as_shoulders(lower: tuple[float, float, float], expected: bool) -> None:
    assert on_body((500, 500, 60), lower) is expected


def test_while_it_is_not_known_the_film_answers_to_the_upper_one_however_large_the_other_is() -> None:
    judgement, chance = Judgement(MoodSettings(preset="single")), np.random.default_rng(1)
    for k in range(round((UNSURE_SECONDS + 2) * RATE)):
        upper, lower = (
            dataclasses.replace(
                seen(500, y, height, np.zeros(2), chance.normal(0, 0.5, (7, 2))), probabilities=showing(label)
            )
            for y, height, label in ((300, 70, "happiness"), (460, 140, "sadness"))
        )
        mood = judgement.update([upper, lower], (1280, 720), 20, k / RATE)
    assert mood.count == 2
    assert mood.dominant == "happiness"


def test_in_rows_of_seats_nobody_waits() -> None:
    chance, tracker = np.random.default_rng(2), Tracker(MoodSettings())
    seats = [(200.0 + 150 * column, 200.0 + 140 * row) for row in range(3) for column in range(4)]
    for k in range(RATE):
        rows = [seen(x, y, HEAD, np.zeros(2), chance.normal(0, 0.5, (7, 2))) for x, y in seats]
        visitors = tracker.update(rows, k / RATE)
    assert len(visitors) == len(seats)
