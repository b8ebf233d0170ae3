"""The soak's figures: a line through the least values, whatever swings above them."""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest

from installation.bench.soak import Sample, report_of, sample, slope


def test_the_slope_is_that_of_the_least_values_and_not_of_what_swings_above_them() -> None:
    seconds = np.arange(0.0, 7200.0, 5.0)
    swing = np.where(seconds % 60 < 10, 0.0, 200.0 + seconds % 7)
    growth, error = slope(seconds, 500.0 + 12.0 * seconds / 3600 + swing)
    assert growth == pytest.approx(12.0, abs=0.5)
    assert error < 0.5


def test_a_slope_that_cannot_be_told_from_none_has_an_error_that_says_so() -> None:
    seconds = np.arange(0.0, 7200.0, 5.0)
    noise = np.repeat(np.random.default_rng(3).normal(0.0, 30.0, 24), 60)
    growth, error = slope(seconds, 500.0 + noise)
    assert abs(growth) < 3 * error
    assert 5.0 < error < 20.0


def test_the_first_minutes_do_not_count_and_a_short_soak_says_so() -> None:
    def at(seconds: float, megabytes: float) -> Sample:
        return Sample(seconds, megabytes, megabytes, megabytes, 30, 20, 1.0)

    assert "too short" in report_of([at(0.0, 100.0), at(300.0, 400.0)]).notes[0]
    report = report_of([at(5.0 * number, 100.0 if number < 120 else 400.0) for number in range(720)])
    figures = {figure.name: figure.value for figure in report.figures}
    assert figures["resident memory, slope"] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="not tried: no /proc here")
def test_a_sample_is_of_this_process() -> None:
    here = sample(os.getpid(), 1.0)
    assert 0 < here.own_megabytes <= here.resident_megabytes
    assert here.proportional_megabytes <= here.resident_megabytes
    assert here.threads >= 1
    assert here.descriptors >= 3
