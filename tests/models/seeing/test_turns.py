"""Whose turn it is: a look's cost is bounded, everybody is read, and nobody is taken for another."""

import math
import random

import pytest

from models.estimate import EmotionEstimate
from models.frame import Detection
from models.seeing.turns import Turns
from tests.models.faces import LANDMARKS, face, showing

AT_MOST = 8


def at(x: float, y: float, size: float) -> Detection:
    return Detection((x - size / 2, y - size / 2, size, size), 0.9, LANDMARKS)


def crowd(n: int, size: float = 60.0) -> list[Detection]:
    """Faces side by side in rows of eight, each a little larger than the one before."""
    return [at(100.0 + 130 * (i % 8), 100.0 + 150 * (i // 8), size + i) for i in range(n)]


def look(turns: Turns, found: list[Detection], now: float) -> tuple[list[int], list[EmotionEstimate]]:
    """One look, in which every face that has its turn is read as one of quality ``x / 10000``: a name."""
    due = turns.due(found, now)
    read = [EmotionEstimate(found[i], showing("fear"), found[i].box[0] / 1e4, 20.0) for i in due]
    return due, turns.complete(found, due, read, now)


@pytest.mark.parametrize("n", range(AT_MOST + 1))
def test_as_many_faces_as_fit_are_all_read_in_each_look(n: int) -> None:
    turns = Turns(AT_MOST)
    for step in range(3):
        due, estimates = look(turns, crowd(n), step / 15)
        assert due == list(range(n))
        assert [one.age_seconds for one in estimates] == [0.0] * n


@pytest.mark.parametrize("n", [9, 16, 32])
def test_the_nearest_are_read_in_each_look_and_the_others_as_soon_as_all_others_were(n: int) -> None:
    turns, read_in = Turns(AT_MOST), list[list[int]]()
    half = AT_MOST // 2
    round_of_all = -(-(n - half) // half)
    for step in range(4 * round_of_all):
        due, estimates = look(turns, crowd(n), step / 15)
        assert len(due) == AT_MOST
        assert set(range(n - half, n)) <= set(due)
        read_in.append(due)
        if step >= round_of_all - 1:  # a face that was never read is told to nobody
            assert len(estimates) == n
            ages = sorted({round(one.age_seconds * 15) for one in estimates})
            assert ages == list(range(round_of_all)), "the others are not read one after the other"
    for first in range(0, len(read_in), round_of_all):
        assert set().union(*read_in[first : first + round_of_all]) == set(range(n))


def test_who_sways_and_is_found_in_another_order_keeps_what_was_read_of_them() -> None:
    turns, chance = Turns(AT_MOST), random.Random(3)
    places = [_middle(one) for one in crowd(32)]
    for step in range(20):
        order = chance.sample(range(32), 32)
        shaken = [
            at(places[i][0] + chance.uniform(-9, 9), places[i][1] + chance.uniform(-9, 9), 60.0 + i) for i in order
        ]
        for estimate in look(turns, shaken, step / 15)[1]:
            x, y = _middle(estimate.detection)
            i = min(range(32), key=lambda i: math.dist(places[i], (x, y)))
            assert abs(estimate.quality * 1e4 + 30 + i / 2 - places[i][0]) < 12, "somebody else's reading"


def _middle(face: Detection) -> tuple[float, float]:
    x, y, width, height = face.box
    return x + width / 2, y + height / 2


def test_who_comes_is_read_before_the_others_have_their_turn_again() -> None:
    turns = Turns(AT_MOST)
    for step in range(10):
        look(turns, crowd(20), step / 15)
    due, estimates = look(turns, [*crowd(20), at(1200, 600, 30)], 1.0)
    assert 20 in due
    assert len(estimates) == 21


@pytest.mark.parametrize("looks", [4, 5])
def test_a_face_that_was_not_there_in_the_look_before_is_somebody_else(looks: int) -> None:
    turns, faces = Turns(2), [at(100, 100, 60), at(600, 100, 60), at(900, 400, 90)]
    for step in range(looks):
        look(turns, faces, step / 15)
    assert 0 in look(turns, [at(100, 165, 60), *faces[1:]], 1.0)[0]


@pytest.mark.parametrize("looks", [4, 5])
def test_of_two_who_stand_close_each_is_who_was_nearest(looks: int) -> None:
    turns, large = Turns(2), at(900, 400, 90)
    for step in range(looks):
        look(turns, [at(145, 100, 60), at(100, 100, 60), large], step / 15)
    due, estimates = look(turns, [at(119, 100, 60), at(146, 100, 60), large], 1.0)
    for i, estimate in enumerate(estimates):
        expected = estimate.detection.box[0] if i in due else (70.0, 115.0)[i]
        assert estimate.quality * 1e4 == pytest.approx(expected)
    assert len(estimates) == 3


def test_of_a_clock_that_was_set_back_nothing_is_kept() -> None:
    turns = Turns(AT_MOST)
    for step in range(8):
        look(turns, crowd(16), 1000 + step / 15)
    due, estimates = look(turns, crowd(16), 3.0)
    assert len(estimates) == len(due) == AT_MOST
    turns.forget()
    assert len(look(turns, crowd(16), 3.1)[1]) == AT_MOST


def test_an_age_that_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="age_seconds"):
        EmotionEstimate(face().detection, showing("fear"), 1.0, 20.0, float("nan"))
