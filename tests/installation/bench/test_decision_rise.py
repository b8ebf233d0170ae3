"""The bench of the rise: one person, weak and full, and what is made of them with it and without."""

from dataclasses import replace

import numpy as np
import pytest

from installation.bench import decision_rise
from installation.bench.decision_courses import Course, Faults, Part, Seen, film, synthetic
from models.arrays import Floats
from models.labels import LABELS

CLEAN = Faults(jitter_pixels=0, dropped_frames=0, gaps_a_minute=0, false_faces=0)


def mean(*parts: Part) -> Floats:
    """The mean of the logarithms of what the synthetic classifier says of the parts together."""
    seen = film(Course("x", parts, 15, seed=3), synthetic, CLEAN)
    return np.asarray(np.log(np.stack([faces[0].probabilities for _, faces, _ in seen])).mean(axis=0), np.float32)


def test_a_weak_expression_lies_between_the_same_persons_neutral_and_the_full_one() -> None:
    anger = LABELS.index("anger")
    odds = [
        float(logs[anger] - logs[0])
        for logs in (
            mean(Part("neutral", 6)),
            *(mean(Part("anger", 6, strength=strength)) for strength in (0.2, 0.6, 1.0)),
        )
    ]
    assert odds == sorted(odds)
    assert odds[0] < -1
    assert odds[-1] > 0


def test_another_pose_changes_the_answer_a_little_and_is_the_same_each_time() -> None:
    straight, turned = mean(Part("neutral", 6)), mean(Part("neutral", 6, pose=1))
    assert not np.allclose(straight, turned, atol=0.05)
    assert np.allclose(turned, mean(Part("neutral", 6, pose=1)))
    assert turned.argmax() == 0


def test_each_row_has_the_same_judgement_without_the_rise_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decision_rise, "SHOWN", ("happiness", "fear"))
    monkeypatch.setattr(decision_rise, "STRENGTHS", (0.6, 1.0))
    made = decision_rise.figures(synthetic, seed=500, count=1, faults=CLEAN)
    by_name = {figure.name: figure for figure in made}
    assert {"right event, one person, full fear", "false events, one person at rest who moves"} <= set(by_name)
    assert {figure.baseline_name for figure in made} == {decision_rise.WITHOUT}
    assert by_name["right event, one person, full happiness"].value == 100


def test_what_is_counted_is_the_right_event_and_only_after_it_is_shown() -> None:
    shown = [film(Course("x", (Part("neutral", 4), Part("happiness", 3)), 15, seed=1), synthetic, CLEAN)]
    (delay,) = decision_rise.delays_of(0.0, shown)
    assert delay is not None
    assert 0 < delay < 1.5
    called_fear = [[(now, faces, "fear" if label == "happiness" else label) for now, faces, label in shown[0]]]
    assert decision_rise.delays_of(0.0, called_fear) == [None]
    moved = film(Course("x", (Part("neutral", 6), Part("happiness", 3)), 15, seed=1), synthetic, CLEAN)
    events, share = decision_rise.resting_events(0.0, [moved])
    assert events > 0
    assert 0 < share < 1


def test_a_mood_that_only_the_dark_makes_is_told_and_the_rise_takes_it_away() -> None:
    def watched(label: str, luminance: float) -> list[Seen]:
        seen = film(Course("x", (Part(label, 5),), 15, seed=1), synthetic, CLEAN)
        return [(now, [replace(one, luminance=luminance) for one in faces], shown) for now, faces, shown in seen]

    figure = decision_rise.when_the_light_goes([(watched("neutral", 120.0), watched("happiness", 20.0))])
    assert figure.baseline == 0
    assert figure.value == 100
