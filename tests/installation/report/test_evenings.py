"""From journals to figures: which evening, which hour, which visit."""

import json
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from calibration.errors import BadInput
from installation.report.evening_lines import EveningLines
from installation.report.evenings import room_of
from installation.report.figures import Report
from installation.report.gather import Source, gather, last_evening
from tests.installation.report.made_journal import MOOD, MadeJournal, wall

DAY = date(2026, 11, 26)


def report(folder: Path, first: date = DAY, last: date | None = None, zone: str = "", room: str = "hall") -> Report:
    return gather(Source(folder, room, room, zone), first, last or first, cores=1)


def evening(folder: Path, guests: int = 30, day: str = "2026-11-26") -> MadeJournal:
    """Guests from 18:00 on, one every two minutes, and as many again who pass."""
    made = MadeJournal(folder)
    made.start(wall(f"{day} 09:59"))
    made.doors(wall(f"{day} 10:00"), "open")
    for number in range(guests):
        at = wall(f"{day} 18:00") + 120.0 * number
        made.guest(at, "joy" if number % 3 else "ash")
        made.visit(at + 100.0, 1.5)
    made.doors(wall(f"{day} 22:00"), "closed")
    return made


def test_an_evening_in_serrells_words(tmp_path: Path) -> None:
    made = evening(tmp_path)
    for number in range(6):
        made.take(wall("2026-11-26 20:00") + 60 * number, ending="", outcome="left")
        made.visit(wall("2026-11-26 20:00") + 60 * number - 1, 18.0)
    for number in range(48):
        made.counters(wall("2026-11-26 18:05") + 300.0 * number, seeing=150.0, camera=150.0)
    made.write()
    total = report(tmp_path).total
    assert (total.visits, total.takes) == (66, 36)
    assert (total.stopped.part, total.stopped.whole) == (36, 66)
    assert (total.completed.part, total.completed.whole) == (30, 36)
    assert total.dwell.median == 53.0  # of the way to joy: 1 s before it, 50 s of film, 2 s after
    assert total.needed_seconds == pytest.approx((20 * 50 + 10 * 30) / 30, abs=0.1)
    assert total.holding == pytest.approx(((20 * 50 + 10 * 30 + 6 * 20) / 36) / (1300 / 30), abs=0.01)
    assert (total.open_seconds, total.seeing_seconds) == (4 * 3600.0, 2 * 3600.0)
    assert total.visits_per_hour == 33.0  # by the hours in which somebody could be seen
    assert (total.pictures, total.pictures_late) == (4800, 96)


def test_the_ways_choices_and_moods_of_an_evening(tmp_path: Path) -> None:
    evening(tmp_path).write()
    found = report(tmp_path)
    assert {(flow.source, flow.target, flow.end): flow.takes for flow in found.flows} == {
        ("", "opening", ""): 30,
        ("opening", "joy", ""): 20,
        ("opening", "ash", ""): 10,
        ("joy", "", "completed"): 20,
        ("ash", "", "completed"): 10,
    }
    (choice,) = found.choices
    assert (choice.scene, choice.fell) == ("opening", 30)
    assert [(way.target, way.taken, way.stood_at, way.needed) for way in choice.ways] == [
        ("joy", 20, 0.5, 0.4),
        ("ash", 10, None, None),
    ]
    assert [(scene.name, scene.seconds, scene.ending, scene.seen) for scene in found.scenes] == [
        ("opening", 20.0, False, 30),
        ("joy", 30.0, True, 20),
        ("ash", 10.0, True, 10),
    ]
    opening = found.scenes[0].moods
    assert [bin.probabilities for bin in opening if bin.probabilities] == [tuple(MOOD)] * 10
    assert [bin.begin for bin in found.evening] == [18.0, 18.5]
    assert found.evening[0].probabilities == pytest.approx(MOOD)


def test_an_evening_goes_on_after_midnight_until_four(tmp_path: Path) -> None:
    made = MadeJournal(tmp_path)
    for number in range(10):
        made.guest(wall("2026-11-26 23:55") + 60.0 * number)
        made.guest(wall("2026-11-27 03:50") + 120.0 * number)  # five of them before four
    made.write()
    found = report(tmp_path, DAY, date(2026, 11, 27))
    assert [(one.day.day, one.figures.visits, one.figures.takes) for one in found.days] == [(26, 15, 15), (27, 5, 5)]
    assert [one.start.hour for one in found.day_hours if one.day == DAY] == [23, 0, 3]
    assert {bin.begin for bin in found.evening} == {23.5, 24.0, 27.5, 4.0}


def test_a_night_that_closes_at_six_belongs_to_the_evening_before(tmp_path: Path) -> None:
    made = MadeJournal(tmp_path)
    made.doors(wall("2026-11-26 21:00"), "open")
    for number in range(10):
        made.guest(wall("2026-11-27 03:30") + 600.0 * number)
    made.doors(wall("2026-11-27 06:00"), "closing")
    made.doors(wall("2026-11-27 06:01"), "closed")
    made.doors(wall("2026-11-27 08:00"), "opening")
    for number in range(7):
        made.guest(wall("2026-11-27 08:30") + 600.0 * number)
    made.write()
    found = report(tmp_path, DAY, date(2026, 11, 27))
    assert [(one.day.day, one.figures.visits) for one in found.days] == [(26, 10), (27, 7)]
    closed = found.days[0].closed
    assert closed is not None
    assert closed.hour == 6


