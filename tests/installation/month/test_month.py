"""Days of the whole show under a simulated clock; and that each promise, once broken, is noticed."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from installation.cli import app
from installation.month.clock import AUTUMN, SPRING, SimulatedClock
from installation.month.month import MonthReport, Tally, in_central_europe, rehearse
from installation.month.promises import Night, PromiseBroken, Promises
from installation.month.room import SimulatedRoom
from installation.month.stand_ins import copy_with_stand_ins
from scenes.story.story import load_story
from tests.clips import make_clip
from tests.installation.show.test_show import STORY

pytestmark = [
    pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="the month was not tried: no Unix sockets here"),
    pytest.mark.timeout(1800),
]
DEMO = Path(__file__).parents[3] / "scenes/demo/story.toml"


def test_two_days_with_all_that_goes_wrong_break_no_promise() -> None:
    report = rehearse(load_story(DEMO), days=2, seed=1, progress=lambda _what, _share: None)
    assert report.days == 2
    assert sum(tally.times for tally in report.faults.values()) >= 8
    assert len(report.nights) == 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", [28, 29])
def test_a_month_with_all_that_goes_wrong_breaks_no_promise(seed: int) -> None:
    report = rehearse(load_story(DEMO), days=28, seed=seed, progress=lambda _what, _share: None)
    assert report.days == 28
    assert all(tally.times > 1 for tally in report.faults.values())


@pytest.mark.parametrize("month", [SPRING, AUTUMN])
def test_the_doors_open_at_ten_on_every_day_of_a_month_in_which_the_clocks_are_changed(
    month: tuple[int, int, int],
) -> None:
    with in_central_europe():
        clock = SimulatedClock(month)
        opens = [clock.at_hour(day, 10) for day in range(28)]
        assert [time.localtime(wall).tm_hour for wall in opens] == [10] * 28
        hours = {round(after - before) // 3600 for before, after in pairwise(opens)}
    assert hours == ({23, 24} if month == SPRING else {24, 25})


Both = tuple[SimulatedRoom, Promises]


@contextmanager
def watched(folder: Path) -> Iterator[Both]:
    (folder / "film").mkdir()
    for name in ("lamp", "door"):
        make_clip(folder / f"{name}.mp4", seconds=4.0)
    (folder / "story.toml").write_text(STORY)
    copy, clips = copy_with_stand_ins(load_story(folder / "story.toml"), folder / "film", lambda _what, _share: None)
    (folder / "state").mkdir()
    with in_central_europe():
        room = SimulatedRoom(copy, tuple(clips), folder / "state", SimulatedClock(SPRING))
        room.clock.jump(room.clock.at_hour(0, 12) - room.clock.true_wall())
        room.open()
        try:
            promises = Promises(room)
            promises.show_began()
            assert room.run_until(promises.healed, 20.0)
            yield room, promises
        finally:
            room.cut_power()
            room.close()


@pytest.fixture
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with watched(tmp_path_factory.mktemp("m")) as made:  # a socket's path must be short
        yield made


def test_a_picture_that_stands_is_noticed(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    room, _ = both
    room.run(5.0)
    show, still = room.screen.show, room.screen._last
    assert still is not None
    monkeypatch.setattr(room.screen, "show", lambda _canvas, level, overlay: show(still, level, overlay))
    with pytest.raises(PromiseBroken, match=r"P1 broken.* stood for 3\.\d s"):
        room.run(4.0)


def test_a_black_wall_is_noticed(both: Both) -> None:
    room, _ = both
    room.show.parts.film.brightness(0.0)
    with pytest.raises(PromiseBroken, match=r"P1 broken.* black for 3\.\d s"):
        room.run(4.0)


def test_a_show_that_ends_by_itself_is_noticed(both: Both) -> None:
    room, _ = both
    room.show.ending = True
    with pytest.raises(PromiseBroken, match="P1 broken"):
        room.step()


def test_a_loss_that_is_not_of_the_fault_is_noticed(both: Both) -> None:
    room, promises = both
    promises.begin("camera lost", ("camera",), safe_picture=False)
    room.show.parts.losses.lost("camera", "no picture")
    room.step()
    room.show.parts.losses.lost("sound", "why ever")
    with pytest.raises(PromiseBroken, match=r"P2 broken.* sound: why ever"):
        room.step()


def test_a_receiver_that_hears_nothing_is_noticed(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    room, _ = both
    room.show.parts.broadcast.close()
    monkeypatch.setattr(room, "wait", wait_shortly(room.wait))
    with pytest.raises(PromiseBroken, match=r"P2 broken.* receiver"):
        room.run(8.0)


def test_a_guard_who_is_not_heard_is_noticed(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    room, promises = both
    promises.check_guard_is_heard()
    assert room.show.parts.control is not None
    room.show.parts.control.close()
    monkeypatch.setattr(room, "wait", wait_shortly(room.wait))
    with pytest.raises(PromiseBroken, match=r"P2 broken.* guard"):
        promises.check_guard_is_heard()


def test_what_is_told_twice_or_not_at_all_is_noticed(both: Both) -> None:
    room, promises = both
    promises.begin("camera lost", ("camera",), safe_picture=False)
    with pytest.raises(PromiseBroken, match=r"P6 broken.* nothing was told"):
        promises.check_told_once(must_be_told=True)
    for _ in range(2):
        room.show.parts.losses.lost("camera", "no picture")
        room.show.parts.losses.back("camera")
    with pytest.raises(PromiseBroken, match=r"P6 broken.* camera 2 times"):
        promises.check_told_once(must_be_told=True)


def test_a_title_that_nobody_was_told_is_noticed(both: Both) -> None:
    room, promises = both
    promises.check_title()
    room.story.write_text(STORY.replace("One room", "Two rooms"))
    with pytest.raises(PromiseBroken, match=r"P3 broken.* 'Two rooms'"):
        promises.check_title()


def test_a_take_that_the_journal_lacks_is_noticed(both: Both) -> None:
    _, promises = both
    promises.check_takes(0)
    with pytest.raises(PromiseBroken, match="P4 broken"):
        promises.check_takes(1)


def test_what_grows_from_night_to_night_is_noticed(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    room, promises = both
    monkeypatch.setattr(room, "wait", wait_shortly(room.wait))
    promises.check_flat()
    kept = [socket.socket() for _ in range(10)]
    with pytest.raises(PromiseBroken, match=r"P5 broken.* descriptors"):
        promises.check_flat()
    for one in kept:
        one.close()


def wait_shortly(wait: Callable[..., bool]) -> Callable[..., bool]:
    return lambda true, seconds=0.0: wait(true, min(seconds, 0.05))


def test_a_promise_that_is_broken_ends_the_command_with_its_name_and_code_1(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:  # takes the place of the month
        raise PromiseBroken("P3 broken on 14 March, 10:14:31: the journal is not back")

    monkeypatch.setattr("installation.month.month.rehearse", broken)
    result = CliRunner().invoke(app, ["rehearse", "--days", "3", "--seed", "5"])
    assert result.exit_code == 1
    assert "3 simulated days, seed 5" in result.output
    assert "P3 broken on 14 March" in result.output
    result = CliRunner().invoke(app, ["rehearse", "--story", str(tmp_path)])
    assert result.exit_code == 78


def test_a_month_ends_with_a_table_of_what_healed_how_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    night = Night(threads=8, descriptors=24, megabytes=68.0, journal_megabytes=0.1)

    def kept(_story: object, days: int, seed: int, _progress: object) -> MonthReport:  # takes the place of the month
        report = MonthReport(seed, days, visits=96, nights=[night, night])
        report.faults["sound device gone"] = Tally(times=7, noticed=6, slowest=17.0)
        return report

    monkeypatch.setattr("installation.month.month.rehearse", kept)
    result = CliRunner().invoke(app, ["rehearse", "--seed", "5"])
    assert result.exit_code == 0
    row = next(line for line in result.output.splitlines() if "sound device gone" in line)
    assert [cell for cell in row.replace("│", " ").split() if cell[0].isdigit()] == ["7", "6", "17.0"]
    assert "28 days, 96 visits" in result.output
