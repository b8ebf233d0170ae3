from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from calibration.errors import Unavailable
from installation.cli import app


def run(*typed: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["privacy", "drafts", *typed])
    return result.exit_code, result.output


def test_the_papers_are_written_and_the_last_line_counts_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_pango(*_: object) -> bytes:
        raise Unavailable("a PDF needs Pango")

    monkeypatch.setattr("installation.privacy.draft_page.draft_pdf", no_pango)  # it takes seconds; tried elsewhere
    code, output = run("--out", str(tmp_path / "new" / "papers"))
    assert code == 0
    papers = list((tmp_path / "new" / "papers").iterdir())
    assert len(papers) == 7
    marks = sum(paper.read_text("utf-8").count("[TO BE WRITTEN BY ") for paper in papers)
    last = output.strip().splitlines()[-1]
    assert f"7 drafts; {marks} places are still to be written" in last
    assert sum(map(int, re.findall(r"(\d+) by ", last))) == marks
    assert "only the Markdown is written: a PDF needs Pango" in output
    assert "privacy.shown_by is missing" in output


def test_a_paper_that_may_have_been_completed_by_hand_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "fria.md").write_text("completed", "utf-8")
    code, output = run("--out", str(tmp_path))
    assert code == 78
    assert "fria.md is in" in output
    assert [one.name for one in tmp_path.iterdir()] == ["fria.md"]


def test_at_a_forbidden_place_it_refuses_in_words(tmp_path: Path) -> None:
    venue = tmp_path / "academy.toml"
    venue.write_text('[privacy]\nplace = "school"\n', "utf-8")
    code, output = run("--venue", str(venue), "--out", str(tmp_path / "papers"))
    assert code == 78
    assert "in a school or academy no emotion may be read from faces" in output
    assert not (tmp_path / "papers").exists()
