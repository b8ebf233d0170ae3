"""The bench of speech: what it counts as told, and that a judgement without mouths is another one."""

from collections.abc import Callable

import numpy as np
import pytest

from installation.bench import decision_speech
from installation.bench.decision_courses import Seen
from installation.bench.decision_rows import Ours
from models.estimate import EmotionEstimate
from models.frame import Detection
from models.labels import LABELS
from models.seeing.align import TEMPLATE


def seen(mouth: Callable[[float], float]) -> list[Seen]:
    """Somebody whose open mouth is read as surprise."""
    course = list[Seen]()
    for k in range(round(decision_speech.SECONDS * decision_speech.LOOKS)):
        now = k / decision_speech.LOOKS
        opening = 0.15 * mouth(now)
        probabilities = np.full(len(LABELS), 0.02, np.float32)
        probabilities[LABELS.index("surprise" if opening > 0.05 else "neutral")] = 1 - 0.02 * (len(LABELS) - 1)
        face = Detection((300.0, 200.0, 90.0, 90.0), 0.95, TEMPLATE + 300)
        course.append((100 + now, [EmotionEstimate(face, probabilities, 0.9, 40.0, mouth_open=opening)], None))
    return course


def test_a_visitor_of_the_bench_rests_first_and_talks_then_always_alike() -> None:
    mouth = decision_speech.talking_mouth(1)
    openings = [mouth(k / 30) for k in range(round(30 * decision_speech.SECONDS))]
    assert openings == [decision_speech.talking_mouth(1)(k / 30) for k in range(len(openings))]
    assert max(openings[: round(30 * decision_speech.TALKS_FROM)]) == 0
    assert 0.5 < max(openings) <= 1.0


def test_the_share_and_the_delay_are_of_the_time_in_which_somebody_talks() -> None:
    talking, resting = seen(decision_speech.talking_mouth(2)), seen(lambda _: 0.0)
    assert decision_speech.share_told([talking], decision_speech.TALKS_FROM + 1.5) > 0.6
    assert 0.3 < decision_speech.delay(talking) < 2.0
    assert decision_speech.share_told([resting], 0.0) == 0
    assert decision_speech.delay(resting) == pytest.approx(
        decision_speech.SECONDS - decision_speech.TALKS_FROM, abs=0.1
    )


def test_where_mouths_are_not_seen_talking_is_a_mood() -> None:
    talking = seen(decision_speech.talking_mouth(2))
    with_mouths, without = Ours(), decision_speech.MouthNotSeen()
    said = [(with_mouths.update(faces, now), without.update(faces, now)) for now, faces, _ in talking]
    after = said[round(4 * decision_speech.LOOKS) :]
    assert {one for one, _ in after} == {"neutral"}
    assert "surprise" in {other for _, other in after}
