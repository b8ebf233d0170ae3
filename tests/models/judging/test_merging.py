"""One mood out of several."""

from typing import Any

import pytest

from calibration.settings import MoodSettings
from models.judging.merging import HOLD_SECONDS, Merger, Rule, Seat
from models.judging.same_visitors import homography
from models.labels import LABELS
from models.mood import Mood, VisitorMood, unseen

HAPPY, SAD, NEUTRAL = "happiness", "sadness", "neutral"
NOBODY = Mood(captured_at=0.0, trusted=True)


def shares(label: str, surely: float = 0.9) -> tuple[float, ...]:
    return tuple(surely if one == label else (1 - surely) / 7 for one in LABELS)


def seen(label: str, size: float = 0.2, count: int = 1, at: float = 1.0, surely: float = 0.9) -> Mood:
    visitors = tuple(
        VisitorMood(
            slot=n + 1,
            visitor_id=1 + 100 * LABELS.index(label) + n,
            probabilities=shares(label, surely),
            dominant=label,
            confidence=surely,
            position=(0.1 + 0.3 * n, 0.5),
            size=size - 0.01 * n,
        )
        for n in range(count)
    )
    return Mood(
        captured_at=at,
        trusted=True,
        present=True,
        count=count,
        visitors=visitors,
        probabilities=shares(label, surely),
        dominant=label,
        confidence=surely,
    )


def merger(rule: Rule = "nearest", *seats: Seat, **settings: Any) -> Merger:
    two = seats or (Seat("own"), Seat("left", sees_the_same=False))
    return Merger(two, rule, MoodSettings(**settings), 0.1)


def test_one_eye_that_is_lost_leaves_the_other_as_it_is() -> None:
    merged = merger().merge([unseen(1.0, "silent"), seen(HAPPY)], 1.0)
    assert (merged.trusted, merged.present, merged.dominant, merged.count) == (True, True, HAPPY, 1)


def test_all_lost_is_a_mood_that_says_of_each_why() -> None:
    merged = merger().merge([unseen(1.0, "lens covered"), unseen(1.0, "silent for 3 s")], 1.0)
    assert not merged.trusted
    assert merged.reason == "own: lens covered; left: silent for 3 s"
    assert not Merger([], "mean", MoodSettings(), 0.1).merge([], 1.0).trusted


def test_whom_a_lost_eye_saw_is_not_gone_because_another_sees_nobody() -> None:
    eyes = merger()
    assert eyes.merge([seen(HAPPY), NOBODY], 1.0).present
    lost = unseen(2.0, "restarting")
    held = eyes.merge([lost, NOBODY], 2.0)
    assert (held.trusted, "own: restarting; it saw somebody" in held.reason) == (False, True)
    assert eyes.merge([lost, seen(SAD)], 3.0).dominant == SAD
    assert eyes.merge([lost, NOBODY], 1.0 + HOLD_SECONDS).trusted
    eyes.merge([seen(HAPPY), NOBODY], 20.0)
    eyes.forget()
    assert eyes.merge([lost, NOBODY], 20.1).trusted


def test_nearest_follows_the_largest_face_and_does_not_flutter() -> None:
    eyes = merger("nearest")
    assert eyes.merge([seen(HAPPY, 0.2), seen(SAD, 0.3)], 1.0).dominant == SAD
    assert eyes.merge([seen(HAPPY, 0.35), seen(SAD, 0.3)], 2.0).dominant == SAD
    assert eyes.merge([seen(HAPPY, 0.4), seen(SAD, 0.3)], 3.0).dominant == HAPPY


def test_nearest_knows_of_other_lenses() -> None:
    eyes = merger("nearest", Seat("own"), Seat("tele", face_scale=0.25))
    assert eyes.merge([seen(HAPPY, 0.2), seen(SAD, 0.5)], 1.0).dominant == HAPPY


def test_most_trusted_takes_the_surest_by_trust() -> None:
    eyes = merger("most_trusted", Seat("own", trust=0.3), Seat("left"))
    assert eyes.merge([seen(HAPPY, surely=0.99), seen(SAD, surely=0.5)], 1.0).dominant == SAD
    assert eyes.merge([seen(HAPPY), NOBODY], 2.0).dominant == HAPPY


def test_mean_counts_visitors_and_trust() -> None:
    eyes = merger("mean", Seat("own", trust=0.5), Seat("left", sees_the_same=False))
    merged = eyes.merge([seen(HAPPY, count=2), seen(SAD)], 1.0)
    happy, sad = (merged.probability(label) for label in (HAPPY, SAD))
    assert merged.count == 3
    assert happy == pytest.approx(sad)
    assert sum(merged.probabilities) == pytest.approx(1.0)


def test_mean_of_nobody_is_nothing() -> None:
    eyes = merger("mean")
    eyes.merge([seen(HAPPY), NOBODY], 1.0)
    merged = eyes.merge([NOBODY, NOBODY], 2.0)
    assert (merged.dominant, sum(merged.probabilities), merged.present) == (None, 0, False)


def test_mean_is_believed_after_the_venues_delay() -> None:
    eyes = merger("mean", believe_after_seconds=0.3)
    believed = [eyes.merge([seen(HAPPY, at=t / 10), NOBODY], t / 10).dominant for t in range(1, 8)]
    assert believed[0] is None
    assert believed[-1] == HAPPY


def test_who_is_seen_by_both_at_one_place_is_one_visitor_of_the_mean() -> None:
    plane = homography(((0, 0, 0, 0), (1, 0, 1, 0), (0, 1, 0, 1), (1, 1, 1, 1)))
    merged = merger("mean", Seat("own"), Seat("left", plane=plane)).merge([seen(HAPPY, 0.3), seen(SAD, 0.2)], 1.0)
    assert merged.count == 1
    assert merged.probability(HAPPY) == pytest.approx(0.9)


@pytest.mark.parametrize("rule", ["nearest", "mean", "most_trusted"])
def test_each_rule_says_who_is_there_alike(rule: Rule) -> None:
    merged = merger(rule).merge([seen(HAPPY), seen(SAD)], 1.0)
    assert (merged.present, merged.count, len(merged.visitors)) == (True, 2, 2)
    assert len({one.slot for one in merged.visitors}) == 2
