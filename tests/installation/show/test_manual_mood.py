"""Moods by number keys and by a script."""

import pytest

from calibration.errors import BadInput
from installation.show.manual_mood import ScriptedMood, parse_script


def test_moods_come_at_their_times() -> None:
    script = parse_script("nobody@6, happiness@2,sadness@4")
    assert script == ((2.0, "happiness"), (4.0, "sadness"), (6.0, "nobody"))
    moods = ScriptedMood(script)
    seen = [(mood.present, mood.dominant) for mood in (moods.mood(100.0 + at) for at in (0, 2, 3.9, 4, 6))]
    assert seen == [(False, None), (True, "happiness"), (True, "happiness"), (True, "sadness"), (False, None)]


def test_who_is_rehearsed_faces_the_film_or_has_turned_away() -> None:
    moods = ScriptedMood(parse_script("nobody@0,fear@2,fear/away@4"))
    seen = [(mood.dominant, mood.facing) for mood in (moods.mood(100.0 + at) for at in (0, 2, 4))]
    assert seen == [(None, None), ("fear", 1.0), ("fear", 0.0)]
    assert moods.mood(104).visitors[0].facing == 0


def test_who_is_rehearsed_may_speak() -> None:
    moods = ScriptedMood(parse_script("nobody@0,neutral/speaking@2,neutral@4"))
    seen = [(mood.speaking, mood.facing) for mood in (moods.mood(100.0 + at) for at in (0, 2, 4))]
    assert seen == [(None, None), (1.0, 1.0), (0.0, 1.0)]
    assert moods.mood(104).visitors[0].speaking is False


def test_all_faults_of_a_script_are_told_at_once() -> None:
    with pytest.raises(BadInput) as told:
        parse_script("joy@1,anger@soon,fear@-1,fear@nan,fear@inf,fear/asleep@2")
    assert [problem.split(":")[0] for problem in told.value.problems] == [
        *("'joy@1'", "'anger@soon'", "'fear@-1'", "'fear@nan'", "'fear@inf'", "'fear/asleep@2'")
    ]
