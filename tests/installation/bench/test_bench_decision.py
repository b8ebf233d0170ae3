"""The bench of the decision: the same for everybody, and able to tell a calm judge from a nervous one."""

import itertools
import os
from pathlib import Path

import numpy as np
import pytest

from installation.bench import decision, decision_measures
from installation.bench.decision_courses import Course, Faults, Part, film, synthetic
from installation.bench.decision_rows import LastFrame, ModeOfTen, Ours, RawArgmax
from models.arrays import Floats

SMALL = decision.Size(still=3, neutral=2, onsets=4, replayed=1, replays=4, visits=2, people=1)


@pytest.fixture(scope="module")
def protocol() -> decision_measures.Protocol:
    return decision.make(synthetic, decision.EMOTIONS, SMALL, decision.FIRST_SEED)


def test_the_same_seed_shows_everybody_the_same_frames(protocol: decision_measures.Protocol) -> None:
    again = decision.make(synthetic, decision.EMOTIONS, SMALL, decision.FIRST_SEED)
    for one, two in zip(protocol.still[0], again.still[0], strict=True):
        assert one[0] == two[0]
        assert [tuple(f.probabilities) for f in one[1]] == [tuple(f.probabilities) for f in two[1]]


def test_another_noise_is_another_replay_of_the_same_faces() -> None:
    course = Course("still", (Part("anger", 2),))
    index = np.zeros(60, np.int64)
    one, _ = synthetic(course, index)
    two, _ = synthetic(Course("still", (Part("anger", 2),), noise=1), index)
    assert not np.allclose(one, two)
    assert one.mean(axis=0).argmax() == two.mean(axis=0).argmax()


def test_faults_of_the_camera_are_in_the_frames() -> None:
    course = Course("still", (Part("neutral", 60),))
    seen = film(course, synthetic, Faults(dropped_frames=0.1, gaps_a_minute=10, false_faces=0.05))
    assert 0.85 < len(seen) / 1800 < 0.95
    assert any(not faces for _, faces, _ in seen)
    assert any(len(faces) == 2 for _, faces, _ in seen)


def test_ours_is_calmer_than_the_raw_answer_and_still_tells_every_new_expression(
    protocol: decision_measures.Protocol,
) -> None:
    raw, ours = decision_measures.measure(RawArgmax, protocol), decision_measures.measure(Ours, protocol)
    assert ours[decision_measures.CHANGES, "a minute"] < raw[decision_measures.CHANGES, "a minute"] / 20
    assert ours[decision_measures.FALSE, "a minute"] == 0 < raw[decision_measures.FALSE, "a minute"]
    assert ours[decision_measures.MISSED, "%"] == 0
    assert raw[decision_measures.MEDIAN, "s"] < ours[decision_measures.MEDIAN, "s"] < 1.0
    assert ours[decision_measures.CARRIED, "%"] == 0


def test_a_rule_that_never_lets_go_is_caught_carrying_a_mood(protocol: decision_measures.Protocol) -> None:
    class Stuck(RawArgmax):
        def rule(self, probabilities: Floats, now: float) -> str | None:
            return self.label or super().rule(probabilities, now)

    visits = [course for course in protocol.visits if RawArgmax().update(course[0][1], 0.0) == course[0][2]]
    assert visits
    assert all(decision_measures.carried(Stuck, course) for course in visits)


def test_reference_rows_do_what_their_names_say() -> None:
    course = film(
        Course("x", (Part("happiness", 3), Part("anger", 3))), synthetic, Faults(false_faces=0, gaps_a_minute=0)
    )
    once_a_second = [label for _, label in decision_measures.decisions(LastFrame(), course)]
    assert sum(a != b for a, b in itertools.pairwise(once_a_second)) <= 6
    last = LastFrame()
    decision_measures.decisions(last, course)
    assert last.branch() == last.label
    raw, mode = RawArgmax(), ModeOfTen()
    assert decision_measures.decisions(raw, course)[-1][1] == "anger"
    changed = [
        next(t for t, label in decision_measures.decisions(row, course) if t > 103 and label == "anger")
        for row in (RawArgmax(), mode)
    ]
    assert changed[1] > changed[0]


def test_the_report_names_its_classifier_and_puts_the_delay_beside_the_calm(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(decision.SHARED, raising=False)
    report = decision.run(lambda *_: None, tmp_path, SMALL)
    names = [figure.name for figure in report.figures]
    for what in decision_measures.WHATS:
        assert sum(name.startswith(f"{what}: ") for name in names) == 5
    assert any("synthetic" in note for note in report.notes)
    assert any("bright and dark: not measured" in note for note in report.notes)
    plotted = (tmp_path / "decision.png").is_file()
    assert plotted or any("matplotlib" in note for note in report.notes)


def test_the_cost_is_the_median_time_of_one_update() -> None:
    ticks = itertools.accumulate(itertools.cycle([1.0, 0.003]))  # a second between two updates, 3 ms for each
    assert decision.cost(2, frames=40, clock=lambda: next(ticks)) == pytest.approx(3.0)


FOOTAGE = Path(os.environ.get("CHIARO_SHARED", "")) / "footage"


@pytest.mark.skipif(not FOOTAGE.is_dir(), reason="real footage only where CHIARO_SHARED names a folder that holds it")
def test_somebody_who_signs_and_turns_in_the_dark_is_one_visitor() -> None:
    from installation.bench.decision_footage import ids_too_many, seen_in

    clips = seen_in(FOOTAGE)
    assert clips
    assert sum(ids_too_many(people, clip) for people, clip in clips) == 0
