"""The journal of takes."""

import contextlib
import gzip
import json
import logging
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.errors import BadFile
from calibration.settings import JournalSettings
from installation.host.console import LossReporter
from installation.host.counters import Second
from installation.host.journal import Journal, mood_line
from installation.host.journal_files import LONGEST_LINE, DayFiles, compress, read_lines
from installation.show.rehearsal import mood_of
from models.labels import LABELS
from models.mood import NOTHING, Mood, VisitorMood, unseen
from scenes.machine.cue import Branched, Prepare, ShowState, StateChanged, TakeEnded, TakeStarted

NOON = time.mktime((2026, 3, 10, 12, 0, 0, 0, 0, -1))
DAY = 86_400.0


class Wall:
    """A clock on the wall that only the test moves."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def written(folder: Path) -> list[dict[str, Any]]:
    return [line for file in sorted(folder.glob("*.jsonl*")) for line in read_lines(file)]


def kinds(folder: Path, *wanted: str) -> list[dict[str, Any]]:
    """The lines of these kinds, without their times."""
    return [
        {key: value for key, value in line.items() if key not in ("at", "t")}
        for line in written(folder)
        if line["kind"] in wanted
    ]


def with_visitor(number: int, now: float) -> Mood:
    mood = mood_of("happiness", 0.8, now)
    return mood.model_copy(update={"visitors": (mood.visitors[0].model_copy(update={"visitor_id": number}),)})


def test_a_branch_is_written_with_its_reason_and_the_mood_it_was_taken_on(tmp_path: Path) -> None:
    journal = Journal(JournalSettings(), tmp_path, LossReporter())
    journal.cue(Branched("opening", "ember", "joy held 2 s", "happiness", 0.8), mood_of("happiness", 0.8, 5.0), 5.0)
    journal.cue(Prepare(("ember",)), mood_of("happiness", 0.8, 5.0), 5.0)
    journal.close()
    (line,) = written(tmp_path / "journal")
    assert line["kind"] == "branch"
    assert line["reason"] == "joy held 2 s"
    assert line["mood"]["dominant"] == "happiness"


def test_nothing_that_tells_one_visitor_from_another_is_written(tmp_path: Path) -> None:
    journal = Journal(JournalSettings(), tmp_path, LossReporter())
    journal.mood(with_visitor(77_123, 1.0), 1.0)
    journal.mood(Mood(captured_at=9.0, trusted=True), 9.0)
    journal.end(10.0)
    journal.close()
    lines = written(tmp_path / "journal")
    assert [line["kind"] for line in lines] == ["enter", "mood", "leave", "mood", "show_end"]
    assert "visitor_id" not in json.dumps(lines)
    assert "77123" not in json.dumps(lines)


def test_moods_are_written_at_the_venues_rate_and_at_once_when_they_change(tmp_path: Path) -> None:
    journal = Journal(JournalSettings(mood_hertz=1.0), tmp_path, LossReporter())
    for tick in range(90):  # three seconds at 30 a second, with one change of heart
        journal.mood(mood_of("anger" if tick < 50 else "sadness", 0.9, tick / 30), tick / 30)
    journal.close()
    moods = [line["dominant"] for line in kinds(tmp_path / "journal", "mood")]
    assert moods == ["anger", "anger", "sadness", "sadness"]  # at 0, 1, 1.67 (at once) and 2.67 s


def test_while_nobody_is_there_only_a_change_is_written(tmp_path: Path) -> None:
    journal = Journal(JournalSettings(mood_hertz=30.0), tmp_path, LossReporter())
    for second in range(3600):
        seen = Mood(captured_at=second, trusted=True)
        journal.mood(unseen(second, f"silent for {second} s") if 1000 <= second < 1500 else seen, float(second))
    journal.close()
    assert [line["t"] for line in written(tmp_path / "journal")] == [0.0, 1000.0, 1500.0]


def test_who_comes_and_who_leaves_is_written_with_how_long_it_was(tmp_path: Path) -> None:
    journal = Journal(JournalSettings(), tmp_path, LossReporter())
    for second in range(100):
        now = float(second)
        if second < 10 or second >= 90:
            journal.mood(Mood(captured_at=now, trusted=True), now)
        elif 30 <= second < 50:
            journal.mood(unseen(now, "the lens is covered"), now)  # that we could not see is not that they left
        else:
            journal.mood(with_visitor(3 if second < 70 else 4, now), now)
    journal.mood(with_visitor(5, 100.0), 100.0)
    journal.end(130.0)
    journal.close()
    assert kinds(tmp_path / "journal", "enter", "leave") == [
        {"kind": "enter", "here": 1},
        {"kind": "leave", "seconds": 60.0, "here": 0},
        {"kind": "enter", "here": 1},
        {"kind": "leave", "seconds": 20.0, "here": 0},
        {"kind": "enter", "here": 1},
        {"kind": "leave", "seconds": 30.0, "here": 0},
    ]
    assert kinds(tmp_path / "journal", "show_end")[0]["visitors"] == 3


def test_what_goes_and_comes_back_is_written_with_how_long_it_was(tmp_path: Path) -> None:
    now = [100.0]
    losses = LossReporter(lambda: now[0])
    losses.lost("sound", "no device")  # before there was a journal
    journal = Journal(JournalSettings(), tmp_path, losses)
    now[0] = 107.25
    losses.lost("camera", "unplugged")
    losses.lost("camera", "still unplugged")
    now[0] = 130.0
    losses.back("camera")
    losses.back("camera")
    journal.close()
    losses.lost("camera", "after the end")
    assert [{k: v for k, v in line.items() if k != "at"} for line in written(tmp_path / "journal")] == [
        {"t": 100.0, "kind": "lost", "part": "sound", "why": "no device"},
        {"t": 107.25, "kind": "lost", "part": "camera", "why": "unplugged"},
        {"t": 130.0, "kind": "back", "part": "camera", "seconds": 22.8},
    ]


def test_the_minutes_that_an_operator_held_the_show_are_written(tmp_path: Path) -> None:
    journal = Journal(JournalSettings(), tmp_path, LossReporter())
    states = [
        *((0.0, ShowState.ATTRACT), (60.0, ShowState.PAUSED), (240.0, ShowState.PLAYING)),
        *((300.0, ShowState.CLOSED), (600.0, ShowState.ATTRACT), (660.0, ShowState.BLACKOUT)),
    ]
    for now, state in states:
        journal.cue(StateChanged(state, False, False), Mood(captured_at=now, trusted=True), now)
    journal.cue(TakeEnded(1, "show_end"), Mood(captured_at=680.0, trusted=True), 680.0)
    journal.end(690.0)
    journal.close()
    assert kinds(tmp_path / "journal", "operator", "show_end") == [
        {"kind": "operator", "what": "paused", "minutes": 3.0},
        {"kind": "operator", "what": "closed", "minutes": 5.0},
        {"kind": "operator", "what": "blackout", "minutes": 0.5},
        {"kind": "show_end", "takes": 1, "visitors": 0, "operator_minutes": 3.5, "losses": 0},
    ]


# -- the files ---------------------------------------------------------------------------------------------------


def test_every_room_has_a_file_of_its_own_each_day(tmp_path: Path) -> None:
    for room in ("Hall 2 (east)", "Зал", ""):
        journal = Journal(JournalSettings(), tmp_path, LossReporter(), Wall(), room=room)
        journal.note("show_start", 0.0)
        journal.close()
    names = sorted(file.name for file in (tmp_path / "journal").iterdir())
    assert names == ["2026-03-10.hall-2-east.jsonl", "2026-03-10.room.jsonl", "2026-03-10.зал.jsonl"]


def test_days_are_readable_by_their_owner_alone_also_in_a_folder_that_is_open_to_all(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir(mode=0o755)
    wall = Wall()
    for _ in range(2):
        journal = Journal(JournalSettings(), tmp_path, LossReporter(), wall_clock=wall, room="hall")
        journal.note("moment", 1.0)
        journal.close()
        wall.now += DAY
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "journal").iterdir()}
    assert files == {"2026-03-10.hall.jsonl.gz": 0o600, "2026-03-11.hall.jsonl": 0o600}


def test_after_a_power_cut_in_mid_line_the_next_line_stands_alone(tmp_path: Path) -> None:
    for number in (0.0, 1.0):
        journal = Journal(JournalSettings(), tmp_path, LossReporter(), Wall())
        journal.note("show_start", number)
        journal.close()
        (file,) = (tmp_path / "journal").iterdir()
        with file.open("a") as torn:
            torn.write('{"at": 17000')
    assert [json.loads(line)["t"] for line in file.read_text().splitlines()[::2]] == [0.0, 1.0]
    assert [line["t"] for line in read_lines(file)] == [0.0, 1.0]


def test_a_torn_day_is_continued_without_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "2026-03-10.hall.jsonl").write_bytes(b"x" * 1000)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail(f"{self} was read whole"))
    DayFiles(tmp_path, "hall", 10_000, 9).write(NOON, "{}")
    with (tmp_path / "2026-03-10.hall.jsonl").open("rb") as file:
        assert file.read() == b"x" * 1000 + b"\n{}\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here to stand in for a full disk")
def test_a_full_disk_is_reported_once_and_the_show_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.mkdir()
    losses = LossReporter()
    journal = Journal(JournalSettings(), tmp_path, losses, Wall())
    (folder / "2026-03-10.room.jsonl").symlink_to("/dev/full")
    for number in range(20):
        journal.note("command", float(number))
    journal.flush()
    assert losses.errors == 1
    assert losses.is_lost("journal")
    (folder / "2026-03-10.room.jsonl").unlink()  # somebody made space
    journal.note("command", 20.0)
    journal.close()
    assert not losses.is_lost("journal")
    assert kinds(folder, "command")[-1:] == [{"kind": "command"}]


def test_the_journal_is_back_soon_after_its_disk_though_nobody_comes(tmp_path: Path) -> None:
    losses, folder, nobody = LossReporter(), tmp_path / "journal", mood_of("nobody", 0.0, 5.0)
    folder.touch()
    journal = Journal(JournalSettings(folder=str(folder)), tmp_path, losses)
    journal.mood(nobody, 5.0)
    assert journal.flush()
    assert losses.is_lost("journal")
    journal.mood(nobody, 5.1)
    assert journal.flush()
    folder.unlink()
    for now in (6.0, 24.0):  # not at every tick
        journal.mood(nobody, now)
        assert journal.flush()
        assert losses.is_lost("journal")
    journal.mood(nobody, 25.2)
    assert journal.flush()
    assert not losses.is_lost("journal")
    journal.close()
    assert [(line["kind"], line["part"]) for line in kinds(folder, "lost", "back")] == [
        ("lost", "journal"),
        ("back", "journal"),
    ]


def test_a_journal_whose_folder_was_put_back_is_continued_in_it(tmp_path: Path) -> None:
    folder, away = tmp_path / "journal", tmp_path / "away"
    files = DayFiles(folder, "room", 1_000_000, 9)
    files.write(NOON, '{"kind":"one"}')
    folder.rename(away)
    files.write(NOON, '{"kind":"two"}')
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    away.rename(folder)
    files.write(NOON, '{"kind":"three"}')
    files.close()
    assert [line["kind"] for line in written(folder)] == ["one", "three"]


def test_the_journal_never_outgrows_its_limit(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.mkdir()
    for day in range(1, 6):
        (folder / f"2020-01-0{day}.jsonl.gz").write_text("x" * 300_000)
    (folder / "2020-01-01.elsewhere.jsonl").write_text("another room's\n")
    losses, wall = LossReporter(), Wall()
    journal = Journal(JournalSettings(megabytes_at_most=1), tmp_path, losses, wall)

    def size() -> int:
        return sum(file.stat().st_size for file in folder.glob("*") if "elsewhere" not in file.name)

    most = 0
    for number in range(3000):
        journal.note("command", float(number), name="x" * 400)
        if number % 250 == 0:
            assert journal.flush()
            most = max(most, size())
    journal.flush()
    assert 950_000 < max(most, size()) <= 1_000_000
    assert {file.name for file in folder.iterdir()} == {"2026-03-10.room.jsonl", "2020-01-01.elsewhere.jsonl"}
    assert losses.errors == 1  # one day alone has reached it: told, once
    assert losses.is_lost("journal")
    wall.now += DAY
    journal.note("show_start", 1.0)
    journal.close()
    assert not losses.is_lost("journal")
    assert size() <= 1_000_000
    assert next(read_lines(folder / "2026-03-11.room.jsonl"))["kind"] == "show_start"


def test_the_oldest_days_are_deleted_first_and_a_clock_that_was_ahead_does_not_make_today_the_oldest(
    tmp_path: Path,
) -> None:
    files = DayFiles(tmp_path, "hall", 10_000_000, days_at_most=3)
    year_ahead = NOON + 365 * DAY
    for at in (NOON, NOON + DAY, year_ahead, NOON + 2 * DAY, NOON + 3 * DAY):
        assert files.write(at, json.dumps({"at": at}))
    files.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        *("2026-03-11.hall.jsonl.gz", "2026-03-12.hall.jsonl.gz", "2026-03-13.hall.jsonl"),
    ]


def test_days_that_are_over_are_compressed_and_read_like_the_others(tmp_path: Path) -> None:
    (tmp_path / "2026-03-08.jsonl").write_text('{"of": "an earlier version"}\n')
    files = DayFiles(tmp_path, "hall", 10_000_000, 9)
    for number, at in enumerate((NOON, NOON + DAY, NOON, NOON + DAY)):  # the clock goes back a day, and forth
        files.write(at, json.dumps({"n": number}))
    files.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        *("2026-03-08.jsonl.gz", "2026-03-10.hall.jsonl.gz", "2026-03-11.hall.jsonl", "2026-03-11.hall.jsonl.gz"),
    ]
    assert list(read_lines(tmp_path / "2026-03-08.jsonl.gz")) == [{"of": "an earlier version"}]
    assert list(read_lines(tmp_path / "2026-03-10.hall.jsonl.gz")) == [{"n": 0}, {"n": 2}]


def test_a_power_cut_while_a_day_is_compressed_neither_loses_nor_doubles_it(tmp_path: Path) -> None:
    day, packed = tmp_path / "2026-03-10.hall.jsonl", tmp_path / "2026-03-10.hall.jsonl.gz"
    lines = b'{"n": 1}\n{"n": 2}\n'
    (tmp_path / "2026-03-10.hall.jsonl.gz.part").write_bytes(b"half")
    day.write_bytes(lines)
    compress(day)
    assert gzip.decompress(packed.read_bytes()) == lines
    day.write_bytes(lines)  # as if the power had gone before the original was deleted
    compress(day)
    assert gzip.decompress(packed.read_bytes()) == lines
    assert [file.name for file in tmp_path.iterdir()] == [packed.name]


def test_any_bytes_in_the_place_of_a_journal_are_lines_or_one_clear_error(tmp_path: Path) -> None:
    whole = gzip.compress(b'{"n": 1}\n' + b'{"n": 2}\n' * 2000)
    file = tmp_path / "2026-03-10.hall.jsonl.gz"
    for content in [
        *(b"", b"\x1f\x8b", b"\x1f\x8bno", whole[:-20], whole[:40], whole + b"rubbish", b"\xff\xfe\n{}\n"),
        *(b"[" * 100_000 + b"\n", b"1" * 5000 + b"\n", b'{"n": "\x1b[2J\x00"}\n', b"x" * 3_000_000),
    ]:
        file.write_bytes(content)
        with contextlib.suppress(BadFile):
            assert all(isinstance(line, dict) for line in read_lines(file))
    file.write_text(json.dumps({"n": "x" * (LONGEST_LINE + 1)}) + '\n{"n": 1}\n')  # longer than any line of ours
    assert list(read_lines(file)) == [{"n": 1}]
    file.write_bytes(whole[: len(whole) // 2])
    assert next(iter(read_lines(file))) == {"n": 1}


# -- a month -----------------------------------------------------------------------------------------------------

HOURS = 10
"""A day of the month; one hour of it is simulated, for they are all alike."""


def an_hour(dice: np.random.Generator) -> Iterator[tuple[float, Mood]]:
    """Somebody is there all the time and no mood is like the one before: no hour has more to write than this."""
    for tick in range(3600 * 10):
        now = tick / 10
        shares = tuple(float(share) for share in dice.dirichlet(np.full(len(LABELS), 0.5)))
        dominant = LABELS[int(dice.integers(len(LABELS)))] if tick % 20 == 0 else "neutral"
        affect = {"valence": float(dice.uniform(-1, 1)), "arousal": float(dice.uniform(-1, 1))}
        seen = with_visitor(1 + tick // 300, now)
        yield now, seen.model_copy(update={"probabilities": shares, "dominant": dominant, "confidence": 0.5} | affect)


def test_a_month_in_which_somebody_is_always_there_fits_in_the_default(tmp_path: Path) -> None:
    wall, settings = Wall(), JournalSettings()
    journal = Journal(settings, tmp_path, LossReporter(), wall)
    for now, mood in an_hour(np.random.default_rng(1)):
        wall.now = NOON + now
        journal.mood(mood, now)
        if now % 15 == 0:
            journal.cue(Branched("opening", "ember", "joy held 2 s", "happiness", 0.8), mood, now)
            assert journal.flush()
    journal.flush()
    (hour,) = (tmp_path / "journal").iterdir()
    today = hour.stat().st_size
    assert len(kinds(hour.parent, "mood")) > 7200
    wall.now += DAY
    journal.note("show_start", 0.0)
    journal.close()
    packed = (tmp_path / "journal" / f"{hour.name}.gz").stat().st_size
    logging.info("an hour is %.2f MB, compressed %.2f MB", today / 1e6, packed / 1e6)
    assert settings.days_at_most >= 31
    assert HOURS * (30 * packed + today) < settings.megabytes_at_most * 1e6, (packed, today)


def test_a_rehearsed_mood_is_no_visit_and_says_that_it_is_rehearsed(tmp_path: Path) -> None:
    journal = Journal(JournalSettings(), tmp_path, LossReporter())
    journal.mood(with_visitor(7, 1.0), 1.0)
    journal.mood(mood_of("anger", 0.9, 5.0), 5.0, rehearsed=True)
    journal.cue(TakeStarted(1), mood_of("anger", 0.9, 5.0), 5.0)
    journal.mood(with_visitor(7, 35.0), 35.0)
    journal.cue(TakeStarted(2), with_visitor(7, 36.0), 36.0)
    journal.mood(Mood(captured_at=41.0, trusted=True), 41.0)
    journal.close()
    assert kinds(tmp_path / "journal", "enter", "leave") == [
        {"kind": "enter", "here": 1},
        {"kind": "leave", "seconds": 40.0, "here": 0},
    ]
    assert ["rehearsed" in line for line in kinds(tmp_path / "journal", "mood")] == [False, True, False, False]
    assert ["rehearsed" in line for line in kinds(tmp_path / "journal", "take_start")] == [True, False]


def test_the_story_stands_in_each_hour_that_has_takes_and_its_hash_with_each_take(tmp_path: Path) -> None:
    wall = Wall()
    journal = Journal(JournalSettings(), tmp_path, LossReporter(), wall)
    for story, hours in (("one", 2), ("two", 1)):
        journal.story({"title": "Film", "hash": story}, wall.now)
        journal.story({"title": "Film", "hash": story}, wall.now)  # taken over once more: clips were back
        for _ in range(hours):
            wall.now += 3600.0
            for take in (1, 2):
                journal.cue(TakeStarted(take), unseen(0.0, ""), wall.now)
    journal.close()
    assert [line["hash"] for line in kinds(tmp_path / "journal", "story")] == ["one", "one", "one", "two", "two"]
    assert [line["story"] for line in kinds(tmp_path / "journal", "take_start")] == ["one"] * 4 + ["two"] * 2


def test_seconds_open_and_seeing_and_pictures_late_are_written_every_five_minutes_and_at_the_end(
    tmp_path: Path,
) -> None:
    journal = Journal(JournalSettings(), tmp_path, LossReporter())
    for second in range(901):
        lost = ("camera",) if 100 <= second < 140 else ()
        journal.count(Second(second <= 400, not lost, 30 * second, second // 10, lost), float(second))
    journal.end(905.0)
    journal.close()
    lines = kinds(tmp_path / "journal", "counters")
    assert [(line["open"], line["seeing"], line["pictures"], line["late"]) for line in lines] == [
        (300.0, 260.0, 9000, 30),
        (100.0, 100.0, 9000, 30),
    ]  # and no line of the hours in which the house is closed
    assert [line["lost"] for line in lines] == [{"camera": 40.0}, {}]
    assert [line["seconds"] for line in lines] == [300.0, 300.0]


def test_hours_that_the_machine_slept_are_no_open_hours(tmp_path: Path) -> None:
    journal = Journal(JournalSettings(), tmp_path, LossReporter())
    for now in (0.0, 1.0, 2.0, 30_000.0, 30_001.0):
        journal.count(Second(True, True, 0, 0), now)
    journal.end(30_001.0)
    journal.close()
    (line,) = kinds(tmp_path / "journal", "counters")
    assert (line["open"], line["seconds"]) == (3.0, 3.0)


def test_of_where_visitors_look_and_whether_they_speak_only_the_share_of_all_together_is_kept() -> None:
    visitor = VisitorMood(
        slot=1,
        visitor_id=7,
        probabilities=NOTHING,
        dominant=None,
        confidence=0,
        position=(0.5, 0.5),
        size=0.2,
        facing=0.12345,
        yaw=41.0,
        pitch=1.0,
        roll=2.0,
        distance=1.5,
        eyes_shut=False,
        speaking=True,
    )
    together = {"facing": 0.12345, "speaking": 1 / 3}
    line = mood_line(Mood(captured_at=1, trusted=True, present=True, count=1, visitors=(visitor,), **together))
    assert (line["facing"], line["speaking"]) == (0.123, 0.333)
    assert not line.keys() & {"visitors", "yaw", "pitch", "roll", "distance", "eyes_shut"}
    unknown = mood_line(Mood(captured_at=1, trusted=True))
    assert (unknown["facing"], unknown["speaking"]) == (None, None)
