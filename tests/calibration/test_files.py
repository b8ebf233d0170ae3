"""Files as other people's editors, systems and accidents leave them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from calibration.errors import BadFile
from calibration.files import PROBLEMS_AT_MOST, TEXT_BYTES, did_you_mean, load_toml, read_bytes, read_text, read_toml
from calibration.venue import Venue, load_venue
from scenes.story.story import load_story
from tests.clips import make_clip

STORY = (
    'title = "TITLE"\nattract = "wait"\nstart = "on"\nsafe = "wait"\n\n[scenes.wait]\nclip = "a.mp4"\n'
    '[scenes.on]\nclip = "a.mp4"\nend = true\n'
)


def refusal(path: Path, content: bytes | str) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(BadFile) as refused:
        load_toml(path, Venue)
    return "\n".join(refused.value.problems)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "room.toml"


def test_the_mark_that_windows_editors_put_first_is_no_fault(tmp_path: Path) -> None:
    make_clip(tmp_path / "a.mp4", seconds=2)
    (tmp_path / "story.toml").write_text(STORY.replace("TITLE", "Tür"), encoding="utf-8-sig")
    assert load_story(tmp_path / "story.toml").title == "Tür"


@pytest.mark.parametrize(
    ("content", "name"),
    [('{"mode": "installation"}', "JSON"), (":: Start\n[[on->Garden]]", "Twine"), ("<!DOCTYPE html>", "web page")],
)
def test_a_story_of_another_program_is_named(file: Path, content: str, name: str) -> None:
    assert name in refusal(file, content)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf16_is_named(file: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    assert "is saved as UTF-16; save it again as UTF-8" in refusal(file, f'{mark}name = "hall"\n'.encode(encoding))


def test_an_older_encoding_is_named_with_the_line_and_the_letter(file: Path) -> None:
    said = refusal(file, 'name = "hall"\n\n# Tür\n'.encode("cp1252"))
    assert said == "line 3: byte FC is not UTF-8 ('ü' in an older Windows encoding); save the file again as UTF-8"


@pytest.mark.parametrize("quoted", ["“hall”", "„hall“", '"hall”', "‘hall’", "«hall»"])
def test_typographic_quotation_marks_are_named(file: Path, quoted: str) -> None:
    said = refusal(file, f"# a room\nname = {quoted}\n")
    assert "line 2 has a typographic quotation mark" in said
    assert 'straight ones: "' in said


@pytest.mark.parametrize("path", [r"film\door.toml", r"C:\Users\film.toml", r"x\uniform.toml"])
def test_a_backslash_that_is_no_escape_is_answered_with_a_slash(file: Path, path: str) -> None:
    assert "line 1 has a backslash, which begins an escape; write folders with /" in refusal(file, f'story = "{path}"')


@pytest.mark.parametrize("path", [r"film\new.toml", r"C:\temp\new.toml", r"a\u0000b"])
def test_a_backslash_that_happens_to_be_an_escape_is_no_name_of_a_file(file: Path, path: str) -> None:
    assert "control character" in refusal(file, f'story = "{path}"')


@pytest.mark.skipif(os.sep != "/", reason="there a backslash separates folders")
def test_a_folder_after_a_backslash_is_answered_with_a_slash(file: Path) -> None:
    assert "story: has a backslash; write folders with /" in refusal(file, r"story = 'film\door.toml'")


@pytest.mark.parametrize(
    "content",
    [
        "x = " + "[" * 5000 + "]" * 5000,
        "x = " + "{a=" * 5000 + "1" + "}" * 5000,
        ".".join("a" * 100) + " = 1",
        "[" + ".".join("a" for _ in range(100_000)) + "]",
        " . ".join('"a"' for _ in range(100_000)) + " = 1",
    ],
    ids=["arrays", "tables", "dots", "header", "quoted"],
)
def test_what_is_nested_too_deeply_is_refused_at_once(file: Path, content: str) -> None:
    assert "nested too deeply" in refusal(file, content)


@pytest.mark.parametrize("number", ["9" * 5000, "0x" + "f" * 20_000, "-" + "9" * 4000])
@pytest.mark.parametrize("key", ["screen.width", "screen.brightness", "name", "osc.targets"])
def test_a_number_of_thousands_of_digits_is_refused_and_not_repeated(file: Path, number: str, key: str) -> None:
    assert len(refusal(file, f"{key} = {number}")) < 300


def test_a_text_where_another_kind_of_value_is_expected_is_refused_wherever_it_stands(file: Path) -> None:
    for value in ("[]", "{}", "[[]]", "1", "true", "1979-05-27", '"x"'):
        assert "mood.preset" in refusal(file, f"[mood]\npreset = {value}\n")


def test_control_characters_are_refused_with_their_key(file: Path) -> None:
    said = refusal(file, '[camera]\nsource = "visitor"\n[osc]\npassphrase = "a\\u001bb"\n')
    assert said == "osc.passphrase: has a control character ('\\x1b'); remove it"


def test_thousands_of_unknown_keys_are_counted_and_not_listed(file: Path) -> None:
    said = refusal(file, "".join(f"key{n} = 1\n" for n in range(3000))).splitlines()
    assert len(said) == PROBLEMS_AT_MOST + 1
    assert said[-1] == f"(file): {3000 - PROBLEMS_AT_MOST} more problems"


def test_a_password_in_a_wrong_address_is_not_repeated(file: Path) -> None:
    assert "secret" not in refusal(file, '[camera]\nsource = "rtsp://eye:sec#secret@10.0.0.5/"\n')
    assert "secret" not in refusal(file, f'[osc]\npassphrase = "secret{"x" * 100}"\n')


def test_a_file_far_too_large_is_refused_unread(file: Path) -> None:
    assert "too large" in refusal(file, b"#" * (TEXT_BYTES + 1))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "room.toml")
    with pytest.raises(BadFile, match="not a regular file"):
        read_toml(tmp_path / "room.toml")


def test_a_folder_a_missing_file_and_an_impossible_name_are_told_apart(tmp_path: Path) -> None:
    for name, why in (("", "is a folder"), ("gone", "no such file"), ("a\0b", "not a possible file name")):
        with pytest.raises(BadFile, match=why):
            read_bytes(tmp_path / name if name else tmp_path, 10)
    with pytest.raises(BadFile, match="cannot be read: File name too long"):
        read_text(tmp_path / ("x" * 5000))


def test_a_venue_that_was_saved_with_a_mark_is_still_found_to_be_a_venue(tmp_path: Path) -> None:
    (tmp_path / "room.toml").write_text('name = "hall"\n', encoding="utf-8-sig")
    assert load_venue(tmp_path / "room.toml").name == "hall"


@pytest.mark.parametrize(
    ("word", "near"),
    [("HAPPINESS", "; did you mean 'happiness'?"), ("europe/BERLIN", "; did you mean 'Europe/Berlin'?"), ("xyz", "")],
)
def test_a_word_in_other_capitals_is_the_nearest_there_is(word: str, near: str) -> None:
    assert did_you_mean(word, ["happiness", "sadness", "Europe/Berlin"]) == near


def test_a_list_with_a_wrong_entry_is_not_told_to_be_too_short_as_well(file: Path) -> None:
    file.write_text('name = "hall"\n[course]\nlanguages = ["fr"]\n')
    with pytest.raises(BadFile) as refused:
        load_toml(file, Venue)
    assert refused.value.problems == ["course.languages.0: must be 'en' or 'de' (given: 'fr')"]
    file.write_text('name = "hall"\n[course]\nlanguages = []\n')
    with pytest.raises(BadFile) as refused:
        load_toml(file, Venue)
    assert refused.value.problems == ["course.languages: must have 1 or more entries"]
