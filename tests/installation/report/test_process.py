"""The process that makes an evening's report: what it writes, sends and copies, and what it does when tried again."""

import io
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from typing import Protocol

import pytest

from calibration.web_settings import ReportSettings
from installation.report import main
from installation.report.job import REPORTS, Job
from installation.report.summary import newest_summary
from installation.rooms.topics import RoomReport, read
from tests.installation.report.made_journal import MadeJournal, wall
from tests.installation.report.tiny_smtp import tiny_smtp

DAY = date(2026, 11, 26)
FIGURES = ".hall-2026-11-26.figures"
"""What the room tells its house."""
MAIL: dict[str, object] = {
    "mail_to": ["a@b.example"],
    "mail_from": "f@b.example",
    "mail_host": "127.0.0.1",
    "mail_security": "none",
}


def job(tmp_path: Path, settings: dict[str, object] | None = None, final: bool = True) -> Job:
    """The report of an evening with twenty guests."""
    journal = tmp_path / "journal"
    if not journal.exists():
        made = MadeJournal(journal)
        made.start(wall("2026-11-26 17:00"))
        for number in range(20):
            made.guest(wall("2026-11-26 18:00") + 120.0 * number)
        made.write()
    return Job(
        journal=journal,
        room="hall",
        name="Hall",
        zone="",
        day=DAY,
        reports=tmp_path / REPORTS,
        settings=ReportSettings.model_validate(settings or {}),
        final=final,
    )


class Runs(Protocol):
    """Does a job: the exit code, and what was said on stderr."""

    def __call__(self, one: Job) -> tuple[int, str]: ...


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runs:
    """What the process does, in this one, which stays as it is; and without a PDF, which takes long."""
    monkeypatch.setattr(main, "yield_to_all", lambda: None)
    monkeypatch.setattr(main, "ENDINGS", (".html", ".csv"))

    def run_here(one: Job) -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(one.model_dump_json()))
        code = main.main()
        assert main.TIME_LIMIT not in {thread.name for thread in threading.enumerate()}  # it would end this process
        said = capsys.readouterr()
        assert said.out == ""
        return code, said.err

    return run_here


def there(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@pytest.mark.slow
def test_the_process_itself_makes_page_table_and_pdf_and_yields_to_all_others(tmp_path: Path) -> None:
    one = job(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "installation.report.main"],
        input=one.model_dump_json(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert {"hall-2026-11-26.html", "hall-2026-11-26.csv"} <= there(tmp_path / REPORTS)


def test_a_report_is_written_mailed_and_copied_and_what_failed_is_all_that_is_tried_again(
    tmp_path: Path, run: Runs
) -> None:
    share = tmp_path / "share"
    with tiny_smtp() as server:
        server.answer_to_data = "451 later"
        one = job(tmp_path, MAIL | {"mail_port": server.port, "folder": str(share)})
        code, said = run(one)
        assert code == 69
        assert "says 451 later; " in said
        assert "No such file or directory" in said
        assert len(said.splitlines()) == 1
        files = {"hall-2026-11-26.html", "hall-2026-11-26.csv"}
        assert there(tmp_path / REPORTS) == files | {".hall-2026-11-26.done", FIGURES}
        assert one.left == ("mailed", "copied")
        (tmp_path / REPORTS / "hall-2026-11-26.csv").write_text("as it was")
        server.answer_to_data = "250 taken"
        share.mkdir()
        assert run(one) == (0, "")
        assert not one.left
        assert there(share) == files
        assert (share / "hall-2026-11-26.csv").read_text() == "as it was"  # it was not written anew
        (mail,) = server.mails
        assert mail["Subject"] == "Hall: report of Thu 26 Nov 2026"
        assert files <= {part.get_filename() for part in mail.iter_attachments()}


def test_the_evenings_figures_are_there_for_the_house_and_the_newest_is_told(tmp_path: Path, run: Runs) -> None:
    assert newest_summary(tmp_path / REPORTS, "hall") is None
    assert run(job(tmp_path)) == (0, "")
    found = newest_summary(tmp_path / REPORTS, "hall")
    assert found
    told = read(RoomReport, found)
    assert told
    assert (told.day, told.visits, told.takes) == (DAY, 20, 20)
    assert newest_summary(tmp_path / REPORTS, "cellar") is None
    (tmp_path / REPORTS / ".hall-2026-11-27.figures").write_text("{")
    assert newest_summary(tmp_path / REPORTS, "hall") is None, "one that cannot be read is not told"


def test_an_evening_that_is_not_over_is_made_again_when_it_is_and_not_mailed_before(tmp_path: Path, run: Runs) -> None:
    asked = MAIL | {"mail_port": 1}
    assert run(job(tmp_path, asked, final=False)) == (0, "")
    assert there(tmp_path / REPORTS) == {"hall-2026-11-26.html", "hall-2026-11-26.csv", FIGURES}
    assert job(tmp_path, asked).left == ("written", "mailed")


def test_an_evening_on_which_the_house_was_closed_has_no_report(tmp_path: Path, run: Runs) -> None:
    made = MadeJournal(tmp_path / "journal")
    made.start(wall("2026-11-26 08:00"))
    made.doors(wall("2026-11-26 08:00"), "closed")
    made.write()
    one = job(tmp_path)
    assert run(one) == (0, "")
    assert there(tmp_path / REPORTS) == {".hall-2026-11-26.done"}
    assert not one.left


def test_reports_are_kept_for_so_many_days_and_those_of_another_room_for_theirs(tmp_path: Path, run: Runs) -> None:
    folder = tmp_path / REPORTS
    folder.mkdir()
    old = (
        "hall-2025-10-22.html",
        ".hall-2025-10-22.done",
        "hall-2025-10-23.html",
        "hall-2-2020-01-01.html",
        "hall-x.txt",
    )
    for name in old:
        (folder / name).touch()
    assert run(job(tmp_path, {"days_kept": 399})) == (0, "")
    assert set(old) - there(folder) == {"hall-2025-10-22.html", ".hall-2025-10-22.done"}


def test_a_page_stays_where_the_pdf_cannot_be_drawn(tmp_path: Path, run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "ENDINGS", (".html", ".pdf"))
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.setattr("calibration.extras.find_spec", lambda _: None)
    assert run(job(tmp_path)) == (0, "")
    assert there(tmp_path / REPORTS) == {"hall-2026-11-26.html", ".hall-2026-11-26.done", FIGURES}


def test_without_a_place_to_write_there_is_nothing_to_send(tmp_path: Path, run: Runs) -> None:
    (tmp_path / REPORTS).touch()
    code, said = run(job(tmp_path, MAIL | {"mail_port": 1}))
    assert code == 69
    assert "cannot be written" in said
    assert "mail" not in said
