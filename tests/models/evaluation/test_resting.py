"""The measure of resting faces: what counts as misread, what as believed, and how sure a figure is."""

import numpy as np
import pytest

from models.estimate import EmotionEstimate
from models.evaluation.resting import Shown, between, contact_sheet, rows, stays, table
from models.frame import Detection
from models.labels import LABELS

FIVE = np.array([[130, 100], [166, 100], [148, 122], [134, 142], [162, 142]], np.float32)


def _look(label: str, p: float = 0.9) -> EmotionEstimate:
    probabilities = np.full(len(LABELS), (1 - p) / (len(LABELS) - 1), np.float32)
    probabilities[LABELS.index(label)] = p
    return EmotionEstimate(Detection((105, 70, 90, 110), 0.99, FIVE), probabilities, 0.9, 30.0)


def test_a_visitor_who_is_always_read_as_neutral_is_never_believed_to_feel_and_one_read_as_happy_always_is() -> None:
    assert stays([_look("neutral")] * 3, np.random.default_rng(1)) == (0, 0)
    assert stays([_look("happiness")] * 3, np.random.default_rng(1)) == (1, 0)
    assert stays([None] * 3, np.random.default_rng(1)) == (0, 1)


def test_a_lone_misread_look_does_not_become_a_belief() -> None:
    looks = [_look("neutral"), _look("neutral"), _look("surprise", 0.6)]
    assert stays(looks, np.random.default_rng(1))[0] == 0


def test_an_interval_is_as_wide_as_people_differ_not_as_faces_do() -> None:
    one_always = np.array([1.0] * 10 + [0.0] * 90)
    assert between(one_always, np.repeat(np.arange(10), 10)) == pytest.approx((0.0, 0.3), abs=0.05)
    each_sometimes = np.tile([1.0] + [0.0] * 9, 10)
    low, high = between(each_sometimes, np.repeat(np.arange(10), 10))
    assert low == high == pytest.approx(0.1)
    assert between(np.zeros(20), np.repeat(np.arange(10), 2))[1] == pytest.approx(1 - 0.05 ** (1 / 10))


def test_the_table_has_a_row_for_each_skin_and_names_what_was_read() -> None:
    blank = np.zeros((240, 320), np.uint8)
    made = [
        Shown(k, skin, "black", "front", "45 degrees", 25.0, looks, 0.0, 0.0, blank)
        for k in range(2)
        for skin, looks in (("light", ("neutral",) * 3), ("dark", ("surprise", None, "neutral")))
    ]
    by_skin = {row.name: row for row in rows(made) if row.by == "skin"}
    assert (by_skin["light"].misread, by_skin["dark"].misread) == (0, 0.5)
    assert by_skin["dark"].found == pytest.approx(2 / 3)
    assert by_skin["dark"].read_as == {"surprise": 1.0}
    told = list(table(list(rows(made))))
    assert any("skin dark" in line and "surprise 100" in line for line in told)
    assert contact_sheet(made).shape == (192, 12 * 160)
