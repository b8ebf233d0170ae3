"""``chiaro doctor``: what a technician reads on a machine that is new to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from calibration.venue import Venue
from calibration.web_settings import ConsoleSettings
from installation.cli import app
from installation.commands import doctor
from installation.host import system_libraries
from installation.host.lock import RoomLock
from installation.host.system_libraries import LIBRARIES
from installation.web.address import address_file, qr_rows, write_place
from installation.web.token import read_tokens


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


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CHIARO_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def test_it_says_where_the_console_would_be_and_what_a_phone_needs(state: Path) -> None:
    row, code = doctor.operators_console(Venue())
    assert "http://127.0.0.1:8470/ (while a show runs)" in row.what
    assert 'console.listen = "0.0.0.0"' in row.what
    assert code == ""
    assert not state.exists(), "no token is made where none is asked for"
    row, code = doctor.operators_console(Venue(console=ConsoleSettings(listen="")))
    assert row.what.startswith("none")


def test_of_a_running_show_it_says_where_its_console_is_and_shows_a_code_with_the_operators_token(state: Path) -> None:
    venue = Venue(name="hall", console=ConsoleSettings(listen="192.0.2.7"))
    lock = RoomLock(state, "hall")
    lock.acquire()
    try:
        write_place(address_file(state, "hall"), ("192.0.2.7", 40123))
        row, code = doctor.operators_console(venue)
    finally:
        lock.release()
    assert "http://192.0.2.7:40123/ (of the running show)" in row.what
    assert read_tokens(state).operator not in row.what
    drawn = [bytes(module == " " for module in line) for line in unblocked(code)]
    link = f"http://192.0.2.7:40123/#token={read_tokens(state).operator}"
    assert tuple(drawn[:-1]) == qr_rows(link), "dark modules are blank: a terminal's ground is dark"
    assert not any(drawn[-1])
    assert "http://192.0.2.7:8470/ (while a show runs)" in doctor.operators_console(venue)[0].what, "it has ended"


def unblocked(code: str) -> Iterator[str]:
    """The rows of modules in a terminal's half blocks."""
    for line in code.splitlines():
        yield line.replace("\u2584", " ").replace("\u2580", "\u2588")
        yield line.replace("\u2580", " ").replace("\u2584", "\u2588")


def test_the_code_goes_to_a_terminal_only(state: Path, tmp_path: Path) -> None:
    (tmp_path / "hall.toml").write_text('[console]\nlisten = "192.0.2.7"\n')
    ran = CliRunner().invoke(app, ["doctor", "--headless", "--venue", str(tmp_path / "hall.toml")])
    assert "http://192.0.2.7:8470/" in ran.stdout
    assert "\u2584" not in ran.stdout
    assert read_tokens(state).operator not in ran.stdout


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
