"""A story that is edited while it plays goes on where it is."""

from dataclasses import replace

import pytest

from scenes.machine.advance import Moment, StoryState, advance
from scenes.machine.cue import CutThread, DrivePicture, Play, Prepare
from scenes.machine.dry_run import DryPlayer, dry_run
from scenes.machine.take_over import take_over
from scenes.story.clip import Playhead
from scenes.story.story import Story
from tests.scenes.evenings import TWO_ROOMS, feeling, story_of
from tests.scenes.machine.test_response import SAD, THREADS, story_with

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
    kept, cues = take_over(before, after, state, in_midst=True)
    assert cues == (Prepare(after.candidates("door")),)
    assert kept == replace(state, cues_done=2)  # those whose time is over are not performed a second time


def test_a_clip_that_was_edited_is_played_from_the_same_place_and_nothing_seen_is_lost() -> None:
    before, after = story_of(), story_of(TWO_ROOMS.replace("out_seconds = 10\n", "out_seconds = 9\n"))
    state = at_the_door(before, 5.0)
    kept, cues = take_over(before, after, state, in_midst=True)
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
    kept, cues = take_over(before, after, at_the_door(before, 9.5), in_midst=True)
    assert isinstance(cues[0], Play)
    assert (cues[0].from_seconds, kept.seconds) == (0.0, 0.0)


def test_what_the_edited_story_draws_by_lot_is_drawn_for_the_take_that_runs() -> None:
    before, draws = story_of(), '[draws.actor]\nof = ["a", "b"]\n[groups]'
    after = story_of(TWO_ROOMS.replace("[groups]", draws))
    kept, _ = take_over(before, after, at_the_door(before, 5.0), in_midst=True)
    assert kept.memory.draws["actor"] in ("a", "b")
    assert kept.memory.been == at_the_door(before, 5.0).memory.been


def test_in_a_gallery_the_film_goes_on_as_it_is_until_the_next_scene() -> None:
    before, after = story_of(), story_of(TWO_ROOMS.replace("out_seconds = 10\n", "out_seconds = 9\n"))
    state = at_the_door(before, 5.0)
    assert take_over(before, after, state, in_midst=False) == (state, (Prepare(after.candidates("door")),))


def test_without_its_scene_the_story_begins_at_attract() -> None:
    after = story_of(TWO_ROOMS.replace('"door"', '"gate"').replace("scenes.door", "scenes.gate"))
    kept, cues = take_over(story_of(), after, at_the_door(story_of(), 5.0), in_midst=True)
    assert [cue.scene for cue in cues if isinstance(cue, Play)] == ["lamp"]
    assert kept.entry == 0


def drive(what: str) -> str:
    return f'{{ what = "{what}", follow = {{ mood = "calm" }}, from = 1.0, to = 0.5, attack_seconds = 5 }}'


@pytest.mark.parametrize(("in_midst", "length"), [(True, 10), (False, 10), (True, 9)])
@pytest.mark.parametrize("drives", ["", drive("brightness"), f"{drive('saturation')}, {drive('brightness')}"])
def test_drives_that_came_or_went_leave_the_picture_as_the_story_says(drives: str, in_midst: bool, length: int) -> None:
    def driven(drives: str, length: int = 10) -> Story:
        return story_of(
            TWO_ROOMS.replace('next = "garden"\n', f'next = "garden"\ndrive = [{drives}]\n').replace(
                "= 10\n", f"= {length}\n"
            )
        )

    before, after = driven(drive("saturation")), driven(drives, length)
    kept, cues = take_over(before, after, at_the_door(before, 5.0), in_midst)
    told = [cue.picture for cue in cues if isinstance(cue, DrivePicture)]
    for number in range(1, 100):
        head = Playhead(kept.entry, 5.0 + number / 100)
        kept, cues = advance(after, kept, Moment(kept.now + 0.1, JOY, head))
        told += [cue.picture for cue in cues if isinstance(cue, DrivePicture)]
    seen = told[-1] if told else kept.response.picture
    assert (seen.saturation < 1, seen.brightness < 1) == ("saturation" in drives, "brightness" in drives)


def test_cuts_that_came_are_asked_from_then_on() -> None:
    one = THREADS.replace(', { to = "she", when = { mood = "calm" }, hold_seconds = 0.5 }', "")
    before, after = story_with(one), story_with(THREADS)
    kept, _ = take_over(before, after, at_the_door(before, 5.0), in_midst=True)
    told: list[str] = []
    for number in range(1, 20):
        head = Playhead(kept.entry, 5.0 + number / 10, thread="she")
        kept, cues = advance(after, kept, Moment(kept.now + 0.1, SAD, head))
        told += [cue.thread for cue in cues if isinstance(cue, CutThread)]
    assert told == ["he"]
