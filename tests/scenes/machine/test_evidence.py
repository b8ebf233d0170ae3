"""What a scene may say of what it has seen."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.labels import LABELS
from models.mood import NOTHING, Mood, VisitorMood, unseen
from scenes.machine.evidence import BINS_AT_MOST, Evidence


def feeling(label: str | None, probability: float = 0.8, present: bool = True) -> Mood:
    rest = (1 - probability) / (len(LABELS) - 1)
    probabilities = tuple(probability if name == label else rest for name in LABELS)
    return Mood(captured_at=0, trusted=True, present=present, dominant=label, probabilities=probabilities)


def watch(*course: tuple[Mood, float], step: float = 1 / 60) -> Evidence:
    """Each mood until its second of the scene."""
    evidence, now = Evidence(), 0.0
    for mood, until in course:
        while now < until - 1e-9:
            now = min(now + step, until)
            evidence = evidence.observe(mood, now)
    return evidence


def test_a_branch_can_ask_for_mostly_angry_between_two_moments_of_the_scene() -> None:
    evidence = watch((feeling("neutral"), 12), (feeling("anger", 0.7), 24), (feeling("happiness"), 40))
    assert evidence.share({"anger"}, 12, 30) == pytest.approx(12 / 18, abs=0.01)
    assert evidence.share({"anger"}) == pytest.approx(12 / 40, abs=0.01)
    assert evidence.share({"anger", "neutral"}, until=24) == pytest.approx(1, abs=0.01)
    assert evidence.mean({"anger"}, 12, 24) == pytest.approx(0.7, abs=0.01)
    assert evidence.peak({"anger"}) == pytest.approx(0.7, abs=0.01)
    assert evidence.held({"anger"}) == pytest.approx(12, abs=0.02)
    assert evidence.held({"anger", "happiness"}, since=20, until=30) == pytest.approx(10, abs=0.02)
    assert evidence.leading() == "happiness"
    assert evidence.seen_seconds == pytest.approx(40)


def test_time_in_which_we_could_not_look_counts_for_nothing_and_breaks_a_hold() -> None:
    evidence = watch(
        (feeling("anger"), 4), (unseen(0, "camera lost"), 20), (feeling("anger"), 23), (feeling("fear"), 24)
    )
    assert evidence.seen_seconds == pytest.approx(8)
    assert evidence.share({"anger"}) == pytest.approx(7 / 8, abs=0.01)
    assert evidence.held({"anger"}) == pytest.approx(4, abs=0.02)


def test_an_empty_room_counts_for_nothing_but_an_undecided_visitor_counts() -> None:
    evidence = watch((feeling(None, present=False), 5), (feeling(None), 8), (feeling("anger"), 10))
    assert evidence.seen_seconds == pytest.approx(5)
    assert evidence.share("anger") == pytest.approx(2 / 5, abs=0.01)


def test_a_visitor_of_a_crowd_who_was_not_read_counts_in_no_share() -> None:
    def one(slot: int, label: str | None, probabilities: tuple[float, ...]) -> VisitorMood:
        known = {"slot": slot, "visitor_id": slot, "confidence": 0.5, "position": (0.5, 0.5), "size": 0.1}
        return VisitorMood.model_validate(known | {"probabilities": probabilities, "dominant": label})

    flat = tuple(1 / len(LABELS) for _ in LABELS)
    visitors = one(1, "fear", flat), one(2, None, flat), one(3, None, NOTHING), one(4, None, NOTHING)
    seen = watch((feeling("fear").model_copy(update={"visitors": visitors, "count": 4}), 2.0))
    assert seen.share_of_visitors("fear") == pytest.approx(0.5)


def test_nothing_seen_answers_nothing() -> None:
    nothing = Evidence()
    assert nothing.share({"anger"}) == nothing.mean({"anger"}) == nothing.peak({"anger"}) == 0
    assert nothing.held({"anger"}) == nothing.seen_seconds == 0
    assert nothing.leading() is None


def test_a_word_that_is_no_emotion_is_refused() -> None:
    with pytest.raises(ValueError):
        Evidence().share({"joy"})


def test_the_steps_rhythm_does_not_change_the_answer() -> None:
    course = ((feeling("anger"), 3.3), (feeling("fear"), 7.7), (feeling("anger"), 9.1))
    coarse, fine = watch(*course, step=0.7), watch(*course, step=0.004)
    for ask in (Evidence.share, Evidence.mean, Evidence.held):
        assert ask(coarse, {"anger"}, 1.0, 8.8) == pytest.approx(ask(fine, {"anger"}, 1.0, 8.8), abs=0.05)


def test_a_stage_that_stood_still_does_not_make_a_mood_last() -> None:
    evidence = Evidence().observe(feeling("anger"), 1.0).observe(feeling("anger"), 60.0)
    assert evidence.seen_seconds == pytest.approx(2.0)


def test_a_scene_that_lasts_for_hours_needs_no_more_memory() -> None:
    evidence = watch((feeling("fear"), 1800), (feeling("anger"), 3600), step=0.5)
    assert len(evidence._edges) <= BINS_AT_MOST
    assert evidence.share({"anger"}, since=900) == pytest.approx(2 / 3, abs=0.01)
    leapt = evidence.observe(feeling("anger"), 1e12)
    assert len(leapt._edges) <= BINS_AT_MOST
    assert leapt.seen_seconds == pytest.approx(3601)


def test_a_belief_that_flickers_for_hours_is_still_remembered_in_bounded_memory() -> None:
    evidence = Evidence()
    for k in range(1, 5000):
        evidence = evidence.observe(feeling("fear" if k % 2 else "anger"), k * 0.1)
    assert len(evidence._runs) <= 1024


MOODS = [feeling("anger"), feeling("fear", 0.4), feeling(None), feeling(None, present=False), unseen(0, "dark")]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(MOODS), st.floats(allow_nan=True, allow_infinity=True, width=32))))
def test_whatever_the_clock_says_the_answers_stay_within_bounds(course: list[tuple[Mood, float]]) -> None:
    evidence = Evidence()
    for mood, seconds in course:
        evidence = evidence.observe(mood, seconds)
    for since, until in ((None, None), (0.5, 2.5), (3.0, 1.0), (-5.0, 1e9)):
        assert 0 <= evidence.share({"anger"}, since, until) <= 1 + 1e-9
        assert 0 <= evidence.mean({"anger", "fear"}, since, until) <= 1 + 1e-6
        assert evidence.held({"anger"}, since, until) <= evidence.seen_seconds + 1e-6
    assert 0 <= evidence.peak({"anger"}) <= 1 + 1e-6
    assert math.isfinite(evidence.seconds)


def test_a_level_that_is_known_now_and_then_only_is_not_held() -> None:
    pleased = feeling("happiness").model_copy(update={"valence": 0.6})
    steady = flickering = Evidence()
    for number in range(1, 101):
        steady = steady.observe(pleased, number * 0.05)
        flickering = flickering.observe(pleased if number % 5 == 0 else unseen(0.0, "blinks"), number * 0.02)
    assert steady.level_held("valence", above=0.5, below=None) == pytest.approx(5.0)
    assert flickering.level_held("valence", above=0.5, below=None) == 0.0
    assert flickering.level("valence") == pytest.approx(0.6)
