"""``chiaro report`` as a user types it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from installation.cli import app
from tests.installation.report.made_journal import MadeJournal, wall


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder with two evenings of a hall."""
    monkeypatch.setenv("CHIARO_STATE", str(tmp_path / "state"))
    made = MadeJournal(tmp_path / "state" / "journal")
    for day, guests in (("2026-11-25", 10), ("2026-11-26", 20)):
        for number in range(guests):
            made.guest(wall(f"{day} 18:00") + 120.0 * number)
    made.write()
    return tmp_path


def report(*typed: str) -> Result:
    return CliRunner().invoke(app, ["report", *typed])


@pytest.mark.usefixtures("state")
def test_without_a_word_it_tells_of_the_newest_evening() -> None:
    result = report()
    assert result.exit_code == 0
    assert "hall, 2026-11-26" in result.stdout
    assert "20" in result.stdout


def test_a_week_as_a_table_and_as_json(state: Path) -> None:
    result = report("--week", "--csv", str(state / "new" / "week.csv"), "--json")
    assert result.exit_code == 0
    figures = json.loads(result.stdout)
    assert (figures["first"], figures["last"], figures["total"]["visits"]) == ("2026-11-20", "2026-11-26", 30)
    rows = (state / "new" / "week.csv").read_text().splitlines()
    assert [row.split(",")[:2] + row.split(",")[3:4] for row in rows[1:]] == [
        ["evening", "2026-11-25", "10"],
        ["hour", "2026-11-25", "10"],
        ["evening", "2026-11-26", "20"],
        ["hour", "2026-11-26", "20"],
    ]
    assert [file.name for file in (state / "new").iterdir()] == ["week.csv"]


@pytest.mark.usefixtures("state")
def test_one_evening_and_all_since_one() -> None:
    assert json.loads(report("2026-11-25", "--json").stdout)["total"]["visits"] == 10
    assert json.loads(report("--since", "2026-11-01", "--json").stdout)["total"]["visits"] == 30


@pytest.mark.usefixtures("state")
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["tomorow"], "DATE: 'tomorow' is not a date; expected, for example, 2026-11-26"),
        (["--since", "2026-12-01"], "--since: 2026-12-01 is after 2026-11-26"),
        (["--since", "2026-11-01", "--week"], "--week: cannot be used together with --since"),
        (["--csv", "a.xls"], "--csv: 'a.xls' is not a file that ends with .csv"),
        (["--out", "a.doc"], "--out: 'a.doc' is not a file that ends with"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(typed: list[str], words: str) -> None:
    result = report(*typed)
    assert result.exit_code == 78
    assert words in result.stderr


def test_without_a_journal_it_says_where_it_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIARO_STATE", str(tmp_path))
    result = report()
    assert result.exit_code == 78
    assert f"journal: there is none in {tmp_path / 'journal'}" in result.stderr.replace("\n", " ")


@pytest.mark.usefixtures("state")
def test_an_evening_without_a_journal_is_said_to_be_empty() -> None:
    result = report("2026-10-01")
    assert result.exit_code == 0
    assert "nothing was noted" in result.stdout
