"""When a scene takes over, and what the clock says."""

from __future__ import annotations

import pytest

from installation.film.clock import STOP_SECONDS, FilmClock
from installation.film.shot import Takeover, plan
from scenes.story.clip import Transition


@pytest.mark.parametrize(
    ("kind", "seconds", "expected"),
    [
        ("cut", 0.0, Takeover(10.0, 10.0, 10.0)),
        ("crossfade", 2.0, Takeover(8.0, 8.0, 10.0)),
        ("dip", 2.0, Takeover(10.0, 9.0, 11.0)),
        ("hold", 2.0, Takeover(12.0, 10.0, 12.0)),
    ],
)
def test_a_change_at_the_end_meets_the_last_frame(kind: str, seconds: float, expected: Takeover) -> None:
    assert plan(Transition(kind, seconds), "end", 10.0, 5.0, 5.1) == expected  # type: ignore[arg-type]


def test_a_change_asked_for_too_late_loses_nothing_of_the_new_scene() -> None:
    assert plan(Transition(), "end", 10.0, 10.2, 10.3) == Takeover(10.3, 10.3, 10.3)
    assert plan(Transition("crossfade", 2.0), "end", 10.0, 9.0, 9.1) == Takeover(9.0, 9.0, 11.0)


def test_a_scene_without_an_end_is_left_now() -> None:
    assert plan(Transition(), "end", None, 7.0, 7.1) == Takeover(7.0, 7.0, 7.0)


def test_the_clock_follows_a_sound_card_that_is_two_percent_off() -> None:
    clock = FilmClock()
    clock.at(0.0)
    for turn in range(1, 1500):
        clock.observe(turn * 0.064, turn * 0.064 * 1.02)
    assert clock.at(1500 * 0.064) == pytest.approx(1500 * 0.064 * 1.02, abs=0.002)
    assert clock.when(100.0, 96.0) == pytest.approx(100.0 / 1.02, abs=0.01)


def test_the_clock_is_not_shaken_by_late_looks() -> None:
    clock = FilmClock()
    clock.at(0.0)
    worst = 0.0
    for turn in range(1, 2000):
        clock.observe(turn * 0.064 + (turn % 5) * 0.008, turn * 0.064)
        if turn > 500:
            worst = max(worst, abs(clock.at(turn * 0.064) - turn * 0.064))
    assert worst < 0.001


def test_the_clock_stands_still_in_a_pause_and_jumps_after_a_long_gap() -> None:
    clock = FilmClock()
    clock.at(0.0)
    clock.pause(True, 0.25)
    assert clock.at(5.0) == 0.25
    clock.pause(False, 6.0)
    assert clock.at(6.25) == 0.5
    clock.observe(6.5, 0.25)
    assert clock.at(6.5) == 0.25


def test_a_process_that_stood_still_goes_on_where_the_film_was() -> None:
    clock = FilmClock()
    for tick in range(11):
        clock.at(tick / 10)
    clock.observe(1.0, 1.0)
    assert clock.at(61.0) == pytest.approx(1.0 + STOP_SECONDS)  # stopped for a minute
    clock.observe(61.1, 1.1 + STOP_SECONDS)  # what the sound said before counts no more
    assert clock.at(61.2) == pytest.approx(1.2 + STOP_SECONDS)
    clock.free_run(121.2)  # the device is lost in a stop, too
    assert clock.at(121.2) == pytest.approx(1.2 + 2 * STOP_SECONDS)


def test_a_machine_whose_every_tick_is_slow_shows_a_slow_film_and_not_a_frozen_one() -> None:
    clock = FilmClock()
    for tick in range(11):
        clock.at(tick * 0.5)
    assert clock.at(5.0) == pytest.approx(10 * STOP_SECONDS)
