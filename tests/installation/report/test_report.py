"""What is told and what is not, over several evenings; tables, JSON, and what an edit of the story changed."""

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from installation.report.edit import last_edit
from installation.report.figures import Report
from installation.report.gather import Source, gather
from installation.report.save import as_json
from installation.report.table import HEAD, as_csv
from tests.installation.report.made_journal import MadeJournal, wall

FIRST = date(2026, 11, 9)
LAST = date(2026, 11, 26)


def report(folder: Path, first: date = FIRST, last: date = LAST) -> Report:
    return gather(Source(folder, "hall", "hall", ""), first, last, cores=1)


@pytest.fixture(scope="module")
def autumn(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Eighteen evenings with few and with many visitors, of whom some leave early."""
    folder = tmp_path_factory.mktemp("journal")
    made = MadeJournal(folder)
    made.start(wall("2026-11-09 09:00"))
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        for hour in range(17, 21):
            for guest in range((number * 5 + hour * 3) % 8):
                at = wall(f"{day} {hour}:00") + 300.0 * guest
                leaves = (number + guest) % 4 == 0
                made.guest(at, "" if leaves else "joy" if guest % 3 else "ash")
                if guest % 3 == 0:
                    made.visit(at + 200.0, 1.0)
            made.counters(wall(f"{day} {hour}:30"))
    made.write()
    return report(folder)


def test_no_figure_of_a_report_is_one_to_four(autumn: Report) -> None:
    told = json.loads(as_json(autumn))
    people = {"visits", "takes", "part", "whole", "seen", "fell", "taken", "takes_before", "takes_after"}

    def few(value: object, name: str = "", inside: str = "") -> list[str]:
        if isinstance(value, dict):
            return [fault for key, one in value.items() for fault in few(one, key, f"{inside}.{name}")]
        if isinstance(value, list):
            return [fault for one in value for fault in few(one, name, inside)]
        return [f"{inside}.{name} = {value}"] if name in people and isinstance(value, int) and 0 < value < 5 else []

    assert not few(told)
    figures = [one.figures for one in autumn.day_hours]
    assert sum(one.visits is None for one in figures) > 10
    assert sum(one.visits is not None and one.visits > 4 for one in figures) > 10
    for one in figures:  # what is not in a share is a count as well
        for share in (one.stopped, one.completed):
            if share.part is not None and share.whole is not None:
                assert not 0 < share.whole - share.part < 5
        assert one.visits is not None or one.dwell.median is None


def test_nothing_under_five_comes_out_of_the_table_by_subtraction(autumn: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(autumn))))
    assert tuple(rows[0]) == HEAD
    for column in ("visits", "takes", "completed", "stopped"):
        for evening in (row for row in rows if row["span"] == "evening"):
            hours = [row[column] for row in rows if row["span"] == "hour" and row["evening"] == evening["evening"]]
            if evening[column]:
                rest = int(evening[column]) - sum(int(one) for one in hours if one)
                assert hours.count("") != 1
                assert rest == 0 or rest >= 5
        evenings = [row[column] for row in rows if row["span"] == "evening"]
        assert evenings.count("") != 1


def test_hours_days_weeks_and_months_add_up_as_far_as_they_are_told(autumn: Report) -> None:
    assert autumn.total.visits is not None
    assert [week.name for week in autumn.weeks] == ["2026-W46", "2026-W47", "2026-W48"]
    assert [(month.name, month.days, month.figures.visits) for month in autumn.months] == [
        ("2026-11", 18, autumn.total.visits)
    ]
    assert sum(week.figures.visits or 0 for week in autumn.weeks) == autumn.total.visits
    assert sum(hour.figures.visits or 0 for hour in autumn.hours) == autumn.total.visits
    hours = sum(one.figures.visits or 0 for one in autumn.day_hours)
    assert autumn.total.visits * 0.5 < hours < autumn.total.visits


def test_the_week_of_a_report_of_one_evening_does_not_tell_the_few_of_another(tmp_path: Path) -> None:
    made = MadeJournal(tmp_path)
    for number in range(3):
        made.guest(wall("2026-11-23 18:00") + 120.0 * number)
    for number in range(20):
        made.guest(wall("2026-11-24 18:00") + 120.0 * number)
    made.write()
    found = report(tmp_path, date(2026, 11, 24), date(2026, 11, 24))
    told = [found.total.visits, *(week.figures.visits for week in found.weeks)]
    assert told != [20, 23]
    assert None in told


def test_a_few_who_left_are_told_as_a_bound(tmp_path: Path) -> None:
    made = MadeJournal(tmp_path)
    for number in range(40):
        made.guest(wall("2026-11-26 18:00") + 120.0 * number, "" if number < 3 else "joy")
    made.write()
    completed = report(tmp_path).total.completed
    assert (completed.share, completed.part, completed.whole) == (None, None, 40)
    assert completed.at_least == pytest.approx(0.9)


def test_those_few_who_stayed_do_not_come_out_of_those_who_left(tmp_path: Path) -> None:
    made = MadeJournal(tmp_path)
    made.start(wall("2026-11-26 17:00"))
    for number in range(40):
        made.guest(wall("2026-11-26 18:00") + 120.0 * number, "joy" if number < 3 else "")
    made.write()
    found = report(tmp_path)
    opening, joy, _ = found.scenes
    assert (opening.name, opening.seen, opening.left.part, opening.left.at_least) == ("opening", 40, None, 0.9)
    assert (joy.name, joy.seen) == ("joy", None)
    assert any(part.probabilities for part in opening.moods)
    assert not any(part.probabilities for part in joy.moods)  # they would be those of three


def edited(folder: Path, before: int, after: int) -> Report:
    """With the first story a third leaves in the opening, and with the second a tenth."""
    for version, takes, day, leave in (("aaaa", before, "2026-11-25", 3), ("bbbb", after, "2026-11-26", 10)):
        made = MadeJournal(folder, story=version)
        made.start(wall(f"{day} 10:00"))
        for number in range(takes):
            at = wall(f"{day} 10:10") + 90.0 * number
            made.guest(at, "" if number % leave == 0 else "ash" if number % 4 == 0 else "joy")
        made.write()
    return report(folder)


def test_an_edit_of_the_story_is_told_with_an_interval(tmp_path: Path) -> None:
    edit = edited(tmp_path, 240, 240).edit
    assert edit is not None
    assert (edit.before, edit.after, edit.takes_before, edit.takes_after) == ("aaaa", "bbbb", 240, 240)
    assert edit.at.isoformat() == "2026-11-26T10:10:01+01:00"
    completed = edit.completed
    assert (completed.before, completed.after) == pytest.approx((2 / 3, 0.9))
    assert completed.told == "more"
    assert completed.low is not None
    assert completed.high is not None
    assert 0.12 < completed.low < 0.9 - 2 / 3 < completed.high < 0.34
    assert edit.take_seconds.told == "no difference seen"
    assert {(way.source, way.target) for way in edit.ways} == {("opening", "joy"), ("opening", "ash")}


def test_with_fewer_than_a_hundred_takes_an_edit_says_too_few(tmp_path: Path) -> None:
    edit = edited(tmp_path, 240, 99).edit
    assert edit is not None
    assert (edit.takes_after, edit.completed.told, edit.take_seconds.told, edit.ways) == (99, "too few", "too few", ())


def test_an_edit_with_three_takes_tells_neither_number(tmp_path: Path) -> None:
    edit = edited(tmp_path, 240, 3).edit
    assert edit is not None
    assert (edit.takes_before, edit.takes_after) == (None, None)


def test_a_story_that_nobody_edited_has_no_edit(tmp_path: Path) -> None:
    assert edited(tmp_path, 20, 0).edit is None
    assert last_edit({}, "") is None


def test_all_cores_find_what_one_finds(tmp_path: Path) -> None:
    edited(tmp_path, 50, 50)
    source = Source(tmp_path, "hall", "hall", "")
    shares = list[float]()
    many = gather(source, FIRST, LAST, lambda _what, share: shares.append(share), cores=2)
    one = gather(source, FIRST, LAST, cores=1)
    assert json.loads(as_json(many)) | {"made_at": ""} == json.loads(as_json(one)) | {"made_at": ""}
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
