"""The film goes on when a clip, the player or the clock does not."""

import math
from dataclasses import replace

from scenes.machine.advance import Moment, advance, begin
from scenes.machine.command import GoTo
from scenes.machine.cue import Cue, Play, Prepare, ShowState, StateChanged, TakeEnded
from scenes.machine.dry_run import DryPlayer
from scenes.machine.state import StoryState
from scenes.story.clip import Playhead
from scenes.story.story import Story
from tests.scenes.evenings import (
    BLIND,
    NOBODY,
    TWO_ROOMS,
    Course,
    evening,
    feeling,
    mood_at,
    plays_of,
    scenes_of,
    story_of,
)

HAPPY = [(1.0, feeling("happiness"))]


def evening_with_faults(
    story: Story, course: Course, until: float, failed: dict[float, str] | None = None, deaf: tuple[str, ...] = ()
) -> tuple[StoryState, list[tuple[float, Cue]]]:
    """``failed``: from a time on, a scene's clip cannot be played; ``deaf``: scenes the player never shows."""
    state, cues = begin(story, 0.0)
    told = [(0.0, cue) for cue in cues]
    player = DryPlayer(story).perform(cues)
    for tick in range(1, int(until * 10)):
        now = tick / 10
        player = player.run(0.1)
        lost = frozenset(name for time, name in (failed or {}).items() if time <= now)
        head = replace(player.playhead, failed=lost)
        state, cues = advance(story, state, Moment(now, mood_at(course)(now, state), head))
        told += [(round(now, 2), cue) for cue in cues]
        player = player.perform(tuple(c for c in cues if not (isinstance(c, Play) and c.scene in deaf)))
    return state, told


def test_a_scene_whose_clip_breaks_is_left_for_the_next_and_never_played_again() -> None:
    story = story_of(TWO_ROOMS.replace("end = true\n[scenes.cellar]", 'next = "cellar"\n[scenes.cellar]'))
    _, cues = evening_with_faults(story, HAPPY, 68, failed={13.0: "garden"})
    assert scenes_of(cues) == ["lamp", "door", "garden", "cellar", "lamp", "door", "cellar"]
    assert next(now for now, cue in cues if isinstance(cue, Play) and cue.scene == "cellar") == 13.0


def test_a_broken_scene_in_mid_path_does_not_lead_off_the_path() -> None:
    text = TWO_ROOMS.replace("end = true\n[scenes.cellar]", 'next = "shed"\n[scenes.cellar]')
    text = text.replace('next = "garden"', 'next = "cellar"')
    story = story_of(text + '[scenes.shed]\nclip = "shed.mp4"\nend = true\n')
    course = [(1.0, feeling("happiness"))]
    assert scenes_of(evening_with_faults(story, course, 14, failed={2.0: "garden"})[1]) == ["lamp", "door", "shed"]


def test_a_branch_to_a_broken_scene_is_passed_over() -> None:
    _, cues = evening_with_faults(story_of(), [(1.0, feeling("fear"))], 16, failed={2.0: "cellar"})
    assert scenes_of(cues) == ["lamp", "door", "garden"]


def test_an_operator_cannot_go_to_a_broken_scene() -> None:
    story = replace(story_of(), unplayable=frozenset({"cellar"}))
    cues = evening(story, [(1, feeling("fear"))], until=6, commands={5.0: GoTo("cellar")})
    assert scenes_of(cues) == ["lamp", "door"]


def test_what_stands_in_for_a_broken_scene_is_made_ready() -> None:
    text = TWO_ROOMS.replace("end = true\n[scenes.cellar]", 'next = "shed"\n[scenes.cellar]')
    story = story_of(text + '[scenes.shed]\nclip = "shed.mp4"\nend = true\n')
    _, cues = evening_with_faults(story, [(1.0, feeling("happiness"))], 9, failed={5.0: "garden"})
    prepared = [(now, cue.scenes) for now, cue in cues if isinstance(cue, Prepare)]
    assert prepared[-2:] == [(1.1, ("garden", "cellar", "lamp")), (5.0, ("shed", "cellar", "lamp"))]


def test_a_long_hold_of_the_last_frame_is_no_player_that_does_not_answer() -> None:
    story = story_of(TWO_ROOMS.replace('kind = "crossfade", seconds = 1', 'kind = "hold", seconds = 9'))
    state, _ = begin(story, 0.0)
    state, _ = advance(story, state, Moment(0.1, feeling("happiness"), Playhead(1, 0.0)))
    state, _ = advance(story, state, Moment(0.2, feeling("happiness"), Playhead(2, 0.0)))
    for tick in range(3, 230):
        head = Playhead(2, min(tick * 0.1, 10.0))  # the player holds door's last frame from 10 s to 19 s
        state, cues = advance(story, state, Moment(tick / 10, feeling("happiness"), head))
        if tick > 100:
            assert plays_of(cues) == []


def test_a_clip_that_breaks_after_it_was_chosen_is_replaced_before_the_cut() -> None:
    _, cues = evening_with_faults(story_of(), [(1.0, feeling("fear"))], 20, failed={10.6: "cellar"})
    assert scenes_of(cues)[:3] == ["lamp", "door", "lamp"]
    assert [cue.outcome for _, cue in cues if isinstance(cue, TakeEnded)] == ["fault"]