def test_a_house_that_opens_at_five_in_the_morning_begins_a_new_day(tmp_path: Path) -> None:
    made = MadeJournal(tmp_path)
    for number in range(6):
        made.guest(wall("2026-11-26 20:00") + 600.0 * number)
    made.doors(wall("2026-11-27 05:00"), "opening")
    for number in range(8):
        made.guest(wall("2026-11-27 05:10") + 600.0 * number)
    made.doors(wall("2026-11-27 09:00"), "closed")
    made.write()
    found = report(tmp_path, DAY, date(2026, 11, 27))
    assert [(one.day.day, one.figures.visits) for one in found.days] == [(26, 6), (27, 8)]


def test_the_hour_that_is_there_twice_in_autumn_is_two_hours_and_the_one_that_spring_lacks_is_none(
    tmp_path: Path,
) -> None:
    vienna = ZoneInfo("Europe/Vienna")
    made = MadeJournal(tmp_path)
    two = wall("2026-10-25 02:00", vienna)  # summer time; the same words are true again an hour later
    for number in range(24):
        made.guest(two - 3600.0 + 450.0 * number)  # eight in each of 1, 2, 2 again
    spring = wall("2026-03-29 01:00", vienna)
    for number in range(16):
        made.guest(spring + 450.0 * number)
    made.write()
    autumn = report(tmp_path, date(2026, 10, 24))
    assert [(one.start.hour, str(one.start)[-6:], one.figures.visits) for one in autumn.day_hours] == [
        (1, "+02:00", 8),
        (2, "+02:00", 8),
        (2, "+01:00", 8),
    ]
    assert [(one.hour, one.figures.visits) for one in autumn.hours] == [(1, 8), (2, 16)]
    found = report(tmp_path, date(2026, 3, 28))
    assert [(one.start.hour, one.figures.visits) for one in found.day_hours] == [(1, 8), (3, 8)]


def test_days_are_counted_by_the_clock_of_the_venue(tmp_path: Path) -> None:
    made = MadeJournal(tmp_path)
    for number in range(10):
        made.guest(wall("2026-11-26 23:00", ZoneInfo("Asia/Tokyo")) + 60.0 * number)
    made.write()
    found = report(tmp_path, zone="Asia/Tokyo")
    (hour,) = found.day_hours
    assert (hour.start.hour, hour.figures.visits, found.timezone) == (23, 10, "Asia/Tokyo")
    katmandu = report(tmp_path, zone="Asia/Kathmandu")  # its hours begin at a quarter to ours
    assert katmandu.day_hours[0].start.minute == 0


def test_torn_and_foreign_lines_cost_themselves_alone_and_are_counted(tmp_path: Path) -> None:
    evening(tmp_path).write()
    (file,) = tmp_path.glob("*.jsonl")
    lines = file.read_bytes().splitlines(keepends=True)
    at = json.loads(lines[-1])["at"]
    foreign = [
        lines[40][:50] + b"\n",
        b'{"at":"soon","kind":"enter"}\n',
        b"[1, 2]\n",
        b'{"at":%r,"kind":"take_end"}\n' % at,
        b'{"at":%r,"kind":"counters","lost":7}\n' % at,
        b'{"at":%r}\n' % at,
        b'{"at":1e999,"t":1,"kind":"enter"}\n',
        b"\xff\xfe\x00\n",
    ]
    file.write_bytes(b"".join([*lines[:60], *foreign, *lines[60:], b'{"at":17']))
    found = report(tmp_path)
    assert found.total.visits == 60
    assert 4 <= found.unreadable <= len(foreign) + 1


def test_a_compressed_file_that_was_cut_gives_what_is_whole(tmp_path: Path) -> None:
    evening(tmp_path, guests=100).write(packed=True)
    (file,) = tmp_path.glob("*.gz")
    whole = report(tmp_path).total.visits
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    part = report(tmp_path)
    assert whole == 200
    assert part.total.visits is not None
    assert 20 < part.total.visits < 180
    assert part.unreadable


def test_a_day_that_is_there_twice_as_a_power_cut_leaves_it_counts_once(tmp_path: Path) -> None:
    evening(tmp_path).write(packed=True)
    evening(tmp_path).write()
    assert report(tmp_path).total.visits == 60


def test_each_room_has_its_own_report(tmp_path: Path) -> None:
    evening(tmp_path).write()
    other = MadeJournal(tmp_path, room="cellar")
    for number in range(7):
        other.guest(wall("2026-11-26 18:00") + 60.0 * number)
    other.write()
    assert report(tmp_path).total.visits == 60
    assert report(tmp_path, room="cellar").total.visits == 7
    assert room_of(tmp_path, "Cellar", named=True) == "cellar"
    with pytest.raises(BadInput, match=r"several rooms have a journal; there are: cellar, hall. Choose one"):
        room_of(tmp_path, "room", named=False)
    with pytest.raises(BadInput, match="did you mean 'cellar'"):
        room_of(tmp_path, "Celar", named=True)


