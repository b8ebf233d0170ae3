"""The conditions of a branch, each by itself."""

import pytest

from models.mood import Mood
from scenes.machine.branching import standings
from scenes.machine.cue import Branched, Play, SceneStarted
from scenes.machine.dry_run import dry_run
from scenes.machine.signal_state import SignalMessage
from scenes.machine.state import StoryState
from tests.scenes.evenings import (
    BLIND,
    NOBODY,
    TWO_ROOMS,
    Course,
    branches_of,
    evening,
    feeling,
    mood_at,
    scenes_of,
    story_of,
)

HEAD, TAIL = TWO_ROOMS[: TWO_ROOMS.index("branch = ")], TWO_ROOMS[TWO_ROOMS.index("next = ") :]
FEAR, JOY = feeling("fear"), feeling("happiness")


def way(when: str, course: Course, more: str = "") -> tuple[str, str]:
    """Where the door leads with one branch to the cellar, and why. The window is from 3 s to 9 s of the evening."""
    text = f'{HEAD}branch = [{{ to = "cellar", when = {{ {when} }}{more} }}]\n{TAIL}'
    choice = next(b for b in branches_of(evening(story_of(text), course, until=15)) if b.source == "door")
    return choice.target, choice.reason


@pytest.mark.parametrize(
    ("when", "course", "reason"),
    [
        ('mood = "fear", share = 0.3', [(1, JOY), (7, FEAR)], "fear there 35% of the listening window"),
        ('mood = "fear", peak = 0.8', [(1, JOY), (7, FEAR), (7.5, JOY)], "fear rose to 0.86"),
        ('mood = "fear", held_seconds = 1.5', [(1, JOY), (6, FEAR), (8, JOY)], "fear held 2.0 s"),
        ('mood = "fear", confidence = 0.4', [(1, JOY), (6, FEAR)], "fear 0.45 in the mean"),
        ('visitors = "present"', [(1, FEAR)], "somebody is there"),
        ('visitors = "absent", for_seconds = 3', [(1, FEAR), (6, NOBODY)], "nobody is there for 3 s"),
        ("visitors_at_least = 2", [(1, FEAR), (9, feeling("fear", count=3))], "3 visitors there"),
        ("untrusted = true", [(1, FEAR), (9, BLIND)], "could not look: the lens is covered"),
        ("elapsed_seconds = 5", [(1, FEAR)], "5 s over"),
        (
            'mood = "fear", share = 0.9, visitors_at_least = 2',
            [(1, feeling("fear", count=2))],
            "2 visitors there, fear there 100% of the listening window",
        ),
    ],
)
def test_a_condition_that_holds_leads_on(when: str, course: Course, reason: str) -> None:
    assert way(when, course) == ("cellar", reason)


@pytest.mark.parametrize(
    ("when", "course"),
    [
        ('mood = "fear", share = 0.4', [(1, JOY), (7, FEAR)]),
        ('mood = "fear", peak = 0.9', [(1, JOY), (7, FEAR)]),
        ('mood = "fear", held_seconds = 1.5', [(1, JOY), (5, FEAR), (6, JOY), (7, FEAR), (8, JOY)]),
        ('mood = "fear", confidence = 0.6', [(1, JOY), (6, FEAR)]),
        ('visitors = "present"', [(1, FEAR), (9, NOBODY)]),
        ('visitors = "absent"', [(1, FEAR), (9, BLIND)]),
        ('visitors = "present"', [(1, FEAR), (9, BLIND)]),
        ('visitors = "absent", for_seconds = 3', [(1, FEAR), (9, NOBODY)]),
        ("visitors_at_least = 2", [(1, FEAR)]),
        ("visitors_at_least = 2", [(1, feeling("fear", count=2)), (9, BLIND)]),
        ("visitors_at_least = 2", [(1, FEAR), (9, BLIND.model_copy(update={"count": 3}))]),
        ("untrusted = true", [(1, BLIND), (1.1, FEAR)]),
        ('mood = "fear", share = 0.9, visitors_at_least = 2', [(1, FEAR)]),
        ('mood = "fear"', [(1, JOY), (7.8, FEAR)]),
    ],
)
def test_a_condition_that_does_not_hold_leaves_the_way_to_next(when: str, course: Course) -> None:
    assert way(when, course)[0] == "garden"


def test_the_authors_order_is_the_priority() -> None:
    first = '{ to = "cellar", when = { mood = "fear", peak = 0.5 } }'
    both = f'branch = [{first}, {{ to = "garden", when = {{ mood = "happiness" }} }}]\n'
    course: Course = [(1, JOY), (4, FEAR), (5, JOY)]
    assert scenes_of(evening(story_of(HEAD + both + TAIL), course, until=15))[2] == "cellar"


def test_moods_with_an_emotion_in_common_do_not_compete() -> None:
    both = 'branch = [{ to = "cellar", when = { mood = "happiness" } }, { to = "garden", when = { mood = "calm" } }]\n'
    course: Course = [(1, JOY), (5, feeling("neutral"))]
    assert scenes_of(evening(story_of(HEAD + both + TAIL), course, until=15))[2] == "cellar"


def test_an_immediate_branch_cuts_as_soon_as_it_holds() -> None:
    when = 'branch = [{ to = "cellar", when = { mood = "fear", held_seconds = 2 }, immediately = true }]\n'
    cues = evening(story_of(HEAD + when + TAIL), [(1, JOY), (4, FEAR)], until=15)
    assert [now for now, cue in cues if isinstance(cue, Branched) and cue.target == "cellar"] == [5.9], (
        "a tick tells of the time since the one before"
    )
    assert [now for now, cue in cues if isinstance(cue, SceneStarted) and cue.scene == "cellar"] == [6.0]


