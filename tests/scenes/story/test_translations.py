"""Captions in several languages are found by their files' names, and shown in those that were asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenes.story.captions import CaptionLine, read_captions
from scenes.story.clip import Clip
from scenes.story.translations import (
    caption_files,
    languages_asked,
    languages_of,
    next_wish,
    text_at,
    translations_of,
)


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text(f"1\n00:00:01,000 --> 00:00:02,000\n{name}\n", encoding="utf-8")


@pytest.mark.parametrize(("own", "language"), [("door.srt", ""), ("door.en.srt", "en")])
def test_captions_beside_a_scene_s_own_are_found_by_language(tmp_path: Path, own: str, language: str) -> None:
    write(
        tmp_path, own, "door.de.srt", "door.PT-br.VTT", "door.two.srt", "doors.fr.srt", "door.fr.txt", "window.de.srt"
    )
    found = {language: file.name for language, file in caption_files(tmp_path / own).items()}
    assert found == {language: own, "de": "door.de.srt", "pt-br": "door.PT-br.VTT"}
    assert next(iter(found)) == language, "the scene's own comes first"


def test_a_folder_that_cannot_be_listed_leaves_the_scene_its_own_captions(tmp_path: Path) -> None:
    assert caption_files(tmp_path / "gone" / "door.srt") == {"": tmp_path / "gone" / "door.srt"}
    assert list(caption_files(Path("a\0b/door.srt"))) == [""]


def clip(folder: Path, own: str) -> Clip:
    return Clip(folder, captions=read_captions(folder / own).lines, translations=translations_of(folder / own))


def test_two_languages_stand_under_each_other_and_one_that_is_missing_leaves_the_story_s_own(tmp_path: Path) -> None:
    write(tmp_path, "door.srt", "door.de.srt", "door.fr.srt")
    door = clip(tmp_path, "door.srt")
    assert text_at(door, (), 1.5) == "door.srt"
    assert text_at(door, ("de",), 1.5) == "door.de.srt"
    assert text_at(door, ("fr", "de"), 1.5) == "door.fr.srt\ndoor.de.srt"
    assert text_at(door, ("nl", "de"), 1.5) == "door.de.srt"
    assert text_at(door, ("nl",), 1.5) == "door.srt"
    assert text_at(door, ("fr", "de"), 2.5) == ""


def test_a_key_goes_through_what_the_story_has_and_off(tmp_path: Path) -> None:
    write(tmp_path, "door.srt", "door.de.srt", "lamp.en.srt", "lamp.de.srt")
    languages = languages_of([clip(tmp_path, "door.srt"), clip(tmp_path, "lamp.en.srt"), Clip(tmp_path)])
    assert languages == ("", "de", "en")
    wishes, now = [], languages_asked("own")
    for _ in range(4):
        wishes.append(next_wish(languages, now))
        now = languages_asked(wishes[-1])
    assert wishes == ["de", "en", "off", "own"]
    assert next_wish(languages, ("de", "en")) == "own", "from two languages the key begins at the first"
    assert next_wish(("en", "de"), ()) == "de", "the story's own captions are its first language"


def test_a_wish_is_read_however_languages_are_divided() -> None:
    assert languages_asked("DE, en") == languages_asked("de+en") == languages_asked(" de  en ") == ("de", "en")
    assert languages_asked("Off") is None
    assert languages_asked("own") == languages_asked("") == ()


def test_captions_without_a_language_in_their_name_are_a_language_of_the_story() -> None:
    assert languages_of([Clip(Path("a"), captions=(CaptionLine(0.0, 1.0, "Hello"),))]) == ("",)
