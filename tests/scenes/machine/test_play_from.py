"""Where a maker begins to play, and what the bar says of what a take remembers."""

import pytest

from calibration.errors import BadInput
from models.mood import Mood
from scenes.machine.advance import advance, begin
from scenes.machine.command import GoTo
from scenes.machine.dry_run import DryPlayer
from scenes.machine.memory import Memory
from scenes.machine.play_from import PlayFrom, play_from
from scenes.machine.remembered import remembered
from scenes.machine.state import Moment, StoryState
from scenes.story.story import Story
from tests.scenes.evenings import NOBODY, TWO_ROOMS, story_of

REMEMBERS = TWO_ROOMS.replace("[groups]", '[draws.actor]\nof = ["a", "b"]\n[groups]').replace(
    'branch = [{ to = "garden"',
    "add = { doors = 1 }\nbranch = ["
    '{ to = "cellar", when = { been = "garden", took = "dark", counter = "doors", at_least = 3, draw.actor = "b" } }, '
    '{ to = "garden"',
)


def played(story: Story, start: PlayFrom, seconds: float, mood: Mood = NOBODY) -> list[StoryState]:
    """A maker's show, as the desk begins it."""
    state, cues = begin(story, 0.0, memory=start.memory)
    player, states = DryPlayer(story).perform(cues), []
    for number in range(1, round(seconds / 0.1) + 1):
        player = player.run(0.1)
        commands = (GoTo(start.scene),) if number == 1 else ()
        state, cues = advance(story, state, Moment(number * 0.1, mood, player.playhead, commands))
        player = player.perform(cues)
        states.append(state)
    return states


def scenes_of(states: list[StoryState]) -> list[str]:
    return list(dict.fromkeys(state.scene for state in states if state.in_take))


def test_the_take_begins_in_that_scene_and_knows_what_was_said_of_it() -> None:
    story = story_of(REMEMBERS)
    start = play_from(story, "door", ["lamp", "garden", "garden"], ["dark"], ["actor=b"], ["doors = 2"])
    assert start == PlayFrom(
        "door",
        Memory(been={"lamp": 1, "garden": 2}, took=frozenset(("dark",)), counters={"doors": 2}, draws={"actor": "b"}),
    )
    states = played(story, start, 12)
    assert scenes_of(states) == ["door", "cellar"]
    assert next(state.take for state in states if state.in_take) == 1
    counted = next(state for state in states if state.scene == "door" and state.in_take)
    assert remembered(story, counted) == ("been: lamp, garden 2 times, door", "took: dark", "doors = 3", "actor is b")


@pytest.mark.parametrize("left_out", ["been", "took", "draw", "counters"])
def test_without_one_of_them_the_take_goes_the_other_way(left_out: str) -> None:
    story = story_of(REMEMBERS)
    said = {"been": ["garden"], "took": ["dark"], "draw": ["actor=b"], "counters": ["doors=2"]}
    said[left_out] = ["actor=a"] if left_out == "draw" else []
    assert scenes_of(played(story, play_from(story, "door", **said), 12)) == ["door", "garden"]


def test_every_slip_is_told_at_once_with_what_was_meant() -> None:
    with pytest.raises(ExceptionGroup) as found:
        play_from(
            story_of(REMEMBERS),
            "dor",
            ["gardn"],
            ["drak", "sadness"],
            ["actor=c", "actress=a", "x"],
            ["dors=1", "doors=two"],
        )
    errors = [error for error in found.value.exceptions if isinstance(error, BadInput)]
    assert [line for error in errors for line in error.lines()] == [
        "--from: no scene is called 'dor'; did you mean 'door'?",
        "--been: no scene is called 'gardn'; did you mean 'garden'?",
        "--took: no emotion or group is called 'drak'; did you mean 'dark'?",
        "--draw: 'x' is not NAME=VALUE, as in actor=b",
        "--draw: no draw is called 'actress'; did you mean 'actor'?",
        "--draw: actor is one of a, b (given: 'c')",
        "--set: no counter is called 'dors'; did you mean 'doors'?",
        "--set: doors needs a whole number (given: 'two')",
    ]


def test_a_story_that_asks_for_nothing_remembered_shows_nothing_of_it() -> None:
    story = story_of()
    assert remembered(story, played(story, play_from(story, "door"), 3)[-1]) == ()
