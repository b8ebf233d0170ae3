"""The journal of takes."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from calibration.settings import JournalSettings
from installation.host.console import LossReporter
from installation.host.journal import Journal
from installation.show.rehearsal import mood_of
from scenes.machine.cue import Branched, Prepare


def written(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines()]


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
    journal.mood(mood_of("anger", 0.9, 1.0), 1.0)
    journal.close()
    (line,) = written(tmp_path / "journal")
    assert "visitors" not in line
    assert "visitor_id" not in json.dumps(line)


def test_moods_are_written_at_the_venues_rate_and_at_once_when_they_change(tmp_path: Path) -> None:
    journal = Journal(JournalSettings(mood_hertz=1.0), tmp_path, LossReporter())
    for tick in range(90):  # three seconds at 30 a second, with one change of heart
        journal.mood(mood_of("anger" if tick < 50 else "sadness", 0.9, tick / 30), tick / 30)
    journal.close()
    moods = [line["dominant"] for line in written(tmp_path / "journal")]
    assert moods == ["anger", "anger", "sadness", "sadness"]  # at 0, 1, 1.67 (at once) and 2.67 s


def test_after_a_power_cut_in_mid_line_the_next_line_stands_alone(tmp_path: Path) -> None:
    journal = Journal(JournalSettings(), tmp_path, LossReporter(), wall_clock=lambda: 1_700_000_000.0)
    journal.note("show_start", 0.0)
    journal.close()
    (file,) = (tmp_path / "journal").glob("*.jsonl")
    with file.open("a") as torn:
        torn.write('{"at": 17000')
    journal = Journal(JournalSettings(), tmp_path, LossReporter(), wall_clock=lambda: 1_700_000_001.0)
    journal.note("show_start", 1.0)
    journal.close()
    lines = file.read_text().splitlines()
    assert [json.loads(lines[0])["kind"], json.loads(lines[2])["kind"]] == ["show_start", "show_start"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here to stand in for a full disk")
def test_a_full_disk_is_reported_once_and_the_show_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.mkdir()
    losses = LossReporter()
    journal = Journal(JournalSettings(), tmp_path, losses, wall_clock=lambda: 1_700_000_000.0)
    day = time.strftime("%Y-%m-%d.jsonl", time.localtime(1_700_000_000.0))
    (folder / day).symlink_to("/dev/full")
    for number in range(20):
        journal.note("command", float(number))
    journal.close()
    assert losses.errors == 1
    assert losses.is_lost("journal")


def test_the_journal_never_outgrows_its_limit(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.mkdir()
    for day in range(1, 6):
        (folder / f"2020-01-0{day}.jsonl").write_text("x" * 400_000 + "\n")
    journal = Journal(JournalSettings(megabytes_at_most=1), tmp_path, LossReporter())
    journal.note("show_start", 0.0)
    journal.close()
    assert sum(file.stat().st_size for file in folder.glob("*.jsonl")) <= 1_000_000
    assert not (folder / "2020-01-01.jsonl").exists()
    assert (folder / "2020-01-05.jsonl").exists()
