"""``chiaro compare``: one table and one page; what a person mistyped is one line."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from calibration import extras
from calibration.errors import Exit
from installation.cli import app


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["compare", *arguments])


def _faces(folder: Path) -> str:
    rng = np.random.default_rng(1)
    images, labels = rng.integers(0, 256, (80, 48, 48), np.uint8), np.arange(80) % 3
    np.savez(folder / "faces.npz", images=images, labels=labels)
    return str(folder / "faces.npz")


def test_without_the_extra_it_says_in_one_line_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _name: None)
    done = _run("faces.npz")
    assert done.exit_code == Exit.BAD_CONFIGURATION
    assert "this comparison needs PyTorch, scikit-learn; install with:" in done.stderr
    assert "Traceback" not in done.output


def test_one_command_makes_table_page_markdown_and_json(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the extra train is missing: no comparison was tried")
    pytest.importorskip("sklearn", reason="the extra train is missing: no comparison was tried")
    folder = tmp_path / "out"
    done = _run(_faces(tmp_path), "--quick", "--rows", "ours", "--on", _faces(tmp_path), "--folder", str(folder))
    assert done.exit_code == 0, done.output
    assert "16 to measure on (quick)" in " ".join(done.stdout.split()), "a fifth, where no validation faces are named"
    assert "chiaro-emotion" in done.stdout
    assert {path.name for path in folder.iterdir() if path.is_file()} == {
        "comparison.html",
        "comparison.json",
        "comparison.md",
    }
    assert "Other sets" in (folder / "comparison.md").read_text(encoding="utf-8")


def test_what_was_mistyped_is_told(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the extra train is missing: no comparison was tried")
    pytest.importorskip("sklearn", reason="the extra train is missing: no comparison was tried")
    for arguments, told in (
        ([], "name one or two sets of faces"),
        ([_faces(tmp_path), "--rows", "hogsvm"], "did you mean"),
        ([_faces(tmp_path), "--on", str(tmp_path / "gone")], "no such file or folder"),
    ):
        done = _run(*arguments)
        assert done.exit_code == Exit.BAD_CONFIGURATION
        assert told in done.stderr
    assert "hog-svm" in _run("--list").stdout
