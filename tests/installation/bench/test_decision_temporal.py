"""The comparison of filters: its rows are as quick and as steady as the judgement whose parts they have."""

import numpy as np

from installation.bench.decision import EMOTIONS, Size, courses
from installation.bench.decision_courses import Faults, film, synthetic
from installation.bench.decision_measures import decisions, onset_delays
from installation.bench.decision_temporal import Exam, Exponential, Filtered, filtered, measured, nearest, patience
from installation.comparison.tables import SAME, SEQUENCES
from models.arrays import Doubles
from models.estimate import EmotionEstimate, Track
from models.frame import Detection


class _Frozen:
    def update(self, estimate: EmotionEstimate, offset: Doubles, seconds: float) -> Doubles:  # noqa: ARG002
        return np.asarray(np.eye(8)[0])


def _seen(which: int, count: int) -> list[list[tuple[float, list[EmotionEstimate], str | None]]]:
    group = courses(EMOTIONS, Size(2, 2, 3, 0, 1, 2), 7)[which]
    return [film(course, synthetic, Faults()) for course in group[:count]]


def test_with_todays_filter_a_sudden_expression_is_believed_at_the_delay_of_the_judgement() -> None:
    """Speech and whatever else the judgement weighs beside tracker, resting face, filter and belief is left out."""
    delays, missed = onset_delays(lambda: Filtered(lambda: Exponential(0.2), 0.25), _seen(2, 3))
    assert missed == 0
    assert all(0.25 < delay < 2.0 for delay in delays)


def test_nothing_is_carried_to_the_next_visitor_and_nobody_has_no_mood() -> None:
    for course in _seen(4, 2):
        row = Filtered(lambda: Exponential(0.2), 0.25)
        said = decisions(row, course)
        assert {label for _, label in said[-10:]} == {"neutral"}
        assert row.update([], said[-1][0] + 30) is None


def test_the_nearest_is_followed_until_somebody_is_clearly_nearer() -> None:
    def track(visitor: int, height: float) -> Track:
        found = Detection((0.0, 0.0, height, height), 0.9, np.zeros((5, 2), np.float32))
        face = EmotionEstimate(found, np.eye(8, dtype=np.float32)[0], 1, 9)
        return Track(visitor, visitor, face, 0.0, 1.0)

    assert nearest([], 1) is None
    assert nearest([track(1, 100), track(2, 120)], 1) == 1
    assert nearest([track(1, 100), track(2, 130)], 1) == 2
    assert nearest([track(1, 100), track(2, 120)], None) == 2


def test_a_filter_that_is_never_quick_misses_every_onset() -> None:
    onsets = _seen(2, 2)
    exam = Exam(_seen(0, 1), _seen(1, 1), onsets, onsets, [], subtle=onsets)
    figures = dict(measured(lambda: Filtered(_Frozen, 0.0), exam))
    assert figures["onset, missed %"] == figures["subtle, missed %"] == 100
    assert figures["label changes a minute, held face"] == 0


def test_the_page_of_the_comparison_shows_figures_that_are_measured() -> None:
    still, onsets = _seen(0, 1), _seen(2, 1)
    exam = Exam(still, _seen(1, 1), onsets, onsets, [], subtle=onsets, films=[(still[0], still[0])])
    choosing = Exam(still, still, [], [], [])
    (*_, row) = filtered("exponential", lambda: Exponential(0.2), choosing, exam)
    assert set(SEQUENCES) <= set(row.figures)
    assert row.figures[SAME] == 100
    assert row.milliseconds > 0


def test_a_row_is_as_patient_as_the_calm_that_is_wanted() -> None:
    exam = Exam(_seen(0, 1), _seen(1, 1), [], [], [])
    assert patience(_Frozen, exam, (0.0, 0.0)) == 0.0
    assert patience(lambda: Exponential(0.01), exam, (-1.0, 0.0)) == 0.5
