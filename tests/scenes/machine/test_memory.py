"""What a take remembers, what is drawn by lot for it, and what is asked of the takes before."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from scenes.machine.advance import begin
from scenes.machine.branching import choose
from scenes.machine.command import GoTo, Reset
from scenes.machine.cue import Branched, Cue, SceneStarted, TakeStarted
from scenes.machine.dry_run import dry_run
from scenes.machine.memory import History, Hour, Memory
from scenes.story.story import Story
from tests.scenes.evenings import NOBODY, TWO_ROOMS, Course, evening, feeling, mood_at, scenes_of, story_of

JOY, FEAR = feeling("happiness"), feeling("fear")
HOUSE = """
title = "A house"
start = "hall"
attract = "lamp"
safe = "lamp"
[groups]
dark = ["sadness", "fear", "anger"]
[draws.actor]
of = ["anna", "ben"]
[scenes.lamp]
clip = "lamp.png"
[scenes.hall]
clip = "hall.mp4"
out_seconds = 4
add = { doors = 1 }
branch = [BRANCHES]
next = "cellar"
[scenes.cellar]
clip = "cellar.mp4"
out_seconds = 4
next = "hall"
[scenes.garden]
clip = "garden.mp4"
out_seconds = 2
end = true
"""
LOTS = HOUSE.replace('branch = [BRANCHES]\nnext = "cellar"\n', "branch = [BRANCHES]\n")
TO_THE_GARDEN = '{{ to = "garden", when = {{ {} }} }}'


def house(*branches: str, text: str = HOUSE) -> Story:
    return story_of(text.replace("BRANCHES", ", ".join(branches)))


def run(story: Story, until: float, course: Course = ((1, JOY),), memory: Memory | None = None) -> list[Cue]:
    ticks = dry_run(story, mood_at(course), until, 0.1, memory=memory)
    return [cue for _, _, cues in ticks for cue in cues]


def ways(cues: list[Cue]) -> list[str]:
    return [cue.scene for cue in cues if isinstance(cue, SceneStarted)]


def reasons(cues: list[Cue]) -> list[str]:
    return [cue.reason for cue in cues if isinstance(cue, Branched) and cue.source == "hall"]


def starts(cues: list[Cue]) -> list[TakeStarted]:
    return [cue for cue in cues if isinstance(cue, TakeStarted)]


# -- this take -------------------------------------------------------------------------------------------------------


def test_a_visitor_who_has_been_in_the_cellar_twice_is_let_into_the_garden() -> None:
    cues = run(house(TO_THE_GARDEN.format('been = "cellar", times_at_least = 2')), until=24)
    assert ways(cues)[:7] == ["lamp", "hall", "cellar", "hall", "cellar", "hall", "garden"]
    assert reasons(cues)[-1] == "cellar shown 2 times"


def test_the_scene_that_is_running_counts_as_one_where_the_visitor_has_been() -> None:
    assert ways(run(house(TO_THE_GARDEN.format('been = "hall"')), until=8))[:3] == ["lamp", "hall", "garden"]


def test_a_mood_that_decided_before_is_remembered_whatever_the_face_shows_now() -> None:
    dark = '{ to = "cellar", when = { mood = "dark", not = { took = "dark" } } }'
    story = house(dark, TO_THE_GARDEN.format('took = "dark"'))
    cues = run(story, until=14, course=[(1, FEAR), (5, JOY)])
    assert ways(cues)[:5] == ["lamp", "hall", "cellar", "hall", "garden"]
    assert reasons(cues) == [
        "dark led 100% of the listening window, peak 0.90, dark has decided nothing yet",
        "dark decided before",
    ]
    assert "garden" not in ways(run(story, until=40))


def test_counters_are_set_and_grow_as_scenes_begin() -> None:
    third_door = TO_THE_GARDEN.format('counter = "doors", at_least = 3')
    cues = run(house(third_door), until=24)
    assert ways(cues)[:7] == ["lamp", "hall", "cellar", "hall", "cellar", "hall", "garden"]
    assert reasons(cues)[-1] == "doors is 3"
    forgetful = HOUSE.replace("[scenes.cellar]\n", "[scenes.cellar]\nset = { doors = 0 }\n")
    assert "garden" not in ways(run(house(third_door, text=forgetful), until=60))
    at_most = house(TO_THE_GARDEN.format('counter = "doors", at_most = 1'))
    assert ways(run(at_most, until=8))[:3] == ["lamp", "hall", "garden"]


def test_the_next_visitor_begins_with_nothing_remembered() -> None:
    story = house(TO_THE_GARDEN.format('been = "cellar"'))
    cues = run(story, until=38, course=[(1, JOY), (14, NOBODY), (20, JOY)])
    assert ways(cues)[:10] == [
        *("lamp", "hall", "cellar", "hall", "garden", "lamp"),
        *("hall", "cellar", "hall", "garden"),
    ]


def test_a_take_that_an_operator_begins_again_remembers_nothing() -> None:
    story = house(TO_THE_GARDEN.format('counter = "doors", at_least = 2'))
    cues = evening(story, [(1, JOY)], 20, commands={7.0: Reset()})
    assert scenes_of(cues)[:6] == ["lamp", "hall", "cellar", "hall", "cellar", "hall"]


def test_what_an_operator_shows_is_remembered_too() -> None:
    story = house(TO_THE_GARDEN.format('been = "cellar"'))
    assert scenes_of(evening(story, [(1, JOY)], 14, commands={2.0: GoTo("cellar")}))[:5] == [
        *("lamp", "hall", "cellar", "hall", "garden"),
    ]


def test_a_take_may_begin_with_a_memory_that_was_given() -> None:
    story = house(TO_THE_GARDEN.format('been = "cellar", took = "dark", draw = { actor = "ben" }'))
    given = Memory(been={"cellar": 1}, took=frozenset({"dark"}), draws={"actor": "ben"})
    cues = run(story, until=8, memory=given)
    assert ways(cues)[:3] == ["lamp", "hall", "garden"]
    assert reasons(cues) == ["cellar shown 1 time, dark decided before, actor is ben"]
    assert "garden" not in ways(run(story, until=8))


def test_only_the_mood_that_is_asked_for_counts_as_taken() -> None:
    story = house(TO_THE_GARDEN.format('took = "dark"'), '{ to = "cellar", when = { mood = "happiness" } }')
    assert "garden" not in ways(run(story, until=40))


# -- chance ----------------------------------------------------------------------------------------------------------


def test_a_draw_is_made_at_the_takes_start_told_with_its_seed_and_stays_for_the_take() -> None:
    story = house(TO_THE_GARDEN.format('draw = { actor = "ben" }'))
    drawn = []
    for seed in range(8):
        cues = run(story, until=16, memory=Memory(seed))
        (start,) = starts(cues)[:1]
        assert start.seed == seed
        drawn.append(start.draws["actor"])
        assert ways(cues)[2:4] == {"ben": ["garden", "lamp"], "anna": ["cellar", "hall"]}[drawn[-1]]
    assert set(drawn) == {"anna", "ben"}


def test_attract_may_ask_what_is_drawn_for_the_visitor_who_comes() -> None:
    text = HOUSE.replace('clip = "lamp.png"\n', 'clip = "lamp.png"\nbranch = [LAMP]\n').replace(
        "branch = [BRANCHES]\n", ""
    )
    branches = ", ".join(
        f'{{ to = "{to}", when = {{ visitors = "present", draw = {{ actor = "{who}" }} }} }}'
        for to, who in (("hall", "anna"), ("garden", "ben"))
    )
    story = story_of(text.replace("LAMP", branches))
    for seed in range(8):
        cues = run(story, until=4, memory=Memory(seed))
        assert ways(cues)[1] == {"anna": "hall", "ben": "garden"}[starts(cues)[0].draws["actor"]]


def test_a_show_that_begins_with_the_seed_of_a_take_shows_that_take_again() -> None:
    story = house('{ to = "garden", weight = 1 }', '{ to = "cellar", weight = 2 }', text=LOTS)
    cues = run(story, until=120)
    began = [number for number, cue in enumerate(cues) if isinstance(cue, TakeStarted)]
    takes = [ways(cues[a:b]) for a, b in pairwise(began)]
    assert len({tuple(take) for take in takes}) > 2
    for start, take in zip(starts(cues), takes, strict=False):
        assert ways(run(story, until=6 + 4 * len(take), memory=Memory(start.seed)))[1 : 1 + len(take)] == take


def test_lots_fall_as_often_as_their_weights_say_among_the_branches_that_hold() -> None:
    story = house(
        '{ to = "garden", weight = 1 }',
        '{ to = "lamp", when = { mood = "fear", held_seconds = 9 }, weight = 50 }',
        '{ to = "cellar", weight = 3 }',
        text=LOTS,
    )
    counted: Counter[str] = Counter()
    for seed in range(400):
        state, _ = begin(story, 0.0, memory=Memory(seed, been={"hall": 1}))
        choice = choose(story, replace(state, scene="hall", entry=1), JOY, closing=True)
        assert choice is not None
        counted[choice.to] += 1
        assert choice.reason == {"garden": "by lot, 1 in 4", "cellar": "by lot, 3 in 4"}[choice.to]
    assert counted["cellar"] == pytest.approx(300, abs=35)
    assert counted["cellar"] + counted["garden"] == 400


def test_a_lot_does_not_fall_on_a_scene_that_cannot_be_played() -> None:
    story = house('{ to = "garden", weight = 1000 }', '{ to = "cellar", weight = 0.1 }', text=LOTS)
    state, _ = begin(story, 0.0)
    state = replace(state, scene="hall", entry=1, failed=frozenset({"garden"}))
    choice = choose(story, state, JOY, closing=True)
    assert choice is not None
    assert choice.to == "cellar"
    nothing = choose(story, replace(state, failed=frozenset({"garden", "cellar", "hall"})), JOY, closing=True)
    assert nothing is not None


def test_a_branch_that_holds_alone_is_not_said_to_be_drawn() -> None:
    story = house('{ to = "garden", when = { been = "hall" }, weight = 1 }', text=HOUSE)
    assert reasons(run(story, until=8)) == ["hall shown 1 time"]


def test_another_draw_in_the_story_changes_nothing_that_was_drawn_before() -> None:
    more = house("", text=HOUSE.replace("[draws.actor]", '[draws.weather]\nof = ["rain", "snow"]\n[draws.actor]'))
    for seed in range(8):
        assert Memory(seed).drawn(more).draws["actor"] == Memory(seed).drawn(house("")).draws["actor"]


# -- the takes before ------------------------------------------------------------------------------------------------


def outcomes(when: str, history: History, days: float = 0.0) -> list[str]:
    """Where six visitors, one each 12 s from a quarter to noon on, are led; ``days`` between them."""
    story = house(TO_THE_GARDEN.format(when), text=HOUSE.replace('next = "hall"', "end = true"))
    first = datetime(2026, 11, 26, 11, 45)

    def hour(now: float) -> Hour:
        return Hour(first + timedelta(seconds=now, days=int(now / 12) * days), 0.0)

    course: Course = [(12 * n + at, mood) for n in range(6) for at, mood in ((1, JOY), (5, NOBODY))]
    ticks = dry_run(story, mood_at(course), 75, 0.1, hour=hour, history=history)
    shown = ways([cue for _, _, cues in ticks for cue in cues])
    return [scene for scene in shown if scene in ("cellar", "garden")]


def test_each_third_visitor_is_led_another_way_also_after_the_show_was_started_again() -> None:
    assert outcomes("every = 3", History()) == ["cellar", "cellar", "garden", "cellar", "cellar", "garden"]
    assert outcomes("every = 3", History(total=7)) == ["cellar", "garden", "cellar", "cellar", "garden", "cellar"]


def test_the_first_visitor_of_the_day_is_known_also_after_the_show_was_started_again() -> None:
    today = datetime(2026, 11, 26).date()
    assert outcomes("first_today = true", History()) == ["garden", *["cellar"] * 5]
    assert outcomes("first_today = true", History(9, 2, today)) == ["cellar"] * 6
    assert outcomes("first_today = true", History(9, 2, today - timedelta(days=1))) == ["garden", *["cellar"] * 5]
    assert outcomes("first_today = true", History(), days=1) == ["garden"] * 6


def test_at_attract_the_take_that_comes_next_is_asked_about() -> None:
    text = HOUSE.replace("branch = [BRANCHES]\n", "").replace('lamp.png"\n', 'lamp.png"\nbranch = [BRANCHES]\n')
    ways_out = [
        f'{{ to = "{to}", when = {{ visitors = "present"{more} }} }}'
        for to, more in (("garden", ", every = 3"), ("hall", ""))
    ]
    ticks = [
        list(dry_run(house(*ways_out, text=text), mood_at([(1, JOY)]), 4, 0.1, history=History(n))) for n in (1, 2, 3)
    ]
    assert [ways([cue for _, _, cues in one for cue in cues])[1] for one in ticks] == ["hall", "garden", "hall"]


def test_a_night_past_midnight_is_one_evening() -> None:
    late, later = (Hour(datetime(2026, 11, 27, *time)) for time in ((3, 59), (4, 0)))
    assert (late.day.day, later.day.day) == (26, 27)


def test_what_was_drawn_stays_when_the_story_is_read_again_unless_the_word_is_gone() -> None:
    story = story_of(TWO_ROOMS + '[draws.actor]\nof = ["anna", "ben"]\n')
    for word in ("anna", "ben"):
        assert Memory(seed=4, draws={"actor": word}).drawn(story).draws == {"actor": word}
    assert Memory(seed=4, draws={"actor": "carl", "dice": "six"}).drawn(story) == Memory(seed=4).drawn(story)
