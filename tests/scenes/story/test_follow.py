"""What a stem, a picture drive or a lamp goes with: the key, and the level that it gives."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from calibration.files import describe
from models.mood import Mood
from scenes.machine.following import glide, level
from scenes.story.conditions import When
from scenes.story.follow import Follow, check_follow
from tests.scenes.evenings import BLIND, NOBODY, feeling

GROUPS = {"dark": ("sadness", "fear", "anger")}
SAD = feeling("sadness", 0.86)


def follow(**keys: Any) -> Follow:
    return Follow.model_validate(keys)


def affected(valence: float, arousal: float) -> Mood:
    return SAD.model_copy(update={"valence": valence, "arousal": arousal})


def test_a_group_counts_with_all_its_emotions() -> None:
    assert level(follow(mood="sadness"), SAD, {}, GROUPS) == pytest.approx(0.86)
    assert level(follow(mood="dark"), SAD, {}, GROUPS) == pytest.approx(0.86 + 2 * 0.02)
    assert level(follow(mood="happiness"), SAD, {}, GROUPS) == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"valence": True}, 0.375),
        ({"valence": [-0.5, 0.5]}, 0.25),
        ({"valence": [0.5, -0.5]}, 0.75),
        ({"valence": [0, 1]}, 0.0),
        ({"arousal": [0, 1]}, 0.6),
        ({"arousal": [-1, 0]}, 1.0),
        ({"signal": "heart"}, 0.4),
        ({"signal": "heart", "range": [0.2, 0.6]}, 0.5),
        ({"signal": "heart", "range": [1, 0]}, 0.6),
        ({"mood": "sadness", "range": [0.36, 1]}, 0.78125),
    ],
)
def test_a_range_is_mapped_onto_0_to_1_and_may_fall(keys: dict[str, Any], expected: float) -> None:
    assert level(follow(**keys), affected(-0.25, 0.6), {"heart": 0.4}, GROUPS) == pytest.approx(expected)


@pytest.mark.parametrize("mood", [NOBODY, BLIND, SAD.model_copy(update={"probabilities": NOBODY.probabilities})])
def test_nobody_there_and_could_not_look_are_not_known_and_not_zero(mood: Mood) -> None:
    for keys in ({"mood": "dark"}, {"valence": True}, {"arousal": [0, 1]}):
        assert level(follow(**keys), mood, {}, GROUPS) is None


def test_a_signal_that_is_too_old_is_not_known_and_one_that_is_there_needs_no_face() -> None:
    assert level(follow(signal="heart"), SAD, {}, GROUPS) is None
    assert level(follow(signal="heart"), BLIND, {"heart": 1.7}, GROUPS) == 1.0


def test_a_level_takes_its_attack_up_and_its_release_down() -> None:
    assert glide(0.0, 1.0, 0.5, attack_seconds=2, release_seconds=4) == pytest.approx(0.25)
    assert glide(1.0, 0.0, 0.5, attack_seconds=2, release_seconds=4) == pytest.approx(0.875)
    assert glide(0.9, 1.0, 0.5, attack_seconds=2, release_seconds=4) == 1.0
    assert glide(0.1, 0.0, 5.0, attack_seconds=2, release_seconds=4) == 0.0
    assert glide(0.2, 0.7, 0.0, attack_seconds=0, release_seconds=0) == pytest.approx(0.7)


def test_a_level_that_is_not_known_stays_where_it_is() -> None:
    assert glide(0.3, None, 10.0, attack_seconds=0, release_seconds=0) == 0.3


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({}, "exactly one of mood, valence, arousal and signal"),
        ({"mood": "dark", "valence": True}, "exactly one"),
        ({"valence": [0.5, 0.5]}, "two different values"),
        ({"valence": [-2, 1]}, "greater than or equal to -1"),
        ({"valence": True, "range": [0, 1]}, "range belongs to mood and signal"),
        ({"signal": "heart", "low": 60}, "Extra inputs"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        follow(**keys)


def test_names_that_the_story_does_not_have_are_told_with_a_suggestion() -> None:
    def found(signals: tuple[str, ...], **keys: Any) -> list[str]:
        return [str(p) for p in check_follow("scenes.x.stem.0.follow", follow(**keys), GROUPS, signals)]

    assert found(("heart",), signal="heart") == found((), mood="dark") == found((), mood="fear") == []
    assert found((), mood="drak") == [
        "scenes.x.stem.0.follow.mood: no emotion or group is called 'drak'; did you mean 'dark'?"
    ]
    assert found(("heart",), signal="hart") == [
        "scenes.x.stem.0.follow.signal: no signal is called 'hart'; did you mean 'heart'?"
    ]
    assert found((), signal="door") == ["scenes.x.stem.0.follow.signal: no signal is called 'door'; [signals] has none"]


@pytest.mark.parametrize("given", [False, 3, "calm", {"above": 0}])
def test_a_range_that_is_none_is_refused_with_what_it_must_be(given: object) -> None:
    with pytest.raises(ValidationError) as refused:
        follow(valence=given)
    (told,) = describe(refused.value, Follow)
    assert told.startswith("valence: must be true, or the range that counts, such as [-0.5, 0.5]")


def test_a_wrong_number_in_a_range_is_told_once_and_where_it_stands() -> None:
    with pytest.raises(ValidationError) as refused:
        follow(arousal=[0, 4])
    assert describe(refused.value, Follow) == ["arousal.1: must be at most 1 (given: 4)"]


def test_true_and_false_are_told_as_they_are_written_in_a_story() -> None:
    with pytest.raises(ValidationError) as refused:
        When.model_validate({"untrusted": False})
    assert describe(refused.value, When) == ["untrusted: must be true (given: false)"]
