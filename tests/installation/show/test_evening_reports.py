"""When the report of an evening is made, and that the show waits for none of it."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from calibration.settings import JournalSettings
from calibration.venue import Venue
from calibration.web_settings import ReportSettings
from installation.host.console import LossReporter
from installation.host.journal import Journal
from installation.report.job import REPORTS, Job
from installation.show.evening_reports import EveningReports
from models.mood import Mood
from scenes.machine.cue import TakeEnded
from tests.installation.waiting import LONG, wait_until

STUB = """
import json, os, sys, time
job = json.load(sys.stdin)
folder = job["reports"]
os.makedirs(folder, exist_ok=True)
with open(os.path.join(folder, "asked"), "a") as file:
    file.write(job["day"] + (" final" if job["final"] else " as it stands") + "\\n")
if os.path.exists(os.path.join(folder, "hangs")):
    time.sleep(600)
if os.path.exists(os.path.join(folder, "fails")):
    sys.exit("a line of more\\nthe mail server is not there")
if job["final"]:
    with open(os.path.join(folder, f".{job['room']}-{job['day']}.done"), "w") as file:
        file.write("written")
"""
"""In place of the process: it notes what it is asked, and does as the files in the folder say."""


class Doors:
    """In place of the housekeeper."""

    opens_next: float | None = None


class Evening:
    """A hall with its journal, on a day that the test chooses."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.house, self.losses = folder, Doors(), LossReporter()
        self.now = datetime.fromisoformat("2026-11-26 20:00").timestamp()
        self.venue = Venue(name="hall", report=ReportSettings())
        self.journal = Journal(JournalSettings(), folder, self.losses, lambda: self.now, "hall")
        self.reports: EveningReports | None = None

    def opened(self, worth_seconds: float = 1e9) -> EveningReports:
        usual = self.venue, self.folder, self.journal, self.house, self.losses, lambda: self.now
        command = (sys.executable, "-c", STUB)
        self.reports = EveningReports(*usual, command, 0.02, (0.05, 0.05), worth_seconds)
        return self.reports

    def had_journal(self, day: str) -> None:
        folder = self.folder / "journal"
        folder.mkdir(exist_ok=True)
        (folder / f"{day}.hall.jsonl").touch()

    @property
    def asked(self) -> list[str]:
        try:
            return (self.folder / REPORTS / "asked").read_text().splitlines()
        except OSError:
            return []


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    here = Evening(tmp_path)
    yield here
    if here.reports:
        here.reports.close()
    here.journal.close()


def soon(true: Callable[[], bool]) -> None:
    wait_until(true, LONG)


def test_the_evening_before_that_has_no_report_gets_one_once(evening: Evening) -> None:
    evening.had_journal("2026-11-20")
    evening.had_journal("2026-11-24")
    evening.had_journal("2026-11-26")
    evening.opened()
    soon(lambda: evening.asked == ["2026-11-24 final"])
    time.sleep(0.3)
    assert evening.asked == ["2026-11-24 final"]  # the doors are open, and nobody is over yet


def test_when_the_hours_close_for_the_day_its_report_is_made_and_not_when_they_close_for_lunch(
    evening: Evening,
) -> None:
    evening.had_journal("2026-11-26")
    evening.house.opens_next = evening.now + 3600
    evening.opened()
    time.sleep(0.3)
    assert evening.asked == []
    evening.house.opens_next = evening.now + 14 * 3600
    soon(lambda: evening.asked == ["2026-11-26 final"])


def test_without_hours_an_evening_is_over_at_four(evening: Evening) -> None:
    evening.had_journal("2026-11-26")
    evening.opened()
    evening.now = datetime.fromisoformat("2026-11-27 03:59").timestamp()
    time.sleep(0.3)
    assert evening.asked == []
    evening.now += 120
    soon(lambda: evening.asked == ["2026-11-26 final"])


def test_what_fails_is_told_once_and_tried_again_until_it_is_done(evening: Evening) -> None:
    evening.had_journal("2026-11-25")
    (evening.folder / REPORTS).mkdir()
    fails = evening.folder / REPORTS / "fails"
    fails.touch()
    evening.opened()
    soon(lambda: len(evening.asked) >= 3)
    assert evening.losses.lost_parts() == ("report: the mail server is not there; it is tried again",)
    assert evening.losses.errors == 1
    fails.unlink()
    soon(lambda: not evening.losses.lost_parts())


def test_a_process_that_hangs_delays_neither_the_end_of_the_show_nor_begins_another(evening: Evening) -> None:
    evening.had_journal("2026-11-25")
    (evening.folder / REPORTS).mkdir()
    (evening.folder / REPORTS / "hangs").touch()
    reports = evening.opened()
    soon(lambda: bool(evening.asked))
    begun = time.monotonic()
    reports.close()
    assert time.monotonic() - begun < 2.0
    assert evening.asked == ["2026-11-25 final"]
    assert reports._process is not None
    reports._process.kill()
    reports._process.wait()


def test_a_show_that_ends_by_hand_after_takes_leaves_the_report_as_it_stands(evening: Evening) -> None:
    reports = evening.opened(worth_seconds=-1.0)
    evening.journal.cue(TakeEnded(1, "left"), Mood(captured_at=0.0, trusted=True), 0.0)
    reports.close()
    soon(lambda: evening.asked == ["2026-11-26 as it stands"])


def test_a_trial_leaves_none(evening: Evening) -> None:
    evening.opened(worth_seconds=-1.0).close()  # no take
    evening.journal.cue(TakeEnded(1, "left"), Mood(captured_at=0.0, trusted=True), 0.0)
    evening.opened().close()  # a short one
    time.sleep(0.3)
    assert evening.asked == []


def test_the_job_says_all_that_the_process_must_know(evening: Evening) -> None:
    job = evening.opened()._job(date(2026, 11, 26))
    assert Job.model_validate_json(job.model_dump_json()) == job
    assert len(json.dumps(job.model_dump(mode="json"))) < 4096  # what a pipe takes at once
    assert (job.room, job.day, job.journal) == ("hall", date(2026, 11, 26), evening.folder / "journal")
