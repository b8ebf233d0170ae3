"""Conditions on what many faces show, on time of day, and conditions inside one another."""

from datetime import datetime
from typing import Any

import pytest

from models.judging.aggregate import mean_facing
from models.judging.valence_arousal import valence_and_arousal
from models.mood import Mood, VisitorMood
from scenes.machine.branching import standings
from scenes.machine.conditions import JUDGED, Verdict, judge
from scenes.machine.cue import Branched
from scenes.machine.dry_run import dry_run
from scenes.machine.memory import Hour
from scenes.machine.state import StoryState
from scenes.story.conditions import OF_A_MOOD, When
from scenes.story.graph import as_text
from tests.scenes.evenings import BLIND, NOBODY, TWO_ROOMS, Course, feeling, mood_at, story_of

HEAD, TAIL = TWO_ROOMS[: TWO_ROOMS.index("branch = ")], TWO_ROOMS[TWO_ROOMS.index("next = ") :]


def felt(label: str | None, **more: Any) -> Mood:
    """A mood with its valence and arousal, as the eye sends it."""
    mood = feeling(label)
    valence, arousal = valence_and_arousal(mood.probabilities)
    return mood.model_copy(update={"valence": valence, "arousal": arousal, **more})


FEAR, JOY, SAD = felt("fear"), felt("happiness"), felt("sadness")


def after_the_window(course: Course, when: str = 'mood = "calm"', until: float = 10.0) -> StoryState:
    """The story's state in the door once its window (3 s to 9 s of the evening) is over."""
    states: list[StoryState] = []
    moods = mood_at(course)
    text = f'{HEAD}branch = [{{ to = "cellar", when = {{ {when} }} }}]\n{TAIL}'

    def watched(now: float, state: StoryState) -> Mood:
        states.append(state)
        return moods(now, state)

    list(dry_run(story_of(text), watched, until, 0.1))
    return states[-1]


def verdict(state: StoryState, when: dict[str, Any], mood: Mood = JOY, closing: bool = True) -> Verdict:
    return judge(story_of(), state, mood, When.model_validate(when), closing, at_once=not closing)


# -- faces -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("course", "when", "holds"),
    [
        ([(1, JOY)], {"valence": {"above": 0.5}}, True),
        ([(1, JOY)], {"valence": {"below": 0.5}}, False),
        ([(1, SAD)], {"valence": {"below": -0.3}}, True),
        ([(1, SAD)], {"valence": {"above": -0.3}}, False),
        ([(1, FEAR)], {"arousal": {"above": 0.3}}, True),
        ([(1, SAD)], {"arousal": {"above": 0.3}}, False),
        ([(1, SAD), (6, JOY)], {"valence": {"rises_by": 0.5}}, True),
        ([(1, JOY), (6, SAD)], {"valence": {"rises_by": 0.5}}, False),
        ([(1, JOY), (6, SAD)], {"valence": {"rises_by": -0.5}}, True),
        ([(1, SAD), (6, JOY)], {"valence": {"rises_by": -0.5}}, False),
        ([(1, JOY)], {"valence": {"rises_by": 0.1}}, False),
        ([(1, SAD), (4, JOY), (7, SAD)], {"valence": {"above": 0.3, "held_seconds": 2.8}}, True),
        ([(1, SAD), (4, JOY), (7, SAD)], {"valence": {"above": 0.3, "held_seconds": 3.4}}, False),
        ([(1, JOY), (5, BLIND), (6, JOY)], {"valence": {"above": 0.3, "held_seconds": 3.5}}, False),
        ([(1, felt("fear", facing=0.0)), (6, felt("fear", facing=1.0))], {"facing": {"above": 0.4}}, True),
        ([(1, felt("fear", facing=0.0)), (6, felt("fear", facing=1.0))], {"facing": {"above": 0.6}}, False),
        ([(1, felt("fear", facing=0.0)), (6, felt("fear", facing=1.0))], {"facing": 0.4}, True),
        ([(1, felt("fear", facing=0.0)), (6, felt("fear", facing=1.0))], {"facing": 0.6}, False),
        ([(1, felt("fear", facing=0.0)), (6, felt("fear", facing=1.0))], {"facing": 0.9, "share": 0.4}, True),
        ([(1, felt("fear", facing=0.0)), (6, felt("fear", facing=1.0))], {"facing": 0.9, "share": 0.6}, False),
        ([(1, felt("fear", facing=0.6)), (4, felt("fear", facing=None))], {"facing": 0.5, "share": 1.0}, None),
        ([(1, felt("fear", facing=0.6)), (6, felt("fear", facing=None))], {"facing": 0.5, "share": 1.0}, True),
        ([(1, JOY)], {"facing": 0.5}, None),
        ([(1, felt("fear", speaking=1.0))], {"speaking": {"above": 0.5, "held_seconds": 5}}, True),
        ([(1, felt("fear", speaking=0.0)), (6, felt("fear", speaking=1.0))], {"speaking": 0.4}, True),
        ([(1, felt("fear", speaking=0.0)), (6, felt("fear", speaking=1.0))], {"speaking": 0.6}, False),
        ([(1, JOY)], {"speaking": 0.5}, None),
        ([(1, BLIND)], {"valence": {"below": 0.5}}, None),
        ([(1, NOBODY)], {"valence": {"below": 0.5}}, None),
        ([(1, JOY), (3.5, BLIND)], {"valence": {"below": 0.5}}, None),
        ([(1, JOY)], {"facing": {"below": 0.5}}, None),
        ([(1, JOY)], {"speaking": {"below": 0.5, "held_seconds": 1}}, None),
    ],
)
def test_a_measured_level_is_asked_over_the_listening_window(course: Course, when: Any, holds: bool | None) -> None:
    somebody_came: Course = [(1, JOY), *((max(at, 1.5), mood) for at, mood in course)]
    assert verdict(after_the_window(somebody_came, "valence = { above = 0 }"), when).holds is holds


