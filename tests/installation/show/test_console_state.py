"""What pages are told of the show: made of values, with no show around them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from installation.host.console import LossChange
from installation.host.health import Health, Sense
from installation.host.options import DEMO
from installation.show.console_plan import plan_of
from installation.show.console_state import WAY_AT_MOST, Beside, SinceWhen, WayTaken, state_of
from installation.show.keys import Controls
from installation.show.view import Timeline, View
from installation.web.document import SenseNow, State
from models.mood import unseen
from scenes.machine.advance import begin
from scenes.machine.state import StoryState
from scenes.story.story import Story, load_story
from tests.installation.show.test_overlay import VIEW

OFFSET = 1_000_000.0


@pytest.fixture(scope="module")
def demo() -> Story:
    return load_story(DEMO, forgive_clips=True)


@pytest.fixture(scope="module")
def beside(demo: Story) -> Beside:
    return Beside(
        number=7,
        at=OFFSET + 50.0,
        state=begin(demo, 0.0)[0],
        way=("opening", "rain"),
        takes=3,
        visits=5,
        camera_shown_until=None,
        test_picture="",
        absent=frozenset({"lamps", "power"}),
        lost=(),
        unix_offset=OFFSET,
    )


def senses(view: View, beside: Beside) -> dict[str, SenseNow]:
    return {sense.name: sense for sense in state_of(view, beside).senses}


def test_a_state_says_what_the_overlay_says(beside: Beside) -> None:
    state = state_of(replace(VIEW, rehearsed=True, house="open until 18:00"), beside)
    assert (state.number, state.word, state.title, state.way) == (7, "deciding", "One light", ("opening", "rain"))
    assert (state.scene.name, state.scene.seconds, state.scene.closes) == ("opening", 8.0, 15.25)
    assert (state.scene.listens, state.scene.window) == (True, (4.0, 15.0))
    joy, otherwise = state.branches
    assert (joy.to, joy.asks, joy.needed, joy.taken) == ("lanterns", "joy", 0.4, True)
    assert (otherwise.to, otherwise.asks) == ("rain", "")
    assert (state.mood.dominant, state.mood.rehearsed, state.house) == ("happiness", True, "open until 18:00")
    assert math.isclose(sum(state.mood.probabilities.values()), 1.0)
    assert (state.counters.takes, state.counters.visits) == (3, 5)


def test_of_a_visitor_place_and_mood_are_told_and_no_number(beside: Beside) -> None:
    (visitor,) = state_of(VIEW, beside).visitors
    assert (visitor.facing, state_of(VIEW, beside).mood.facing) == (1.0, 1.0)
    assert (visitor.speaking, state_of(VIEW, beside).mood.speaking) == (False, 0.0)
    assert set(visitor.model_dump()) == {"slot", "x", "y", "size", "dominant", "facing", "speaking"}


@pytest.mark.parametrize(
    ("seconds", "window", "listens"),
    [(2.0, (4.0, 15.0), False), (15.0, (4.0, 15.0), False), (5.0, (4.0, math.inf), True)],
)
def test_outside_of_the_window_the_scene_does_not_listen(
    beside: Beside, seconds: float, window: tuple[float, float], listens: bool
) -> None:
    assert state_of(replace(VIEW, seconds=seconds, window=window), beside).scene.listens is listens


def test_a_loop_that_waits_for_ever_has_no_time_at_which_its_choice_falls(beside: Beside) -> None:
    line = Timeline(3.0, 16.0, loops=True, closes=math.inf, minimum=0.0, cues=(), listens=False)
    scene = state_of(replace(VIEW, timeline=line, window=(0.0, math.inf)), beside).scene
    assert (scene.closes, scene.window, scene.listens) == (None, None, False)


def test_every_sense_that_the_show_has_is_told_and_no_other(beside: Beside) -> None:
    found = senses(VIEW, beside)
    assert {"camera", "eye", "film", "sound", "display", "OSC control", "journal", "disk"} <= set(found)
    assert not {"lamps", "power"} & set(found)
    assert {sense.state for sense in found.values()} == {"ok"}


def test_a_loss_is_its_senses_with_since_when_and_one_of_no_sense_is_a_row_of_its_own(beside: Beside) -> None:
    lost = (
        LossChange("camera", "unplugged", 40.0),
        LossChange("OSC target 10.0.0.9:9000", "no route", 41.0),
        LossChange("lamps of universe 3", "no route", 42.0),
        LossChange("new story", "it cannot be read", 43.0),
    )
    health = replace(VIEW.health, camera=Sense.LOST)
    found = senses(replace(VIEW, health=health), replace(beside, lost=lost))
    assert (found["camera"].state, found["camera"].words, found["camera"].since) == ("lost", "unplugged", OFFSET + 40)
    assert found["OSC out"].words == "OSC target 10.0.0.9:9000: no route"
    assert found["lamps"].state == "lost", "though this show was said to have none"
    assert (found["new story"].state, found["new story"].since) == ("lost", OFFSET + 43)


def test_a_camera_that_is_off_is_not_lost(beside: Beside) -> None:
    health = Health(1, Sense.OFF, Sense.OFF, 30.0, 0.0, 60.0, 0)
    dark = replace(VIEW, health=health, mood=unseen(0.0, "off"), controls=Controls(camera=False))
    found = senses(dark, beside)
    assert (found["camera"].state, found["eye"].state) == ("off", "off")


def test_a_sense_says_since_when_it_is_back(beside: Beside) -> None:
    when = SinceWhen()

    def sound(at: float, *lost: LossChange) -> SenseNow:
        state: State = when.with_since(state_of(VIEW, replace(beside, at=at, lost=lost)))
        return next(sense for sense in state.senses if sense.name == "sound")

    gone = LossChange("sound", "no device", 60.0)
    assert sound(OFFSET + 50.0).since is None, "since the start"
    assert sound(OFFSET + 61.0, gone).since == OFFSET + 60.0
    assert sound(OFFSET + 70.0).since == OFFSET + 70.0
    assert sound(OFFSET + 80.0).since == OFFSET + 70.0
    assert sound(OFFSET + 81.0, replace(gone, now=80.5)).since == OFFSET + 80.5


def test_the_way_is_that_of_the_take_that_runs_or_of_the_last_one(demo: Story) -> None:
    waits = begin(demo, 0.0)[0]

    def stands(take: int, entry: int, scene: str, in_take: bool = True) -> StoryState:
        return replace(waits, take=take, entry=entry, scene=scene, in_take=in_take)

    way = WayTaken().then(waits)
    assert way.scenes == ()
    for state in (stands(1, 2, "opening"), stands(1, 2, "opening"), stands(1, 3, "rain"), stands(1, 4, "rain")):
        way = way.then(state)
    assert way.scenes == ("opening", "rain", "rain")
    assert way.then(stands(1, 5, "attract", in_take=False)).scenes == ("opening", "rain", "rain")
    assert way.then(stands(2, 6, "opening")).scenes == ("opening",)
    for entry in range(WAY_AT_MOST + 9):
        way = way.then(stands(2, 10 + entry, "rain"))
    assert len(way.scenes) == WAY_AT_MOST


def test_the_plan_of_the_demo_has_every_scene_with_its_ways_and_clip(demo: Story) -> None:
    plan = plan_of(demo, 2)
    nodes = {node.name: node for node in plan.scenes}
    assert tuple(nodes) == demo.names
    assert (plan.number, plan.first, plan.attract) == (2, demo.file.start, demo.file.attract)
    for node in plan.scenes:
        assert [way.to for way in node.ways] == [branch.to for branch in demo.branches(node.name)]
        assert node.file == "" or Path(node.file).is_file()
    kinds = {node.kind for node in plan.scenes}
    assert {"attract", "scene", "ending", "course"} <= kinds
    assert [way.asks for way in nodes[plan.first].ways][-1] == "", "otherwise"
