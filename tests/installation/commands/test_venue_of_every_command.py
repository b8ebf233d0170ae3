"""One word means one venue, whatever the command."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from calibration.errors import Exit
from installation.cli import app

COMMANDS = {
    "run": ("run", "--venue"),
    "check": ("check", "--quick", "--venue"),
    "play": ("play", "film.mp4", "--venue"),
    "hours": ("hours",),
    "doctor": ("doctor", "--venue"),
    "classify": ("classify", "face.png", "--venue"),
    "osc replay": ("osc", "replay", "evening.jsonl", "--venue"),
    "calibrate": ("calibrate", "--check"),
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("galery", "no venue of that name; did you mean 'gallery'?"),
        ("./hall", "no such venue file; did you mean 'hall.toml'?"),
        ("rooms/", "is a folder; expected a venue file"),
    ],
)
def test_every_command_finds_venues_in_the_same_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], typed: str, answer: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("hall.toml", "film.mp4", "face.png", "evening.jsonl"):
        Path(name).touch()
    Path("rooms").mkdir()
    result = CliRunner().invoke(app, [*words, typed])
    assert result.exit_code == Exit.BAD_CONFIGURATION, result.output
    assert answer in result.output