def test_a_scene_is_not_left_before_its_minimum() -> None:
    when = 'minimum_seconds = 7\nbranch = [{ to = "cellar", when = { visitors = "present" }, immediately = true }]\n'
    cues = evening(story_of(HEAD + when + TAIL), [(1, FEAR)], until=15)
    assert [now for now, cue in cues if isinstance(cue, Branched) and cue.target == "cellar"] == [8.1]


def test_a_loop_without_maximum_is_left_when_a_branch_holds() -> None:
    text = HEAD + 'loop = true\nbranch = [{ to = "cellar", when = { visitors_at_least = 2 } }]\n' + TAIL
    story = story_of(text.replace('next = "garden"\n', ""))
    cues = evening(story, [(1, FEAR), (95, feeling("fear", count=2))], until=100)
    assert scenes_of(cues) == ["lamp", "door", "cellar"]
    assert [now for now, cue in cues if isinstance(cue, Branched)] == [1.0, 95.0]


def test_a_loop_is_left_at_its_maximum() -> None:
    text = HEAD + 'loop = true\nmaximum_seconds = 25\nbranch = [{ to = "cellar", when = { mood = "dark" } }]\n' + TAIL
    cues = evening(story_of(text), [(1, FEAR)], until=40)
    assert [now for now, cue in cues if isinstance(cue, Branched)] == [1.0, 26.0]
    assert [(now, cue.scene) for now, cue in cues if isinstance(cue, SceneStarted)][2:] == [(26.1, "cellar")]


def test_a_branch_may_have_a_transition_of_its_own() -> None:
    when = 'branch = [{ to = "cellar", when = { mood = "dark" }, transition = { kind = "dip", seconds = 2 } }]\n'
    plays = [cue for _, cue in evening(story_of(HEAD + when + TAIL), [(1, FEAR)], until=15) if isinstance(cue, Play)]
    assert (plays[-1].scene, plays[-1].transition.kind, plays[-1].transition.seconds) == ("cellar", "dip", 2.0)


def standing_at(text: str, course: Course, seconds: float) -> list[tuple[str, str | None, float, float | None, bool]]:
    """How the branches of the scene stand at that time of the evening."""
    story, moods, states = story_of(text), mood_at(course), []

    def watched(now: float, state: StoryState) -> Mood:
        states.append(state)
        return moods(now, state)

    list(dry_run(story, watched, seconds, 0.1))
    found = standings(story, states[-1], moods(seconds, None))
    return [(one.to, one.mood, round(one.share, 1), one.needed, one.taken) for one in found]


def test_before_the_choice_closes_each_branch_shows_how_it_stands() -> None:
    both = (
        'branch = [{ to = "cellar", when = { mood = "fear", share = 0.5 } }, '
        '{ to = "garden", when = { mood = "happiness" } }]\n'
    )
    course: Course = [(1, JOY), (5, FEAR)]
    text = HEAD + both + TAIL
    assert standing_at(text, course, 5.0) == [
        ("cellar", "fear", 0.0, 0.5, False),
        ("garden", "happiness", 1.0, None, True),
        ("garden", None, 0.0, None, False),
    ]
    assert standing_at(text, course, 8.0) == [
        ("cellar", "fear", 0.6, 0.5, True),
        ("garden", "happiness", 0.4, None, False),
        ("garden", None, 0.0, None, False),
    ]
    cues = evening(story_of(text), course, until=15)
    assert scenes_of(cues)[2] == "cellar"  # as it stood


def test_with_nothing_seen_it_stands_at_otherwise() -> None:
    text = f'{HEAD}branch = [{{ to = "cellar", when = {{ mood = "fear" }} }}]\n{TAIL}'
    assert [one[-1] for one in standing_at(text, [(1, FEAR)], 2.0)] == [False, True]


def test_each_way_out_says_how_far_it_is_in_what_it_asks_for() -> None:
    """Beside the mood's share: a peak, a time that it is held, the share of visitors; a signal as its branch asks."""
    whens = (
        'mood = "fear", held_seconds = 4',
        'mood = "fear", peak = 0.9',
        'mood = "fear", share = 0.5',
        'mood = "fear", share_of_visitors = 0.9, visitors_at_least = 2',
        'signal = "button", above = 0.5',
        'signal = "button", rises_by = 0.9',
    )
    ways = [f'{{ to = "cellar", when = {{ {when} }} }}' for when in whens]
    at_once = '{ to = "garden", when = { visitors_at_least = 2, signal = "button", above = 0.5 }, immediately = true }'
    text = f'{HEAD}branch = [{", ".join([*ways, at_once])}]\n{TAIL}[signals.button]\nosc = "/button"\nlow = -1\n'
    story, states = story_of(text), list[StoryState]()
    sent = {3.0: 0.0, 4.0: 0.75, 5.0: 0.25}

    def pressed(now: float) -> tuple[SignalMessage, ...]:
        return tuple(SignalMessage("button", value) for at, value in sent.items() if abs(at - now) < 0.01)

    def watched(now: float, state: StoryState) -> Mood:
        states.append(state)
        return mood_at([(1, FEAR)])(now, state)

    list(dry_run(story, watched, 6.5, 0.1, signals=pressed))
    assert [(one.asks, one.stands) for one in standings(story, states[-1], FEAR)[:-1]] == [
        ("held 4 s", "fear held 3.4 s"),
        ("peak 0.9", "fear rose to 0.86"),
        ("", "fear there 100% of the listening window"),
        ("shown by 90% of the visitors and 2 visitors or more", "1 visitor there, fear shown by 100% of the visitors"),
        ("button above 0.5", "button above 0.5 (0.75)"),
        ("button rises by 0.9", "button is 0.25, rose by 0.75"),
        ("2 visitors or more and button above 0.5", "1 visitor there, button is 0.25"),
    ]
