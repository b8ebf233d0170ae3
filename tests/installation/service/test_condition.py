"""What a technician is told of the service."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from installation.cli import app
from installation.host import state_folder
from installation.service import systemd
from installation.service.condition import display_rows, lingering_rows, rows_of, seconds_of

RUNNING = {
    "ActiveState": "active",
    "NRestarts": "2",
    "MainPID": "77",
    "UnitFileState": "enabled",
    "StatusText": "scene rain; camera ok, eye ok",
    "WatchdogUSec": "10s",
    "WatchdogTimestampMonotonic": "100000000",
}


def told(properties: dict[str, str], now_seconds: float = 104.0) -> dict[str, tuple[str, str]]:
    return {row.name: (row.state, row.what) for row in rows_of(properties, now_seconds * 1e6)}


def test_a_show_that_runs_and_beats_is_well() -> None:
    rows = told(RUNNING)
    assert {state for state, _ in rows.values()} == {"ok"}
    assert rows["heartbeat"][1] == "4.0 s ago, expected every 10 s"
    assert rows["show"][1] == "scene rain; camera ok, eye ok"


def test_a_beat_that_is_late_or_never_came_or_is_not_watched_is_said() -> None:
    assert told(RUNNING, now_seconds=111.0)["heartbeat"][0] == "warning"
    assert "none came yet" in told(RUNNING | {"WatchdogTimestampMonotonic": "0"})["heartbeat"][1]
    assert "not watched" in told(RUNNING | {"WatchdogUSec": "infinity"})["heartbeat"][1]


def test_a_show_that_ended_is_missing_with_its_exit_code_and_the_next_step() -> None:
    state, what = told({"ActiveState": "failed", "Result": "exit-code", "ExecMainStatus": "78"})["service"]
    assert state == "missing"
    assert "exit code 78" in what
    assert "chiaro service logs" in what


def test_a_service_that_does_not_start_with_the_machine_is_said() -> None:
    assert told(RUNNING | {"UnitFileState": "disabled"})["boot"][0] == "warning"


@pytest.mark.parametrize(
    ("span", "seconds"), [("10s", 10), ("1min 30s", 90), ("500ms", 0.5), ("", 0), ("infinity", 0), ("1h", 3600)]
)
def test_spans_of_time_are_read_as_systemd_prints_them(span: str, seconds: float) -> None:
    assert seconds_of(span) == pytest.approx(seconds)


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here: no display was asked")
def test_a_display_that_answers_is_told_from_one_that_is_gone(tmp_path: Path) -> None:
    properties = {"Environment": f"CHIARO_STATE=/x DISPLAY=:4 'XAUTHORITY={tmp_path}/my key'"}
    assert [row.state for row in display_rows(properties, tmp_path)] == ["missing"]
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(tmp_path / "X4"))
        server.listen()
        assert [row.what for row in display_rows(properties, tmp_path)] == [":4 answers"]
    assert list(display_rows({"Environment": ""}, tmp_path)) == []


def test_a_users_service_without_lingering_ends_at_logout_and_this_is_said(tmp_path: Path) -> None:
    assert [row.state for row in lingering_rows("gallery", tmp_path)] == ["warning"]
    (tmp_path / "gallery").touch()
    assert [row.state for row in lingering_rows("gallery", tmp_path)] == ["ok"]


def test_without_a_service_status_says_so_and_doctor_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systemd.Systemd, "is_installed", lambda _self: False)
    ran = CliRunner().invoke(app, ["service", "status"])
    assert ran.exit_code == 1
    assert "chiaro service install" in ran.output
    assert "service" not in {
        line.split()[1] for line in CliRunner().invoke(app, ["doctor", "--headless"]).stdout.splitlines() if line
    }


def test_print_shows_the_units_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pwd", reason="a system without user names: no unit was made")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(Path(__file__).parents[3])
    typed = [
        "service",
        "install",
        "--print",
        "--user",
        "--as",
        "daemon",
        "--headless",
        "scenes/demo",
        "--venue",
        "gallery",
    ]
    ran = CliRunner().invoke(app, typed)
    assert ran.exit_code == 0, ran.output
    assert f"run --unattended {Path.cwd()}/scenes/demo --venue gallery --headless" in ran.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["--as", "root", "--headless"], "root"),
        (["--as", "no-such-user", "--headless"], "no user"),
        (["--as", "daemon", "--headless", "--camera", "rtsp://me:secret@10.0.0.9/1"], "chiaroscuro.environment"),
        (["--as", "daemon", "--kiosk", "--user"], "--kiosk"),
    ],
)
def test_what_cannot_be_a_service_is_told_in_words_and_no_password_with_it(typed: list[str], words: str) -> None:
    pytest.importorskip("pwd", reason="a system without user names: no unit was made")
    ran = CliRunner().invoke(app, ["service", "install", "--print", *typed])
    assert ran.exit_code == 78
    assert words in ran.output
    assert "secret" not in ran.output


def test_a_system_without_user_numbers_is_sent_to_the_watch_that_needs_no_systemd(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pwd", None)  # as on Windows
    ran = CliRunner().invoke(app, ["service", "install", "--headless"])
    assert ran.exit_code == 69
    assert "chiaro supervise" in ran.output


def test_an_option_that_run_does_not_know_is_found_before_it_stands_in_a_unit() -> None:
    for command in (["service", "install", "--print", "--headless"], ["supervise"]):
        ran = CliRunner().invoke(app, [*command, "--fulscreen"])
        assert ran.exit_code == 2
        assert "--fulscreen" in ran.output


def test_commands_typed_by_the_services_user_find_its_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHIARO_STATE")
    monkeypatch.setattr(state_folder, "SERVICE_STATE", tmp_path / "none")
    assert state_folder.state_folder() != tmp_path / "none"
    monkeypatch.setattr(state_folder, "SERVICE_STATE", tmp_path)
    assert state_folder.state_folder() == tmp_path
