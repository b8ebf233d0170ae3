"""Moods made by hand."""

import pytest

from installation.show.rehearsal import OVERRIDE_SECONDS, Rehearsal, mood_of
from models.mood import unseen


def test_a_rehearsed_mood_speaks_instead_of_the_eye_for_half_a_minute_and_no_longer() -> None:
    rehearsal, eye = Rehearsal(), unseen(0.0, "camera lost")
    assert rehearsal.over(eye, 1.0) is eye
    rehearsal.set("anger", 0.8, now=1.0)
    assert rehearsal.over(eye, 1.0 + OVERRIDE_SECONDS - 0.1).dominant == "anger"
    assert rehearsal.over(eye, 1.0 + OVERRIDE_SECONDS) is eye


def test_a_word_that_is_no_emotion_is_refused_and_changes_nothing() -> None:
    rehearsal, eye = Rehearsal(), unseen(0.0, "camera lost")
    with pytest.raises(ValueError, match="hapiness"):
        rehearsal.set("hapiness", 1.0, now=1.0)
    assert rehearsal.over(eye, 1.0) is eye


def test_repeating_a_mood_lets_it_be_held_longer() -> None:
    rehearsal, eye = Rehearsal(), unseen(0.0, "")
    rehearsal.set("fear", 0.9, now=1.0)
    rehearsal.set("fear", 0.9, now=4.0)
    assert rehearsal.over(eye, 5.0).held_seconds == pytest.approx(4.0)


def test_an_empty_room_and_a_face_that_says_nothing_are_two_things() -> None:
    nobody, undecided = mood_of("nobody", 1.0, 0.0), mood_of("undecided", 1.0, 0.0)
    assert (nobody.present, undecided.present) == (False, True)
    assert undecided.dominant is None
    assert sum(undecided.probabilities) == pytest.approx(1.0)
