from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from calibration.errors import Unavailable
from calibration.extras import MissingExtra
from installation.cli import app
from installation.report.pdf import report_pdf
from tests.installation.privacy.test_sheet import fonts, objects, pages


def venue(folder: Path, privacy: str) -> str:
    file = folder / "hall.toml"
    file.write_text(f'name = "hall"\n[privacy]\n{privacy}\n')
    return str(file)


def test_the_notice_is_written_with_a_warning_of_what_is_missing(tmp_path: Path) -> None:
    try:
        report_pdf("<html/>", "privacy")
    except (Unavailable, MissingExtra) as missing:
        pytest.skip(f"the command is not tried: {missing}")
    hall = venue(tmp_path, 'shown_by = "Museum"\ncontact = "desk"\nlegal_basis = "consent"\nlanguages = ["de"]')
    run = CliRunner().invoke(app, ["privacy", "notice", "--venue", hall, "--out", str(tmp_path / "out" / "door")])
    assert run.exit_code == 0, run.output
    files = sorted((tmp_path / "out" / "door").iterdir())
    assert [file.name for file in files] == ["easy-de.pdf", "index.html", "sign-de.pdf", "spoken-de.txt"]
    assert sorted(run.stdout.split()) == [str(file) for file in files]
    assert [line.split()[1] for line in run.stderr.splitlines()] == ["privacy.place", "privacy.page"]
    for sheet in (files[0], files[2]):
        assert pages(sheet.read_bytes()) == 1
        assert fonts(sheet.read_bytes()) == {b"Notice", b"Notice-Bold"}
        assert b"/StructTreeRoot" in objects(sheet.read_bytes()), "a screen reader would not know headings from lists"


def test_every_fault_of_what_was_typed_is_told_at_once(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["privacy", "notice", "--out", str(tmp_path), "--language", "xx", "--size", "a5"])
    assert run.exit_code == 78
    assert "--language" in run.stderr
    assert "--size" in run.stderr


def test_at_a_forbidden_place_the_law_is_named(tmp_path: Path) -> None:
    hall = venue(tmp_path, 'place = "workplace"')
    run = CliRunner().invoke(app, ["privacy", "notice", "--venue", hall, "--out", str(tmp_path / "out")])
    assert run.exit_code == 78
    assert "Art. 5(1)(f)" in run.stderr
    assert not (tmp_path / "out").exists()
