"""Who of several eyes' visitors is one person."""

import numpy as np
import pytest

from calibration.settings import MAX_VISITORS
from models.judging.same_visitors import Match, SameVisitors, View, homography, mapped
from models.labels import LABELS
from models.mood import VisitorMood

SHIFTED: tuple[Match, ...] = ((0, 0, 0.5, 0), (0.5, 0, 1, 0), (0, 1, 0.5, 1), (0.5, 1, 1, 1))
"""The second eye's left edge is the first one's middle."""
PLANE = homography(SHIFTED)


def visitor(number: int, x: float, size: float = 0.2, slot: int = 1) -> VisitorMood:
    flat = tuple(1 / len(LABELS) for _ in LABELS)
    return VisitorMood(
        slot=slot, visitor_id=number, probabilities=flat, dominant=None, confidence=0, position=(x, 0.5), size=size
    )


def test_four_matches_take_every_place_to_the_first_picture() -> None:
    slanted: tuple[Match, ...] = ((0, 0, 0.1, 0.2), (1, 0, 0.8, 0.1), (1, 1, 0.9, 0.9), (0, 1, 0.2, 0.7))
    plane = homography(slanted)
    for x, y, there_x, there_y in slanted:
        assert mapped(plane, (x, y)) == pytest.approx((there_x, there_y))


def test_a_place_that_the_plane_does_not_reach_is_no_place() -> None:
    behind = np.array([[1.0, 0, 0], [0, 1, 0], [-2, 0, 1]])
    assert mapped(behind, (0.9, 0.5)) is None


def test_who_is_seen_by_two_at_one_place_counts_once_by_the_nearer_face() -> None:
    same = SameVisitors(0.1)
    first = View(0, [visitor(5, 0.7), visitor(6, 0.1)])
    second = View(1, [visitor(9, 0.2, 0.4)], plane=PLANE)
    visitors, best = same.update([first, second], [], [])
    assert [one.visitor_id for one in visitors] == [9, 6]
    assert visitors[0].position == pytest.approx((0.7, 0.5))
    assert best == {1: 1, 0: 1}


def test_two_at_one_place_of_one_eye_are_two() -> None:
    visitors, _ = SameVisitors(0.5).update([View(0, [visitor(5, 0.5), visitor(6, 0.5)])], [], [])
    assert len(visitors) == 2


def test_a_visitor_keeps_number_and_slot_when_the_other_eye_takes_over() -> None:
    same = SameVisitors(0.1)
    same.update([View(0, [visitor(5, 0.7)])], [], [])
    both, _ = same.update([View(0, [visitor(5, 0.7)]), View(1, [visitor(9, 0.2, 0.4, 3)], plane=PLANE)], [], [])
    alone, _ = same.update([View(1, [visitor(9, 0.2, 0.4, 3)], plane=PLANE)], [], [])
    assert [(one.visitor_id, one.slot) for one in (*both, *alone)] == [(5, 1), (5, 1)]


def test_one_visitor_is_not_two_for_a_step_but_is_when_they_part() -> None:
    same = SameVisitors(0.1)

    def count(apart: float) -> int:
        views = [View(0, [visitor(5, 0.7)]), View(1, [visitor(9, 0.2 + apart / 2, 0.1)], plane=homography(DOUBLED))]
        return len(same.update(views, [], [])[0])

    assert [count(apart) for apart in (0.14, 0.05, 0.14, 0.2, 0.14)] == [2, 1, 1, 2, 2]


DOUBLED: tuple[Match, ...] = ((0, 0, 0.3, 0), (0.5, 0, 1.3, 0), (0, 1, 0.3, 1), (0.5, 1, 1.3, 1))


def test_two_who_part_have_two_numbers() -> None:
    same = SameVisitors(0.1)
    same.update([View(0, [visitor(5, 0.7)]), View(1, [visitor(5, 0.2)], plane=PLANE)], [], [])  # one number by chance
    visitors, _ = same.update([View(0, [visitor(5, 0.1)]), View(1, [visitor(5, 0.2)], plane=PLANE)], [], [])
    assert len({one.visitor_id for one in visitors}) == len({one.slot for one in visitors}) == 2


def test_without_places_the_eye_that_sees_most_says_how_many_there_are() -> None:
    same = SameVisitors(0.1)
    one, two = [visitor(5, 0.1)], [visitor(8, 0.1), visitor(9, 0.5)]
    assert [v.visitor_id for v in same.update([View(0, one)], [View(1, two)], [])[0]] == [8, 9]
    assert [v.visitor_id for v in same.update([View(0, two)], [View(1, two)], [])[0]] == [8, 9]  # it stays
    assert len(same.update([], [View(1, two), View(2, one)], [])[0]) == 2  # the first eye is lost


def test_what_no_other_eye_sees_counts_beside() -> None:
    visitors, best = SameVisitors(0.1).update([View(0, [visitor(5, 0.1)])], [], [View(1, [visitor(9, 0.1)])])
    assert len(visitors) == 2
    assert {one.slot for one in visitors} == {1, 2}
    assert best == {0: 1, 1: 1}


def test_a_larger_picture_of_a_face_is_not_a_nearer_one_through_another_lens() -> None:
    tele = View(1, [visitor(9, 0.2, 0.4)], face_scale=0.25, plane=PLANE)
    visitors, _ = SameVisitors(0.1).update([View(0, [visitor(5, 0.7, 0.2)]), tele], [], [])
    assert [one.visitor_id for one in visitors] == [5]


def test_no_more_than_there_are_slots() -> None:
    crowds = [View(eye, [visitor(100 * eye + n, 0.5) for n in range(1, 21)]) for eye in (1, 2)]
    assert len(SameVisitors(0.1).update([], [], crowds)[0]) == MAX_VISITORS
