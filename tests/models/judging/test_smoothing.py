"""One visitor's probabilities, made calm."""

from collections.abc import Sequence

import numpy as np
import pytest

from models.arrays import Floats
from models.judging.smoothing import Baseline, ExponentialFilter, log_probabilities, softmax
from models.judging.valence_arousal import valence_and_arousal
from models.labels import LABELS
from tests.models.faces import showing

STEP = 1 / 30


def after(course: Sequence[tuple[str, float, float]], smooth_seconds: float = 0.3) -> dict[str, float]:
    """The smoothed probabilities after frames of (label, quality, seconds)."""
    smooth = ExponentialFilter(smooth_seconds)
    for label, quality, seconds in course:
        out = smooth.update(log_probabilities(showing(label)), quality, seconds)
    return dict(zip(LABELS, softmax(out).tolist(), strict=True))


def test_the_first_frame_alone_is_not_yet_trusted() -> None:
    first = after([("anger", 1.0, STEP)])
    later = after([("anger", 1.0, STEP)] * 60)
    assert first["anger"] < 0.6 < later["anger"]
    assert sum(first.values()) == pytest.approx(1)


def test_the_rate_of_frames_changes_the_noise_but_not_the_delay() -> None:
    fast = after([("neutral", 1, 1 / 30)] * 60 + [("anger", 1, 1 / 30)] * 10)
    slow = after([("neutral", 1, 1 / 10)] * 20 + [("anger", 1, 1 / 10)] * 3 + [("anger", 1, 1 / 30)])
    assert fast["anger"] == pytest.approx(slow["anger"], abs=0.08)


def test_after_a_gap_the_past_counts_for_little() -> None:
    gap = after([("anger", 1, STEP)] * 90 + [("neutral", 1, 1.5)])
    assert gap["neutral"] > 3 * gap["anger"]


def test_frames_of_no_worth_let_the_answer_fade_to_no_idea() -> None:
    faded = after([("anger", 1, STEP)] * 60 + [("happiness", 0.0, STEP)] * 150)
    assert max(faded.values()) < 0.2


def test_one_certain_frame_weighs_no_more_than_the_floor_allows() -> None:
    wild = np.zeros(len(LABELS), np.float32)
    wild[LABELS.index("fear")] = 1.0
    smooth = ExponentialFilter(0.3)
    for _ in range(60):
        smooth.update(log_probabilities(showing("neutral")), 1.0, STEP)
    out = smooth.update(log_probabilities(wild), 1.0, STEP)
    assert out.argmax() == LABELS.index("neutral")


def learned(*frames: tuple[Sequence[float] | Floats, int], seconds: float = 3.0) -> Baseline:
    """A baseline after frames of (probabilities, count)."""
    baseline = Baseline(seconds)
    for probabilities, count in frames:
        for _ in range(count):
            baseline.learn(log_probabilities(np.asarray(probabilities, np.float32)), 1.0, STEP)
    return baseline


SAD_LOOKING = [0.4, 0.03, 0.03, 0.45, 0.03, 0.02, 0.02, 0.02]


def test_a_leaning_of_the_neutral_face_is_taken_off_and_nothing_is_added() -> None:
    offset = dict(zip(LABELS, learned((SAD_LOOKING, 100)).offset, strict=True))
    assert offset["sadness"] == pytest.approx(np.log(0.45 / 0.2))
    assert all(value == 0 for label, value in offset.items() if label != "sadness")


def test_a_blink_in_the_first_seconds_is_not_learned() -> None:
    with_blink = learned((SAD_LOOKING, 40), (showing("surprise", 0.95), 6), (SAD_LOOKING, 50)).offset
    assert with_blink == pytest.approx(learned((SAD_LOOKING, 96)).offset)


def test_a_scene_that_begins_at_once_lets_a_newcomer_go_on_learning() -> None:
    baseline = learned((SAD_LOOKING, 10))
    baseline.freeze()
    assert not baseline.done
    for _ in range(40):
        baseline.learn(log_probabilities(np.asarray(SAD_LOOKING, np.float32)), 1.0, STEP)
    baseline.freeze()
    assert baseline.done
    assert baseline.offset.any()


def test_a_laughing_or_unreadable_first_impression_teaches_nothing() -> None:
    assert not learned((showing("happiness", 0.9), 100)).offset.any()
    assert not learned((showing(None), 100)).offset.any()


def test_valence_and_arousal_point_where_the_literature_has_them() -> None:
    def at(label: str) -> tuple[float, float]:
        return valence_and_arousal(tuple(float(name == label) for name in LABELS))

    assert at("happiness") == (0.81, 0.51)
    assert at("sadness") == (-0.63, -0.27)
    assert at("neutral") == (0, 0)
    assert valence_and_arousal((0.0,) * len(LABELS)) == (0, 0)