def cinema(*shown: tuple[str | None, int]) -> Mood:
    """Faces that show what they show, so many of each."""
    faces = [label for label, count in shown for _ in range(count)]
    visitors = tuple(
        VisitorMood(
            slot=slot,
            visitor_id=slot,
            probabilities=feeling(label).probabilities,
            dominant=label,
            confidence=0.8 if label else 0.0,
            position=(0.5, 0.5),
            size=0.1,
        )
        for slot, label in enumerate(faces, start=1)
    )
    return felt("fear", visitors=visitors, count=len(visitors))


@pytest.mark.parametrize(
    ("mood", "least", "holds"),
    [
        (cinema(("fear", 16), ("happiness", 16)), 0.5, True),
        (cinema(("fear", 15), ("happiness", 15), (None, 2)), 0.5, False),
        (cinema(("sadness", 10), ("fear", 10), (None, 12)), 0.6, True),
        (FEAR, 1.0, True),
    ],
)
def test_in_a_cinema_a_mood_is_asked_of_a_share_of_up_to_32_visitors(mood: Mood, least: float, holds: bool) -> None:
    asked = {"mood": "dark" if "sadness" in {v.dominant for v in mood.visitors} else "fear", "share_of_visitors": least}
    found = verdict(after_the_window([(1, mood)]), asked)
    assert found.holds is holds
    assert "of the visitors" in found.words


def test_each_key_of_a_condition_is_looked_at() -> None:
    looked_at = [key for keys, _ in JUDGED for key in keys]
    with_another = {
        *OF_A_MOOD[1:],
        "for_seconds",
        "times_at_least",
        "at_least",
        "at_most",
        "above",
        "below",
        "rises_by",
    }
    assert sorted({*looked_at, *with_another}) == sorted(When.model_fields)
    assert len(looked_at) == len(set(looked_at)), "no condition is judged twice"


