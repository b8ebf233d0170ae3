"""A visitor's resting face: when it is learned, and when it is not."""

from collections.abc import Sequence

import numpy as np
import pytest

from models.judging.resting_face import NEVER_AT_REST_SECONDS, RestingFace
from models.judging.rise import fine
from models.labels import LABELS
from tests.models.faces import showing

STEP = 1 / 15
BRIGHT, DARK = 120.0, 20.0
SMILING = [0.1, 0.84, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01]


def odds(probabilities: Sequence[float], label: str) -> float:
    return float(np.log(probabilities[LABELS.index(label)] / probabilities[0]))


class Visit:
    """One visitor before the eye."""

    def __init__(self) -> None:
        self.face = RestingFace(3.0)

    def shows(self, seconds: float, probabilities: Sequence[float], luminance: float = DARK) -> None:
        for _ in range(round(seconds / STEP)):
            self.face.learn(fine(np.asarray(probabilities, np.float32)), 1.0, luminance, STEP)

    def at_rest(self, label: str) -> float | None:
        """Log-odds of ``label`` against neutral in the resting face."""
        return None if self.face.rest is None else float(self.face.rest.odds[LABELS.index(label)])


NEUTRAL = showing("neutral").tolist()


def test_the_first_seconds_are_learned_and_a_held_expression_is_not() -> None:
    visit = Visit()
    visit.shows(2.5, NEUTRAL)
    assert visit.face.rest is None
    visit.shows(0.7, NEUTRAL)
    visit.shows(5 * NEVER_AT_REST_SECONDS, SMILING)
    assert visit.at_rest("happiness") == pytest.approx(odds(NEUTRAL, "happiness"), abs=0.01)


def test_a_scene_that_begins_at_once_lets_a_newcomer_go_on_learning() -> None:
    visit = Visit()
    visit.shows(0.5, NEUTRAL)
    visit.face.freeze()
    assert visit.face.rest is None
    visit.shows(0.8, NEUTRAL)
    visit.face.freeze()
    assert visit.face.rest is not None


def test_who_comes_in_laughing_is_at_rest_when_neutral_is_seen() -> None:
    visit = Visit()
    visit.shows(10, SMILING)
    assert visit.face.rest is None
    visit.shows(6, NEUTRAL)
    assert visit.at_rest("happiness") == pytest.approx(odds(NEUTRAL, "happiness"), abs=0.01)


def test_who_never_looks_neutral_looks_so_at_rest_until_neutral_is_seen() -> None:
    visit = Visit()
    visit.shows(NEVER_AT_REST_SECONDS - 1, SMILING)
    assert visit.face.rest is None
    visit.shows(4, SMILING)
    assert visit.at_rest("happiness") == pytest.approx(odds(SMILING, "happiness"), abs=0.01)
    visit.shows(6, NEUTRAL)
    assert visit.at_rest("happiness") == pytest.approx(odds(NEUTRAL, "happiness"), abs=0.01)


def test_what_the_answer_jumps_by_when_the_light_goes_is_the_lights_doing() -> None:
    visit = Visit()
    visit.shows(4, NEUTRAL, BRIGHT)
    visit.shows(1, SMILING, DARK)
    assert visit.at_rest("happiness") == pytest.approx(odds(SMILING, "happiness"), abs=0.01)
    visit.shows(1, NEUTRAL, BRIGHT)
    assert visit.at_rest("happiness") == pytest.approx(odds(NEUTRAL, "happiness"), abs=0.01)


def test_a_held_expression_goes_on_when_the_light_goes() -> None:
    visit = Visit()
    visit.shows(4, NEUTRAL, BRIGHT)
    visit.shows(2, SMILING, BRIGHT)
    visit.shows(60, SMILING, DARK)
    assert visit.at_rest("happiness") == pytest.approx(odds(NEUTRAL, "happiness"), abs=0.01)


def test_a_smile_half_a_second_after_the_light_has_gone_is_a_smile() -> None:
    visit = Visit()
    visit.shows(4, NEUTRAL, BRIGHT)
    visit.shows(0.5, NEUTRAL, DARK)
    visit.shows(20, SMILING, DARK)
    assert visit.at_rest("happiness") == pytest.approx(odds(NEUTRAL, "happiness"), abs=0.01)


def test_after_the_light_has_faded_neutral_is_learned_anew_and_an_emotion_only_when_a_scene_begins() -> None:
    def faded(shown: Sequence[float]) -> Visit:
        visit = Visit()
        visit.shows(4, NEUTRAL, BRIGHT)
        for luminance in np.geomspace(BRIGHT, DARK, 100):
            visit.shows(0.2, shown, float(luminance))
        return visit

    leaning = [0.5, 0.36, 0.03, 0.03, 0.02, 0.02, 0.02, 0.02]
    neutral_there, smiling_there = faded(leaning), faded(SMILING)
    neutral_there.shows(4, leaning)
    assert neutral_there.at_rest("happiness") == pytest.approx(odds(leaning, "happiness"), abs=0.01)
    smiling_there.shows(2 * NEVER_AT_REST_SECONDS, SMILING)
    assert smiling_there.at_rest("happiness") == pytest.approx(odds(NEUTRAL, "happiness"), abs=0.01)
    smiling_there.face.freeze()
    assert smiling_there.at_rest("happiness") == pytest.approx(odds(SMILING, "happiness"), abs=0.01)


def test_looks_of_no_worth_and_no_seconds_teach_nothing() -> None:
    off, poor = RestingFace(0.0), RestingFace(3.0)
    for _ in range(100):
        off.learn(fine(showing("neutral")), 1.0, DARK, STEP)
        poor.learn(fine(showing("neutral")), 0.0, DARK, STEP)
    assert off.rest is poor.rest is None
