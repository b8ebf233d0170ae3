"""Conditions in words: every key of a condition is told, in every language, and no blank stays open."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest

from calibration.settings import Language
from scenes.story.conditions import When
from scenes.story.wording import PHRASES, describe

ASKED: dict[str, dict[str, Any]] = {
    "mood": {"mood": "dark"},
    "share": {"mood": "dark", "share": 0.4},
    "peak": {"mood": "dark", "peak": 0.8},
    "held_seconds": {"mood": "dark", "held_seconds": 2},
    "confidence": {"mood": "dark", "confidence": 0.6},
    "share_of_visitors": {"mood": "dark", "share_of_visitors": 0.5},
    "valence": {"valence": {"above": -0.2, "below": 0.3}},
    "arousal": {"arousal": {"rises_by": -0.3}},
    "facing": {"facing": 0.5, "share": 0.4, "share_of_visitors": 0.6},
    "speaking": {"speaking": {"rises_by": 0.2}},
    "visitors": {"visitors": "absent"},
    "for_seconds": {"visitors": "present", "for_seconds": 3},
    "visitors_at_least": {"visitors_at_least": 2},
    "signal": {"signal": "heart", "above": 100},
    "above": {"signal": "heart", "above": 100},
    "below": {"signal": "heart", "below": 60},
    "rises_by": {"signal": "heart", "rises_by": 10},
    "elapsed_seconds": {"elapsed_seconds": 30},
    "untrusted": {"untrusted": True},
    "been": {"been": "cellar"},
    "times_at_least": {"been": "cellar", "times_at_least": 2},
    "took": {"took": "dark"},
    "counter": {"counter": "doors", "at_least": 2},
    "at_least": {"counter": "doors", "at_least": 2},
    "at_most": {"counter": "doors", "at_most": 3},
    "draw": {"draw": {"actor": "ben"}},
    "first_today": {"first_today": True},
    "every": {"every": 3},
    "after": {"after": "18:00"},
    "before": {"before": "22:00"},
    "minutes_after_opening": {"minutes_after_opening": 30},
    "any_": {"any": [{"been": "cellar"}, {"every": 3}]},
    "all_": {"all": [{"been": "cellar"}, {"every": 3}]},
    "not_": {"not": {"been": "cellar"}},
}


def test_every_key_of_a_condition_is_tried_here() -> None:
    assert set(ASKED) == set(When.model_fields)


@pytest.mark.parametrize("key", ASKED)
def test_every_condition_is_told_in_every_language(key: str) -> None:
    when = When.model_validate(ASKED[key])
    told = {language: describe(when, language) for language in get_args(Language)}
    assert all(words and not re.search(r"[{}]|None", words) for words in told.values()), told
    for name, value in ASKED[key].items():
        if isinstance(value, str) and name not in ("visitors",):
            assert all(value in words for words in told.values()), told


def test_the_languages_have_the_same_phrases_with_the_same_blanks() -> None:
    english = PHRASES["en"]
    for phrases in PHRASES.values():
        assert phrases.keys() == english.keys()
        assert all(phrases[name].count("{") == english[name].count("{") for name in english)


def test_names_are_called_as_the_story_calls_them() -> None:
    when = When.model_validate({"mood": "dark", "share": 0.3, "not": {"been": "cellar"}})
    words = describe(when, "de", lambda name: {"dark": "Nacht", "cellar": "Keller"}[name])
    assert words == "Nacht 30\u00a0% der Zeit und nicht (Keller schon gezeigt)"
