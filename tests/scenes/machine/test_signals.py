"""A button, a heart rate and another room lead the film, as far as they are known."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenes.machine.advance import Moment, advance, begin
from scenes.machine.cue import Branched, SceneStarted, ShowState, SignalChanged, StateChanged
from scenes.machine.signal_state import SignalMessage
from scenes.machine.signals import levels
from scenes.machine.state import StoryState
from scenes.story.clip import Playhead
from scenes.story.story import Story
from scenes.story.wording import describe
from tests.scenes.evenings import NOBODY, TWO_ROOMS, branches_of, evening, feeling, scenes_of, story_of

SIGNALS = """
[signals.heart]
osc = "/sense/heart"
low = 40
high = 180
stale_seconds = 2
[signals.button]
osc = "/sense/button"
stale_seconds = 600
"""
BUTTON_ALONE = SIGNALS[SIGNALS.index("[signals.button]") :]
HEAD, TAIL = TWO_ROOMS[: TWO_ROOMS.index("branch = ")], TWO_ROOMS[TWO_ROOMS.index("next = ") :]
VISITOR = [(1.0, feeling("neutral"))]
Messages = Sequence[tuple[float, str, float]]


def asks(when: str, more: str = "", signals: str = SIGNALS) -> Story:
    return story_of(f'{HEAD}branch = [{{ to = "cellar", when = {{ {when} }}{more} }}]\n{TAIL}{signals}')


def way(when: str, messages: Messages) -> tuple[str, str]:
    """Where the door leads, and why. The window is from 3 s to 9 s of the evening, the choice closes at 10.25 s."""
    choice = next(b for b in branches_of(evening(asks(when), VISITOR, 15, signals=messages)) if b.source == "door")
    return choice.target, choice.reason


@pytest.mark.parametrize(
    ("when", "messages", "reason"),
    [
        ('signal = "heart", above = 100', [(4, "heart", 72), (6, "heart", 110)], "heart above 100 (110)"),
        ('signal = "heart", below = 60', [(4, "heart", 72), (6, "heart", 55)], "heart below 60 (55)"),
        ('signal = "heart", rises_by = 10', [(4, "heart", 72), (6, "heart", 82), (8, "heart", 60)], "heart rose by 10"),
        ('signal = "button", above = 0.5', [(4, "button", 1), (4.01, "button", 0)], "button above 0.5 (1)"),
        ('signal = "button", above = 0.5', [(4, "button", 0), (5, "button", 1), (5, "button", 0)], None),
        ('signal = "heart", above = 60, below = 70', [(4, "heart", 65)], "heart above 60 (65), below 70 (65)"),
        ('signal = "heart", above = 100', [(2.5, "heart", 110)], "heart above 100 (110)"),
        ('signal = "heart", above = 179', [(4, "heart", 999)], "heart above 179 (180)"),
        ('visitors = "present", signal = "heart", above = 100', [(4, "heart", 110)], None),
    ],
    ids=str,
)
def test_a_signal_that_was_so_once_in_the_window_leads_on(when: str, messages: Messages, reason: str | None) -> None:
    target, why = way(when, messages)
    assert target == "cellar"
    assert reason is None or why == reason


@pytest.mark.parametrize(
    ("when", "messages"),
    [
        ('signal = "heart", above = 100', []),
        ('signal = "heart", above = 100', [(4, "heart", 100)]),
        ('signal = "heart", below = 100', [(4, "heart", 100)]),
        ('signal = "heart", rises_by = 10', [(4, "heart", 90), (6, "heart", 70), (7, "heart", 79)]),
        ('signal = "heart", rises_by = 10', [(2, "heart", 60), (2.5, "heart", 90)]),  # before the window
        ('signal = "button", above = 0.5', [(1, "button", 1), (2, "button", 0)]),
        ('signal = "button", above = 0.5', [(9.5, "button", 1)]),  # after it
        ('signal = "heart", above = 100', [(0.5, "heart", 110), (4, "button", 1)]),  # too old when the window opens
        ('signal = "heart", above = 100', [(4, "heart", math.nan), (5, "heart", math.inf)]),
        ('visitors = "absent", signal = "heart", above = 100', [(4, "heart", 110)]),
    ],
    ids=str,
)
def test_a_signal_that_was_not_so_leaves_the_way_to_next(when: str, messages: Messages) -> None:
    assert way(when, messages)[0] == "garden"


def test_at_once_asks_what_the_signal_is_now() -> None:
    story = asks('signal = "button", above = 0.5', ", immediately = true")
    pressed = [(5.0, "button", 1.0), (5.01, "button", 0.0)]  # a tap between two ticks
    found = evening(story, VISITOR, 15, signals=pressed)
    assert [now for now, cue in found if isinstance(cue, Branched) and cue.target == "cellar"] == [5.0]
    both = asks('signal = "button", above = 0.5, visitors = "absent"', ", immediately = true")
    later = [(1.0, feeling("neutral")), (5.5, NOBODY)]  # let go by then: it is not as it was
    assert scenes_of(evening(both, later, 12, signals=[(4.0, "button", 1.0), (5.0, "button", 0.0)]))[2] == "garden"
    held = evening(both, later, 12, signals=[(4.0, "button", 1.0)])
    assert [now for now, cue in held if isinstance(cue, Branched) and cue.target == "cellar"] == [5.5]


def test_a_button_may_begin_the_film() -> None:
    start = '[[scenes.lamp.branch]]\nto = "door"\nwhen = { signal = "button", above = 0.5 }\n'
    found = evening(story_of(TWO_ROOMS + start + SIGNALS), VISITOR, 10, signals=[(6.0, "button", 1.0)])
    assert [(now, cue.scene) for now, cue in found if isinstance(cue, SceneStarted)][1] == (6.1, "door")


def test_a_scene_that_asks_only_for_a_signal_listens_in_its_window() -> None:
    found = evening(asks('signal = "heart", above = 100'), VISITOR, 10)
    words = [(now, cue.state) for now, cue in found if isinstance(cue, StateChanged)]
    assert (3.0, ShowState.DECIDING) in words
    assert words[words.index((3.0, ShowState.DECIDING)) + 1] == (9.1, ShowState.PLAYING)


SMOOTH = '[signals.heart]\nosc = "/sense/heart"\nlow = 0\nhigh = 100\nsmoothing_seconds = 2\nstale_seconds = 10\n'


def after(story: Story, ticks: Sequence[float], messages: Sequence[tuple[float, float]]) -> StoryState:
    """The state after ticks at these times; each message comes with the first tick at or after its time."""
    state, _ = begin(story, 0.0)
    waiting = list(messages)
    for now in ticks:
        heard = [SignalMessage("heart", value) for at, value in waiting if at <= now + 1e-9]
        waiting = [one for one in waiting if one[0] > now + 1e-9]
        state, _ = advance(story, state, Moment(now, NOBODY, Playhead(1, now), (), tuple(heard)))
    return state


@pytest.mark.parametrize("tick", [0.02, 0.1, 1.0])
def test_a_smoothed_step_is_63_percent_there_after_its_time_however_long_a_tick(tick: float) -> None:
    ticks = [number * tick for number in range(1, round(5 / tick) + 1)]
    state = after(story_of(TWO_ROOMS + SMOOTH), ticks, [(1.0, 0.0), (3.0, 100.0)])
    assert state.signals[0].value == pytest.approx(100 * (1 - math.exp(-1)), abs=0.01)


def test_the_first_value_after_a_silence_is_no_step() -> None:
    story = story_of(TWO_ROOMS + SMOOTH)
    assert levels(story, after(story, [1.0], [(1.0, 80.0)])) == {"heart": 0.8}
    assert levels(story, after(story, [1.0, 10.9], [(1.0, 80.0)])) == {"heart": 0.8}
    assert levels(story, after(story, [1.0, 11.0], [(1.0, 80.0)])) == {}
    assert levels(story, after(story, [1.0, 12.0], [(1.0, 80.0), (12.0, 20.0)])) == {"heart": 0.2}


def test_a_change_is_told_once_a_second_at_most_and_silence_is_told() -> None:
    story = asks('signal = "heart", above = 100')
    messages = [(1 + k / 20, "heart", 60.0 + k) for k in range(60)]  # 20 a second for 3 s, then nothing
    told = [(now, cue) for now, cue in evening(story, VISITOR, 15, signals=messages) if isinstance(cue, SignalChanged)]
    assert [now for now, _ in told] == [1.0, 2.0, 3.0, 4.0, 6.0]
    assert told[0][1] == SignalChanged(1, "heart", 60.0, 20 / 140, True)
    assert [cue.known for _, cue in told] == [True, True, True, True, False]
    still = [(1.0 + k, "heart", 70.0 + k % 2) for k in range(10)]  # 1 of 140 up and down
    told = [(now, cue) for now, cue in evening(story, VISITOR, 11, signals=still) if isinstance(cue, SignalChanged)]
    assert [now for now, _ in told] == [1.0]


def test_the_same_evening_with_the_same_signals_gives_the_same_film() -> None:
    story = asks('signal = "heart", rises_by = 20')
    messages = [(k / 7, "heart", 90 + 40 * math.sin(k)) for k in range(200)]
    assert evening(story, VISITOR, 40, signals=messages) == evening(story, VISITOR, 40, signals=messages)


def test_a_branch_on_a_signal_says_so_in_words() -> None:
    story = asks('signal = "heart", above = 100, rises_by = 12.5')
    when = story.scene("door").branch[0].when
    assert when is not None
    assert describe(when) == "heart above 100, rises by 12.5"


@given(
    st.lists(
        st.tuples(st.floats(), st.lists(st.builds(SignalMessage, st.sampled_from(["heart", "other"]), st.floats()))),
        max_size=30,
    )
)
def test_whatever_is_sent_a_signal_stays_in_its_range(moments: list[tuple[float, list[SignalMessage]]]) -> None:
    story = story_of(TWO_ROOMS + SMOOTH)
    state, _ = begin(story, 0.0)
    for now, heard in moments:
        state, _ = advance(story, state, Moment(now, NOBODY, Playhead(1, now), (), tuple(heard)))
        assert all(0.0 <= signal.value <= 100.0 for signal in state.signals)
        assert all(0.0 <= level <= 1.0 for level in levels(story, state).values())


def test_each_scene_hears_for_itself() -> None:
    never = 'branch = [{ to = "cellar", when = { signal = "heart", above = 100 } }]\nnext = "attic"\n'
    attic = '[scenes.attic]\nclip = "attic.mp4"\nnext = "garden"\n'
    attic += 'branch = [{ to = "cellar", when = { signal = "button", above = 0.5 } }]\n'
    ends = TAIL.partition("\n")[2]
    story = story_of(f"{HEAD}{never}{attic}{ends}{SIGNALS}")
    before = [(5.0, "button", 1.0), (6.0, "button", 0.0)]  # while the door was shown
    assert scenes_of(evening(story, VISITOR, 25, signals=before))[2:4] == ["attic", "garden"]
    again = [*before, (14.0, "button", 1.0), (15.0, "button", 0.0)]
    assert scenes_of(evening(story, VISITOR, 25, signals=again))[2:4] == ["attic", "cellar"]


def test_a_signal_that_an_edited_story_no_longer_names_is_told_as_unknown_and_the_others_by_their_new_numbers() -> None:
    before, after = asks('signal = "heart", above = 100'), asks('signal = "button", above = 0.5', signals=BUTTON_ALONE)
    heard = (SignalMessage("heart", 90.0), SignalMessage("button", 1.0))
    state, _ = begin(before, 0.0)
    state, _ = advance(before, state, Moment(0.1, NOBODY, Playhead(1, 0.1), (), heard))
    state, _ = begin(after, 2.0, after=state)
    state, cues = advance(after, state, Moment(2.1, NOBODY, Playhead(2, 0.1)))
    told = [cue for cue in cues if isinstance(cue, SignalChanged)]
    assert [(cue.number, cue.signal, cue.known) for cue in told] == [(1, "heart", False), (1, "button", True)]
