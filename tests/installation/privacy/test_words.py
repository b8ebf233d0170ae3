from __future__ import annotations

import json
import re
from typing import get_args

import pytest

from calibration.privacy_settings import NoticeLanguage
from installation.privacy.facts import Content
from installation.privacy.words import FOLDER, LANGUAGES, Words, attract_line
from models.labels import LABELS

SAID = {language: json.loads((FOLDER / f"{language}.json").read_text("utf-8")) for language in LANGUAGES}


def placeholders(said: str | list[str]) -> list[str]:
    return sorted(re.findall(r"\{\w*\}", "\n".join([said] if isinstance(said, str) else said)))


def test_a_file_of_each_language_and_no_other() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(get_args(NoticeLanguage))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language: NoticeLanguage) -> None:
    english, said = SAID["en"], SAID[language]
    assert list(said) == list(english)
    assert [key for key in said if type(said[key]) is not type(english[key])] == []
    assert [key for key in said if placeholders(said[key]) != placeholders(english[key])] == []
    assert [key for key in said if not all([said[key]] if isinstance(said[key], str) else said[key])] == []


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_no_sentence_was_left_in_english(language: NoticeLanguage) -> None:
    same = {key for key, said in SAID[language].items() if said == SAID["en"][key]}
    assert same <= {"contact", "pause", "emotion_surprise"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_recipient_and_each_emotion_has_words(language: NoticeLanguage) -> None:
    words = Words(language)
    for key in (*get_args(Content), *(f"emotion_{label}" for label in LABELS)):
        assert words(key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_films_own_sentence_is_short(language: NoticeLanguage) -> None:
    assert 40 < len(attract_line(language)) <= 90


@pytest.mark.parametrize("language", LANGUAGES)
def test_easy_language_has_one_short_sentence_a_line(language: NoticeLanguage) -> None:
    lines = [line for key, said in SAID[language].items() if key.startswith("easy") for line in said]
    assert [line for line in lines if len(line.split()) > 14] == []
    assert [line for line in lines if line.count(". ")] == []
