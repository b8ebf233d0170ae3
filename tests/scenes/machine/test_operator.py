"""What the people of the house can do with a running film."""

import pytest

from scenes.machine.advance import Moment, advance, begin
from scenes.machine.command import (
    KEY,
    Attract,
    ForgetTake,
    GoTo,
    Next,
    Pause,
    Reset,
    Resume,
    SetBlackout,
    Start,
    Stop,
    StoryCommand,
)
from scenes.machine.cue import Play, ShowState, SignalChanged, StateChanged, TakeEnded, TakeStarted
from scenes.machine.replacing import replace
from scenes.machine.signal_state import SignalMessage
from scenes.story.clip import Playhead
from tests.scenes.evenings import NOBODY, TWO_ROOMS, branches_of, evening, feeling, scenes_of, story_of

AFRAID = [(1.0, feeling("fear"))]


def test_start_shows_the_film_to_an_empty_room_to_its_end() -> None:
    cues = evening(story_of(), [(0, NOBODY)], until=60, commands={5: Start(origin=KEY)})
    assert scenes_of(cues) == ["lamp", "door", "garden", "lamp"]
    assert branches_of(cues)[0].reason == "operator (key)"


def test_start_in_mid_film_changes_nothing() -> None:
    cues = evening(story_of(), AFRAID, until=15, commands={5: Start(), 12: Start()})
    assert scenes_of(cues) == ["lamp", "door", "cellar"]


def test_stop_leads_to_the_lamp_and_holds_there_until_start() -> None:
    cues = evening(story_of(), AFRAID, until=60, commands={5: Stop(), 50: Start()})
    assert scenes_of(cues) == ["lamp", "door", "lamp", "door"]
    assert [cue.outcome for _, cue in cues if isinstance(cue, TakeEnded)] == ["operator"]
    assert [now for now, cue in cues if isinstance(cue, TakeStarted)] == [1.1, 50.1]


def test_a_stopped_show_holds_even_when_the_lamps_film_ends() -> None:
    story = story_of()
    state, _ = begin(story, 0.0)
    state, _ = advance(story, state, Moment(0.1, NOBODY, Playhead(1, 0.0), (Stop(),)))
    state, cues = advance(story, state, Moment(0.2, feeling("fear"), Playhead(1, 3.0, ended=True)))
    assert [cue.scene for cue in cues if isinstance(cue, Play)] == ["lamp"]


def test_attract_leads_to_the_lamp_which_waits_for_visitors() -> None:
    cues = evening(story_of(), AFRAID, until=8, commands={5: Attract()})
    assert scenes_of(cues) == ["lamp", "door", "lamp", "door"]


def test_attract_at_the_lamp_changes_nothing() -> None:
    cues = evening(story_of(), [(0, NOBODY)], until=8, commands={5: Attract(), 6: Stop()})
    assert scenes_of(cues) == ["lamp"]


def test_a_pause_holds_the_film_and_all_its_clocks() -> None:
    commands: dict[float, StoryCommand] = {5.0: Pause(), 100.0: Resume()}
    cues = evening(story_of(), [*AFRAID, (12.0, NOBODY)], until=110, commands=commands)
    assert scenes_of(cues) == ["lamp", "door", "cellar"]  # 95 s with nobody there, but in a pause
    assert [
        (now, cue.paused) for now, cue in cues if isinstance(cue, StateChanged) and cue.state == ShowState.PAUSED
    ] == [(5.0, True)]


def test_next_takes_the_choice_that_the_film_would_take_now() -> None:
    cues = evening(story_of(), AFRAID, until=9, commands={6.0: Next(origin=KEY)})
    assert scenes_of(cues) == ["lamp", "door", "cellar"]
    assert branches_of(cues)[-1].reason == "operator (key): dark led 100% of the listening window, peak 0.90"


def test_next_at_the_lamp_starts_the_film() -> None:
    assert scenes_of(evening(story_of(), [(0, NOBODY)], until=9, commands={6: Next()})) == ["lamp", "door"]


def test_reset_begins_a_new_take_at_the_first_scene() -> None:
    cues = evening(story_of(), AFRAID, until=14, commands={12: Reset()})
    assert scenes_of(cues) == ["lamp", "door", "cellar", "door"]
    takes = [cue for _, cue in cues if isinstance(cue, TakeStarted | TakeEnded)]
    assert takes == [TakeStarted(1), TakeEnded(1, "operator"), TakeStarted(2, seed=1)]


