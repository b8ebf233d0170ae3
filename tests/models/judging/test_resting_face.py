"""A visitor's resting face: when it is learned, and when it is not."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from models.judging.resting_face import NEVER_AT_REST_SECONDS, RestingFace
from models.judging.rise import fine
from tests.models.faces import showing

STEP = 1 / 15
BRIGHT, DARK = 120.0, 20.0
NEUTRAL = showing("neutral").tolist()
SMILING = [0.1, 0.84, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01]
LEANING = [0.5, 0.36, 0.03, 0.03, 0.02, 0.02, 0.02, 0.02]


class Visit:
    """One visitor before the eye."""

    def __init__(self) -> None:
        self.face = RestingFace(3.0)

    def shows(self, seconds: float, probabilities: Sequence[float], luminance: float = DARK) -> None:
        for _ in range(round(seconds / STEP)):
            self.looks(probabilities, luminance)

    def looks(
        self, probabilities: Sequence[float], luminance: float = DARK, quality: float = 1.0, after: float = STEP
    ) -> None:
        """One look, so many seconds ``after`` the last."""
        self.face.learn(fine(np.asarray(probabilities, np.float32)), quality, luminance, after)

    def rests(self) -> list[float] | None:
        """The resting face: against neutral, as ``against_neutral``."""
        return None if self.face.rest is None else np.exp(self.face.rest.odds).tolist()


def against_neutral(probabilities: Sequence[float]) -> object:
    return pytest.approx([p / probabilities[0] for p in probabilities], rel=0.01)


def met_in_the_light() -> Visit:
    """Somebody whose resting face is known in the light."""
    visit = Visit()
    visit.shows(4, NEUTRAL, BRIGHT)
    return visit


def test_the_first_seconds_are_learned_and_a_held_expression_is_not() -> None:
    visit = Visit()
    visit.shows(2.5, NEUTRAL)
    assert visit.rests() is None
    visit.shows(0.7, NEUTRAL)
    visit.shows(5 * NEVER_AT_REST_SECONDS, SMILING)
    assert visit.rests() == against_neutral(NEUTRAL)


def test_a_scene_that_begins_at_once_lets_a_newcomer_go_on_learning() -> None:
    visit = Visit()
    visit.shows(0.5, NEUTRAL)
    visit.face.freeze()
    assert visit.rests() is None
    visit.shows(0.8, NEUTRAL)
    visit.face.freeze()
    assert visit.rests() == against_neutral(NEUTRAL)


def test_who_comes_in_laughing_is_not_at_rest_until_neutral_is_seen_or_for_long() -> None:
    visit = Visit()
    visit.shows(NEVER_AT_REST_SECONDS - 1, SMILING)
    assert visit.rests() is None
    soon_neutral, never_neutral = visit, Visit()
    soon_neutral.shows(6, NEUTRAL)
    assert soon_neutral.rests() == against_neutral(NEUTRAL)
    never_neutral.shows(NEVER_AT_REST_SECONDS + 3, SMILING)
    assert never_neutral.rests() == against_neutral(SMILING)
    never_neutral.shows(6, NEUTRAL)
    assert never_neutral.rests() == against_neutral(NEUTRAL)


def test_what_the_answer_jumps_by_when_the_light_goes_is_the_lights_doing() -> None:
    visit = met_in_the_light()
    visit.shows(1, SMILING, DARK)
    assert visit.rests() == against_neutral(SMILING)
    visit.shows(1, NEUTRAL, BRIGHT)
    assert visit.rests() == against_neutral(NEUTRAL)


@pytest.mark.parametrize(
    "course",
    [
        pytest.param([(2, SMILING, BRIGHT)], id="held since before the light went"),
        pytest.param([(0.5, NEUTRAL, DARK)], id="begun half a second after"),
    ],
)
def test_a_smile_stays_one_in_the_dark(course: list[tuple[float, list[float], float]]) -> None:
    visit = met_in_the_light()
    for part in course:
        visit.shows(*part)
    visit.shows(60, SMILING, DARK)
    assert visit.rests() == against_neutral(NEUTRAL)


@pytest.mark.parametrize("quality", [None, 0.0])
def test_who_was_not_seen_while_the_light_went_may_have_begun_to_smile(quality: float | None) -> None:
    """Lost, or too dark to be read, for longer than a face takes to answer."""
    visit = met_in_the_light()
    if quality is None:
        visit.looks(SMILING, DARK, after=0.7)
    else:
        for _ in range(10):
            visit.looks(SMILING, 1.0, quality)
    visit.shows(20, SMILING, DARK)
    assert visit.rests() == against_neutral(NEUTRAL)


def test_of_the_lights_that_are_known_the_nearest_is_taken() -> None:
    visit = met_in_the_light()
    visit.shows(1, LEANING, BRIGHT / 2)  # 2.2 stops darker
    visit.shows(1, SMILING, BRIGHT / 3)  # another 1.3
    visit.shows(1, NEUTRAL, BRIGHT)
    visit.shows(1, SMILING, BRIGHT / 2.6)  # nearer to the darkest of the three
    assert visit.rests() == against_neutral(SMILING)


def test_after_the_light_has_faded_neutral_is_learned_anew_and_an_emotion_only_when_a_scene_begins() -> None:
    def faded(shown: Sequence[float]) -> Visit:
        visit = met_in_the_light()
        for luminance in np.geomspace(BRIGHT, DARK, 100):
            visit.shows(0.2, shown, float(luminance))
        return visit

    neutral_there, smiling_there = faded(LEANING), faded(SMILING)
    neutral_there.shows(4, LEANING)
    assert neutral_there.rests() == against_neutral(LEANING)
    smiling_there.shows(2 * NEVER_AT_REST_SECONDS, SMILING)
    assert smiling_there.rests() == against_neutral(NEUTRAL)
    smiling_there.face.freeze()
    assert smiling_there.rests() == against_neutral(SMILING)


def test_looks_of_no_worth_and_no_seconds_teach_nothing() -> None:
    off, poor = RestingFace(0.0), Visit()
    for _ in range(100):
        off.learn(fine(showing("neutral")), 1.0, DARK, STEP)
        poor.looks(NEUTRAL, quality=0.0)
    assert off.rest is None
    assert poor.rests() is None


def test_a_face_of_which_the_light_is_not_known_is_learned_all_the_same() -> None:
    visit = Visit()
    visit.shows(4, NEUTRAL, math.nan)
    visit.shows(60, SMILING, math.nan)
    visit.face.freeze()
    assert visit.rests() == against_neutral(NEUTRAL)
