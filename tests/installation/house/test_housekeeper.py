"""The house by the clock on the wall: weeks, summer time, wrong clocks; parts that go off and on with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from calibration.house_settings import HoursSettings
from installation.host.console import LossReporter
from installation.host.kept_file import write_kept
from installation.house.doors import Doors
from installation.house.housekeeper import CLOCK_FROM, Housekeeper
from installation.house.kept_wish import KeptWish
from tests.installation.waiting import LONG, wait_until

HOURS = HoursSettings(open="Tu-Su 10:00-18:00; PH off", country="DE", timezone="Europe/Berlin")


class Part:
    """Stands for the eye or a display."""

    def __init__(self) -> None:
        self.on, self.ready = True, True

    def set_on(self, on: bool) -> None:
        self.on = on


class Place:
    """A house whose clocks the test turns."""

    def __init__(self, begins: str, hours: HoursSettings = HOURS) -> None:
        self.now, self.jumped = 0.0, 0.0
        self.start = datetime.fromisoformat(begins).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
        self.losses, self.told = LossReporter(lambda: self.now), list[tuple[str, str]]()
        self.house = Housekeeper(hours, self.losses, lambda *what: self.told.append(what), lambda: self.wall)
        self.part = Part()
        self.house.add("part", self.part)

    @property
    def wall(self) -> float:
        return self.start + self.now + self.jumped

    def local(self) -> str:
        return f"{datetime.fromtimestamp(self.wall, ZoneInfo('Europe/Berlin')):%a %H:%M}"

    def pass_until(self, hours: float, in_take: bool = False) -> Iterator[str]:
        """Let hours pass; each change of the doors, with the time on the wall."""
        until, doors = self.now + hours * 3600, self.house.doors
        while self.now < until:
            self.now += 10.0
            closed = self.house.keep(self.now, in_take)
            assert closed is (self.house.doors is Doors.CLOSED)
            assert self.part.on is not closed
            if self.house.doors is not doors:
                doors = self.house.doors
                yield f"{self.local()} {doors}"


def test_a_week_with_a_holiday() -> None:
    place = Place("2026-12-22 09:00")
    changes = [line for line in place.pass_until(7 * 24) if not line.endswith("ing")]
    assert changes == [
        *("Tue 10:00 open", "Tue 18:00 closed", "Wed 10:00 open", "Wed 18:00 closed"),
        *("Thu 10:00 open", "Thu 18:00 closed"),  # Christmas Day is a Friday, and the day after it is one, too
        *("Sun 10:00 open", "Sun 18:00 closed"),
    ]


@pytest.mark.parametrize("night", ["2026-03-28 17:00", "2026-10-24 17:00"])
def test_summer_time_moves_no_door(night: str) -> None:
    changes = [line for line in Place(night).pass_until(28) if not line.endswith("ing")]
    assert changes == ["Sat 18:00 closed", "Sun 10:00 open", "Sun 18:00 closed"]


def test_a_clock_that_jumps_is_followed_and_closes_once() -> None:
    place = Place("2026-12-22 12:00")
    assert list(place.pass_until(1)) == []
    place.jumped = 8 * 3600.0
    assert [line.split()[-1] for line in place.pass_until(0.1)] == ["closing", "closed"]
    place.jumped = 0.0
    assert [line.split()[-1] for line in place.pass_until(0.1)] == ["opening", "open"]


def test_a_clock_that_has_lost_its_battery_opens_the_house_and_is_told_once() -> None:
    place = Place("1970-01-05 03:00")
    assert place.house.doors is Doors.OPEN
    assert list(place.pass_until(1)) == []
    assert place.losses.errors == 1
    assert place.losses.lost_parts() == ("clock: it says 1970-01-05; the house is open until it is set",)
    place.jumped = datetime(2026, 12, 22, 3, tzinfo=UTC).timestamp() - place.wall
    assert [line.split()[-1] for line in place.pass_until(0.1)] == ["closing", "closed"]
    assert place.losses.lost_parts() == ()


def test_a_show_that_starts_at_night_switches_on_nothing() -> None:
    place = Place("2026-12-22 03:00")
    assert not place.part.on


def test_without_hours_the_house_is_open_until_somebody_closes_it() -> None:
    place = Place("2026-12-22 03:00", HoursSettings())
    assert list(place.pass_until(48)) == []
    place.house.ask(False, place.now)
    assert [line.split()[-1] for line in place.pass_until(48)] == ["closing", "closed"]
    assert place.told[-1] == (Doors.CLOSED, "by hand")


def test_what_is_not_back_is_told_when_the_house_opens(caplog: pytest.LogCaptureFixture) -> None:
    place = Place("2026-12-22 09:59")
    place.part.ready = False
    with caplog.at_level("INFO", logger="chiaro"):
        assert [line.split()[-1] for line in place.pass_until(0.1)] == ["opening", "open"]
    assert "the house is open without: part" in caplog.text


def test_what_was_asked_by_hand_outlasts_a_kill_until_the_hours_change(tmp_path: Path) -> None:
    kept = KeptWish(tmp_path / "house" / "hall.json")
    evening = datetime(2026, 12, 22, 20, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()

    def begun(wall: float, hours: HoursSettings = HOURS) -> Housekeeper:
        return Housekeeper(hours, LossReporter(), wall_clock=lambda: wall, kept=kept)

    assert begun(evening).doors is Doors.CLOSED
    begun(evening).ask(True, 1.0)
    wait_until(lambda: kept.recall(evening) is True, LONG)
    house = begun(evening + 3600)  # the show was killed
    assert house.doors is Doors.OPEN
    house.keep(1.0, in_take=False)
    assert house.line.startswith("open, by hand")
    assert begun(evening + 15 * 3600).doors is Doors.OPEN  # by its hours: it is eleven in the morning
    assert begun(evening + 27 * 3600).doors is Doors.CLOSED
    assert begun(evening - 3600).doors is Doors.CLOSED  # a clock that was set back
    assert begun(evening, HoursSettings()).doors is Doors.OPEN
    kept.forget()
    assert begun(evening + 3600).doors is Doors.CLOSED


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"open": true}', b'{"open": 1, "asked": "x", "until": 2}'])
def test_a_wish_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "hall.json"
    write_kept(file, content)
    assert KeptWish(file).recall(1.0) is None
    file.write_bytes(content)
    assert KeptWish(file).recall(1.0) is None


def test_a_disk_that_cannot_be_written_costs_only_the_memory(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "house").write_text("a file where the folder should be")
    house = Housekeeper(
        HOURS, LossReporter(), wall_clock=lambda: CLOCK_FROM, kept=KeptWish(tmp_path / "house" / "hall.json")
    )
    house.ask(True, 1.0)
    assert house.doors is Doors.OPENING or house.keep(2.0, in_take=False) is False
    wait_until(lambda: "is not kept" in caplog.text, LONG)


def test_how_long_it_has_been_open_is_known_by_the_hours_also_after_a_start_at_noon() -> None:
    place = Place("2026-12-18 12:30")  # a Friday
    place.house.keep(place.now, False)
    assert place.house.hour is not None
    assert (place.house.hour.local.hour, place.house.hour.open_seconds) == (12, 2.5 * 3600)
    list(place.pass_until(7))
    assert place.house.hour is not None
    assert (place.house.hour.local.hour, place.house.hour.open_seconds) == (19, None)
    place.house.ask(True, place.now)
    list(place.pass_until(1))
    assert place.house.hour.open_seconds == pytest.approx(3600, abs=15)


def test_without_hours_it_is_open_since_the_start_and_with_a_wrong_clock_nobody_knows_the_time() -> None:
    place = Place("2026-12-18 12:30", HoursSettings())
    list(place.pass_until(1))
    assert place.house.hour is not None
    assert place.house.hour.open_seconds == pytest.approx(3600, abs=15)
    place.start = 0.0
    list(place.pass_until(0.01))
    assert place.house.hour is None


def test_when_it_opens_next_is_known_while_the_hours_keep_it_closed_and_only_then() -> None:
    place = Place("2026-11-26 17:00")  # a Thursday
    seen: dict[str, str] = {}
    for _ in place.pass_until(24 * 4 + 18):
        opens = place.house.opens_next
        there = opens and f"{datetime.fromtimestamp(opens, ZoneInfo('Europe/Berlin')):%a %H:%M}"
        seen[place.local()] = str(there)
    assert seen["Thu 18:00"] == "Fri 10:00"
    assert seen["Sun 18:00"] == "Tue 10:00"  # on Mondays it is closed
    assert seen["Fri 10:00"] == "None"
    noon = Place("2026-11-27 12:00")
    noon.house.ask(wanted=False, now=0.0)
    noon.house.keep(1.0, False)
    assert noon.house.doors in (Doors.CLOSING, Doors.CLOSED)
    assert noon.house.opens_next is None  # closed by hand: nobody knows
    nobody = Place("2026-11-27 12:00", HoursSettings())
    assert nobody.house.opens_next is None