def test_when_the_lamp_breaks_the_safe_scene_waits_for_visitors_in_its_place() -> None:
    _, cues = evening_with_faults(story_of(), [(30.0, feeling("happiness"))], 50, failed={5.0: "lamp"})
    assert scenes_of(cues) == ["lamp", "still", "door", "garden", "still", "door"]
    assert [cue.state for now, cue in cues if isinstance(cue, StateChanged) and 6 < now < 29] == []


def test_when_nothing_can_be_shown_the_state_is_fault_and_holds_until_something_can() -> None:
    story = story_of()
    everything = frozenset(story.names)
    state, cues = begin(story, 0.0)
    state, cues = advance(story, state, Moment(0.1, NOBODY, Playhead(failed=everything)))
    assert plays_of(cues) == []
    assert state.announced == StateChanged(ShowState.FAULT, False, False)
    state, cues = advance(story, state, Moment(60.0, feeling("fear"), Playhead(failed=everything)))
    assert cues == ()
    state, cues = advance(story, state, Moment(61.0, NOBODY, Playhead()))
    assert [play.scene for play in plays_of(cues)] == ["lamp"]


def test_a_story_that_was_loaded_with_a_broken_clip_never_asks_for_it() -> None:
    story = replace(story_of(), unplayable=frozenset({"lamp"}))
    _, cues = evening_with_faults(story, HAPPY, 60)
    assert "lamp" not in {cue.scene for _, cue in cues if isinstance(cue, Play)}


def test_a_player_that_does_not_answer_is_asked_again_and_then_for_the_safe_scene() -> None:
    _, cues = evening_with_faults(story_of(), [(1.0, feeling("fear"))], 30, deaf=("cellar",))
    asked = [(now, cue.scene, cue.at) for now, cue in cues if isinstance(cue, Play)][2:5]
    assert [(scene, at) for _, scene, at in asked] == [("cellar", "end"), ("cellar", "now"), ("still", "now")]
    end_of_door = 11.1
    assert asked[1][0] - end_of_door <= 1.7  # the last frame stands: patience is short
    assert asked[2][0] - end_of_door <= 3.3


def test_the_safe_scene_leads_back_to_the_lamp() -> None:
    _, cues = evening_with_faults(story_of(), [(1.0, feeling("fear")), (12.0, NOBODY)], 60, deaf=("cellar",))
    assert scenes_of(cues) == ["lamp", "door", "still", "lamp"]


def test_a_film_that_ends_before_its_time_goes_on_at_once() -> None:
    story = story_of()
    state, _ = begin(story, 0.0)
    state, _ = advance(story, state, Moment(0.1, BLIND, Playhead(1, 0.0)))
    state, cues = advance(story, state, Moment(0.2, feeling("fear"), Playhead(1, 0.1)))
    (play,) = plays_of(cues)
    state, _ = advance(story, state, Moment(0.3, BLIND, Playhead(play.entry, 0.0)))
    state, cues = advance(story, state, Moment(4.0, BLIND, Playhead(play.entry, 3.0, ended=True)))
    assert [(play.scene, play.at) for play in plays_of(cues)] == [("garden", "now")]


def test_a_film_that_stands_still_is_left_after_some_seconds() -> None:
    story = story_of()
    state, _ = begin(story, 0.0)
    for tick in range(10):
        state, cues = advance(story, state, Moment(tick, feeling("fear"), Playhead(state.last_entry, 0.5)))
        if plays_of(cues) and state.scene == "door":
            break
    assert (state.scene, tick) == ("door", 6)


def test_a_clock_that_jumps_moves_nothing() -> None:
    story = story_of()
    state, cues = begin(story, 1000.0)
    player = DryPlayer(story).perform(cues)
    times = [1000.1, 1e9, -5.0, math.nan, math.inf, 1000.2, 2e9]
    for now in times:
        player = player.run(0.1)
        state, cues = advance(story, state, Moment(now, feeling("fear"), player.playhead))
        player = player.perform(cues)
    assert state.scene == "door"
    assert state.in_take


def test_a_stage_that_stood_still_has_not_seen_a_visitor_leave() -> None:
    story = story_of()
    state, cues = begin(story, 0.0)
    player = DryPlayer(story).perform(cues)
    for now, mood in [(0.1, feeling(None)), (0.2, feeling(None)), (0.3, feeling(None)), (0.4, NOBODY), (99.0, NOBODY)]:
        player = player.run(0.1)
        state, cues = advance(story, state, Moment(now, mood, player.playhead))
        player = player.perform(cues)
    assert state.scene == "door"
    assert state.pending is None


def test_another_story_in_the_same_show_counts_entries_and_takes_on() -> None:
    before = replace(begin(story_of(), 0.0)[0], last_entry=17, take=4)
    state, cues = begin(story_of(), 99.0, after=before)
    assert [play.entry for play in plays_of(cues)] == [18]
    assert (state.last_entry, state.take) == (18, 4)
