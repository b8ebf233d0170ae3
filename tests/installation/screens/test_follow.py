"""How a follower's film is led: by rate, by single pictures, by a jump; and a day of it, simulated."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np
import pytest

from installation.screens.clock import ClockEstimate, ClockEstimator, RoundTrip
from installation.screens.follow import (
    JUMP_SECONDS,
    RATE_AT_MOST,
    SLIP_AT_ONCE,
    SLIP_SECONDS,
    Follower,
    Heard,
    Own,
    Target,
    target,
)
from installation.screens.wire import Cut, Told
from scenes.story.clip import Transition

EXACT = ClockEstimate(0.0, 3.0, 0.0, 0.001)
"""The leader's clock is three seconds ahead."""
TOLD = Told(at=103.0, story="", entry=4, scene="hall", seconds=20.0)
FRAME = 1 / 30


def heard(told: Told, clock: ClockEstimate = EXACT) -> Heard:
    return Heard(told, clock, 1, 100.0)


def aim(seconds: float, rate: float = 1.0) -> Target:
    return Target(4, "hall", seconds, rate)


def test_the_leaders_film_is_read_by_its_clock() -> None:
    there = target(heard(TOLD), 100.5)
    assert (there.entry, there.scene) == (4, "hall")
    assert there.seconds == pytest.approx(20.5)


def test_a_clock_that_drifts_makes_the_film_go_faster() -> None:
    there = target(heard(TOLD, ClockEstimate(100.0, 3.0, 1e-4, 0.001)), 110.0)
    assert there.seconds == pytest.approx(30.001)
    assert there.rate == pytest.approx(1.0001)


def test_a_display_that_takes_longer_is_shown_all_so_much_earlier() -> None:
    cut = Cut(5, "cellar", at=104.0)
    there = target(heard(replace(TOLD, cut=cut)), 100.0, ahead_seconds=0.04)
    assert there.seconds == pytest.approx(20.04)
    assert there.coming_at == pytest.approx(100.96)


def test_a_cut_is_told_ahead_and_has_come_when_its_time_is_over_though_no_word_came() -> None:
    told = heard(replace(TOLD, cut=Cut(5, "cellar", at=103.5, from_seconds=2.0)))
    before, after = target(told, 100.4), target(told, 101.0)
    assert before.coming is not None
    assert (before.entry, before.coming.scene) == (4, "cellar")
    assert before.coming_at == pytest.approx(100.5)
    assert (after.entry, after.scene, after.coming) == (5, "cellar", None)
    assert after.seconds == pytest.approx(2.5)


def test_in_a_dip_the_next_scene_is_there_with_its_first_picture() -> None:
    told = heard(replace(TOLD, cut=Cut(5, "cellar", 103.0, Transition("dip", 1.0))))
    assert target(told, 100.4).entry == 4
    assert target(told, 100.6).seconds == pytest.approx(0.1)


@pytest.mark.parametrize("behind", [-0.011, -0.002, 0.0, 0.002, 0.011])
def test_a_little_is_made_up_by_half_a_per_cent_at_most(behind: float) -> None:
    correction = Follower().correct(aim(20.0), Own(4, 20.0 - behind), 100.0)
    assert correction.rate == pytest.approx(1.0 + np.clip(behind, -RATE_AT_MOST, RATE_AT_MOST))
    assert (correction.shift_seconds, correction.jump) == (0.0, False)


@pytest.mark.parametrize("sign", [-1, 1])
def test_more_is_made_up_picture_by_picture_and_never_two_at_once(sign: int) -> None:
    follower, own, now, slips = Follower(), 20.0, 100.0, []
    while abs(behind := sign * 0.19 + now - 100.0 + 20.0 - own) > SLIP_SECONDS:
        correction = follower.correct(aim(own + behind), Own(4, own), now)
        assert not correction.jump
        assert abs(correction.shift_seconds) <= SLIP_AT_ONCE
        if correction.shift_seconds:
            slips.append(now)
        own += correction.shift_seconds + correction.rate * 0.01
        now += 0.01
    assert now - 100.0 < 2.0, "in step within two seconds"
    assert np.diff(slips).min() > 0.1, "with others between them"


@pytest.mark.parametrize("behind", [-5.0, -0.21, 0.21, 5.0])
def test_only_what_is_far_off_is_jumped_to(behind: float) -> None:
    correction = Follower().correct(aim(20.0), Own(4, 20.0 - behind), 100.0)
    assert correction.jump
    assert correction.shift_seconds == pytest.approx(behind)
    assert abs(behind) > JUMP_SECONDS


def test_a_film_that_stands_at_its_end_is_not_hurried() -> None:
    correction = Follower().correct(aim(20.1), Own(4, 20.0, stands=True), 100.0)
    assert (correction.shift_seconds, correction.jump) == (0.0, False)


def test_in_a_pause_it_stands_at_the_same_picture() -> None:
    correction = Follower().correct(aim(20.0, rate=0.0), Own(4, 19.9), 100.0)
    assert correction.rate == 0.0
    assert correction.shift_seconds == pytest.approx(0.1)


def apart_through(hours: float, every: float) -> np.ndarray:
    """Seconds between the two films at each ``every`` seconds, through a network with 20 ms jitter and 2 % loss each
    way, a follower's clock that is off by 3 s and by 100 millionths (and a few more by the hour), a leader whose sound
    card is off by 200, and a scene that changes every ten seconds or so.
    """
    chance, estimator, follower = random.Random(20), ClockEstimator(), Follower()
    wander = 20e-6 * 3600 / (2 * math.pi)

    def leader_clock(own: float) -> float:
        return own * (1.0 + 100e-6) + 3.0 + wander * math.sin(own * 2 * math.pi / 3600)

    def film(own: float) -> float:
        return leader_clock(own) * (1.0 + 200e-6)

    apart = np.zeros(int(hours * 3600 / every))
    own = told = None
    for tick in range(len(apart)):
        now = 1000.0 + tick * every
        there, back = (0.0005 + chance.random() * 0.020 for _ in range(2))
        if chance.random() > 0.04:
            asked = now - there - back
            at = leader_clock(asked + there)
            estimator.add(RoundTrip(asked, at, at, now))
        if chance.random() > 0.02:
            begun = now - 0.0005 - chance.random() * 0.020
            told = Told(leader_clock(begun), "", 1, "hall", film(begun), 1.0 + 200e-6)
        if estimator.estimate is None or told is None:
            continue
        there_now = target(heard(told, estimator.estimate), now)
        own = there_now.seconds if own is None else own  # joined where it should be, as it knows
        correction = follower.correct(there_now, Own(1, own), now)
        own += correction.shift_seconds
        apart[tick] = own - film(now)
        own += correction.rate * every
    return apart


def check_in_step(apart: np.ndarray) -> None:
    settled = np.abs(apart[120:])
    assert np.median(settled) < 0.001
    assert np.percentile(settled, 99.9) < 0.004
    assert settled.max() < FRAME / 2


def test_films_stay_within_a_few_milliseconds_for_two_hours() -> None:
    check_in_step(apart_through(2.0, 0.5))


@pytest.mark.slow
def test_films_stay_within_a_few_milliseconds_for_a_day() -> None:
    check_in_step(apart_through(24.0, 0.5))
