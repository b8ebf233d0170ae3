"""Who speaks, by the rhythm of the mouth; and what speech does not do to a mood."""

import math
import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from calibration.settings import MoodSettings
from models.estimate import EmotionEstimate
from models.frame import Detection
from models.judging.judgement import Judgement
from models.judging.speech import Speech
from models.labels import LABELS
from models.mood import Mood
from models.seeing.align import TEMPLATE
from models.seeing.head_pose import HeadPose

Mouth = Callable[[float], float]
FRONTAL = HeadPose(0.0, 0.0, 0.0, 40.0)


def once(t: float, begins: float, rises: float, stays: float, height: float) -> float:
    """Opens, stays, closes as quickly."""
    up, down = (t - begins) / rises, (begins + 2 * rises + stays - t) / rises
    return height * min(max(min(up, down), 0.0), 1.0)


def syllables(t: float, a_second: float = 4.5) -> float:
    return 0.06 * (1 - math.cos(2 * math.pi * a_second * t)) if t > 1.5 else 0.0


MOUTHS: dict[str, Mouth] = {
    "still": lambda _: 0.1,
    "a smile": lambda t: once(t, 2, 0.3, 2, 0.1),
    "held open in surprise": lambda t: once(t, 2, 0.2, 4, 0.3),
    "a yawn": lambda t: once(t, 2, 1.2, 1, 0.5),
    "one word": lambda t: once(t, 2, 0.15, 0.1, 0.15),
    "smiles that come and go": lambda t: sum(once(t, begins, 0.3, 0.4, 0.1) for begins in (1.5, 3.5, 5.5)),
}


def told(mouth: Mouth, looks: float = 30, lost: float = 0.0, noise: float = 0.01, seconds: float = 7) -> list[bool]:
    """What is said of a mouth at each look, from the moment at which something is known."""
    chance, speech, said = random.Random(3), Speech(), []
    for k in range(round(seconds * looks)):
        now = 50 + (k + chance.uniform(-0.2, 0.2)) / looks
        if chance.random() >= lost:
            speech.update(mouth(now - 50) + chance.gauss(0, noise), FRONTAL, now)
        at = speech.at(now)
        said += [] if at is None else [at]
    return said


@pytest.mark.parametrize(("looks", "lost"), [(15, 0.0), (30, 0.0), (60, 0.0), (30, 0.3), (24, 0.5)])
def test_a_mouth_that_speaks_is_told_within_three_seconds_however_many_looks_are_lost(
    looks: float, lost: float
) -> None:
    said = told(syllables, looks, lost)
    assert all(said[-round(2.5 * looks) :]), "of seven seconds it speaks five and a half"
    assert not any(said[: round(0.4 * looks)])


@pytest.mark.parametrize("mouth", MOUTHS)
@pytest.mark.parametrize("looks", [15, 30, 60])
def test_a_mouth_that_moves_once_does_not_speak(mouth: str, looks: float) -> None:
    assert not any(told(MOUTHS[mouth], looks))


def test_noise_in_the_dark_is_no_speech() -> None:
    said = told(MOUTHS["still"], noise=0.02, seconds=60)
    assert sum(said) < 0.03 * len(said)


def test_in_the_dark_a_mouth_that_noise_moves_as_words_do_is_not_known() -> None:
    chance = random.Random(3)
    for luminance, known in ((20.0, False), (60.0, True)):
        speech = Speech()
        for k in range(150):
            speech.update(0.1 + chance.gauss(0, 0.05), FRONTAL, k / 30, luminance)
        assert (speech.at(5) is not None) == known


@pytest.mark.parametrize("looks", [2.5, 4, 6])
def test_of_a_mouth_that_is_looked_at_too_seldom_nothing_is_said_after_the_first_moment(looks: float) -> None:
    assert len(told(syllables, looks, seconds=20)) <= 2 * looks
    assert len(told(syllables, 8, seconds=20)) > 18 * 8


def test_who_talks_from_the_first_moment_is_told() -> None:
    speech, looks = Speech(), 15
    for k in range(4 * looks):
        speech.update(0.12 * math.sin(2 * math.pi * 4 * k / looks), FRONTAL, k / looks, 60.0)
    assert speech.at(4) is True


