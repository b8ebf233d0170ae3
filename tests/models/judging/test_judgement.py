"""What the film learns of the visitors."""

import math
import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calibration.settings import MoodSettings
from models.estimate import EmotionEstimate
from models.judging.judgement import Judgement
from models.mood import Mood
from tests.models.faces import FRAME, face

STEP = 1 / 30


class Room:
    """A judgement with a clock."""

    def __init__(self, **chosen: object) -> None:
        self.judge = Judgement(MoodSettings.model_validate(chosen), random.Random(7))
        self.now = 100.0

    def watch(self, seconds: float, *faces: EmotionEstimate) -> list[Mood]:
        """The moods of so many seconds in which these faces are seen."""
        moods = []
        for _ in range(round(seconds / STEP)):
            self.now += STEP
            moods.append(self.judge.update(faces, FRAME, 25.0, self.now))
        return moods


def test_a_smile_becomes_an_event_within_a_second_and_only_once() -> None:
    room = Room()
    room.watch(5, face())
    moods = room.watch(5, face(label="happiness"))
    delays = [k * STEP for k, mood in enumerate(moods) if mood.dominant == "happiness"]
    assert 0.3 <= delays[0] < 1.0
    assert [mood.dominant for mood in moods].count("happiness") == len(delays)
    assert moods[-1].held_seconds == pytest.approx(5 - delays[0], abs=0.1)


@pytest.mark.parametrize("looks", [5, 11, 30, 60])
def test_a_smile_is_believed_as_soon_however_often_the_eye_looks(looks: int) -> None:
    judge, chance, now = Judgement(MoodSettings(), random.Random(7)), random.Random(looks), 100.0
    believed: list[tuple[float, str | None]] = []
    for label, seconds in (("neutral", 5), ("happiness", 5)):
        came = now
        for _ in range(seconds * looks):
            now += chance.uniform(0.6, 1.4) / looks
            believed.append((now - came, judge.update([face(label=label)], FRAME, 25.0, now).dominant))
    assert {label for _, label in believed[2 * looks : 5 * looks]} == {"neutral"}
    delay = next(after for after, label in believed[5 * looks :] if label == "happiness")
    assert 0.2 < delay < 0.85


def test_one_wrong_frame_changes_nothing() -> None:
    room = Room()
    room.watch(3, face())
    moods = room.watch(STEP, face(label="anger", probability=0.99)) + room.watch(2, face())
    assert {mood.dominant for mood in moods} == {"neutral"}


def test_an_emotion_is_kept_for_a_while_after_it_has_stopped_leading() -> None:
    room = Room(keep_for_seconds=1.5)
    room.watch(4, face(label="anger"))
    moods = room.watch(5, face())
    changed = next(k for k, mood in enumerate(moods) if mood.dominant == "neutral") * STEP
    assert 1.5 <= changed < 2.2


def test_a_face_that_shows_nothing_clear_leaves_us_undecided() -> None:
    room = Room()
    last = room.watch(5, face(label=None))[-1]
    assert last.present
    assert last.trusted
    assert last.dominant is None
    assert last.confidence == 0


def test_a_face_too_poor_to_judge_leaves_us_undecided() -> None:
    room = Room()
    room.watch(3, face(label="anger"))
    assert room.watch(4, face(label="anger", quality=0.0))[-1].dominant is None


def test_what_a_face_seems_to_show_behind_a_hand_is_not_believed() -> None:
    room = Room()
    room.watch(5, face())
    moods = room.watch(1.5, face(label="surprise", probability=0.95, quality=0.0)) + room.watch(2, face())
    assert {mood.dominant for mood in moods} <= {"neutral", None}
    assert moods[-1].dominant == "neutral"


def test_a_face_that_wavers_between_two_other_emotions_leaves_us_undecided() -> None:
    room = Room()
    room.watch(3, face())
    for _ in range(12):
        moods = room.watch(0.2, face(label="anger", probability=0.5)) + room.watch(
            0.2, face(label="fear", probability=0.5)
        )
    assert moods[-1].dominant in (None, "anger", "fear")


def test_a_better_frame_counts_for_more() -> None:
    def probability(quality: float) -> float:
        room = Room()
        room.watch(3, face())
        return room.watch(0.1, face(label="anger", quality=quality))[-1].probability("anger")

    assert probability(1.0) > 1.5 * probability(0.1)


