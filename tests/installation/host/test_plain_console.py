"""Nothing that somebody else wrote is obeyed by a terminal, and no log line can be forged."""

from __future__ import annotations

import io
import logging
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder
from rich.table import Table
from rich.text import Text
from typer.testing import CliRunner

from calibration.errors import BadFile
from installation.cli import app
from installation.host.console import LossReporter, PlainFormatter
from installation.host.errors import print_errors
from installation.host.plain_console import PlainConsole, progress_bar
from installation.host.terminal import print_traceback, say
from installation.osc.monitor import Tally
from installation.osc.monitor_screen import picture

BAD = "[/] \x1b]0;owned\x07[bold]\u202etxt \ud800 rtsp://u:s3cret@cam/live"
SHOWN = "[/] \\x1b]0;owned\\x07[bold]\\u202etxt \\ud800 rtsp://***@cam/live"


def test_a_console_shows_text_from_outside_and_does_not_obey_it(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("name", caption=BAD)
    table.add_row(BAD)
    table.add_row(Text("\x1b[2J"))
    console = PlainConsole(soft_wrap=True)
    console.print(table)
    console.print(BAD)
    console.print("ffmpeg -map 0:a:0")
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "s3cret" not in told
    assert "\\x1b[2J" in told
    assert SHOWN in told
    assert "0:a:0" in told, "a picture took the place of :a:"


def test_a_password_in_a_narrow_cell_is_hidden_before_it_is_divided(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("name", width=14)
    table.add_row("rtsp://u:0123456789abcdef@cam")
    PlainConsole().print(table)
    told = capsys.readouterr().out
    assert not any(part in told for part in ("012", "789", "def"))


def test_a_bar_shows_the_name_of_any_file() -> None:
    with progress_bar() as bar:
        bar.add_task("decoding [/].mp4 [bold]", total=1.0)
        bar.refresh()


def test_errors_and_plain_lines_pass_the_same_door(capsys: pytest.CaptureFixture[str]) -> None:
    say(BAD)
    print_errors(BadFile(BAD, ["is torn"]))
    try:
        raise RuntimeError(BAD)
    except RuntimeError as error:
        print_traceback(type(error), error, error.__traceback__)
    told = capsys.readouterr()
    assert told.out == SHOWN + "\n"
    assert f"x {SHOWN}: is torn" in told.err
    assert f"RuntimeError: {SHOWN}" in told.err
    assert "s3cret" not in told.err


def test_a_record_of_the_log_cannot_look_like_two() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlainFormatter("%(levelname)s %(message)s"))
    try:
        raise ValueError(BAD)
    except ValueError:
        record = logging.LogRecord("chiaro", logging.WARNING, "", 1, "gone: %s", ("a\nERROR forged",), sys.exc_info())
    handler.emit(record)
    told = stream.getvalue()
    assert told.startswith("WARNING gone: a\n    ERROR forged\n    Traceback")
    assert SHOWN in told
    assert "s3cret" not in told


def test_what_the_overlay_and_the_network_hear_of_a_loss_is_plain() -> None:
    losses = LossReporter()
    losses.lost("camera", BAD)
    assert losses.lost_parts() == (f"camera: {SHOWN}",)


def test_the_monitor_survives_any_address_and_obeys_none(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    for number, address in enumerate(("/[/]", "/[bold]x", "/\x1b]0;owned\x07")):
        builder = OscMessageBuilder(address)
        builder.add_arg("\x1b[2J [/red]")
        tally.receive(builder.build().dgram, float(number))
    PlainConsole(soft_wrap=True).print(picture(tally, 3.0))
    told = capsys.readouterr().out
    assert "/[/]" in told
    assert "/[bold]x" in told
    assert "\x1b" not in told


def test_a_terminal_gets_colours_and_no_sequence_of_a_story() -> None:
    """In a real terminal, where rich writes sequences of its own."""
    code = "from installation.host.plain_console import PlainConsole as C; C().print('\\x1b]0;owned', style='red')"
    try:
        ours, theirs = pty.openpty()
    except OSError:
        pytest.skip("this machine has no pseudo-terminals")
    subprocess.run(
        [sys.executable, "-c", code], stdout=theirs, check=True, timeout=60, env=os.environ | {"TERM": "xterm"}
    )
    os.close(theirs)
    told = os.read(ours, 4096).decode()
    os.close(ours)
    assert "\x1b[31m\\x1b]0;owned" in told


def test_the_check_of_a_camera_tells_no_password_however_the_address_came(tmp_path: Path) -> None:
    address = "rtsp://visitor:s3cret@127.0.0.1:1/live"
    (tmp_path / "venue.toml").write_text(
        f'[camera]\nsource = "{address}"\nopen_timeout_seconds = 1\n[osc]\nlisten_port = 0\n'
    )
    run = ["check", "--headless", "--quick"]
    for options, environment in (
        (["--camera", address], {}),
        (["--venue", str(tmp_path / "venue.toml")], {}),
        ([], {"CHIARO_CAMERA": address}),
        (["--camera", "rtsp:/visitor:s3cret@cam"], {}),
        (["--camera", "rtsp://visitor:s3#cret@cam"], {}),
    ):
        result = CliRunner().invoke(app, [*run, *options], env=environment)
        assert result.exit_code == 78
        assert "camera" in result.output
        assert "cret" not in result.output


@pytest.mark.parametrize(
    "typed",
    [
        ["run", "--rtsp://admin:hunter2@192.0.2.7/\u202e\x1b[31m"],
        ["run", "story", "rtsp://admin:hunter2@192.0.2.7/\u202e\x1b[31m"],
        ["rtsp://admin:hunter2@192.0.2.7/\u202e\x1b[31m"],
        ["osc", "replay", "--speed", "rtsp://admin:hunter2@192.0.2.7/\u202e\x1b[31m"],
        ["--\u202e\x1b[31m"],
    ],
)
def test_an_error_of_usage_repeats_what_was_typed_in_plain(typed: list[str]) -> None:
    done = CliRunner().invoke(app, typed)
    assert done.exit_code == 2
    assert "hunter2" not in done.output
    assert "\u202e" not in done.output
    assert "\x1b[31m" not in done.output
    assert "Error" in done.output
