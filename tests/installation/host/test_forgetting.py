"""A visitor asks to be forgotten: what of the visit stood in the journal is taken out, and a number stays."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from calibration.settings import JournalSettings
from installation.host.console import LossReporter
from installation.host.forgetting import COUNT
from installation.host.journal import RETRY_SECONDS, Journal
from installation.host.journal_files import PART, compress, read_lines
from installation.report.evenings import Evening
from installation.report.read_evening import EveningReader
from installation.show.rehearsal import mood_of
from models.mood import Mood
from scenes.machine.branching import BranchStanding
from scenes.machine.cue import Branched, SceneEnded, SceneStarted, TakeEnded, TakeStarted
from tests.installation.host.test_journal import DAY, NOON, Wall, with_visitor, written

STOOD = (BranchStanding("door", "happiness", "", 0.8, 0.5, True),)


class Room:
    """A journal, and the cues of a show with visitors one after another."""

    def __init__(self, folder: Path, wall: Wall | None = None) -> None:
        self.wall, self.now, self.losses_now = wall or Wall(), 100.0, 0.0
        self.losses = LossReporter(lambda: self.losses_now)
        self.journal = Journal(JournalSettings(), folder, self.losses, wall_clock=self.wall)
        self.folder, self.entry, self.take = folder / "journal", 0, 0
        self.journal.note("show_start", self.now, story="Film", venue="Hall", version="1", moods="eye")
        self.show("lamp")

    def wait(self, seconds: float) -> None:
        self.now, self.wall.now = self.now + seconds, self.wall.now + seconds

    def show(self, scene: str) -> None:
        self.entry += 1
        self.journal.cue(SceneStarted(self.entry, scene, 1), self.mood, self.now)

    @property
    def mood(self) -> Mood:
        return mood_of("happiness", 0.8, self.now)

    def comes(self, number: int) -> None:
        """Somebody is seen, and the film begins."""
        self.take += 1
        self.journal.mood(with_visitor(number, self.now), self.now)
        self.wait(1.0)
        self.journal.cue(Branched("lamp", "door", "somebody there", None, 0.0), self.mood, self.now)
        self.wait(0.5)
        self.journal.cue(SceneEnded(self.entry, "lamp", 1, 5.0), self.mood, self.now)
        self.journal.cue(TakeStarted(self.take, 1, {}), self.mood, self.now)
        self.show("door")
        self.wait(3.0)
        self.journal.cue(Branched("door", "garden", "happiness held", "happiness", 0.8), self.mood, self.now, STOOD)

    def goes_home(self) -> None:
        self.wait(0.5)
        self.journal.cue(SceneEnded(self.entry, "door", 1, 5.0), self.mood, self.now)
        if self.journal._in_take:
            self.journal.cue(TakeEnded(self.take, "garden"), self.mood, self.now)
        self.show("lamp")

    def goes(self) -> None:
        """The take is over, and nobody is there."""
        self.goes_home()
        self.wait(2.0)
        self.journal.mood(Mood(captured_at=self.now, trusted=True), self.now)

    def asks_to_be_forgotten(self) -> None:
        """As the stage does it: the command, the wish, and the way home."""
        self.journal.note("command", self.now, name="forget", value=None, source="key")
        self.journal.forget(self.now)
        self.journal.note("signal", self.now, signal="heart", value=120.0)  # of the same tick
        self.journal.cue(Branched("door", "lamp", "operator (key)", None, 0.0), self.mood, self.now)
        self.goes_home()
        self.journal.mood(Mood(captured_at=self.now, trusted=True), self.now)

    def lines(self) -> list[dict[str, Any]]:
        assert self.journal.flush(30.0)
        return written(self.folder)

    def bytes(self) -> bytes:
        assert self.journal.flush(30.0)
        return b"".join(path.read_bytes() for path in sorted(self.folder.iterdir()))


def told(lines: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """Kind and what it is about."""
    return [(line["kind"], line.get("scene") or line.get("take") or line.get("takes") or "") for line in lines]


def test_of_a_forgotten_take_a_number_stays_and_no_line(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.journal.note("lost", room.now, part="sound", why="unplugged")
    before = told(room.lines())
    room.wait(60.0)
    begun = room.wall.now
    room.comes(5)
    room.journal.note("back", room.now, part="sound", seconds=62.0)
    assert b'"take_start"' in room.bytes()
    assert b"happiness held" in room.bytes()
    room.asks_to_be_forgotten()
    lines = room.lines()
    assert told(lines) == [before[0], (COUNT, 1), *before[1:], ("back", ""), ("scene_start", "lamp"), ("mood", "")]
    assert b"happiness held" not in room.bytes()
    (count,) = (line for line in lines if line["kind"] == COUNT)
    assert count["at"] < begun, "when the take was is forgotten too"
    assert not lines[-1]["present"]
    assert room.journal.takes == room.journal.visits == 0
    room.journal.close()


def test_those_before_and_after_stay_as_they_were(tmp_path: Path) -> None:
    room, other = Room(tmp_path / "one"), Room(tmp_path / "two")
    for one in (room, other):
        one.comes(1)
        one.goes()
        one.wait(100.0)
    for number in (2, 3):
        room.comes(number)
        room.asks_to_be_forgotten()
        room.wait(20.0)
    other.wait(room.now - other.now)
    room.take = other.take
    for one in (room, other):
        one.comes(4)
        one.goes()
    mine = [line for line in told(room.lines()) if line[0] not in ("mood", "scene_start")]
    theirs = [line for line in told(other.lines()) if line[0] not in ("mood", "scene_start")]
    assert mine == [theirs[0], (COUNT, 2), *theirs[1:]]
    assert room.journal.visits == other.journal.visits == 2
    found = []
    for one in (room, other):
        one.journal.close()
        (path,) = one.folder.iterdir()
        evening = Evening(date.fromtimestamp(NOON), (path,))
        counts = EveningReader(evening).read()
        found.append([(dict(span.numbers), span.dwell, span.lengths) for span in counts.hours.values()])
    assert found[0] == found[1], "the report of the evening is that of an evening without them"


def test_a_visit_that_began_before_has_its_end(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.journal.mood(with_visitor(1, room.now), room.now)
    room.wait(30.0)
    room.comes(2)  # the one before has gone at the same moment
    room.asks_to_be_forgotten()
    assert [line["seconds"] for line in room.lines() if line["kind"] == "leave"] == [30.0]
    room.journal.close()


def test_a_visit_over_midnight_is_taken_out_of_both_days(tmp_path: Path) -> None:
    room = Room(tmp_path, Wall(NOON + DAY / 2 - 3.0))
    room.wait(1.0)
    room.comes(1)
    room.asks_to_be_forgotten()
    kinds = [line["kind"] for line in room.lines()]
    assert [path.suffix for path in sorted(room.folder.iterdir())] == [".gz", ".jsonl"], "yesterday is compressed"
    assert kinds == ["show_start", "scene_start", COUNT, "scene_start", "mood"]
    assert [line["takes"] for line in room.lines() if line["kind"] == COUNT] == [1]
    room.journal.close()


def test_an_earlier_show_of_the_day_with_a_later_clock_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.mkdir()
    day = folder / f"{time.strftime('%Y-%m-%d', time.localtime(NOON))}.room.jsonl"
    earlier = '{"at":1.0,"t":102.0,"kind":"mood"}\nnot a line\n'
    day.write_text(earlier)
    room = Room(tmp_path)
    room.comes(1)
    room.asks_to_be_forgotten()
    assert room.bytes().startswith(earlier.encode())
    assert [line["kind"] for line in room.lines()][1:3] == ["show_start", COUNT]
    room.journal.close()


def test_where_the_disk_refuses_it_is_told_and_tried_again(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.comes(1)
    assert room.journal.flush(30.0)
    (day,) = room.folder.iterdir()
    in_the_way = day.with_name(day.name + PART)
    in_the_way.mkdir()
    room.asks_to_be_forgotten()
    assert room.journal.flush(30.0)
    assert "still stands there" in str(room.losses.lost_parts())
    in_the_way.rmdir()
    room.losses_now += RETRY_SECONDS
    room.journal.mood(with_visitor(9, room.now), room.now)
    assert "take_start" not in {line["kind"] for line in room.lines()}
    assert room.losses.lost_parts() == ()
    room.journal.close()


KILLED = """
import os, sys
from pathlib import Path
from installation.host.forgetting import Forgotten, rewrite
at = sys.argv[2]
if at == "before": os.fsync = lambda _: os.kill(os.getpid(), 9)
else: os.fsync = lambda _: None
rewrite(Path(sys.argv[1]), Forgotten(0.0, 1e9, 1, 0.0), 1)
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_in_the_midst_leaves_either_whole(tmp_path: Path, when: str, packed: bool) -> None:
    if sys.platform == "win32":
        pytest.skip("no SIGKILL here: it was not tried")
    room = Room(tmp_path)
    room.comes(1)
    room.goes()
    room.journal.close()
    (day,) = room.folder.iterdir()
    if packed:
        compress(day)
        (day,) = room.folder.iterdir()
    before = list(read_lines(day))
    subprocess.run([sys.executable, "-c", KILLED, str(day), when], check=False, timeout=60)
    after = list(read_lines(day))
    if when == "before":
        assert after == before
        assert len(list(room.folder.iterdir())) == 2, "it was killed in the midst"
        again = Journal(JournalSettings(), tmp_path, LossReporter(), wall_clock=Wall())
        again.note("show_start", 1.0)
        again.close()
        assert not [path for path in room.folder.iterdir() if path.name.endswith(PART)]
    else:
        assert told(after) == [("show_start", ""), (COUNT, 1)]
        assert (day.read_bytes()[:2] == b"\x1f\x8b") is packed


def test_that_a_visitor_had_the_eye_opened_is_forgotten_but_not_that_staff_had_it_shut(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.wait(10.0)
    room.journal.mood(with_visitor(1, room.now), room.now)
    room.journal.looking(True, "asked", room.now)
    room.comes(1)
    room.journal.looking(False, "staff", room.now)
    room.journal.forget(room.now)
    room.wait(0.1)
    room.journal.looking(False, "not_asked", room.now)
    room.goes_home()
    room.wait(10.0)
    room.journal.looking(True, "asked", room.now)
    assert [line["why"] for line in room.lines() if line["kind"] == "looking"] == ["staff", "asked"]
    assert not [line for line in room.lines() if line["kind"] in ("enter", "leave")], (
        "also of the visit that staff ended"
    )
    room.journal.close()
