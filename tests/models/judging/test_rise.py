"""What a face shows beyond its resting face."""

from collections.abc import Sequence

import numpy as np
import pytest

from calibration.settings import MoodSettings
from models.judging.resting_face import rest_of
from models.judging.rise import fine, over_rest
from models.judging.smoothing import softmax
from models.labels import LABELS
from tests.models.faces import face, showing
from tests.models.judging.test_judgement import STEP, Room


def seen(**shares: float) -> list[float]:
    """Probabilities of the named emotions, the rest spread over the others."""
    left = (1 - sum(shares.values())) / (len(LABELS) - len(shares))
    return [shares.get(label, left) for label in LABELS]


PLAIN = seen(neutral=0.93)


def judged(now: Sequence[float], rest: Sequence[float] = PLAIN, spread: float = 0.0) -> str:
    """The likeliest emotion of ``now`` in somebody who looks like ``rest``."""
    looks = np.stack([fine(np.asarray(rest, np.float32))] * 3)
    looks[0, 1:] -= spread / 1.48
    looks[2, 1:] += spread / 1.48
    return LABELS[over_rest(fine(np.asarray(now, np.float32)), rest_of(looks)).argmax()]


def test_anger_that_the_answer_calls_neutral_or_sadness_is_told_by_its_rise() -> None:
    sad_at_rest = seen(neutral=0.75, sadness=0.2)
    subtle = seen(neutral=0.4, sadness=0.3, anger=0.22)
    assert np.argmax(subtle) == LABELS.index("neutral")
    assert judged(subtle, sad_at_rest) == "anger"


def test_fear_of_which_the_network_says_little_is_told_by_its_rise() -> None:
    assert judged(seen(neutral=0.3, fear=0.25, surprise=0.3), seen(neutral=0.7, surprise=0.28)) == "fear"


@pytest.mark.parametrize("label", ["happiness", "surprise", "contempt"])
def test_a_rise_never_makes_a_smile_of_a_mouth_that_moves(label: str) -> None:
    assert judged(seen(neutral=0.6, **{label: 0.35})) == "neutral"
    assert judged(seen(neutral=0.2, **{label: 0.7})) == label


@pytest.mark.parametrize("label", LABELS[1:])
def test_no_resting_face_is_an_emotion(label: str) -> None:
    for share in (0.3, 0.6, 0.9):
        resting = seen(neutral=0.05, **{label: share})
        assert judged(resting, resting) == "neutral"


def test_who_moved_in_the_first_seconds_must_rise_further() -> None:
    subtle = seen(neutral=0.6, anger=0.2)
    assert judged(subtle) == "anger"
    assert judged(subtle, spread=2.5) == "neutral"


@pytest.mark.parametrize("label", [label for label in LABELS[1:] if label != "contempt"])
def test_a_clear_expression_stays_what_it_is_and_clear(label: str) -> None:
    rest = np.stack([fine(np.asarray(PLAIN, np.float32))])
    p = softmax(over_rest(fine(showing(label, 0.9)), rest_of(rest)))
    assert p[LABELS.index(label)] > 0.5


def test_the_film_hears_of_it_and_without_the_rise_it_does_not() -> None:
    subtle = face(label="anger")
    subtle.probabilities[:] = seen(neutral=0.5, anger=0.3)
    heard = {}
    for rise in (0.0, 1.0):
        room = Room(rise=rise)
        room.watch(4, face(probability=0.93))
        moods = room.watch(3, subtle)
        heard[rise] = [k * STEP for k, mood in enumerate(moods) if mood.dominant == "anger"][:1]
        assert sum(moods[-1].probabilities) == pytest.approx(1)
    assert heard[0.0] == []
    assert heard[1.0][0] < 1.0


def test_who_comes_in_with_a_face_that_is_never_neutral_is_neutral_in_the_end_and_laughs_again() -> None:
    room = Room()
    corners = face(label="sadness")
    corners.probabilities[:] = seen(neutral=0.15, sadness=0.7)
    assert room.watch(6, corners)[-1].dominant == "sadness"
    assert room.watch(32, corners)[-1].dominant == "neutral"
    assert room.watch(3, face(label="happiness"))[-1].dominant == "happiness"


def test_what_was_believed_of_raised_mouth_corners_ends_as_soon_as_the_resting_face_is_known() -> None:
    room = Room(keep_for_seconds=5)
    corners = face(label="happiness")
    corners.probabilities[:] = seen(neutral=0.42, happiness=0.52)
    moods = room.watch(6, corners)
    believed = [mood.dominant for mood in moods]
    assert "happiness" in believed[:90]
    assert set(believed[105:]) == {"neutral"}, "3 s from the first look at a confirmed face"
    assert None not in believed[believed.index("happiness") :]


def test_an_expression_that_leads_is_believed_on_when_the_resting_face_is_known() -> None:
    room = Room()
    room.watch(2.8, face())
    believed = [mood.dominant for mood in room.watch(3, face(label="happiness", probability=0.95))]
    begun = believed.index("happiness")
    assert begun < 15, "before the resting face is known, 3 s after somebody was sure to be there"
    assert set(believed[begun:]) == {"happiness"}


def test_a_rise_of_nothing_is_the_judgement_as_it_was() -> None:
    assert MoodSettings().rise == 1.0
    faces = [face(label=label, probability=0.5 + 0.4 * (k % 2)) for k, label in enumerate(LABELS)]
    off, untaught = Room(rise=0.0), Room(rise=1.0, baseline_seconds=0)
    plain = Room(rise=0.0, baseline_seconds=0)
    off.watch(5, face())
    assert [m.probabilities for one in faces for m in untaught.watch(0.5, one)] == [
        m.probabilities for one in faces for m in plain.watch(0.5, one)
    ]