def test_nobodys_mood_is_carried_to_the_next_visitor() -> None:
    room = Room()
    angry = room.watch(5, face(label="anger"))[-1]
    room.watch(0.9)
    moods = room.watch(3, face(label="neutral"))
    assert angry.dominant == "anger"
    assert "anger" not in {mood.dominant for mood in moods}
    assert angry.visitors[0].visitor_id != moods[-1].visitors[0].visitor_id


def test_somebody_is_there_only_after_a_while_and_gone_only_after_a_while() -> None:
    room = Room(enter_after_seconds=0.5, leave_after_seconds=2.0)
    came = [mood.present for mood in room.watch(2, face())]
    assert 0.4 <= came.index(True) * STEP <= 0.6
    gone = [mood.present for mood in room.watch(4)]
    assert 2.0 <= gone.index(False) * STEP <= 2.0 + 1.0
    assert not any(gone[gone.index(False) :])


def test_we_could_not_look_is_not_nobody_is_there() -> None:
    room = Room(leave_after_seconds=2.0)
    room.watch(3, face())
    for _ in range(100):
        room.now += 0.1
        blind = room.judge.blind(room.now, "lens covered")
    assert not blind.trusted
    assert blind.reason == "lens covered"
    assert blind.dominant is None
    assert all(mood.trusted and mood.present for mood in room.watch(1.5))
    assert not room.watch(1.5)[-1].present


def test_a_face_that_always_looks_a_little_angry_is_not_angry() -> None:
    def grim() -> EmotionEstimate:
        estimate = face(label="anger")
        p = estimate.probabilities
        p[:] = [0.36, 0.02, 0.02, 0.08, 0.46, 0.02, 0.02, 0.02]
        return estimate

    with_baseline, without = Room(), Room(baseline_seconds=0, lead_at=0.4)
    assert with_baseline.watch(8, grim())[-1].dominant == "neutral"
    assert without.watch(8, grim())[-1].dominant == "anger"
    assert with_baseline.watch(3, face(label="anger", probability=0.9))[-1].dominant == "anger"


def test_an_expression_held_through_a_scene_is_not_unlearned() -> None:
    room = Room()
    room.watch(4, face())
    room.judge.freeze()
    assert all(mood.dominant == "anger" for mood in room.watch(120, face(label="anger"))[60:])


def test_somebody_who_comes_in_laughing_is_not_taken_for_neutral() -> None:
    room = Room()
    room.watch(1.5, face(label="happiness"))
    room.judge.freeze()
    assert room.watch(10, face(label="happiness"))[-1].dominant == "happiness"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("nearest", "anger"), ("mean", "happiness"), ("majority", "happiness"), ("strongest", "fear")],
)
def test_the_room_feels_by_the_rule_that_the_venue_names(rule: str, expected: str) -> None:
    faces = (
        face(200, label="anger", probability=0.7, size=150),
        face(500, label="happiness", probability=0.75),
        face(800, label="happiness", probability=0.75),
        face(1100, label="fear", probability=0.9),
    )
    room = Room(aggregate=rule, lead_at=0.3, keep_at=0.25)
    assert room.watch(4, *faces)[-1].dominant == expected


def test_the_film_does_not_turn_from_one_to_another_who_is_as_near() -> None:
    room = Room()
    chosen = set()
    for k in range(200):
        moods = room.watch(
            STEP, face(300, size=100 + 8 * (k % 2), label="anger"), face(900, size=104, label="happiness")
        )
        chosen.add(moods[0].dominant)
    assert chosen <= {None, "anger"} or chosen <= {None, "happiness"}


def test_a_stamp_that_does_not_go_forward_changes_nothing() -> None:
    room = Room()
    before = room.watch(2, face())[-1]
    for stamp in (room.now, room.now - 0.5, math.nan, math.inf):
        assert room.judge.update([face(label="anger")], FRAME, 25.0, stamp) is before


def test_a_clock_set_back_does_not_stop_the_eye() -> None:
    room = Room()
    room.watch(3, face(label="anger"))
    room.now -= 50
    assert room.watch(3, face(label="happiness"))[-1].dominant == "happiness"


def test_a_crowd_is_judged_more_slowly_and_what_the_file_says_goes_before_the_preset() -> None:
    crowd, own = MoodSettings(preset="crowd"), MoodSettings(preset="crowd", believe_after_seconds=0.1)
    assert crowd.aggregate == own.aggregate == "mean"
    assert crowd.believe_after_seconds > MoodSettings().believe_after_seconds > own.believe_after_seconds


