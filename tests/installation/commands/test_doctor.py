"""``chiaro doctor``: what a technician reads on a machine that is new to them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from installation.cli import app
from installation.commands import doctor
from installation.host import system_libraries
from installation.host.system_libraries import LIBRARIES


def test_it_names_the_folders_in_which_a_users_files_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIARO_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("CHIARO_STATE", str(tmp_path / "state"))
    (tmp_path / "config" / "venues").mkdir(parents=True)
    (tmp_path / "config" / "venues" / "hall.toml").write_text("")
    ran = CliRunner().invoke(app, ["doctor", "--headless"])
    assert ran.exit_code == 0, ran.output
    rows = {line.split()[1]: line for line in ran.stdout.splitlines() if line}
    assert str(tmp_path / "config" / "venues") in rows["venues"]
    assert "hall" in rows["venues"]
    assert str(tmp_path / "state") in rows["state"]


def test_missing_libraries_are_named_with_what_they_are_for_and_the_command_that_installs_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(system_libraries, "missing_libraries", lambda: LIBRARIES)
    told = dict.fromkeys(row.what for row in doctor.libraries())
    assert len(told) == 3
    for what in told:
        assert what.startswith("missing for ")
        assert "install them with: apt-get install lib" in what


def test_a_machine_that_lacks_nothing_is_said_to_be_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_libraries, "missing_libraries", lambda: ())
    assert [row.what[:8] for row in doctor.libraries()] == ["complete"]


def test_what_the_show_needs_and_lacks_is_marked_and_ends_with_1_and_a_next_step() -> None:
    ran = CliRunner().invoke(app, ["doctor"])  # the tests run on SDL's dummy driver, which nobody sees
    assert ran.exit_code == 1, ran.output
    (line,) = [line for line in ran.stdout.splitlines() if line.split()[1:2] == ["display"]]
    assert line.startswith("missing")
    assert re.search(r"\b[1-9] missing", ran.stdout)  # a bare machine lacks a window's libraries too
    assert "next: see to display above" in ran.stdout


def test_without_a_window_nothing_of_it_is_needed() -> None:
    ran = CliRunner().invoke(app, ["doctor", "--headless"])
    assert ran.exit_code == 0, ran.output
    assert "0 missing" in ran.stdout
    assert "next: chiaro check" in ran.stdout
