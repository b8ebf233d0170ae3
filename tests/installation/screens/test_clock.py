"""The leader's clock, estimated by a follower through a network that shakes and loses. No socket, no waiting."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from installation.screens.clock import (
    ClockEstimate,
    ClockEstimator,
    RoundTrip,
)

Clock = Callable[[float], float]


def off(seconds: float, ppm: float) -> Clock:
    """The leader's clock by the follower's."""
    return lambda own: own * (1.0 + ppm * 1e-6) + seconds


def trips(
    leader: Clock, begin: float, seconds: float, *, jitter: float, back: float = 0.0, every: float = 0.25
) -> Iterator[RoundTrip]:
    """Round trips of a network whose way here takes up to ``jitter`` longer, and always ``back`` longer than there."""
    chance = random.Random(7)
    at = begin
    while at < begin + seconds:
        at += every
        if chance.random() < 0.04:
            continue
        there = at + 0.0005 + chance.random() * jitter
        answered = there + 0.0001
        yield RoundTrip(at, leader(there), leader(answered), answered + 0.0005 + back + chance.random() * jitter)


def wrongness(estimate: ClockEstimate | None, leader: Clock, own: float) -> float:
    assert estimate is not None
    return abs(estimate.leader(own) - leader(own))


@pytest.mark.parametrize(("seconds", "ppm"), [(3.0, 100.0), (-3.0, -100.0), (86400.0 * 30, 0.0), (3.0, 400.0)])
def test_a_clock_that_is_off_and_drifts_is_known_within_two_milliseconds(seconds: float, ppm: float) -> None:
    leader, estimator = off(seconds, ppm), ClockEstimator()
    wrong = []
    for trip in trips(leader, 5000.0, 600.0, jitter=0.020):
        estimator.add(trip)
        wrong.append(wrongness(estimator.estimate, leader, trip.back))
    settled = np.array(wrong[60 * 4 :])
    assert np.median(settled) < 0.0005
    assert settled.max() < 0.002
    assert estimator.estimate is not None
    assert estimator.estimate.drift == pytest.approx(ppm * 1e-6, abs=10e-6)


def test_the_first_second_is_enough_to_begin() -> None:
    leader, estimator = off(3.0, 100.0), ClockEstimator()
    for trip in trips(leader, 0.0, 0.5, jitter=0.020, every=0.04):
        estimator.add(trip)
    assert wrongness(estimator.estimate, leader, 0.5) < 0.010


@pytest.mark.parametrize("back", [0.0, 0.030])
def test_it_is_never_further_off_than_it_says_also_where_one_way_takes_longer(back: float) -> None:
    leader, estimator = off(-3.0, -100.0), ClockEstimator()
    for trip in trips(leader, 0.0, 300.0, jitter=0.020, back=back):
        estimator.add(trip)
        known = estimator.estimate
        assert known is not None
        assert wrongness(known, leader, known.since) <= known.unsure_seconds
        assert known.unsure_seconds >= back / 2
    assert estimator.estimate is not None
    assert estimator.estimate.unsure_seconds < back / 2 + 0.006


def test_a_clock_is_read_both_ways() -> None:
    line = ClockEstimate(1000.0, -3.0, 1e-4, 0.001)
    assert line.own(line.leader(1234.5)) == pytest.approx(1234.5, abs=1e-9)


def test_without_a_long_trip_the_short_ones_decide_alone() -> None:
    """A trip that took long and came back lopsided moves nothing."""
    leader, estimator = off(3.0, 0.0), ClockEstimator()
    for trip in trips(leader, 0.0, 60.0, jitter=0.0005):
        estimator.add(trip)
    estimator.add(RoundTrip(61.0, leader(61.0), leader(61.0), 61.4))
    assert wrongness(estimator.estimate, leader, 61.4) < 0.0005


def test_a_follower_that_slept_has_the_clock_again_after_three_trips() -> None:
    """Its monotonic clock stood still while the machine was suspended."""
    before, after, estimator = off(3.0, 50.0), off(603.0, 50.0), ClockEstimator()
    for trip in trips(before, 0.0, 60.0, jitter=0.020):
        estimator.add(trip)
    for number, trip in enumerate(trips(after, 60.0, 5.0, jitter=0.020), 1):
        estimator.add(trip)
        if number >= 3:
            assert wrongness(estimator.estimate, after, trip.back) < 0.020


def test_one_impossible_trip_alone_changes_nothing() -> None:
    leader, estimator = off(3.0, 0.0), ClockEstimator()
    for trip in trips(leader, 0.0, 60.0, jitter=0.005):
        estimator.add(trip)
    estimator.add(RoundTrip(60.5, 1e6, 1e6, 60.5))
    assert wrongness(estimator.estimate, leader, 60.5) < 0.002
    for trip in trips(leader, 60.5, 2.0, jitter=0.005):
        estimator.add(trip)
    assert wrongness(estimator.estimate, leader, 63.0) < 0.002
