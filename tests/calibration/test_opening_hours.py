"""Opening hours as museums write them: read, refused in words with the column, right through holidays and clocks."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.errors import BadFile
from calibration.opening_hours import LONGEST, Day, Timetable, fault_of, with_dates
from calibration.venue import load_venue

MUSEUM = "Tu-Su 10:00-18:00; Th 10:00-20:00; PH off"
BERLIN = "Europe/Berlin"


def at(text: str, zone: str = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def in_munich(expression: str = MUSEUM, region: str = "BY") -> Timetable:
    return Timetable(expression, "DE", region, BERLIN)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ("Tu-Su 10:00-18:00; Thu 10:00-20:00", "column 20: 'Thu' is not how a day is written; write Th"),
        ("Dienstag 10:00-18:00", "column 1: 'Dienstag' is not how a day is written; write Tu"),
        ("Mo-Sun 10:00-18:00", "column 4: 'Sun' is not how a day is written; write Su"),
        ("10:00-18:00; ph off", "column 14: 'ph' is not how a day is written; write PH"),
        ("Mo-Fr 10-18", "column 7: '10' is not how a time is written; write 10:00"),
        ("Tu-Su 10.30-18.00", "column 7: '10.30' is not how a time is written; write 10:30"),
        ("Tu-Su 10h-18h", "column 7: '10h' is not how a time is written; write 10:00"),
        ("10:00-25:99", "column 10: expected minutes from 00 to 59"),
        ("Mo-Fr 10:00-18:00,", "column 19: expected a time such as 10:00-18:00"),
        ("Mo 10:00", "column 9: ends too early"),
        ("Mo,, 10:00-12:00", "column 4: cannot be read from ', 10:00-12:00' on"),
        ("Jan-Mar PH off", "column 9: PH begins a rule"),
        ("Mo-Fr 10:00-12:00, PH 10:00-11:00", "column 20: PH begins a rule"),
        ("PH, Dec 24-26 off", "PH and dates cannot stand in one rule"),
        ("Mo-Su 10:00-sunset", "column 13: 'sunset' is not known here; write times"),
        ("10:00-18:00; SH off", "column 14: school holidays (SH) are not known"),
    ],
)
def test_a_fault_is_told_in_words_with_its_column(wrong: str, fault: str) -> None:
    assert fault_of(wrong).startswith(fault)


PIECES = (
    *("Mo", "Tu-Su", "PH", "off", "10:00-18:00", "-", ",", ";", '"ring; PH"', '"', "24/7", "sunrise", "week 3", "Jan"),
    *("Dec 24-26", "[1]", "+1 day", "||", "10.00", "Thu", "é", "99:99", "10:00+", "/2", "(", "48:00", "Feb 29", "2026"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join) | st.text(max_size=40))
def test_whatever_is_written_is_refused_in_words_or_makes_a_timetable(written: str) -> None:
    if fault_of(written):
        return
    hours = in_munich(written)
    now = at("2026-12-20 12:00")
    assert len(list(hours.days(now, 14))) == 14
    change = hours.next_change(now)
    assert change is None or change > now


@pytest.mark.parametrize(
    "right", [MUSEUM, "24/7", "off", "Su,PH 11:00-16:00", 'Mo-Fr 10:00-12:00 "ring; PH too"', "Fr-Sa 20:00-02:00"]
)
def test_what_museums_write_is_read(right: str) -> None:
    assert fault_of(right) == ""


def test_a_venue_with_wrong_hours_is_refused_with_all_faults_at_once(tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text('[hours]\nopen = "PH off; Mon 10-12"\ncountry = "de"\nregion = "XX"\ntimezone = "Europe/Berln"\n')
    with pytest.raises(BadFile) as refused:
        load_venue(file)
    assert [line.partition(" (given")[0] for line in refused.value.problems] == [
        "hours.open: column 9: 'Mon' is not how a day is written; write Mo",
        "hours.country: is no country code; write two letters, such as DE; did you mean 'DE'?",
        "hours.timezone: is no time zone; did you mean 'Europe/Berlin'?",
    ]


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        ('open = "PH off"', "hours.country: is missing"),
        ('country = "DE"\nregion = "ZZ"', "hours.region: is no region of DE; known in DE: BB, BE, BW, BY"),
        ('region = "BY"', "hours.region: is no region of a country that is not named"),
        (f'open = "{"x" * (LONGEST + 1)}"', "hours.open: must have at most 1000 characters"),
        ('opens = "24/7"', "hours.opens: unknown key; did you mean 'open'?"),
    ],
)
def test_what_does_not_fit_together_is_named_by_its_key(tmp_path: Path, section: str, fault: str) -> None:
    file = tmp_path / "hall.toml"
    file.write_text(f"[hours]\n{section}\n")
    with pytest.raises(BadFile) as refused:
        load_venue(file)
    assert refused.value.problems[0].startswith(fault)


def test_a_region_keeps_holidays_of_its_own() -> None:
    epiphany = at("2027-01-06 12:00")
    assert not in_munich().is_open(epiphany)
    assert Timetable(MUSEUM, "DE", "HH", BERLIN).is_open(epiphany)


def test_a_rule_after_the_holidays_is_stronger_than_they_are() -> None:
    hours = in_munich(f"{MUSEUM}; Dec 26 12:00-17:00")
    assert not hours.is_open(at("2026-12-25 13:00"))
    assert hours.is_open(at("2026-12-26 13:00"))


def test_holidays_are_known_in_every_year_that_the_show_reaches() -> None:
    hours = in_munich()
    for year in range(2026, 2036):
        assert not hours.is_open(at(f"{year}-12-25 13:00")), year
    assert with_dates("10:00-18:00", {date(2026, 12, 25): "Christmas Day"}) == "10:00-18:00"


def test_the_plan_of_a_fortnight_names_the_holidays() -> None:
    days = {day.date: day for day in in_munich().days(at("2026-12-20 12:00"), 20)}
    assert days[date(2026, 12, 25)] == Day(date(2026, 12, 25), (), "Christmas Day")
    assert days[date(2027, 1, 6)].holiday == "Epiphany"
    assert days[date(2026, 12, 31)].spans == ((datetime(2026, 12, 31, 10), datetime(2026, 12, 31, 20)),)
    assert len(days) == 20


def test_hours_are_those_of_the_clock_on_the_wall_in_summer_and_in_winter() -> None:
    hours = in_munich("Sa-Su 10:00-18:00")
    before, after = at("2026-03-28 18:00"), at("2026-03-29 10:00")
    assert hours.next_change(before - 1) == before
    assert hours.next_change(before) == after
    assert after - before == 15 * 3600  # the night in which summer time begins has an hour less
    autumn = at("2026-10-24 18:00")
    assert hours.next_change(autumn) == autumn + 17 * 3600


def test_a_night_with_the_hour_that_exists_twice_tells_no_change_that_has_passed() -> None:
    hours = in_munich("Sa 20:00-02:30")
    now, changes = at("2026-10-24 19:00"), []
    while (change := hours.next_change(now)) and change < at("2026-10-26 00:00"):
        changes.append(change)
        now = change
    assert all(earlier < later for earlier, later in pairwise(changes))
    assert changes == [at("2026-10-24 20:00"), at("2026-10-25 02:30")]


def test_hours_that_never_change_have_no_next_change() -> None:
    assert Timetable("24/7", timezone=BERLIN).in_words(at("2026-06-01 12:00")) == "open without an end"
    assert in_munich().in_words(at("2026-12-01 12:00")) == "open until Tue 18:00"
