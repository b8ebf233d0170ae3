"""``chiaro eye``: what is typed, and what it says of what cannot be used."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from calibration.errors import BadInput, Exit
from calibration.venue import Venue
from installation.cli import app
from installation.commands.eye import stage_of
from installation.commands.eyes_checks import check_eyes
from tests.installation.eyes.far_machine import FarMachine, free_port

KEY = "k" * 64


@pytest.fixture(autouse=True)
def signals_as_they_were() -> Iterator[None]:
    """The program takes those that end it for itself."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("stage", ("stage", 8473)),
        ("10.0.0.5:9", ("10.0.0.5", 9)),
        ("[fe80::1]:9", ("fe80::1", 9)),
        ("[::1]", ("::1", 8473)),
    ],
)
def test_a_stage_is_a_host_and_perhaps_a_port(typed: str, meant: tuple[str, int]) -> None:
    assert stage_of(typed) == meant


@pytest.mark.parametrize("typed", ["", "stage:", "stage:0", "stage:99999", "a b", "::1", "udp://stage"])
def test_what_is_no_stage_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        stage_of(typed)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--name", "left"], "--to: is missing"),
        (["--to", "stage"], "--name: is missing"),
        (["--to", "stage", "--name", "own"], "'own' is not a name of an eye"),
        (["--to", "stage", "--name", "left"], "--key: is missing"),
        (["--to", "stage", "--name", "left", "--key", "none.key"], "none.key"),
        (["--to", "stage", "--name", "left", "--camera", "none"], "an eye needs a camera"),
    ],
)
def test_what_is_missing_is_said_with_the_code_of_what_a_person_must_mend(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHIARO_STATE", str(tmp_path))
    result = CliRunner().invoke(app, ["eye", *arguments], env={"COLUMNS": "300"})
    assert (result.exit_code, said in result.output) == (Exit.BAD_CONFIGURATION, True), result.output


def test_where_nobody_may_be_looked_at_no_eye_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIARO_STATE", str(tmp_path))
    venue = tmp_path / "school.toml"
    venue.write_text('[privacy]\nplace = "school"\n')
    result = CliRunner().invoke(app, ["eye", "--to", "stage", "--name", "left", "--venue", str(venue)])
    assert (result.exit_code, "no camera is opened here" in result.output) == (Exit.BAD_CONFIGURATION, True)


def test_unattended_what_cannot_be_used_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIARO_STATE", str(tmp_path))
    arguments = ["--to", "stage", "--name", "left", "--key", str(tmp_path / "none"), "--unattended", "--seconds", "0.3"]
    result = CliRunner().invoke(app, ["eye", *arguments])
    assert result.exit_code == Exit.OK, result.output


def venue(folder: Path, port: int) -> Venue:
    (folder / "eyes.key").write_text(KEY)
    (folder / "eyes.key").chmod(0o600)
    eyes = {"listen": "127.0.0.1", "port": port, "key_file": str(folder / "eyes.key"), "left": {}, "right": {}}
    return Venue.model_validate({"eyes": eyes})


def test_the_check_says_which_eyes_ask_and_how_their_visitors_count(tmp_path: Path) -> None:
    port = free_port()
    machines = [
        FarMachine(port, "left", KEY.encode()),
        FarMachine(port, "hall", KEY.encode()),
        FarMachine(port, "right", b"another" * 9),
    ]
    found = {(one.where, one.state): one.what for one in check_eyes(venue(tmp_path, port))}
    for machine in machines:
        machine.end()
    assert "asks from 127.0.0.1; who is who is not known" in found["eyes.left", "ok"]
    assert "is not heard" in found["eyes.right", "warning"]
    assert "no [eyes.hall]" in found[f"eyes.port = {port}", "warning"]


def test_the_check_finds_a_key_that_others_can_read_and_one_that_is_none(tmp_path: Path) -> None:
    here = venue(tmp_path, free_port())
    (tmp_path / "eyes.key").chmod(0o644)
    assert [one.state for one in check_eyes(here) if "key_file" in one.where] == ["warning"]
    (tmp_path / "eyes.key").write_text("")
    assert [one.state for one in check_eyes(here)] == ["problem"]


def test_a_stage_without_any_eye_is_a_problem_and_one_without_others_is_not_asked() -> None:
    assert [one.state for one in check_eyes(Venue.model_validate({"camera": {"source": "none"}}))] == ["problem"]
    assert list(check_eyes(Venue())) == []
