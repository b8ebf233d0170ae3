"""Intervals against published values."""

from collections import Counter

import pytest

from installation.report.statistics import median_difference, newcombe, quantile
from models.evaluation.groups import wilson


def test_intervals_are_those_of_newcombes_papers() -> None:
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)  # Newcombe 1998a, table I
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert newcombe((48, 80), (56, 70)) == pytest.approx((0.0524, 0.3339), abs=5e-5)  # 1998b, table II: 56/70 - 48/80


def test_quartiles_of_counted_seconds() -> None:
    counted = Counter({10: 1, 20: 2, 30: 1, 40: 4})
    assert [quantile(counted, share) for share in (0.25, 0.5, 0.75, 1.0)] == [20.0, 30.0, 40.0, 40.0]


def test_the_interval_of_two_medians_holds_the_difference_and_excludes_0_only_where_there_is_one() -> None:
    before = Counter(dict.fromkeys(range(60, 120), 4))
    after = Counter({seconds + 30: 4 for seconds in range(60, 120)})
    low, high = median_difference(before, after)
    assert 20 < low < 30 < high < 40
    assert median_difference(before, after) == (low, high)  # the same report twice is the same
    low, high = median_difference(before, before)
    assert low <= 0 <= high