def test_a_single_room_need_not_be_named(tmp_path: Path) -> None:
    evening(tmp_path).write()
    assert room_of(tmp_path, "room", named=False) == "hall"


@pytest.mark.parametrize("there", ["no folder", "empty folder", "empty file", "closed all day"])
def test_an_empty_journal_is_an_empty_report(tmp_path: Path, there: str) -> None:
    folder = tmp_path / "journal"
    if there != "no folder":
        folder.mkdir()
    if there == "empty file":
        (folder / "2026-11-26.hall.jsonl").touch()
    if there == "closed all day":
        made = MadeJournal(folder)
        made.start(wall("2026-11-26 08:00"))
        made.doors(wall("2026-11-26 08:00"), "closed")
        made.write()
    found = report(folder)
    assert found.empty
    assert (found.total.visits, found.total.takes, found.total.open_seconds) == (0, 0, None)
    assert (last_evening(Source(folder, "hall", "hall", "")) is None) is (there in ("no folder", "empty folder"))


def test_rehearsed_takes_are_no_takes(tmp_path: Path) -> None:
    made = evening(tmp_path)
    made.take(wall("2026-11-26 11:00"), rehearsed=True)
    made.line(wall("2026-11-26 12:00") - 1, "branch", source="lamp", target="opening", reason="operator (OSC)")
    begin = wall("2026-11-26 12:00")
    made.line(begin, "take_start", take=1, seed=0, draws={}, story="aaaa")  # with nobody there
    made.line(begin + 1, "scene_start", entry=1, scene="opening", index=1)
    made.line(begin + 30, "take_end", take=1, outcome="operator")
    made.line(wall("2026-11-26 13:00") + 5, "command", name="mood", value=["anger", 1.0], source="key")
    made.take(wall("2026-11-26 13:00"))  # as earlier versions wrote it
    made.start(wall("2026-11-26 14:00"), moods="by hand")
    made.take(wall("2026-11-26 14:10"))
    made.start(wall("2026-11-26 15:00"))
    made.write()
    found = report(tmp_path)
    assert (found.total.takes, found.rehearsed) == (30, 4)
    assert found.total.visits == 60


def test_what_a_power_cut_ended_was_a_visit_but_neither_completed_nor_left(tmp_path: Path) -> None:
    made = evening(tmp_path)
    for number in range(12):
        at = wall("2026-11-26 20:00") + 600.0 * number
        made.line(at, "enter", here=1)
        made.line(at + 1, "take_start", take=1, seed=0, draws={}, story="aaaa")
        made.line(at + 2, "scene_start", entry=1, scene="opening", index=1)
        made.start(at + 60)
    made.write()
    found = report(tmp_path)
    assert (found.total.visits, found.total.takes, found.total.completed.whole) == (72, 42, 30)
    assert {flow.takes for flow in found.flows if flow.end == "cut"} == {12}
    assert found.total.dwell.lower == 2.0  # as far as is known


def test_losses_have_their_times_and_minutes(tmp_path: Path) -> None:
    made = evening(tmp_path)
    at = wall("2026-11-26 19:00")
    made.line(at, "lost", part="camera", why="pulled out")
    made.line(at + 90, "back", part="camera", seconds=90.0)
    made.line(at + 100, "lost", part="journal", why="full")
    made.line(at + 120, "lost", part="journal", why="full")  # said again every 20 s
    made.counters(at + 300, seeing=210.0, camera=90.0, journal=200.0)
    made.write()
    found = report(tmp_path)
    assert [(loss.part, loss.times, loss.minutes) for loss in found.losses] == [("journal", 1, 3.3), ("camera", 1, 1.5)]
    assert [(one.part, one.why, one.seconds) for one in found.loss_log] == [
        ("camera", "pulled out", 90.0),
        ("journal", "full", None),
    ]


def test_five_minutes_over_the_full_hour_are_parted_between_the_two(tmp_path: Path) -> None:
    made = MadeJournal(tmp_path)
    made.counters(wall("2026-11-26 19:01"))
    made.write()
    found = report(tmp_path)
    assert [(one.start.hour, one.figures.open_seconds) for one in found.day_hours] == [(18, 240.0), (19, 60.0)]


def test_moods_are_sampled_every_two_seconds_also_after_the_clock_was_set_back(tmp_path: Path) -> None:
    file = tmp_path / "2026-11-26.hall.jsonl"
    seconds = [1000, 1000.5, 1001.5, 1002, 1003.9, 1004, 500, 501, 502, 502.5]
    mood = '"t":1.0,"kind":"mood","present":'
    lines = [
        f'{{"at":{1.7e9 + second:.3f},{mood}true}}\n{{"at":{1.7e9 + second:.3f},{mood}false}}' for second in seconds
    ]
    file.write_text("\n".join(lines))
    taken = [line["at"] - 1.7e9 for line in EveningLines((file,), (0.0, 2e9))]
    assert taken == [1000, 1002, 1004, 500, 502]
