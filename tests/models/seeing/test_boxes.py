"""Among many boxes on one face one is chosen."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.seeing.boxes import nms, nms_by_smaller_box, to_squares

FACE = [10.0, 10.0, 50.0, 60.0]


def boxes(*rows: list[float]) -> np.ndarray:
    return np.array(rows, np.float32)


def test_of_two_boxes_on_one_face_the_surer_one_stays() -> None:
    found = boxes(FACE, [12, 11, 52, 61], [200, 10, 240, 60])
    assert nms(found, np.array([0.8, 0.9, 0.7], np.float32), 0.5).tolist() == [1, 2]


def test_a_mouth_taken_for_a_face_inside_a_face_goes() -> None:
    found = boxes([20, 30, 40, 50], FACE)
    scores = np.array([0.8, 0.99], np.float32)
    assert nms(found, scores, 0.7).tolist() == [1, 0]
    assert nms_by_smaller_box(found, scores, 0.7).tolist() == [1]


def test_no_boxes_are_no_trouble() -> None:
    nothing, scores = np.empty((0, 4), np.float32), np.empty(0, np.float32)
    assert nms(nothing, scores, 0.5).shape == nms_by_smaller_box(nothing, scores, 0.5).shape == (0,)


def test_a_squared_box_keeps_its_centre_and_its_longer_side() -> None:
    assert to_squares(boxes(FACE)).tolist() == [[5.0, 10.0, 55.0, 60.0]]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90), st.integers(5, 40), st.integers(0, 99)), max_size=30))
def test_what_is_chosen_never_overlaps_too_much_and_what_is_left_out_overlaps_with_something_better(
    drawn: list[tuple[int, int, int, int]],
) -> None:
    found = np.array([[x, y, x + side, y + side] for x, y, side, _ in drawn], np.float32).reshape(-1, 4)
    scores = np.array([(share + 1) / 100 for *_, share in drawn], np.float32)
    kept = nms_by_smaller_box(found, scores, 0.5).tolist()
    for i in range(len(found)):
        rivals = [k for k in kept if k != i and _nested(found[i], found[k]) > 0.5 and scores[k] >= scores[i]]
        assert bool(rivals) != (i in kept)


def _nested(a: np.ndarray, b: np.ndarray) -> float:
    sides = np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0)
    return float(sides.prod() / min((a[2:] - a[:2]).prod(), (b[2:] - b[:2]).prod()))
