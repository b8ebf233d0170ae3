"""A story that is edited while it plays goes on where it is."""

from dataclasses import replace

from scenes.machine.advance import Moment, StoryState, advance
from scenes.machine.cue import Play, Prepare
from scenes.machine.dry_run import DryPlayer, dry_run
from scenes.machine.keep_place import keep_place
from scenes.story.story import Story
from tests.scenes.evenings import TWO_ROOMS, feeling, story_of

JOY = feeling("happiness")
CUES = "cue = [{ at_seconds = 1, volume = 0.5 }, { at_seconds = 4, volume = 1 }, { at_seconds = 7, volume = 0.2 }]\n"


def at_the_door(story: Story, seconds: float) -> StoryState:
    """Somebody came at once and has been smiling at the door for so long."""
    states: list[StoryState] = []
    list(dry_run(story, lambda _now, state: states.append(state) or JOY, 30.0, 0.1))  # type: ignore[func-returns-value]
    return next(state for state in states if state.scene == "door" and state.seconds > seconds - 0.01)


def test_what_was_edited_beside_the_clip_does_not_touch_the_film() -> None:
    before, after = story_of(), story_of(TWO_ROOMS.replace('next = "garden"\n', f'next = "cellar"\n{CUES}'))
    state = at_the_door(before, 5.0)
    kept, cues = keep_place(before, after, state)
    assert cues == (Prepare(after.candidates("door")),)
    assert kept == replace(state, cues_done=2)  # those whose time is over are not performed a second time


def test_a_clip_that_was_edited_is_played_from_the_same_place_and_nothing_seen_is_lost() -> None:
    before, after = story_of(), story_of(TWO_ROOMS.replace("out_seconds = 10\n", "out_seconds = 9\n"))
    state = at_the_door(before, 5.0)
    kept, cues = keep_place(before, after, state)
    play = cues[0]
    assert isinstance(play, Play)
    assert (play.scene, play.at, play.from_seconds) == ("door", "now", state.seconds)
    assert (kept.take, kept.in_take, kept.evidence) == (state.take, True, state.evidence)
    player, scenes = DryPlayer(after).perform(cues), []
    for number in range(1, 60):  # 5 + 6 s: the door ends after 9, and the smile leads to the garden
        player = player.run(0.1)
        kept, cues = advance(after, kept, Moment(state.now + number * 0.1, JOY, player.playhead))
        player = player.perform(cues)
        scenes.append((kept.scene, kept.take))
    assert list(dict.fromkeys(scenes)) == [("door", 1), ("garden", 1)]


def test_a_place_that_is_cut_away_is_none_and_the_scene_begins_again() -> None:
    before, after = story_of(), story_of(TWO_ROOMS.replace("out_seconds = 10\n", "out_seconds = 9\n"))
    kept, cues = keep_place(before, after, at_the_door(before, 9.5))
    assert isinstance(cues[0], Play)
    assert (cues[0].from_seconds, kept.seconds) == (0.0, 0.0)
