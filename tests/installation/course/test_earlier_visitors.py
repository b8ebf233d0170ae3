"""The median of earlier visitors: right, of counts alone, and of nobody's own course."""

import numpy as np
import pytest

from installation.course.course_record import TakeCourse, Turn, Visit
from installation.course.earlier_visitors import FEWEST, LEVELS, PARTS, EarlierVisitors


def take(level: float, unseen: slice = slice(0, 0), target: str = "garden") -> TakeCourse:
    times = np.arange(0, 10, 0.1)
    levels = np.full((len(times), 1), level)
    levels[unseen] = np.nan
    turn = Turn(9.0, "door", target, (), ())
    return TakeCourse(("calm",), (Visit("door", 0.0, 10.0, 10.0),), (turn,), times, levels, 10.0)


def test_the_median_is_that_of_the_visitors_to_a_step_of_the_count() -> None:
    chance, earlier = np.random.default_rng(4), EarlierVisitors()
    levels = chance.beta(2, 5, 201)
    for level in levels:
        earlier.add(take(float(level)))
    assert earlier.median("door", "calm") == pytest.approx(np.full(PARTS, np.median(levels)), abs=0.5 / LEVELS)


def test_of_too_few_visitors_there_is_no_median_for_it_would_be_somebodys_own() -> None:
    earlier = EarlierVisitors()
    for _ in range(4):
        earlier.add(take(0.6))
    assert np.isnan(earlier.median("door", "calm")).all()
    assert not earlier.ways("door")
    earlier.add(take(0.6))
    assert not np.isnan(earlier.median("door", "calm")).any()


def test_who_was_not_seen_counts_for_nothing_there() -> None:
    earlier = EarlierVisitors()
    for _ in range(FEWEST):
        earlier.add(take(0.6, unseen=slice(50, 100)))
    median = earlier.median("door", "calm")
    assert not np.isnan(median[: PARTS // 2]).any()
    assert np.isnan(median[PARTS // 2 :]).all()


def test_it_is_counted_how_many_went_where() -> None:
    earlier = EarlierVisitors()
    for number in range(8):
        earlier.add(take(0.5, target="garden" if number < 6 else "cellar"))
    assert earlier.ways("door") == {"garden": 6, "cellar": 2}


def test_what_is_kept_is_counts_and_no_more_for_a_thousand_visitors_than_for_ten() -> None:
    earlier = EarlierVisitors()

    def kept() -> int:
        assert all(counts.dtype.kind == "i" for counts in earlier._levels.values())
        return sum(counts.size for counts in earlier._levels.values()) + len(earlier._ways)

    for _ in range(10):
        earlier.add(take(0.5))
    after_ten = kept()
    for level in np.linspace(0, 1, 200):
        earlier.add(take(float(level)))
    assert kept() == after_ten
