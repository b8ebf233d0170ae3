"""``chiaro hours``: the next fortnight in words; and what the check says of the house."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from typer.testing import CliRunner

from calibration.errors import Exit
from calibration.house_settings import DisplaySettings, HoursSettings, UpsSettings
from calibration.opening_hours import Day
from calibration.venue import Venue
from installation.cli import app
from installation.commands.hours import line_of
from installation.commands.house_checks import check_house
from tests.installation.house.projector import Projector, projector

VENUE = '[hours]\nopen = "10:00-18:00; PH off"\ncountry = "DE"\ntimezone = "Europe/Berlin"\n'


def told(file: Path, *options: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(app, ["hours", str(file), *options])
    return result.exit_code, result.output.splitlines()


def test_the_next_days_are_printed_each_with_its_hours(tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text(f'name = "Hall"\n{VENUE}')
    code, lines = told(file)
    assert code == Exit.OK
    assert len(lines) == 15
    assert lines[0].startswith("Hall: ")
    assert sum("10:00-18:00" in line for line in lines[1:]) >= 9  # five holidays in a fortnight there are none
    year = told(file, "--days", "400")[1]
    assert any("25 Dec" in line and "closed" in line and line.endswith("Christmas Day") for line in year)


def test_a_venue_without_hours_is_always_open(tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text('name = "Hall"\n')
    assert told(file)[1][0].startswith("Hall: always open")


def test_a_day_in_one_line() -> None:
    day = date(2026, 12, 24)
    begin = datetime(2026, 12, 24, 10)
    assert line_of(Day(day, ((begin, begin + timedelta(hours=4)),), "", "early")) == (
        "Thu 24 Dec 2026  10:00-14:00           early"
    )
    assert line_of(Day(day, (), "")) == "Thu 24 Dec 2026  closed"


def test_the_check_asks_the_projector_and_the_battery_and_switches_nothing() -> None:
    with projector(Projector(power="1", faults="010000")) as machine:
        venue = Venue(
            hours=HoursSettings(open="24/7"),
            display=DisplaySettings(power="pjlink", host="127.0.0.1", port=machine.port),
            ups=UpsSettings(name="nobody@127.0.0.1:1"),
        )
        found = {one.part: one for one in check_house(venue)}
        assert machine.heard[0] == "%1POWR ?"
        assert not any(word in machine.heard for word in ("%1POWR 1", "%1POWR 0"))
    assert (found["hours"].state, found["hours"].what) == ("ok", "the house is open without an end")
    assert found["display power"].what == "is on; lamp 1: 2345 h; warning: lamp"
    assert found["ups"].state == "warning"
    gone = {one.part: one for one in check_house(venue)}
    assert gone["display power"].state == "problem"
    assert list(check_house(Venue())) == []