# -- time of day -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "time", "holds"),
    [
        ({"after": "18:00"}, (18, 0), True),
        ({"after": "18:00"}, (17, 59), False),
        ({"before": "18:00"}, (17, 59), True),
        ({"before": "18:00"}, (18, 0), False),
        ({"after": "18:00", "before": "22:00"}, (21, 0), True),
        ({"after": "18:00", "before": "22:00"}, (23, 0), False),
        ({"after": "22:00", "before": "02:00"}, (23, 0), True),
        ({"after": "22:00", "before": "02:00"}, (1, 0), True),
        ({"after": "22:00", "before": "02:00"}, (12, 0), False),
        ({"minutes_after_opening": 30}, (12, 0), True),
        ({"minutes_after_opening": 31}, (12, 0), False),
    ],
)
def test_the_time_of_day_can_be_asked_and_how_long_the_house_is_open(
    when: dict[str, Any], time: tuple[int, int], holds: bool
) -> None:
    state = StoryState(now=0, clock=0, scene="door", entry=1, hour=Hour(datetime(2026, 11, 26, *time), 1800.0))
    assert verdict(state, when).holds is holds
    assert verdict(state, {"not": when}).holds is not holds


def test_without_a_clock_no_time_of_day_holds_and_none_is_past() -> None:
    state = StoryState(now=0, clock=0, scene="door", entry=1)
    for when in ({"after": "00:00"}, {"minutes_after_opening": 0}, {"first_today": True}):
        assert verdict(state, when).holds is None
        assert verdict(state, {"not": when}).holds is None


# -- any, all, not ---------------------------------------------------------------------------------------------------

YES, NO, UNKNOWN = {"elapsed_seconds": 1}, {"elapsed_seconds": 1000}, {"visitors": "present"}


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({"any": [NO, YES]}, True),
        ({"any": [NO, NO]}, False),
        ({"any": [NO, UNKNOWN]}, None),
        ({"any": [UNKNOWN, YES]}, True),
        ({"all": [YES, YES]}, True),
        ({"all": [YES, NO]}, False),
        ({"all": [YES, UNKNOWN]}, None),
        ({"all": [UNKNOWN, NO]}, False),
        ({"not": YES}, False),
        ({"not": NO}, True),
        ({"not": UNKNOWN}, None),
        ({"not": {"any": [NO, {"not": YES}]}}, True),
        ({**YES, "not": NO}, True),
        ({**NO, "any": [YES]}, False),
    ],
)
def test_conditions_stand_in_one_another_and_what_cannot_be_known_holds_neither_way(when: Any, holds: object) -> None:
    state = StoryState(now=0, clock=0, scene="door", entry=1, seconds=5)
    assert verdict(state, when, mood=BLIND).holds is holds


def test_a_mood_of_which_too_little_was_seen_is_not_said_to_be_missing() -> None:
    unlike_fear = {"not": {"mood": "fear", "share": 0.5}}
    assert verdict(after_the_window([(1, JOY)]), unlike_fear).holds is True
    assert verdict(after_the_window([(1, JOY), (3.5, BLIND)]), unlike_fear).holds is None
    assert verdict(after_the_window([(1, JOY), (2.5, BLIND)]), unlike_fear, closing=False).holds is None


def test_a_branch_says_which_of_its_conditions_led_on() -> None:
    when = 'any = [{ mood = "fear", share = 0.9 }, { mood = "calm", share = 0.4 }], not = { visitors_at_least = 2 }'
    text = f'{HEAD}branch = [{{ to = "cellar", when = {{ {when} }} }}]\n{TAIL}'
    ticks = dry_run(story_of(text), mood_at([(1, JOY), (6, FEAR)]), 15, 0.1)
    (choice,) = [cue for _, _, cues in ticks for cue in cues if isinstance(cue, Branched) and cue.source == "door"]
    assert (choice.target, choice.emotion) == ("cellar", "happiness")
    assert choice.reason == "calm there 48% of the listening window, 1 visitor there"


def facing(*turned: float | None) -> Mood:
    """Visitors who face the film so much each; of some it is not known."""
    visitors = [
        one.model_copy(update={"facing": much})
        for one, much in zip(cinema(("fear", len(turned))).visitors, turned, strict=True)
    ]
    return felt("fear", visitors=tuple(visitors), count=len(visitors), facing=mean_facing(visitors))


