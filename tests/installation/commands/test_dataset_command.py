"""``chiaro dataset``: from a folder of others to a divided set, with exit codes that say whether something is wrong."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from calibration.errors import Exit
from installation.cli import app
from models.dataset.table import FaceRow, read_table, write_table
from tests.models.dataset.faces import drawn, write_picture


def chiaro(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["dataset", *map(str, words)])


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """20 faces of each of two classes by five people."""
    for k in range(40):
        write_picture(tmp_path / "theirs" / ("neutral", "happy")[k % 2] / f"p{k % 5}" / f"{k}.png", drawn(k))
    return tmp_path / "theirs"


def test_a_set_is_brought_in_checked_divided_and_checked_again(theirs: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    done = chiaro("import", theirs, own)
    assert done.exit_code == 0, done.output
    assert "40 faces copied" in done.output
    assert "neutral 20, happiness 20" in done.output
    checked = chiaro("check", own)
    assert checked.exit_code == 0, checked.output
    assert "nothing has to be mended" in checked.output
    divided = chiaro("split", own, "--test", "0.2")
    assert divided.exit_code == 0, divided.output
    assert {row.part for row in read_table(own)} == {"train", "valid", "test"}
    assert json.loads(chiaro("check", own, "--json").stdout)["good"]
    measure = ["evaluate", str(own), "--json", "--pictures", str(tmp_path / "pictures"), "--part"]
    measured = CliRunner().invoke(app, [*measure, "test"])
    assert json.loads(measured.stdout)["n"] == sum(row.part == "test" for row in read_table(own))
    assert CliRunner().invoke(app, [*measure, "tset"]).exit_code == Exit.BAD_CONFIGURATION


def test_what_is_wrong_gives_exit_code_1_and_all_of_it_as_json(theirs: Path) -> None:
    write_picture(theirs / "happy" / "p9" / "same.png", drawn(0))
    told = chiaro("check", theirs, "--json")
    assert told.exit_code == Exit.NOT_AS_WANTED
    found = json.loads(told.stdout)
    assert {one["kind"] for one in found["findings"] if one["serious"]} == {"contradiction", "double_across_people"}
    assert found["classes"] == {"neutral": 20, "happiness": 21}
    in_words = chiaro("check", theirs)
    assert in_words.exit_code == Exit.NOT_AS_WANTED
    assert "2 to be mended (x)" in in_words.output


def test_what_cannot_be_used_is_told_with_its_reason(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / "theirs" / "sad").mkdir(parents=True, exist_ok=True)
        (tmp_path / "theirs" / "sad" / f"{number:02d}.png").write_bytes(b"none")
    done = chiaro("import", tmp_path / "theirs", tmp_path / "own")
    assert done.exit_code == Exit.NOT_AS_WANTED
    assert "12 could not be used" in done.output
    assert "and 2 more (--json lists all)" in " ".join(done.output.split())
    assert len(json.loads(chiaro("import", tmp_path / "theirs", tmp_path / "own", "--json").stdout)["unused"]) == 12
    assert chiaro("import", tmp_path / "nowhere", tmp_path / "own").exit_code == Exit.BAD_CONFIGURATION


def test_one_person_is_not_divided_and_the_table_stays(tmp_path: Path) -> None:
    rows = [FaceRow(f"fear/{k}.png", "fear", "K7QX2P") for k in range(3)]
    for k, row in enumerate(rows):
        write_picture(tmp_path / row.path, drawn(k))
    write_table(tmp_path, rows)
    done = chiaro("split", tmp_path)
    assert done.exit_code == Exit.NOT_AS_WANTED
    assert "at least two people" in done.output
    assert read_table(tmp_path) == rows
    assert chiaro("split", tmp_path, "--valid", "0.5", "--test", "0.5").exit_code == Exit.BAD_CONFIGURATION
