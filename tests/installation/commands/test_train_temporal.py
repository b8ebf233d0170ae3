"""``chiaro train temporal``: what it takes, and what is wrong said before anything is loaded."""

from pathlib import Path

from typer.testing import CliRunner

from calibration.errors import Exit
from installation.cli import app
from installation.commands import train_temporal
from models.training.temporal_config import KINDS, TEMPORAL_PRESETS


def test_the_words_of_the_help_are_those_that_it_takes() -> None:
    assert tuple(TEMPORAL_PRESETS) == train_temporal.PRESETS
    assert KINDS == train_temporal.KINDS


def test_what_is_wrong_is_told_before_anything_is_loaded(tmp_path: Path) -> None:
    wrong = ["--preset", "lang", "--mesh", "none.npz", "--kind", "grue", "--folder", str(tmp_path)]
    done = CliRunner().invoke(app, ["train", "temporal", "none.png", *wrong])
    assert done.exit_code == Exit.BAD_CONFIGURATION
    told = " ".join(done.output.split())
    assert "FACES: none.png" in told
    assert "--mesh: none.npz" in told
    assert "'lang' is not one of quick, cpu, long" in told
    assert "'grue' is not one of gru, tcn, convlstm" in told