def test_goto_leads_anywhere_within_the_take() -> None:
    cues = evening(story_of(), AFRAID, until=8, commands={5: GoTo("cellar")})
    assert scenes_of(cues) == ["lamp", "door", "cellar"]
    assert [cue for _, cue in cues if isinstance(cue, TakeStarted | TakeEnded)] == [TakeStarted(1)]


def test_goto_from_the_lamp_begins_a_take_and_goto_the_lamp_ends_it() -> None:
    commands: dict[float, StoryCommand] = {2: GoTo("cellar"), 4: GoTo("lamp")}
    cues = evening(story_of(), [(0, NOBODY)], until=8, commands=commands)
    takes = [cue for _, cue in cues if isinstance(cue, TakeStarted | TakeEnded)]
    assert takes == [TakeStarted(1), TakeEnded(1, "operator")]


@pytest.mark.parametrize("value", ["kitchen", ""])
def test_goto_a_scene_that_is_not_there_changes_nothing(value: str) -> None:
    cues = evening(story_of(), [(0, NOBODY)], until=8, commands={5: GoTo(value)})
    assert scenes_of(cues) == ["lamp"]


def test_moving_the_film_ends_a_pause() -> None:
    commands: dict[float, StoryCommand] = {5.0: Pause(), 7.0: GoTo("cellar")}
    cues = evening(story_of(), AFRAID, until=9, commands=commands)
    assert scenes_of(cues) == ["lamp", "door", "cellar"]
    assert [cue.paused for _, cue in cues if isinstance(cue, StateChanged)][-1] is False


def test_in_a_blackout_the_film_goes_on_behind_the_dark() -> None:
    commands: dict[float, StoryCommand] = {5.0: SetBlackout(True), 13.0: SetBlackout(False)}
    cues = evening(story_of(), AFRAID, until=15, commands=commands)
    assert scenes_of(cues) == ["lamp", "door", "cellar"]
    assert [now for now, cue in cues if isinstance(cue, StateChanged) and cue.blackout] == [5.0]
    assert cues[-1] == (13.0, StateChanged(ShowState.PLAYING, False, False))


def test_two_wishes_in_one_moment_are_met_in_their_order() -> None:
    cues = evening(story_of(), AFRAID, until=9, commands={5.0: GoTo("cellar"), 5.00001: Stop()})
    assert scenes_of(cues)[-1] == "lamp"


def test_a_take_that_is_forgotten_has_no_end_and_leaves_nothing_to_the_next_one() -> None:
    cues = evening(story_of(), AFRAID, until=8, commands={5: ForgetTake(origin=KEY)})
    assert scenes_of(cues)[:3] == ["lamp", "door", "lamp"]
    assert [cue for _, cue in cues if isinstance(cue, TakeEnded)] == []
    story = story_of()
    state, _ = begin(story, 0.0)
    state = replace(state, in_take=True, entry=1, scene="door", visited=True, ending="door")
    state = replace(state, memory=replace(state.memory, counters={"tears": 3}, been={"door": 1}))
    state, _ = advance(story, state, Moment(0.1, feeling("fear"), Playhead(1, 1.0), (ForgetTake(),)))
    assert (state.in_take, state.visited, state.ending) == (False, False, "")
    assert (state.memory.counters, state.memory.been, state.memory.took) == ({}, {}, frozenset())


def test_what_a_signal_said_is_forgotten_with_the_take() -> None:
    story = story_of(TWO_ROOMS + '[signals.heart]\nosc = "/heart"\nlow = 40\nhigh = 180\n')
    state, _ = begin(story, 0.0)
    heard = Moment(0.1, NOBODY, Playhead(1, 0.1), signals=(SignalMessage("heart", 120.0),))
    state, _ = advance(story, state, heard)
    assert state.signals
    state, cues = advance(story, state, Moment(0.2, NOBODY, Playhead(1, 0.2), (ForgetTake(),)))
    assert state.signals == ()
    assert [(cue.level, cue.known) for cue in cues if isinstance(cue, SignalChanged)] == [(0.0, False)]
