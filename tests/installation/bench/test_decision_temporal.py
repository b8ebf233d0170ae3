"""The comparison of filters: with today's filter it says what the judgement says."""

import numpy as np

from installation.bench.decision import EMOTIONS, Size, courses
from installation.bench.decision_courses import Faults, film, synthetic
from installation.bench.decision_measures import decisions
from installation.bench.decision_rows import Ours
from installation.bench.decision_temporal import Exam, Exponential, Filtered, measured, patience
from models.arrays import Doubles
from models.estimate import EmotionEstimate


class _Frozen:
    def update(self, estimate: EmotionEstimate, offset: Doubles, seconds: float) -> Doubles:  # noqa: ARG002
        return np.asarray(np.eye(8)[0])


def _seen(which: int, count: int) -> list[list[tuple[float, list[EmotionEstimate], str | None]]]:
    group = courses(EMOTIONS, Size(2, 2, 3, 0, 1, 2), 7)[which]
    return [film(course, synthetic, Faults()) for course in group[:count]]


def test_with_todays_filter_it_says_what_the_judgement_says() -> None:
    for course in (*_seen(2, 3), *_seen(4, 2)):
        ours = decisions(Ours(), course)
        row = Filtered(lambda: Exponential(0.2), 0.25)
        assert decisions(row, course) == ours


def test_a_filter_that_is_never_quick_misses_every_onset() -> None:
    onsets = _seen(2, 2)
    exam = Exam(_seen(0, 1), _seen(1, 1), onsets, onsets, [], subtle=onsets)
    figures = dict(measured(lambda: Filtered(_Frozen, 0.0), exam))
    assert figures["onset, missed %"] == figures["subtle, missed %"] == 100
    assert figures["label changes a minute, held face"] == 0


def test_a_row_is_as_patient_as_the_calm_that_is_wanted() -> None:
    exam = Exam(_seen(0, 1), _seen(1, 1), [], [], [])
    assert patience(_Frozen, exam, (0.0, 0.0)) == 0.0
    assert patience(lambda: Exponential(0.01), exam, (-1.0, 0.0)) == 0.5
