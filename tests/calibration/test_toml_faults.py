"""What people write who have never heard of TOML, and what they are told."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from calibration.errors import BadFile
from calibration.files import read_toml

STORY = 'title = "t"\n[scenes.a]\nclip = "a.mp4"\n'


@pytest.mark.parametrize(
    ("written", "line", "told"),
    [
        (STORY + "loop = True\n", 4, "write true or false, in small letters"),
        (STORY + "loop = yes\n", 4, "write true or false, in small letters"),
        (STORY.replace('"a.mp4"', "a.mp4"), 3, "text stands in quotes"),
        (STORY + "in_seconds =\n", 4, "the value behind = is missing"),
        (STORY.replace('"t"', '"t'), 1, "a quotation mark is missing"),
        (STORY.replace("title =", "title:"), 1, "write = between key and value, not :"),
        ("// my story\n" + STORY, 1, "a remark begins with #"),
        (STORY.replace('"t"', '"t";'), 1, "nothing stands behind a value"),
        (STORY + "loop = true,\n", 4, "nothing stands behind a value"),
        (STORY + "in_seconds = 1,5\n", 4, "with a point, as in 1.5"),
        (STORY + "in_seconds = 2s\n", 4, "a number stands alone"),
        (STORY + "volume = 80%\n", 4, "a number from 0 to 1"),
        (STORY + "[scenes.a]\n", 4, "this table stands there twice"),
        (STORY + 'clip = "b.mp4"\n', 4, "this key stands there twice"),
        (STORY.replace("scenes.a", "scenes.my room"), 2, "a name with blanks or accents stands in quotes"),
        (STORY.replace("scenes.a", "scenes.t\u00fcr"), 2, "a name with blanks or accents stands in quotes"),
        (STORY.replace("scenes.a]", "scenes.a"), 2, "] is missing"),
        (STORY + "listen = { from_seconds = 1 until_seconds = 2 }\n", 4, "a comma or } is missing"),
        (STORY + "listen = { from_seconds = 1,\n until_seconds = 2 }\n", 4, "{ } has one line"),
        (STORY + "branch = [\n{ to = 'a' }\n{ to = 'b' }\n]\n", 6, "a comma or ] is missing"),
        (STORY.replace("title =", "title\u00a0="), 1, "a blank of a text processor"),
    ],
)
def test_a_slip_is_named_with_its_line_and_the_remedy(written: str, line: int, told: str, tmp_path: Path) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(written)
    (problem,) = refused(tmp_path / "story.toml", written.encode())
    assert problem.startswith(f"is not valid TOML: line {line}")
    assert told in problem


def test_the_line_ends_of_an_old_macintosh_are_named(tmp_path: Path) -> None:
    assert "old Macintosh" in refused(tmp_path / "story.toml", STORY.replace("\n", "\r").encode())[0]


def test_a_line_that_holds_a_password_is_not_repeated(tmp_path: Path) -> None:
    assert "ocean" not in refused(tmp_path / "room.toml", b'[osc]\npassphrase = "ocean\n')[0]


def test_a_line_without_end_is_not_searched_for_minutes(tmp_path: Path) -> None:
    """Without a limit this takes some 10^11 steps."""
    assert "line 1" in refused(tmp_path / "story.toml", b"a = " + b"{" * 499_000 + b"}")[0]


def refused(file: Path, content: bytes) -> list[str]:
    file.write_bytes(content)
    with pytest.raises(BadFile) as error:
        read_toml(file)
    return list(error.value.problems)