@pytest.mark.parametrize(
    ("mood", "when", "holds"),
    [
        (facing(1.0, 0.8, 0.0, 0.1), {"facing": 0.5, "share_of_visitors": 0.5}, True),
        (facing(1.0, 0.8, 0.0, 0.1), {"facing": 0.5, "share_of_visitors": 0.6}, False),
        (facing(1.0, 0.6, 0.0, None), {"facing": 0.5, "share_of_visitors": 0.6}, True),
        (facing(1.0, 0.6, 0.0, None), {"facing": 0.7, "share_of_visitors": 0.6}, False),
        (facing(1.0, 0.8, 0.0), {"facing": {"above": 0.5, "share_of_visitors": 0.6, "share": 1.0}}, True),
        (facing(1.0, 0.8, 0.0), {"facing": {"above": 0.7, "share_of_visitors": 0.6, "share": 1.0}}, False),
        (facing(None, None), {"facing": 0.5, "share_of_visitors": 0.5}, None),
        (facing(0.6, 0.0), {"facing": 0.2, "mood": "fear", "share_of_visitors": 1.0}, True),
    ],
)
def test_a_share_of_the_visitors_faces_the_film(mood: Mood, when: dict[str, Any], holds: bool | None) -> None:
    assert verdict(after_the_window([(1, mood)]), when, mood).holds is holds


# -- in words --------------------------------------------------------------------------------------------------------


def test_the_graph_and_the_overlay_say_every_condition_in_words() -> None:
    whens = (
        ('been = "door", times_at_least = 2', "door shown 2 times or more", "door shown 1 time"),
        ('took = "dark"', "dark decided before", "dark has decided nothing yet"),
        ('counter = "doors", at_least = 1, at_most = 3', "doors 1 or more and 3 or less", "doors is 0"),
        ('draw = { actor = "ben" }', "actor is ben", "actor is ben"),
        ("first_today = true", "the first take of the day", "take 1 of the day"),
        ("every = 3", "one take in 3", "take 1 of all"),
        ('after = "18:00", before = "22:00"', "from 18:00 and before 22:00", "it is 12:00"),
        ("minutes_after_opening = 30", "30 min after opening", "open for 10 min"),
        ("valence = { above = 0.3 }", "valence above 0.3", "valence 0.65 in the mean"),
        ("arousal = { rises_by = -0.3 }", "arousal falls by 0.3", "arousal changed by +0.00"),
        (
            "facing = 0.5, share_of_visitors = 0.6, share = 0.4",
            "facing above 0.5, 40% of the time, 60% of the visitors",
            "facing is not known",
        ),
        ("facing = { below = 0.5, held_seconds = 2 }", "facing below 0.5 for 2 s", "facing held 0.0 s"),
        (
            'mood = "dark", share_of_visitors = 0.5',
            "dark shown by 50% of the visitors",
            "dark shown by 0% of the visitors",
        ),
        (
            'any = [{ been = "cellar" }, { every = 2 }]',
            "(cellar shown before or one take in 2)",
            "cellar not shown yet; take 1 of all",
        ),
        ("all = [{ every = 2 }]", "(one take in 2)", "take 1 of all"),
        ('not = { been = "cellar" }', "not (cellar shown before)", "cellar not shown yet"),
    )
    branches = ", ".join(f'{{ to = "cellar", when = {{ {when} }}, weight = 2 }}' for when, _, _ in whens)
    text = f'{HEAD}branch = [{branches}]\n{TAIL}[draws.actor]\nof = ["anna", "ben"]\n'
    story = story_of(text)
    graph = as_text(story)
    assert [asked for _, asked, _ in whens if f"    {asked}, by lot, weight 2 -> cellar" not in graph] == []
    states: list[StoryState] = []
    hour = Hour(datetime(2026, 11, 26, 12), 600.0)

    def watched(now: float, state: StoryState) -> Mood:
        states.append(state)
        return JOY if now >= 1 else NOBODY

    list(dry_run(story, watched, 9, 0.1, hour=lambda _now: hour))
    shown = standings(story, states[-1], JOY)
    assert [one.stands for one in shown[:-1]] == [now for _, _, now in whens]
    assert [one.taken for one in shown].count(True) == 1
