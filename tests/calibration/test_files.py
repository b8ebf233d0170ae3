"""How a TOML file is read: each problem in words that need no Python."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from calibration.errors import BadFile
from calibration.files import load_toml


class Kinds(BaseModel):
    """One key of each kind that our files have."""

    number: Annotated[float, Field(gt=0, le=2, allow_inf_nan=False)] = 1.0
    whole: Annotated[int, Field(ge=1, lt=9)] = 1
    switch: bool = False
    text: Annotated[str, Field(min_length=2, max_length=3)] = "ab"
    several: Annotated[tuple[int, ...], Field(min_length=1, max_length=2)] = (1,)
    table: dict[str, int] = Field(default_factory=dict)
    choice: Literal["cut", "dip"] = "cut"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('number = "x"', "must be a number (given: 'x')"),
        ("number = nan", "must be a finite number (given: nan)"),
        ("number = 3", "must be at most 2 (given: 3)"),
        ("number = 0", "must be greater than 0 (given: 0)"),
        ("whole = 1.5", "must be a whole number (given: 1.5)"),
        ("whole = 0", "must be at least 1 (given: 0)"),
        ("whole = 9", "must be less than 9 (given: 9)"),
        ('switch = "perhaps"', "must be true or false (given: 'perhaps')"),
        ("text = 5", "must be text in quotes (given: 5)"),
        ('text = "a"', "must have at least 2 characters (given: 'a')"),
        ('text = "abcd"', "must have at most 3 characters (given: 'abcd')"),
        ("several = 1", "must be a list in [ ] (given: 1)"),
        ("several = []", "must have 1 or more entries"),
        ("several = [1, 2, 3]", "must have no more than 2 entries"),
        ("table = 1", "must be a table of keys (given: 1)"),
        ('choice = "fade"', "must be 'cut' or 'dip' (given: 'fade')"),
    ],
)
def test_a_wrong_value_is_refused_in_words_without_python(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "kinds.toml").write_text(line)
    with pytest.raises(BadFile) as refusal:
        load_toml(tmp_path / "kinds.toml", Kinds)
    assert refusal.value.problems == [f"{line.split()[0]}: {message}"]
