"""Simulated visitors from event to event: the same figures as tick by tick, in stories with every condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from installation.host.cores import Cores
from scenes.machine import next_event
from scenes.machine.advance import Moment, advance
from scenes.machine.audience import A_DAY, LEAVES_EARLY, Visitor
from scenes.machine.cue import Cue, TakeEnded
from scenes.machine.dry_run import dry_run
from scenes.machine.next_event import LONGEST_SECONDS, TICK_SECONDS, Plans, run_visitor
from scenes.machine.simulate import Tally, simulate
from scenes.machine.state import StoryState
from scenes.machine.transition import Step
from scenes.story.story import Story
from tests.scenes.evenings import TWO_ROOMS, story_of

HEAD = """
title = "Everything"
start = "door"
attract = "lamp"
safe = "still"
left = { after_seconds = 7 }
[groups]
calm = ["neutral", "happiness"]
dark = ["sadness", "fear", "anger"]
[draws.actor]
of = ["anna", "ben"]
weights = [2, 1]
[signals.heart]
osc = "/sense/heart"
[scenes.lamp]
clip = "lamp.mp4"
minimum_seconds = 3
[scenes.still]
clip = "still.png"
[scenes.garden]
clip = "garden.mp4"
out_seconds = 6.3
end = true
[scenes.cellar]
clip = "cellar.mp4"
out_seconds = 12.35
add = { depth = 1 }
branch = [{ to = "door", when = { counter = "depth", at_most = 2, mood = "calm" } }]
next = "attic"
[scenes.attic]
clip = "attic.mp4"
out_seconds = 9
end = true
"""
DOORS = {
    "moods that lead": """
        { to = "garden", when = { mood = "calm" } }, { to = "cellar", when = { mood = "dark" } }""",
    "thresholds": """
        { to = "garden", when = { mood = "calm", share = 0.3 } },
        { to = "cellar", when = { mood = "dark", peak = 0.8 } },
        { to = "attic", when = { mood = "fear", held_seconds = 2 } }""",
    "levels": """
        { to = "garden", when = { valence = { above = 0.2 } } },
        { to = "cellar", when = { arousal = { rises_by = 0.2 } } }""",
    "at once": """
        { to = "garden", when = { mood = "happiness", held_seconds = 2 }, immediately = true },
        { to = "cellar", when = { visitors = "absent", for_seconds = 3 }, immediately = true },
        { to = "attic", when = { elapsed_seconds = 8.2, untrusted = true }, immediately = true }""",
    "lots": """
        { to = "garden", weight = 2 }, { to = "cellar", weight = 1 },
        { to = "attic", when = { mood = "dark" }, weight = 3 }""",
    "memory": """
        { to = "attic", when = { been = "cellar", times_at_least = 2 } },
        { to = "garden", when = { took = "calm" } },
        { to = "cellar", when = { draw = { actor = "ben" } } }""",
    "takes and hours": """
        { to = "garden", when = { first_today = true } }, { to = "attic", when = { every = 3 } },
        { to = "cellar", when = { after = "10:30" } }, { to = "garden", when = { minutes_after_opening = 20 } }""",
    "any, all, not": """
        { to = "garden", when = { any = [{ mood = "calm" }, { mood = "surprise", share = 0.2 }] } },
        { to = "attic", when = { all = [{ not = { mood = "dark", share = 0.3 } }, { been = "door" }] } },
        { to = "cellar", when = { not = { mood = "calm", share = 0.5 } } }""",
    "signals": """
        { to = "garden", when = { signal = "heart", above = 0.5 } }, { to = "cellar", when = { mood = "dark" } }""",
}
SCENES = {
    "a clip": "out_seconds = 10.1\nlisten = { from_seconds = 2, until_seconds = 8.4 }\n",
    "a loop": "out_seconds = 4\nloop = true\nminimum_seconds = 2\nmaximum_seconds = 11\n",
    "threads and drives": "out_seconds = 10\n"
    'thread = [{ name = "day", clip = "door.mp4" }, { name = "night", clip = "door.mp4" }]\n'
    'cut = [{ to = "night", when = { mood = "dark" } }, { to = "day", when = { mood = "calm" }, hold_seconds = 1 }]\n'
    'drive = [{ what = "rate", follow = { arousal = [0, 1] }, from = 0.8, to = 1.2 }]\n',
}


def story(scene: str, door: str) -> Story:
    ways = "branch = [" + DOORS[door] + ']\nnext = "garden"\n'
    first = "" if "thread" in SCENES[scene] else 'clip = "door.mp4"\n'
    return story_of(f"{HEAD}[scenes.door]\n{first}{SCENES[scene]}{ways}")


def tick_by_tick(story: Story, visitor: Visitor) -> Iterator[tuple[float, StoryState, tuple[Cue, ...]]]:
    """The slow way."""
    way = dry_run(
        story,
        visitor.mood,
        LONGEST_SECONDS,
        TICK_SECONDS,
        hour=lambda _: visitor.hour,
        memory=visitor.memory,
        history=visitor.history,
    )
    for now, state, cues in way:
        yield now, state, cues
        if (visitor.is_gone and not state.in_take) or any(isinstance(cue, TakeEnded) for cue in cues):
            return


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("scene", SCENES)
def test_from_event_to_event_everything_is_as_tick_by_tick(scene: str, door: str) -> None:
    here, slow, quick = story(scene, door), Tally(), Tally()
    plans = Plans(here)
    for number in (*range(24), *range(A_DAY, A_DAY + 3)):
        slow.count(tick_by_tick(here, Visitor(5, number)))
        quick.count(run_visitor(here, plans, Visitor(5, number)))
    assert quick == slow
    assert slow.takes > 20


def test_who_leaves_in_the_midst_of_a_scene_is_missed_at_the_same_tick() -> None:
    way = '{ to = "cellar", when = { visitors = "absent", for_seconds = 3 }, immediately = true }'
    blind = '{ to = "attic", when = { untrusted = true, elapsed_seconds = 1 }, immediately = true }'
    head = HEAD + '[scenes.door]\nclip = "door.mp4"\nout_seconds = 40\nnext = "garden"\n'
    here, slow, quick = story_of(f"{head}branch = [{way}, {blind}]\n"), Tally(), Tally()
    plans = Plans(here)
    for number in range(60):
        slow.count(tick_by_tick(here, Visitor(5, number)))
        quick.count(run_visitor(here, plans, Visitor(5, number)))
    assert quick == slow
    assert slow.branches["door", "cellar"]
    assert slow.branches["door", "attic"]


@pytest.mark.parametrize("scene", ["door", "garden"])
def test_who_waits_for_another_room_waits_as_long_as_it_may_take(scene: str) -> None:
    plain = f'{HEAD}[scenes.door]\nclip = "door.mp4"\nout_seconds = 20\nnext = "garden"\n'
    plain += "decide_before_end_seconds = 10\n"
    waits = f'[scenes.{scene}]\ntogether = {{ rooms = ["hall"], limit_seconds = 9.3 }}\n'
    here, slow, quick = story_of(plain.replace(f"[scenes.{scene}]\n", waits)), Tally(), Tally()
    plans = Plans(here)
    for number in range(12):
        slow.count(tick_by_tick(here, Visitor(5, number)))
        quick.count(run_visitor(here, plans, Visitor(5, number)))
    assert quick == slow
    assert quick.show_seconds > simulate(story_of(plain), 12, 5).show_seconds + 60
    assert Tally.not_simulated(here) == ("other rooms (a scene waits for them as long as it may)",)


def test_while_somebody_is_there_a_scene_costs_two_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    here = story_of(HEAD + '[scenes.door]\nclip = "door.mp4"\nout_seconds = 80\nnext = "garden"\n')
    plans, ticks, tally = Plans(here), Counter[str](), Tally()

    def counted(story: Story, state: StoryState, moment: Moment, answering: bool) -> Step:
        ticks[state.scene] += 1
        return advance(story, state, moment, answering)

    monkeypatch.setattr(next_event, "advance", counted)
    tally.count(run_visitor(here, plans, Visitor(5, 0)))
    assert tally.outcomes == {"garden": 1}
    assert ticks["door"] == ticks["garden"] == 2, "the choice, and the first picture of what follows"


def test_on_two_cores_it_is_the_same_and_progress_is_told() -> None:
    here, told = story("a clip", "memory"), list[int]()
    with Cores("scenes.machine.simulate", 2) as cores:
        assert simulate(here, 600, 7, cores.run, told.append) == simulate(here, 600, 7)
    assert told == [250, 500, 600]


def test_visitors_come_all_day_and_each_has_dice_of_its_own() -> None:
    first, other, next_day = Visitor(1, 0), Visitor(1, 1), Visitor(1, A_DAY)
    assert first.memory.seed != other.memory.seed
    assert (first.hour.local.hour, first.hour.open_seconds) == (10, 0.0)
    assert other.hour.open_seconds == 180.0
    assert first.history.after_take(first.hour.day).today == 1
    assert other.history.after_take(other.hour.day).today == 2
    assert next_day.history.after_take(next_day.hour.day).today == 1
    assert next_day.history.after_take(next_day.hour.day).total == A_DAY + 1
    assert Visitor(1, A_DAY - 1).hour.local.hour == 19


def test_as_many_leave_early_as_was_said() -> None:
    tally = simulate(story_of(TWO_ROOMS.replace("out_seconds = 10\n", "out_seconds = 80\n")), 1500, 3)
    assert tally.outcomes["left"] / tally.takes == pytest.approx(LEAVES_EARLY, abs=0.03)
    assert tally.takes == tally.visitors == 1500


def test_visitors_whom_attract_never_lets_in_are_held_there() -> None:
    text = TWO_ROOMS.replace(
        'clip = "lamp.mp4"\n',
        'clip = "lamp.mp4"\nbranch = [{ to = "door", when = { visitors_at_least = 2 }, immediately = true }]\n',
    )
    tally = simulate(story_of(text), 3, 1)
    assert (tally.takes, tally.held["lamp"]) == (0, 3)
    assert tally.never_seen(story_of(text)) == ("door", "garden", "cellar")


def test_what_no_simulated_visitor_has_is_said() -> None:
    assert Tally.not_simulated(story("a clip", "signals")) == ("signals",)
    text = TWO_ROOMS.replace('{ mood = "calm" }', "{ visitors_at_least = 2, facing = { above = 0.5 } }")
    assert Tally.not_simulated(story_of(text)) == ("facing", "several visitors at once")
    assert Tally.not_simulated(story_of()) == ()
