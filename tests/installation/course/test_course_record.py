"""What is remembered of a take for its course, and that it is gone with the take."""

import gc
import weakref

import numpy as np

from calibration.settings import CourseSettings
from installation.course.course_record import SAMPLES_AT_MOST, CourseRecord
from models.mood import Mood
from scenes.machine.cue import TakeEnded
from tests.installation.course.takes import STORY, Takes
from tests.scenes.evenings import BLIND, NOBODY, feeling


def happy_then_blind(seconds: float) -> Mood:
    return BLIND if 4 < seconds < 8 else feeling("happiness")


def test_the_course_has_the_scenes_of_the_take_with_their_times() -> None:
    takes = Takes()
    list(takes.until("yours", lambda _: feeling("happiness")))
    course = takes.course.taken()
    assert course is not None
    assert [visit.scene for visit in course.visits] == ["door", "garden"]
    assert [round(visit.end - visit.begin) for visit in course.visits] == [10, 6]
    assert round(course.seconds) == 16


def test_what_was_not_seen_is_a_gap_and_not_calm() -> None:
    takes = Takes()
    list(takes.until("yours", happy_then_blind))
    course = takes.course.taken()
    assert course is not None
    calm = course.levels[:, course.moods.index("calm")]
    unseen = np.isnan(calm)
    assert 3 < unseen.sum() * 0.1 < 5
    assert calm[~unseen].min() > 0.8


def test_a_mood_that_is_not_trusted_is_a_gap_even_if_it_has_figures() -> None:
    record = CourseRecord({"calm": ("neutral",)}, 0.0)
    record.enter("door", 10.0, 0.0)
    record.sample(feeling("neutral"), 0.0)
    record.sample(feeling("neutral").model_copy(update={"trusted": False}), 1.0)
    assert np.isnan(record.course(2.0).levels[:, 0]).tolist() == [False, True]


def test_nobody_there_is_a_gap_too() -> None:
    takes = Takes()
    list(takes.until("yours", lambda seconds: NOBODY if 6 < seconds < 9 else feeling("sadness")))
    course = takes.course.taken()
    assert course is not None
    assert 20 < np.isnan(course.levels).any(axis=1).sum() < 40


def test_a_choice_is_told_at_its_moment_with_its_reason_and_where_else_it_led() -> None:
    takes = Takes()
    list(takes.until("yours", lambda _: feeling("sadness")))
    course = takes.course.taken()
    assert course is not None
    (turn,) = course.turns
    assert (turn.source, turn.target, turn.others) == ("door", "cellar", ("garden",))
    assert 9 < turn.at < 10
    assert "dark" in turn.reasons[0].lower()


def test_the_take_is_gone_when_it_is_over() -> None:
    takes = Takes()
    list(takes.until("yours", lambda _: feeling("sadness")))
    course = takes.course.taken()
    assert course is not None
    levels = weakref.ref(course.levels)
    del course
    list(takes.until("lamp", lambda _: NOBODY))
    gc.collect()
    assert takes.course.taken() is None
    assert levels() is None


def test_the_course_is_no_ending_of_its_own() -> None:
    takes = Takes()
    ends = [cue.outcome for cue in takes.visit(feeling("sadness")) if isinstance(cue, TakeEnded)]
    assert ends == ["cellar"]


def test_where_the_house_shows_no_courses_the_end_is_the_end_and_nothing_is_remembered() -> None:
    takes = Takes(settings=CourseSettings(shown=False))
    cues = list(takes.until("door", lambda _: feeling("sadness")))
    cues += takes.until("lamp", lambda _: feeling("sadness"))
    assert takes.course.taken() is None
    assert takes.course.earlier.count == 0
    assert [cue.outcome for cue in cues if isinstance(cue, TakeEnded)] == ["cellar"]


def test_a_story_without_a_course_remembers_nothing() -> None:
    takes = Takes(
        STORY.replace('next = "yours"\n', "")
        .replace("[scenes.yours]", "[scenes.never]")
        .replace('kind = "course"\ncourse_seconds = 8', 'clip = "never.mp4"')
    )
    list(takes.until("garden", lambda _: feeling("happiness")))
    assert takes.course.taken() is None


def test_a_take_of_a_whole_day_takes_no_more_memory_than_one_of_ten_minutes() -> None:
    record = CourseRecord({"calm": ("neutral",)}, 0.0)
    record.enter("loop", float("inf"), 0.0)
    for second in range(24 * 3600):
        record.sample(feeling("neutral"), float(second))
    course = record.course(24 * 3600.0)
    assert len(course.times) <= SAMPLES_AT_MOST
    assert course.times[-1] > 24 * 3600 - 60


def test_the_ground_is_that_of_the_ending_although_it_is_drawn_ahead_while_that_begins() -> None:
    takes = Takes()
    for _ in takes.until("cellar", lambda _: feeling("sadness")):
        pass
    assert takes.course.last_scene == "cellar"


def test_who_leaves_during_the_course_has_come_to_the_ending_before_it() -> None:
    takes = Takes(STORY.replace("course_seconds = 8", "course_seconds = 60"))
    list(takes.until("yours", lambda _: feeling("sadness")))
    cues = list(takes.until("lamp", lambda _: NOBODY))
    assert [cue.outcome for cue in cues if isinstance(cue, TakeEnded)] == ["cellar"]


def test_a_take_that_is_forgotten_is_drawn_for_nobody_and_counted_for_no_median() -> None:
    takes = Takes()
    list(takes.until("cellar", lambda _: feeling("sadness")))
    assert takes.course.taken() is not None
    takes.course.forget()
    assert takes.course.taken() is None
    list(takes.until("lamp", lambda _: NOBODY))
    assert (takes.course.earlier.count, takes.course.last_scene) == (0, "")
