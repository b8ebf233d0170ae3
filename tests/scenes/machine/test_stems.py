"""Stems go where the visitors are: the story decides the levels, and the same evening decides the same."""

from __future__ import annotations

from scenes.machine.advance import Moment, advance, begin
from scenes.machine.answering import answers_now
from scenes.machine.cue import Cue, Play, StemLevels
from scenes.story.clip import Playhead
from scenes.story.graph import answers
from tests.scenes.evenings import BLIND, NOBODY, TWO_ROOMS, Course, evening, feeling, story_of

STEMS = """
[signals.heart]
osc = "/sense/heart"
low = 40
high = 140
stale_seconds = 2
[[scenes.door.stem]]
file = "strings.flac"
follow = { mood = "dark", range = [0, 0.5] }
[[scenes.door.stem]]
file = "drone.flac"
[[scenes.door.stem]]
file = "pulse.flac"
follow = { signal = "heart" }
"""
STORY = story_of(TWO_ROOMS + STEMS)
CALM, SAD = feeling("neutral", 0.99), feeling("sadness", 0.99)


def levels(course: Course, until: float = 9.0, **more: object) -> list[tuple[float, tuple[float, ...]]]:
    cues = evening(STORY, course, until, **more)  # type: ignore[arg-type]
    return [(now, tuple(round(x, 2) for x in cue.levels)) for now, cue in cues if isinstance(cue, StemLevels)]


def test_a_scenes_stems_go_with_the_visitors_and_a_stem_that_follows_nothing_is_always_there() -> None:
    told = levels([(1.0, CALM), (4.0, SAD), (6.0, CALM)])
    assert [(now, one[:2]) for now, one in told] == [(1.0, (0.01, 1.0)), (4.0, (1.0, 1.0)), (6.0, (0.01, 1.0))]


def test_what_is_not_known_leaves_a_stem_where_it_is() -> None:
    told = levels([(1.0, SAD), (4.0, BLIND), (5.0, NOBODY), (6.0, CALM)])
    assert [now for now, _ in told] == [1.0, 6.0]
    told = levels([(1.0, CALM)], signals=[(3.0, "heart", 90.0), (6.0, "heart", 115.0)])  # too old from 5 s on
    assert [(now, one[2]) for now, one in told] == [(1.0, 0.0), (3.0, 0.5), (6.0, 0.75)]


def test_a_scene_that_is_to_follow_is_told_its_levels_with_the_play_that_asks_for_it() -> None:
    cues = evening(STORY, [(1.0, SAD)], 3.0)
    (asked,) = [(now, cue.entry) for now, cue in cues if isinstance(cue, Play) and cue.scene == "door"]
    assert [(now, cue.entry) for now, cue in cues if isinstance(cue, StemLevels)] == [asked]


def test_a_story_that_is_read_again_with_another_number_of_stems_goes_on() -> None:
    state, _ = begin(STORY, 0.0)
    cues: tuple[Cue, ...] = ()
    for tick in range(1, 40):
        asked = state.pending.entry if state.pending else state.entry
        state, cues = advance(STORY, state, Moment(tick * 0.1, SAD, Playhead(asked, tick * 0.1)))
        if state.scene == "door" and not state.pending:
            break
    fewer = story_of(TWO_ROOMS + STEMS[: STEMS.rindex("[[")])
    state, cues = advance(fewer, state, Moment(4.0, BLIND, Playhead(state.entry, 0.3)))
    assert [cue.levels for cue in cues if isinstance(cue, StemLevels)] == [(0.0, 1.0)]


def test_whoever_watches_reads_where_each_stem_goes() -> None:
    state, _ = begin(STORY, 0.0)
    for tick in range(1, 40):
        asked = state.pending.entry if state.pending else state.entry
        state, _ = advance(STORY, state, Moment(tick * 0.1, SAD, Playhead(asked, tick * 0.1)))
        if state.scene == "door" and not state.pending:
            break
    assert answers_now(STORY, state) == ("strings.flac to 1.00 with dark", "pulse.flac to 0.00 with signal heart")
    assert answers(STORY, "door") == ["strings.flac 0 to 1 with dark", "pulse.flac 0 to 1 with signal heart"]


def test_a_story_without_stems_is_told_nothing_of_them() -> None:
    assert not [cue for _, cue in evening(story_of(), [(1.0, SAD), (4.0, CALM)], 30.0) if isinstance(cue, StemLevels)]