@pytest.mark.parametrize("minutes", [1, 30])
def test_after_minutes_without_a_camera_whoever_is_there_is_somebody_new(minutes: float) -> None:
    room = Room()
    before = room.watch(5, face(label="anger"))[-1]
    for _ in range(round(60 * minutes)):
        room.now += 1
        room.judge.blind(room.now, "the camera is lost")
    first, *_, later = room.watch(1, face())
    assert (first.count, first.dominant, first.present) == (0, None, True)
    assert (later.count, later.dominant) == (1, "neutral")
    assert later.visitors[0].visitor_id != before.visitors[0].visitor_id


def test_what_was_read_of_a_face_before_the_visitor_came_is_not_theirs() -> None:
    room = Room()
    old = replace(face(label="anger"), age_seconds=60.0)
    assert {(mood.dominant, any(mood.probabilities)) for mood in room.watch(2, old)} == {(None, False)}
    assert room.watch(2, face())[-1].dominant == "neutral"


def test_a_second_without_a_look_leaves_a_visitor_who_they_are() -> None:
    room = Room()
    before = room.watch(5, face(label="anger"))[-1]
    room.now += 1
    after = room.watch(1, face(label="anger"))[-1]
    assert (after.dominant, after.visitors[0].visitor_id) == ("anger", before.visitors[0].visitor_id)


coordinates = st.floats(allow_nan=True, allow_infinity=True, width=32) | st.floats(0, 1280)
faces = st.builds(
    face,
    x=coordinates,
    y=coordinates,
    size=coordinates,
    label=st.sampled_from(["neutral", "anger", None]),
    quality=st.sampled_from([0.0, 0.01, 0.5, 1.0]),
    luminance=st.sampled_from([0.0, 20.0, math.nan]),
)
frames = st.tuples(
    st.floats(-0.2, 2.0) | st.sampled_from([math.nan, math.inf, -1e9, 1e9, 0.0]),
    st.lists(faces, max_size=30),
    st.booleans(),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(frames, max_size=20), st.sampled_from(["nearest", "mean", "strongest", "majority"]))
def test_whatever_comes_the_mood_is_whole(course: list[tuple[float, list[EmotionEstimate], bool]], rule: str) -> None:
    judge = Judgement(MoodSettings.model_validate({"aggregate": rule, "visitors_at_most": 5}), random.Random(1))
    now = 0.0
    for step, seen, blinded in course:
        mood = judge.blind(now, "dark") if blinded else judge.update(seen, FRAME, 10.0, now + step)
        now = now + step if math.isfinite(step) else now
        slots = [visitor.slot for visitor in mood.visitors]
        assert len(set(slots)) == len(slots) == mood.count <= 5
        assert len({visitor.visitor_id for visitor in mood.visitors}) == len(slots)
        for visitor in mood.visitors:
            assert sum(visitor.probabilities) == pytest.approx(1) or sum(visitor.probabilities) == 0
        assert sum(mood.probabilities) == pytest.approx(1 if slots else 0) or sum(mood.probabilities) == 0
        assert Mood.model_validate(mood.model_dump()) == mood


def test_of_a_visitor_who_is_forgotten_nothing_is_left_but_a_poster_stays_one() -> None:
    room = Room(poster_after_seconds=20)
    poster, guest = face(x=60.0, label="happiness"), face(label="anger")
    room.watch(25, poster)
    known = room.watch(5, poster, guest)[-1]
    room.judge.forget_visitors()
    afterwards = room.watch(0.2, poster)
    assert [mood.count for mood in afterwards] == [0] * len(afterwards)
    assert not any(mood.present or any(mood.probabilities) or mood.dominant for mood in afterwards)
    again = room.watch(5, poster, guest)[-1]
    assert [known.count, again.count] == [1, 1]
    assert known.visitors[0].visitor_id != again.visitors[0].visitor_id


def test_a_visitors_number_cannot_be_derived_from_what_was_seen() -> None:
    numbers = set()
    for _ in range(4):
        room = Room()
        room.judge = Judgement(MoodSettings())  # as the eye makes it
        numbers.add(room.watch(2, face())[-1].visitors[0].visitor_id)
    assert len(numbers) == 4
