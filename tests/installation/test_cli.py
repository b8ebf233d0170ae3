"""What a person meets first: the help, the version, words that complete, and faults told as the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from calibration import extras
from calibration.settings import OscTarget
from installation.calibrate import steps
from installation.cli import app
from installation.commands import calibrate, osc, train
from installation.host.errors import plain_errors
from models.training.presets import PRESETS
from tests.clips import make_still

WIDE = {"COLUMNS": "400", "TERMINAL_WIDTH": "400", "NO_COLOR": "1"}


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


EVERY = list(commands(get_command(app)))


def test_no_command_waits_for_what_only_others_need() -> None:
    heavy = "{'pydantic', 'numpy', 'av', 'cv2', 'pygame', 'onnxruntime', 'asyncio'}"
    code = f"import sys, installation.cli; sys.exit(repr(sorted({heavy} & set(sys.modules))))"
    started = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert started.stderr.strip() == "[]"


@pytest.mark.parametrize(("path", "command"), EVERY, ids=[" ".join(path) or "chiaro" for path, _ in EVERY])
def test_the_help_shows_every_word_that_was_written_for_it(path: tuple[str, ...], command: Any) -> None:
    result = CliRunner().invoke(app, [*path, "--help"], env=WIDE)
    assert result.exit_code == 0, result.output
    told = " ".join(result.output.replace("│", " ").split())
    texts = [parameter.help for parameter in command.params if parameter.help and not parameter.hidden]
    for text in [command.help or "", *texts]:
        assert " ".join(text.split()) in told, "brackets, say, are markup to the help and vanish"


def test_the_version_is_told() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"chiaroscuro {version('chiaroscuro')}\n")


def test_the_words_of_the_help_are_those_that_the_program_takes() -> None:
    assert calibrate.STEPS == steps.STEPS
    assert tuple(PRESETS) == train.PRESETS
    assert OscTarget.model_json_schema()["properties"]["profile"]["enum"] == list(osc.PROFILES)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("chiaro bench f", {"film"}),
        ("chiaro train a b --preset ", set(PRESETS)),
        ("chiaro calibrate hall --step fa", {"faces"}),
        ("chiaro osc replay x --profile s", {"scalar"}),
        ("chiaro play x --transition d", {"dip"}),
    ],
)
def test_the_shell_completes_choices(typed: str, offered: set[str]) -> None:
    words = typed.split()
    asked = {
        **os.environ,
        "_CHIARO_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(words) if typed.endswith(" ") else len(words) - 1),
    }
    code = "import sys; sys.argv = ['chiaro']; from installation.cli import app; app(prog_name='chiaro')"
    answer = subprocess.run([sys.executable, "-c", code], env=asked, capture_output=True, text=True, check=False)
    assert set(answer.stdout.split()) == offered, answer.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["bench", "fil"], ["PART: 'fil' is not one of calibrate,", "did you mean 'film'?"]),
        (["bench", "film", "--out", "x"], ["--out: is only for decision"]),
        (["osc", "replay", "x", "--osc", "bad"], ["--osc: 'bad' is not a valid HOST:PORT"]),
        (
            ["osc", "replay", "x", "--osc", "bad", "--profile", "evens"],
            ["--osc: 'bad' is not a valid HOST:PORT", "--profile: 'evens' is not one of", "did you mean 'events'?"],
        ),
        (["run", "--osc", "x", "--window", "small"], ["--osc: 'x' is not a valid", "--window: 'small' is not a valid"]),
    ],
)
def test_words_that_cannot_be_used_are_told_all_at_once_and_end_with_78(words: list[str], told: list[str]) -> None:
    result = CliRunner().invoke(app, words, env=WIDE)
    assert result.exit_code == 78, result.output
    assert result.stdout == ""
    for part in told:
        assert part in result.stderr


def test_an_optional_package_that_is_missing_is_told_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    result = CliRunner().invoke(app, ["bench", "training"], env=WIDE)
    assert result.exit_code == 78
    assert 'this benchmark needs PyTorch; install with: pip install "chiaroscuro[train]"' in result.stderr


def test_so_is_one_that_nobody_asked_for_beforehand(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, plain_errors():
        raise ModuleNotFoundError("No module named 'torch'", name="torch.cuda")
    assert ended.value.exit_code == 78
    assert 'PyTorch; install with: pip install "chiaroscuro[train]"' in capsys.readouterr().err
    with pytest.raises(ModuleNotFoundError), plain_errors():
        raise ModuleNotFoundError("No module named 'numpy'", name="numpy")


ASCII = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}


def test_letters_that_the_terminal_does_not_know_end_nothing(tmp_path: Path) -> None:
    make_still(tmp_path / "a.png")
    scene = '[scenes.{}]\nclip = "a.png"\n'
    (tmp_path / "story.toml").write_text(
        'title = "Für Elise \u732b"\nattract = "a"\nstart = "b"\nsafe = "a"\n'
        + scene.format("a")
        + scene.format("b")
        + "end = true\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "installation", "story", "graph", str(tmp_path)]
    done = subprocess.run(command, env=ASCII, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"F\\xfcr Elise \\u732b" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here: a full disk behind > was not tried")
@pytest.mark.parametrize("words", [["--version"], ["story", "schema"], ["models"]])
def test_a_full_disk_behind_the_output_is_told_in_a_line(words: list[str]) -> None:
    command = [sys.executable, "-m", "installation", *words]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 69
    assert done.stderr == "x the output cannot be written: No space left on device\n"


def test_whoever_reads_one_line_only_gets_no_traceback() -> None:
    command = [sys.executable, "-u", "-m", "installation", "story", "schema"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as schema:
        assert schema.stdout is not None
        assert schema.stderr is not None
        assert schema.stdout.readline() == "{\n"
        schema.stdout.close()
        assert schema.stderr.read() == ""
