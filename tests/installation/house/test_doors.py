"""The doors of the house: a pure machine, so that weeks pass in a moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from installation.house.doors import OPENING_SECONDS, SETTLE_SECONDS, Doors, House, Moment, advance, ask, begin

LAST_TAKE = 600.0
DAY = Moment(0.0, planned=True, in_take=False)
NIGHT = replace(DAY, planned=False)


def pass_seconds(house: House, moment: Moment, since: float, seconds: float) -> House:
    """The house after so many seconds of the same moment, in steps of a second."""
    for second in range(int(seconds) + 1):
        house = advance(house, replace(moment, now=since + second), LAST_TAKE)
    return house


def closing() -> House:
    house = pass_seconds(begin(DAY), replace(NIGHT, in_take=True), 0.0, SETTLE_SECONDS + 1)
    assert house.doors is Doors.CLOSING
    return house


def test_the_show_begins_open_by_day_and_closed_by_night() -> None:
    assert begin(DAY).doors is Doors.OPEN
    assert begin(NIGHT).doors is Doors.CLOSED


def test_at_closing_time_the_take_in_the_room_is_played_to_its_end() -> None:
    house = pass_seconds(closing(), replace(NIGHT, in_take=True), 10.0, 300.0)
    assert house.doors is Doors.CLOSING
    assert advance(house, replace(NIGHT, now=311.0), LAST_TAKE).doors is Doors.CLOSED


def test_a_take_that_never_ends_holds_the_house_open_only_so_long() -> None:
    house = pass_seconds(closing(), replace(NIGHT, in_take=True), 10.0, LAST_TAKE)
    assert house.doors is Doors.CLOSED


def test_it_is_open_when_all_is_back_or_when_it_has_waited_long_enough() -> None:
    not_ready = replace(DAY, ready=False)
    house = pass_seconds(begin(NIGHT), not_ready, 0.0, SETTLE_SECONDS + 1)
    assert house.doors is Doors.OPENING
    assert advance(house, replace(DAY, now=10.0), LAST_TAKE).doors is Doors.OPEN
    assert pass_seconds(house, not_ready, 10.0, OPENING_SECONDS).doors is Doors.OPEN


@pytest.mark.parametrize("seconds", [0.5, SETTLE_SECONDS - 1])
def test_a_clock_that_is_set_back_by_a_moment_opens_no_door(seconds: float) -> None:
    house = pass_seconds(begin(DAY), NIGHT, 0.0, SETTLE_SECONDS + 1)
    assert house.doors is Doors.CLOSED
    for now, planned in ((10.0, True), (10.0 + seconds, True), (11.0 + seconds, False)):
        house = advance(house, Moment(now, planned, in_take=False), LAST_TAKE)
        assert house.doors is Doors.CLOSED


def test_what_is_asked_by_hand_holds_until_the_hours_change_next() -> None:
    house = pass_seconds(ask(begin(NIGHT), True, 0.0), NIGHT, 1.0, 3600.0)
    assert (house.doors, house.reason) == (Doors.OPEN, "by hand")  # an evening for friends
    house = pass_seconds(house, DAY, 4000.0, 10.0)
    assert (house.doors, house.reason) == (Doors.OPEN, "opening hours")
    assert pass_seconds(house, NIGHT, 5000.0, 10.0).doors is Doors.CLOSED


def test_closed_at_once_waits_for_nobody_and_closed_by_hand_waits_for_the_take() -> None:
    in_film = replace(DAY, in_take=True)
    assert ask(begin(in_film), False, 1.0, at_once=True).doors is Doors.CLOSED
    house = pass_seconds(ask(begin(in_film), False, 1.0), in_film, 2.0, 60.0)
    assert house.doors is Doors.CLOSING
    assert pass_seconds(ask(house, True, 70.0), in_film, 71.0, 1.0).doors is Doors.OPEN


def test_on_battery_the_take_is_not_waited_for_and_no_hand_opens() -> None:
    outage = replace(DAY, in_take=True, mains=False)
    house = pass_seconds(begin(DAY), outage, 0.0, 2.0)
    assert (house.doors, house.reason) == (Doors.CLOSED, "on battery")
    house = pass_seconds(ask(house, True, 5.0), outage, 6.0, 60.0)
    assert house.doors is Doors.CLOSED
    assert pass_seconds(house, DAY, 100.0, 2.0).doors is Doors.OPEN