def test_who_has_spoken_is_silent_a_second_later() -> None:
    said = told(lambda t: syllables(t) if t < 5 else 0.0, seconds=8)
    assert any(said)
    assert not any(said[-30:])


def test_a_head_that_turns_or_is_turned_away_moves_the_mouth_and_does_not_speak() -> None:
    for away in (40.0, 0.0):
        speech = Speech()
        for k in range(150):
            now = k / 30
            yaw = away + (0 if away else 25 * math.sin(2 * math.pi * 2 * now))
            speech.update(syllables(now), replace(FRONTAL, yaw=yaw), now)
            assert not speech.at(now)


def test_of_a_mouth_that_is_not_seen_nothing_is_known() -> None:
    speech = Speech()
    for k in range(90):
        speech.update(syllables(k / 30), FRONTAL, k / 30)
        assert (speech.at(k / 30) is None) == (k < 30), "the first second"
    assert speech.at(2.97 + 0.4) is True
    assert speech.at(2.97 + 0.6) is None
    for nothing in (None, math.nan):
        speech.update(nothing, FRONTAL, 3.8)
    speech.update(0.1, None, 3.8)
    assert speech.at(3.8) is None
    speech.update(0.1, FRONTAL, 3.9)
    assert speech.at(3.9) is None, "what was before is forgotten"


# -- what it does to the mood ----------------------------------------------------------------------------------------


def face(label: str, mouth_open: float | None) -> EmotionEstimate:
    probabilities = np.full(len(LABELS), 0.02, np.float32)
    probabilities[LABELS.index(label)] = 1 - 0.02 * (len(LABELS) - 1)
    found = Detection((500.0, 300.0, 100.0, 100.0), 0.95, TEMPLATE * 1.5 + 500)
    return EmotionEstimate(found, probabilities, 0.9, 40.0, mouth_open=mouth_open)


def watch(shown: Callable[[float], EmotionEstimate], seconds: float = 8) -> list[Mood]:
    judge = Judgement(MoodSettings(), random.Random(1))
    return [judge.update([shown(k / 30)], (1280, 720), 30.0, 10 + k / 30) for k in range(round(30 * seconds))]


def test_the_mood_says_who_speaks_and_an_open_mouth_of_speech_is_no_surprise() -> None:
    def speaker(t: float) -> EmotionEstimate:
        opening = syllables(t, 3.0)
        return face("surprise" if opening > 0.04 else "neutral", opening)

    moods = watch(speaker)
    assert (moods[-1].speaking, moods[-1].visitors[0].speaking) == (1.0, True)
    assert {mood.dominant for mood in moods[120:]} == {"neutral"}
    silent = watch(lambda t: replace(speaker(t), mouth_open=None))
    assert (silent[-1].speaking, silent[-1].visitors[0].speaking) == (None, None)
    assert {mood.dominant for mood in silent[120:]} != {"neutral"}, "what speech would do"


def test_a_smile_that_lasts_through_speech_counts() -> None:
    moods = watch(lambda t: face("happiness" if t > 4 else "neutral", syllables(t)))
    assert moods[-1].speaking == 1.0
    assert moods[-1].dominant == "happiness"


def test_surprise_comes_as_quickly_as_before_where_nobody_speaks() -> None:
    def surprised(t: float, seen: bool) -> EmotionEstimate:
        return face("surprise" if t > 4 else "neutral", once(t, 4, 0.2, 4, 0.3) if seen else None)

    def believed(seen: bool) -> list[str | None]:
        return [mood.dominant for mood in watch(lambda t: surprised(t, seen))]

    with_mouth, without = believed(True), believed(False)
    assert with_mouth == without
    assert with_mouth[-1] == "surprise"


def test_who_was_not_read_in_this_look_is_not_seen_to_move_the_mouth() -> None:
    moods = watch(lambda t: replace(face("neutral", syllables(t)), age_seconds=0.1 if t > 0 else 0.0))
    assert moods[-1].speaking is None
