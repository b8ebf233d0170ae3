"""Lamps of a story: cues that set channels, and lamps that go with the visitors."""

from __future__ import annotations

import tomllib

import pytest
from pydantic import ValidationError

from scenes.machine.cue import SetLamps
from scenes.story.checks import check_structure
from scenes.story.story_file import StoryFile
from tests.scenes.evenings import BLIND, NOBODY, TWO_ROOMS, Course, evening, feeling, story_of

LIT = TWO_ROOMS.replace(
    'clip = "door.mp4"\n',
    """clip = "door.mp4"
cue = [
    { at_seconds = 1, dmx = { channels = { 1 = 200, 2 = 0 } }, over_seconds = 3 },
    { at_seconds = 4, dmx = { universe = 2, channels = { 512 = 9 } } },
]
lamp = [
    { universe = 2, channels = [10, 11], follow = { mood = "dark" }, from = 20, to = 220, """
    """attack_seconds = 2, release_seconds = 4 },
]
""",
)
SAD: Course = [(0, NOBODY), (4, feeling("sadness", 1.0)), (8, feeling("happiness", 1.0)), (11, BLIND), (30, NOBODY)]


def lamps(text: str, course: Course, until: float) -> list[tuple[float, SetLamps]]:
    return [(now, cue) for now, cue in evening(story_of(text), course, until) if isinstance(cue, SetLamps)]


def test_a_cue_sets_channels_over_its_seconds_or_at_once() -> None:
    cues = [(now, cue) for now, cue in lamps(LIT, SAD, 14.0) if 10 not in cue.channels]
    assert [cue for _, cue in cues] == [SetLamps(1, {1: 200, 2: 0}, 3.0), SetLamps(2, {512: 9}, 0.0)]
    begins = cues[0][0] - 1
    assert cues[1][0] - begins == pytest.approx(4, abs=0.1)


def test_a_lamp_goes_with_the_mood_as_fast_as_it_may_and_stays_where_nobody_knows() -> None:
    cues = [(now, cue.channels) for now, cue in lamps(LIT, SAD, 20.0) if 10 in cue.channels]
    assert all(channels == {10: channels[10], 11: channels[10]} for _, channels in cues)
    values = {round(now, 1): channels[10] for now, channels in cues}
    begins, first = next(iter(values.items()))
    assert first == 220, "the scene begins where the visitor is"
    assert begins == pytest.approx(4, abs=0.2)
    falling = [(now, value) for now, value in values.items() if now > 8]
    assert [value for _, value in falling] == sorted((value for _, value in falling), reverse=True)
    now, value = falling[-1]
    assert now == pytest.approx(11, abs=0.2)
    assert value == pytest.approx(220 - 200 * 3 / 4, abs=6), "4 s for the whole way, and 3 s of light left to see by"


def test_where_nothing_is_known_a_scene_begins_at_from() -> None:
    text = LIT.replace('follow = { mood = "dark" }', 'follow = { signal = "heart" }')
    text = text.replace("[scenes.lamp]", '[signals.heart]\nosc = "/sense/heart"\n[scenes.lamp]')
    assert [cue.channels[10] for _, cue in lamps(text, SAD, 14.0) if 10 in cue.channels] == [20]


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("channels = { 1 = 200, 2 = 0 }", "channels = { 0 = 200 }", "channels.0"),
        ("channels = { 1 = 200, 2 = 0 }", "channels = { 1 = 256 }", "less than or equal to 255"),
        ("channels = { 1 = 200, 2 = 0 }", "channels = { one = 2 }", "channels.one"),
        ("channels = [10, 11]", "channels = [10, 10]", "names a channel twice"),
        ("dmx = { universe = 2, channels = { 512 = 9 } }", "caption = 'x', over_seconds = 2", "`volume` or `dmx`"),
    ],
)
def test_what_no_lamp_can_do_is_refused_with_its_place(was: str, becomes: str, told: str) -> None:
    assert was in LIT
    with pytest.raises(ValidationError) as refused:
        StoryFile.model_validate(tomllib.loads(LIT.replace(was, becomes)))
    assert told in str(refused.value)


def test_two_lamps_for_one_channel_and_an_unknown_mood_are_told() -> None:
    second = '{ universe = 2, channels = [11], follow = { mood = "drak" } },\n]\n'
    file = StoryFile.model_validate(
        tomllib.loads(LIT.replace("release_seconds = 4 },\n]\n", f"release_seconds = 4 }},\n{second}"))
    )
    told = {problem.key: problem.message for problem in check_structure(file)}
    assert "as lamp 0 does" in told["scenes.door.lamp.1.channels"]
    assert "did you mean 'dark'" in told["scenes.door.lamp.1.follow.mood"]


def test_a_cue_for_the_volume_still_takes_half_a_second_by_itself() -> None:
    text = TWO_ROOMS.replace('clip = "door.mp4"\n', 'clip = "door.mp4"\ncue = [{ at_seconds = 1, volume = 0.2 }]\n')
    asked = [cue for _, cue in evening(story_of(text), SAD, 8.0) if type(cue).__name__ == "SetVolume"]
    assert [(cue.volume, cue.over_seconds) for cue in asked] == [(0.2, 0.5)]  # type: ignore[union-attr]
