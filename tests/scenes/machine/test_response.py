"""A scene that answers while it plays: cuts between threads, and drives of the picture, as an evening's cues."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from models.mood import Mood
from scenes.machine.advance import advance, begin
from scenes.machine.answering import answers_now
from scenes.machine.command import Pause, Resume, StoryCommand
from scenes.machine.cue import Cue, CutThread, DrivePicture, ThreadShown
from scenes.machine.state import Moment, StoryState
from scenes.story.clip import PictureLevels, Playhead
from scenes.story.graph import as_text
from scenes.story.story import Story
from tests.scenes.evenings import BLIND, NOBODY, TWO_ROOMS, evening, feeling, story_of

THREADS = (
    'thread = [{ name = "she", clip = "she.mp4" }, { name = "he", clip = "he.mp4" }]\n'
    'cut = [{ to = "he", when = { mood = "dark" }, hold_seconds = 1 },'
    ' { to = "she", when = { mood = "calm" }, hold_seconds = 0.5 }]\n'
)
DRIVE = (
    'drive = [{ what = "saturation", follow = { valence = [-1, 1] }, from = 0, to = 1,'
    " attack_seconds = 4, release_seconds = 1 }]"
)
SAD, GLAD = feeling("sadness"), feeling("happiness")


def story_with(*lines: str) -> Story:
    """The door has these keys too; a visitor comes after one second, and the door begins at 1.1 s."""
    clip = "" if any("thread = " in line for line in lines) else 'clip = "door.mp4"\n'
    return story_of(TWO_ROOMS.replace('clip = "door.mp4"\n', clip + "\n".join(lines) + "\n"))


def affected(valence: float) -> Mood:
    return SAD.model_copy(update={"valence": valence})


def cuts_of(cues: list[tuple[float, Cue]]) -> list[tuple[float, str, str]]:
    return [(now, cue.thread, cue.reason) for now, cue in cues if isinstance(cue, ThreadShown)]


def pictures_of(cues: list[tuple[float, Cue]]) -> list[tuple[float, PictureLevels]]:
    return [(now, cue.picture) for now, cue in cues if isinstance(cue, DrivePicture)]


def test_an_evening_is_cut_when_the_mood_has_held_and_says_why() -> None:
    cues = evening(story_with(THREADS), [(1, SAD), (5, GLAD)], 11)
    assert cuts_of(cues) == [
        (1.1, "she", "the scene begins"),
        (2.2, "he", "dark for 1 s"),
        (5.6, "she", "calm for 0.5 s"),
    ]
    assert [cue.index for _, cue in cues if isinstance(cue, ThreadShown)] == [1, 2, 1]


def test_a_mood_that_does_not_hold_for_long_enough_cuts_nothing() -> None:
    flicker = [(1 + 0.9 * n, SAD if n % 2 else feeling(None)) for n in range(10)]
    assert [thread for _, thread, _ in cuts_of(evening(story_with(THREADS), flicker, 10))] == ["she"]


@pytest.mark.parametrize("mood", [BLIND, NOBODY, feeling(None)])
def test_nobody_seen_and_nothing_named_cut_nothing(mood: Mood) -> None:
    cues = evening(story_with(THREADS), [(1, GLAD), (1.2, mood)], 10)
    assert [thread for _, thread, _ in cuts_of(cues)] == ["she"]


@pytest.mark.parametrize(
    ("mood", "cut_back"), [(GLAD, True), (feeling(None), True), (SAD, False), (BLIND, False), (NOBODY, False)]
)
def test_what_is_no_longer_so_cuts_back_and_what_cannot_be_seen_does_not(mood: Mood, cut_back: bool) -> None:
    away = THREADS.replace('{ mood = "calm" }', '{ not = { mood = "dark" } }')
    threads = [thread for _, thread, _ in cuts_of(evening(story_with(away), [(1, SAD), (3, mood)], 9))]
    assert threads == (["she", "he", "she"] if cut_back else ["she", "he"])


def test_a_cut_may_ask_for_valence_as_it_is_now() -> None:
    unpleasant = THREADS.replace('{ mood = "dark" }', "{ valence = { below = -0.3 } }")
    course = [(1.0, affected(0.9)), (3.0, affected(-0.31)), (3.5, affected(-0.29)), (5.0, affected(-0.9))]
    assert cuts_of(evening(story_with(unpleasant), course, 9))[1][:2] == (6.1, "he")


def test_the_hold_is_counted_from_the_last_cut_so_that_a_thread_stays() -> None:
    both = THREADS.replace('mood = "calm"', 'visitors = "present"').replace('mood = "dark"', 'visitors = "present"')
    times = [now for now, _, _ in cuts_of(evening(story_with(both), [(1, SAD)], 8))]
    gaps = [round(b - a, 1) for a, b in pairwise(times)]
    assert gaps == [1.1 if n % 2 == 0 else 0.6 for n in range(len(gaps))]
    assert len(gaps) > 5


def test_the_hold_of_every_cut_is_counted_from_the_last_one() -> None:
    three = (
        'thread = [{ name = "a", clip = "a.mp4" }, { name = "b", clip = "b.mp4" }, { name = "c", clip = "c.mp4" }]\n'
        'cut = [{ to = "b", when = { visitors = "present" }, hold_seconds = 1 },'
        ' { to = "c", when = { visitors = "present" }, hold_seconds = 1.5 }]\n'
    )
    times = [now for now, _, _ in cuts_of(evening(story_with(three), [(1, SAD)], 5))]
    assert times[:3] == [1.1, 2.2, 3.8]


def test_marked_points_are_where_it_is_cut_and_what_holds_there_counts() -> None:
    marked = story_with(THREADS, "cut_points_seconds = [0.5, 4, 7]")
    cues = evening(marked, [(1, SAD), (6, GLAD)], 14, tick_seconds=0.05)
    asked = [(cue.thread, cue.at_seconds) for _, cue in cues if isinstance(cue, CutThread)]
    assert asked == [("he", 4.0), ("she", 7.0)]
    assert [thread for _, thread, _ in cuts_of(cues)] == ["she", "he", "she"]


def test_marked_points_come_again_in_each_pass_of_a_loop() -> None:
    marked = story_with(THREADS, "cut_points_seconds = [2]", "loop = true", "maximum_seconds = 40")
    marked = replace(marked, clips={**marked.clips, "door": replace(marked.clips["door"], seconds=3.0)})
    cues = evening(marked, [(1, SAD), (4, GLAD), (7, SAD)], 12, tick_seconds=0.05)
    assert [cue.at_seconds for _, cue in cues if isinstance(cue, CutThread)] == [2.0, 5.0, 8.0]


def test_the_same_evening_is_cut_the_same_way() -> None:
    course = [(1.0 + 0.37 * n, (SAD, GLAD, feeling(None))[n * 7 % 3]) for n in range(40)]
    assert evening(story_with(THREADS), course, 20) == evening(story_with(THREADS), course, 20)


def test_in_a_pause_nothing_is_cut_and_no_time_passes() -> None:
    commands: dict[float, StoryCommand] = {1.5: Pause(), 5.0: Resume()}
    assert cuts_of(evening(story_with(THREADS), [(1, SAD)], 9, commands))[1][:2] == (5.7, "he")


def test_what_comes_in_a_pause_waits_for_its_end() -> None:
    several = THREADS.replace('mood = "dark" }, hold_seconds = 1', "visitors_at_least = 2 }, hold_seconds = 0")
    at_once = DRIVE.replace("= 4", "= 0").replace("release_seconds = 1", "release_seconds = 0")
    course = [(1.0, affected(0.0)), (2.0, affected(-1.0).model_copy(update={"count": 2}))]
    commands: dict[float, StoryCommand] = {1.5: Pause(), 5.0: Resume()}
    cues = evening(story_with(several, at_once), course, 7, commands)
    assert [now for now, cue in cues if isinstance(cue, CutThread)] == [5.0]
    assert [now for now, _, _ in cuts_of(cues)] == [1.1, 5.1]
    assert [now for now, _ in pictures_of(cues)] == [1.0, 1.1, 5.0]


def test_each_scene_begins_anew_with_its_own_threads_and_drives() -> None:
    two = DRIVE.replace("drive = [", 'drive = [{ what = "blur", follow = { mood = "dark" }, from = 0, to = 1 }, ')
    text = TWO_ROOMS.replace('clip = "door.mp4"\n', THREADS + DRIVE + "\n")
    story = story_of(text.replace('clip = "garden.mp4"\n', THREADS + two + "\n"))
    cues = evening(story, [(1, GLAD)], 16)
    assert [(cue.entry, cue.thread, cue.reason) for _, cue in cues if isinstance(cue, ThreadShown)] == [
        (2, "she", "the scene begins"),
        (3, "she", "the scene begins"),
    ]
    assert {cue.entry for _, cue in cues if isinstance(cue, DrivePicture)} == {2, 3}


def run_to_door(story: Story) -> StoryState:
    state, _ = begin(story, 0.0)
    state, _ = advance(story, state, Moment(0.1, SAD, Playhead(1, 0.0)))
    return advance(story, state, Moment(0.3, SAD, Playhead(2, 0.0, thread="she")))[0]


def test_a_thread_that_is_lost_is_followed_and_not_cut_to() -> None:
    story = story_with(THREADS)
    state = run_to_door(story)
    lost = Playhead(2, 0.1, thread="he", lost_threads=frozenset({"she"}))
    state, cues = advance(story, state, Moment(0.4, GLAD, lost))
    shown = [cue for cue in cues if isinstance(cue, ThreadShown)]
    assert [(cue.thread, cue.reason) for cue in shown] == [("he", "she cannot be played")]
    for n in range(5, 40):
        state, cues = advance(story, state, Moment(n / 10, GLAD, replace(lost, seconds=n / 10)))
        assert not any(isinstance(cue, CutThread) for cue in cues)


def test_a_cut_to_a_thread_that_fails_before_it_is_shown_is_given_up_and_others_may_follow() -> None:
    story = story_with(THREADS)
    state, asked = run_to_door(story), False
    for n in range(4, 30):
        head = Playhead(2, n / 10, thread="she", lost_threads=frozenset({"he"} if asked else ()))
        state, cues = advance(story, state, Moment(n / 10, SAD, head))
        asked = asked or any(isinstance(cue, CutThread) for cue in cues)
    assert asked
    assert state.response.asked == ""


def test_who_watches_sees_the_thread_how_long_each_cut_has_held_and_the_drives() -> None:
    story = story_with(THREADS, DRIVE)
    state = run_to_door(story)
    state, _ = advance(story, state, Moment(0.9, SAD, Playhead(2, 0.6, thread="she")))
    assert answers_now(story, state) == ("thread she", "he: dark, 0.6 of 1 s", "saturation 0.50 with valence")


def test_a_drawing_shows_threads_cuts_and_drives() -> None:
    drive = 'drive = [{ what = "blur", follow = { signal = "heart" }, from = 0, to = 0.5 }]'
    text = as_text(story_with(THREADS, drive))
    assert "    threads she, he\n    dark for 1 s: cut to he\n    calm for 0.5 s: cut to she\n" in text
    assert "    blur 0 to 0.5 with signal heart\n" in text


def test_a_drive_begins_where_the_visitor_is_and_takes_its_time() -> None:
    cues = evening(story_with(DRIVE), [(1, affected(0.0)), (3, affected(1.0)), (7, affected(-1.0))], 10)
    moved = {now: picture.saturation for now, picture in pictures_of(cues)}
    assert moved[1.0] == moved[1.1] == 0.5  # told for the scene that comes, before its first picture
    assert [now for now in moved if 1.1 < now < 2.95] == []
    assert moved[4.0] == pytest.approx(0.775)
    assert max(moved.values()) == 1.0
    assert moved[7.5] == pytest.approx(0.4)
    assert min(moved.values()) == 0.0


def test_a_drive_stays_where_it_is_while_nobody_can_be_seen() -> None:
    cues = evening(story_with(DRIVE), [(1, affected(0.0)), (3, BLIND)], 9)
    assert [now for now, _ in pictures_of(cues)] == [1.0, 1.1]


def test_a_scene_that_is_not_driven_is_left_alone_after_one_that_is() -> None:
    cues = evening(story_with(DRIVE), [(1, affected(0.0))], 14)
    assert {cue.entry for _, cue in cues if isinstance(cue, DrivePicture)} == {2}


def test_the_rate_moves_the_film_and_so_the_scenes_end() -> None:
    rate = 'drive = [{ what = "rate", follow = { valence = [0, 1] }, from = 0.8, to = 1.2 }]'

    def length(valence: float) -> float:
        cues = evening(story_with(rate), [(1, affected(valence))], 20)
        begun, ended = (now for now, cue in cues if type(cue).__name__ == "SceneEnded" and now < 15)
        return ended - begun

    assert length(0.0) == pytest.approx(10 / 0.8, abs=0.2)
    assert length(1.0) == pytest.approx(10 / 1.2, abs=0.2)
